import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { INVOICE_TRANSITIONS, type InvoiceEvent, nextStatus } from './domain/invoice-status.js';
import { dueAt } from './domain/next-due.js';
import { invoiceStatusChanged } from './invoice-events.js';
import { INVOICES, type InvoiceRow } from './invoice-rows.js';
import { LOCK_INVOICE } from './invoices-sql.js';

/**
 * The only way one invoice changes: its row is locked, `change` decides in
 * memory, and what differs after is written with the event that tells of it.
 * When something is to be done about it next is derived, never set. Closing
 * many at once is a statement of its own (`close-invoices-sql.ts`), which keeps
 * the same rules. An order's lock comes before its invoice's, everywhere.
 */
export async function changeInvoice<Result>(
  transaction: Transaction,
  invoiceId: string,
  change: (invoice: InvoiceRow) => Result | Promise<Result>,
): Promise<{ readonly invoice: InvoiceRow; readonly result: Result }> {
  const invoice = await lockedInvoice(transaction, invoiceId);
  const before = { ...invoice };
  const result = await change(invoice);
  invoice.dueAt = dueAt(invoice);
  if (!isDeepStrictEqual(before, { ...invoice })) save(transaction, before, invoice);
  return { invoice, result };
}

export async function lockedInvoice(transaction: Transaction, invoiceId: string): Promise<InvoiceRow> {
  const [invoice] = await transaction.query<InvoiceRow>(LOCK_INVOICE, [transaction.operatorId, invoiceId]);
  if (!invoice) throw notFound('invoice');
  return invoice;
}

/** Moves an invoice on, or refuses in words where its status does not allow it. */
export function advance(invoice: InvoiceRow, event: InvoiceEvent): void {
  invoice.status = nextStatus(invoice.status, event);
}

/** The same where the status may have moved on already: says whether it did anything. */
export function advanceIfPossible(invoice: InvoiceRow, event: InvoiceEvent): boolean {
  if (!(event in INVOICE_TRANSITIONS[invoice.status])) return false;
  advance(invoice, event);
  return true;
}

/** Nothing more is to be done about it, nor is there a reason any more why nothing was. */
export function markPaid(invoice: InvoiceRow, now: Date): void {
  advance(invoice, 'pay');
  Object.assign(invoice, { paidAt: now, retryAt: null, chargeStop: null, chargeStopDetail: null });
}

function save(transaction: Transaction, before: InvoiceRow, invoice: InvoiceRow): void {
  invoice.updatedAt = transaction.now;
  transaction.send(INVOICES.update, INVOICES.parameters(transaction.operatorId, [invoice]));
  if (before.status !== invoice.status) transaction.publish(invoiceStatusChanged(before.status, invoice));
}
