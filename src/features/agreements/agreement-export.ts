import { z } from 'zod';
import { resultColumn } from '../../kernel/result-columns.js';
import {
  amountColumn,
  amountSql,
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
import { type AgreementFilterValues, conditionsOf } from './list-agreements.js';

const text = z.string().nullish();

const claims = exportClaims.extend({
  filter: z.object({
    status: z.array(z.string()).nullish(),
    type: z.array(z.string()).nullish(),
    merchantId: text,
    payerId: text,
    reference: text,
    nextChargeBefore: z.coerce.date().nullish(),
  }),
});
export type AgreementExportClaims = z.infer<typeof claims>;

export const AGREEMENT_EXPORTS: DownloadKind<AgreementExportClaims> = {
  path: 'exports/agreements',
  extension: 'csv',
  claims,
};

const ofMode = (mode: string, sql: string) => `case when charge_mode = '${mode}' then ${sql} end`;
const chargeAmount = (index: number) => amountSql(`charge_amounts[${index}]`, 'currency');
const SEQUENCE = `(select string_agg((${amountSql('each', 'currency')})::text, ' ' order by place)
  from unnest(charge_amounts) with ordinality as s (each, place))`;

/**
 * The columns of a file of updates under their names there, so that an export
 * is a beginning of one; whatever else is told begins with `result.`, which is
 * not read. Described for users in docs/guides/exports.md.
 */
const ROWS = copiedRows([
  idColumn(resultColumn('agreementId'), 'agreement', 'id'),
  idColumn(resultColumn('merchantId'), 'merchant', 'merchant_id'),
  idColumn(resultColumn('payerId'), 'payer', 'payer_id'),
  idColumn(resultColumn('storedCredentialId'), 'storedCredential', 'credential_id'),
  idColumn(resultColumn('paymentSystemAccountId'), 'paymentSystemAccount', 'payment_system_account_id'),
  momentColumn(resultColumn('createdAt'), 'created_at'),
  momentColumn(resultColumn('updatedAt'), 'updated_at'),
  momentColumn(resultColumn('nextChargeAt'), 'next_charge_at'),
  plainColumn('changeReference', 'null'),
  textColumn('agreementReference', 'reference'),
  plainColumn('expiryDate', 'expiry_date'),
  amountColumn('minimumAmount', 'minimum_minor'),
  amountColumn('maximumAmount', 'maximum_minor'),
  plainColumn('minimumDaysBetweenPayments', 'minimum_days'),
  plainColumn('numberOfPayments', 'number_of_payments'),
  plainColumn('chargeAmount.fixed', ofMode('FIXED', chargeAmount(1))),
  plainColumn('chargeAmount.range.from', ofMode('RANGE', chargeAmount(1))),
  plainColumn('chargeAmount.range.to', ofMode('RANGE', chargeAmount(2))),
  plainColumn('chargeAmount.sequence', ofMode('SEQUENCE', SEQUENCE)),
  plainColumn('schedule.period', 'period'),
  plainColumn('schedule.interval', 'interval_count'),
  plainColumn('schedule.startDate', 'schedule_start'),
  plainColumn('schedule.finishDate', 'finish_date'),
  plainColumn('schedule.timeZone', 'case when period is not null then time_zone end'),
  plainColumn('schedule.localTime', 'local_time'),
  amountColumn('topUp.threshold', 'top_up_threshold_minor'),
  amountColumn('topUp.amount', 'top_up_minor'),
  plainColumn(resultColumn('status'), 'status'),
  plainColumn(resultColumn('suspendedBecause'), 'suspended_because'),
  plainColumn(resultColumn('type'), 'type'),
  plainColumn(resultColumn('currency'), 'currency'),
  plainColumn(resultColumn('amountVariability'), 'amount_variability'),
  plainColumn(resultColumn('frequency'), 'frequency'),
  plainColumn(resultColumn('startDate'), 'start_date'),
  plainColumn(resultColumn('paymentsMade'), 'payments_made'),
  plainColumn(resultColumn('lastPaymentDate'), 'last_payment_on'),
  textColumn(resultColumn('metadata'), 'metadata::text'),
]);

const SOURCE: ExportSource = { rows: ROWS, from: 'agreements t', moment: 't.created_at', order: 't.id' };

/** What the database is asked for an export of agreements. */
export function agreementExportQuery(wanted: AgreementExportClaims) {
  const conditions = conditionsOf(wanted.filter as AgreementFilterValues).map(
    ([, sql, value]) => [sql, value] as const,
  );
  return exportQuery(SOURCE, wanted, conditions);
}

export function openAgreementExport(exports: Exports, wanted: AgreementExportClaims): Promise<Download> {
  return exports.csv(`agreements${inName(wanted)}`, agreementExportQuery(wanted));
}
