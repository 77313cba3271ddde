import { notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import type { Caller } from '../orders/index.js';
import type { InvoiceRow } from './invoice-rows.js';
import { INVOICE_BY_ID } from './invoices-sql.js';

/** Another merchant's invoice, or a live one for a test key, does not exist for the caller. */
export function assertInvoiceVisible(invoice: InvoiceRow, { mode, merchantId }: Caller): void {
  if (invoice.mode === mode && (merchantId === null || merchantId === invoice.merchantId)) return;
  throw notFound('invoice');
}

export async function invoiceById(transaction: Transaction, invoiceId: string): Promise<InvoiceRow> {
  const [invoice] = await transaction.query<InvoiceRow>(INVOICE_BY_ID, [transaction.operatorId, invoiceId]);
  if (!invoice) throw notFound('invoice');
  return invoice;
}

/** Does `work` once per idempotency key; a repetition is answered with the invoice as it is now. */
export function invoiceOnce(
  units: UnitsOfWork,
  operatorId: string,
  idempotency: IdempotentRequest,
  work: (transaction: Transaction) => Promise<InvoiceRow>,
): Promise<InvoiceRow> {
  return units.sql(operatorId, (transaction) =>
    idempotently(
      transaction,
      idempotency,
      async () => {
        const value = await work(transaction);
        return { result: { invoiceId: value.id }, value };
      },
      ({ invoiceId = '' }) => invoiceById(transaction, invoiceId),
    ),
  );
}
