import { localDateAt } from '../../kernel/calendar.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { FALLING_DUE, LOCK_FALLING_DUE } from './attend-invoices-sql.js';
import { advance } from './change-invoice.js';
import { dueAt, pastDueAt } from './domain/next-due.js';
import { invoiceStatusChanged } from './invoice-events.js';
import { INVOICES, type InvoiceRow } from './invoice-rows.js';

/** Here a day begins before it does anywhere else. */
const FIRST_ZONE = 'Pacific/Kiritimati';

/** All invoices before it were looked at. */
type Place = { readonly dueAt: Date; readonly id: string };
export type FallingDue = Place & { readonly dueOn: string; readonly timeZone: string };

export const FIRST_PLACE: Place = { dueAt: new Date(0), id: '00000000-0000-0000-0000-000000000000' };

/** Up to five hundred invoices after a place whose last day to pay may be over: what comes after the last is asked for next. */
export function fallingDue(transaction: Transaction, { dueAt, id }: Place): Promise<readonly FallingDue[]> {
  const { operatorId, now } = transaction;
  return transaction.query<FallingDue>(FALLING_DUE, [operatorId, now, localDateAt(now, FIRST_ZONE), dueAt, id]);
}

/** Those of them whose last day is over where they are become PAST_DUE, whether they are still tried or not. */
export async function fallDue(transaction: Transaction, candidates: readonly FallingDue[]): Promise<void> {
  const { operatorId, now } = transaction;
  const ids = candidates.filter((invoice) => isOver(pastDueAt(invoice), now)).map(({ id }) => id);
  if (ids.length === 0) return;
  const open = await transaction.query<InvoiceRow>(LOCK_FALLING_DUE, [operatorId, ids]);
  const late = open.filter((invoice) => isOver(pastDueAt(invoice), now));
  for (const invoice of late) {
    const { status } = invoice;
    advance(invoice, 'fallDue');
    invoice.dueAt = dueAt(invoice);
    invoice.updatedAt = now;
    transaction.publish(invoiceStatusChanged(status, invoice));
  }
  if (late.length > 0) transaction.send(INVOICES.update, INVOICES.parameters(operatorId, late));
}

function isOver(end: Date | null, now: Date): boolean {
  return end !== null && end <= now;
}
