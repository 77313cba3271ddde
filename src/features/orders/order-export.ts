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
import { conditionsOf, type OrderFilterValues } from './list-orders.js';

const text = z.string().nullish();

const claims = exportClaims.extend({
  filter: z.object({
    status: z.array(z.string()).nullish(),
    merchantId: text,
    payerId: text,
    agreementId: text,
    invoiceId: text,
    orderNumber: text,
    billNumber: text,
    createdFrom: z.coerce.date().nullish(),
    createdBefore: z.coerce.date().nullish(),
    currency: text,
    amountFrom: text,
    amountTo: text,
  }),
});
export type OrderExportClaims = z.infer<typeof claims>;

export const ORDER_EXPORTS: DownloadKind<OrderExportClaims> = { path: 'exports/orders', extension: 'csv', claims };

/** Described for users in docs/guides/exports.md. */
const ROWS = copiedRows([
  idColumn('id', 'order', 'id'),
  idColumn('merchantId', 'merchant', 'merchant_id'),
  idColumn('payerId', 'payer', 'payer_id'),
  idColumn('agreementId', 'agreement', 'agreement_id'),
  idColumn('invoiceId', 'invoice', 'invoice_id'),
  idColumn('paymentSystemAccountId', 'paymentSystemAccount', 'payment_system_account_id'),
  momentColumn('createdAt', 'created_at'),
  momentColumn('updatedAt', 'updated_at'),
  momentColumn('captureBefore', 'capture_before'),
  momentColumn('expiresAt', 'expires_at'),
  textColumn('orderNumber', 'order_number'),
  plainColumn('billNumber', 'bill_number'),
  plainColumn('status', 'status'),
  plainColumn('captureMode', 'capture_mode'),
  plainColumn('source', 'source'),
  plainColumn('currency', 'currency'),
  amountColumn('amount', 'amount_minor'),
  amountColumn('authorizedAmount', 'authorized_minor'),
  amountColumn('capturedAmount', 'captured_minor'),
  amountColumn('voidedAmount', 'voided_minor'),
  amountColumn('refundedAmount', 'refunded_minor'),
  amountColumn('disputedAmount', 'disputed_minor'),
  textColumn('externalPaymentId', 'external_payment_id'),
  textColumn('description', 'description'),
  textColumn('metadata', 'metadata::text'),
]);

const SOURCE: ExportSource = { rows: ROWS, from: 'orders t', moment: 't.created_at', order: 't.id' };

/** What the database is asked for an export of orders. */
export function orderExportQuery(wanted: OrderExportClaims) {
  const conditions = conditionsOf(wanted.filter as OrderFilterValues).map(([, sql, value]) => [sql, value] as const);
  return exportQuery(SOURCE, wanted, conditions);
}

export function openOrderExport(exports: Exports, wanted: OrderExportClaims): Promise<Download> {
  return exports.csv(`orders${inName(wanted)}`, orderExportQuery(wanted));
}
