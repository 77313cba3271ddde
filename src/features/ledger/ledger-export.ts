import { z } from 'zod';
import {
  amountColumn,
  copiedRows,
  idColumn,
  momentColumn,
  plainColumn,
  textColumn,
} from '../../platform/csv/copied-rows.js';
import type { Download } from '../../platform/downloads/download.js';
import type { DownloadKind } from '../../platform/downloads/download-links.js';
import { type ExportSource, exportClaims, exportQuery } from '../../platform/downloads/export-query.js';
import type { Exports } from '../../platform/downloads/exports.js';
import { inName } from '../../platform/downloads/period.js';

const claims = exportClaims.extend({ currency: z.string().nullish() });
export type LedgerExportClaims = z.infer<typeof claims>;

export const LEDGER_EXPORTS: DownloadKind<LedgerExportClaims> = { path: 'exports/ledger', extension: 'csv', claims };

/** Described for users in docs/guides/exports.md. */
const ROWS = copiedRows([
  idColumn('postingId', 'ledgerPosting', 't.posting_id'),
  idColumn('merchantId', 'merchant', 't.merchant_id'),
  idColumn('paymentSystemAccountId', 'paymentSystemAccount', 't.payment_system_account_id'),
  idColumn('orderId', 'order', 'p.order_id'),
  idColumn('payoutId', 'payout', 'p.payout_id'),
  idColumn('settlementId', 'settlement', 'p.settlement_id'),
  momentColumn('postedAt', 't.posted_at'),
  momentColumn('occurredAt', 'p.occurred_at'),
  plainColumn('line', 't.line'),
  plainColumn('kind', 'p.kind'),
  plainColumn('account', 't.account'),
  plainColumn('currency', 't.currency'),
  amountColumn('amount', 't.amount_minor', 't.currency'),
  textColumn('orderNumber', 'o.order_number'),
  plainColumn('billNumber', 'o.bill_number'),
  textColumn('settlementReference', 's.reference'),
]);

/** In the order of postings, which is that of their ids: the primary key has it ready. */
const SOURCE: ExportSource = {
  rows: ROWS,
  from: `ledger_entries t
    join ledger_postings p on p.operator_id = t.operator_id and p.id = t.posting_id
    left join orders o on o.operator_id = p.operator_id and o.id = p.order_id
    left join settlements s on s.operator_id = p.operator_id and s.id = p.settlement_id`,
  moment: 't.posted_at',
  order: 't.posting_id, t.line',
};

/**
 * What the database is asked for an export of entries. A statement is of one
 * balance in one currency, for a person; this is all of the books, with ids, for
 * a program: so both exist.
 */
export function ledgerExportQuery(wanted: LedgerExportClaims) {
  return exportQuery(SOURCE, wanted, [[(p) => `t.currency = ${p}`, wanted.currency]]);
}

export function openLedgerExport(exports: Exports, wanted: LedgerExportClaims): Promise<Download> {
  return exports.csv(`ledger${inName(wanted)}`, ledgerExportQuery(wanted));
}
