import { localDateAt } from '../../kernel/calendar.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { LOCK_FALLING_DUE } from './attend-invoices-sql.js';
import { advance } from './change-invoice.js';
import { dueAt, pastDueAt } from './domain/next-due.js';
import { invoiceStatusChanged } from './invoice-events.js';
import { INVOICES, type InvoiceRow } from './invoice-rows.js';

/** Here a day begins before it does anywhere else. */
const FIRST_ZONE = 'Pacific/Kiritimati';

/**
 * Invoices whose last day to pay is over where they are: five hundred at a time
 * become PAST_DUE, whether they are still tried or not. Resolves with how many.
 */
export async function fallDue(transaction: Transaction): Promise<number> {
  const { operatorId, now } = transaction;
  const open = await transaction.query<InvoiceRow>(LOCK_FALLING_DUE, [operatorId, now, localDateAt(now, FIRST_ZONE)]);
  const late = open.filter((invoice) => isOver(pastDueAt(invoice), now));
  for (const invoice of late) {
    const { status } = invoice;
    advance(invoice, 'fallDue');
    invoice.dueAt = dueAt(invoice);
    invoice.updatedAt = now;
    transaction.publish(invoiceStatusChanged(status, invoice));
  }
  if (late.length > 0) transaction.send(INVOICES.update, INVOICES.parameters(operatorId, late));
  return late.length;
}

function isOver(end: Date | null, now: Date): boolean {
  return end !== null && end <= now;
}
