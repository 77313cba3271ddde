import { localDateAt } from '../../kernel/calendar.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { lockedInvoice } from './change-invoice.js';
import { CLOSE_DRAFTS, LOCK_DUE_DRAFTS, USE_CREDIT } from './close-invoices-sql.js';
import { nextStatus } from './domain/invoice-status.js';
import { invoiceStatusChanged } from './invoice-events.js';
import type { InvoiceRow } from './invoice-rows.js';

type Draft = { id: string; timeZone: string };

/**
 * Closes an operator's drafts whose time has come, five hundred at a time, in
 * one transaction: numbers, totals, the payers' credit and the events that tell
 * of it. Resolves with how many there were. By the operator's own time; also of
 * an operator that is suspended, for its months end none the less.
 */
export async function closeDueInvoices(transaction: Transaction): Promise<number> {
  const { operatorId, now } = transaction;
  const drafts = await transaction.query<Draft>(LOCK_DUE_DRAFTS, [operatorId, now]);
  if (drafts.length > 0) await closeLocked(transaction, drafts);
  return drafts.length;
}

/** Closes one draft now, by the same statements. Without items it becomes VOID, and has no number. */
export async function closeInvoiceNow(transaction: Transaction, invoiceId: string): Promise<InvoiceRow> {
  const draft = await lockedInvoice(transaction, invoiceId);
  nextStatus(draft.status, 'close');
  const [closed] = await closeLocked(transaction, [draft]);
  if (!closed) throw new Error(`invoice ${invoiceId} was locked, and not closed`);
  return closed;
}

async function closeLocked(transaction: Transaction, drafts: readonly Draft[]): Promise<readonly InvoiceRow[]> {
  const { operatorId, now } = transaction;
  const ids = drafts.map(({ id }) => id);
  const today = daysAt(now);
  const days = drafts.map(({ timeZone }) => today(timeZone));
  const [closed, credited] = await Promise.all([
    transaction.query<InvoiceRow>(CLOSE_DRAFTS, [operatorId, now, ids, days]),
    transaction.query<InvoiceRow>(USE_CREDIT, [operatorId, now, ids, ids.map(() => newUuid())]),
  ]);
  const after = new Map(credited.map((invoice) => [invoice.id, invoice]));
  const invoices = closed.map((invoice) => after.get(invoice.id) ?? invoice);
  for (const invoice of invoices) transaction.publish(invoiceStatusChanged('DRAFT', invoice));
  return invoices;
}

/** Thousands of invoices are in a few time zones. */
function daysAt(now: Date): (timeZone: string) => string {
  const known = new Map<string, string>();
  return (timeZone) => {
    const day = known.get(timeZone) ?? localDateAt(now, timeZone);
    known.set(timeZone, day);
    return day;
  };
}
