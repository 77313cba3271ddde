import { localDateAt } from '../../kernel/calendar.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Caller, Carriers } from '../orders/index.js';
import { advance, changeInvoice } from './change-invoice.js';
import { assertInvoiceVisible, invoiceOnce } from './invoice-once.js';
import { ordersOfInvoice } from './invoice-page.js';
import type { InvoiceRow } from './invoice-rows.js';

interface InvoiceNamed {
  readonly invoiceId: string;
}

/**
 * Writes an invoice off: it is not charged by itself any more. The order that
 * waits for its payer stays open, because money that comes after all is taken.
 */
export function markInvoiceUncollectible(
  { units }: Carriers,
  caller: Caller,
  { invoiceId }: InvoiceNamed,
  idempotency: IdempotentRequest,
): Promise<InvoiceRow> {
  return invoiceOnce(units, caller.operatorId, idempotency, async (transaction) => {
    const { invoice } = await changeInvoice(transaction, invoiceId, (invoice) => {
      assertInvoiceVisible(invoice, caller);
      if (invoice.status === 'UNCOLLECTIBLE') return;
      advance(invoice, 'writeOff');
      invoice.uncollectibleAt = transaction.now;
      invoice.retryAt = null;
    });
    return invoice;
  });
}

/** The way back: it is owed again, and past due at once where its day is over. Charging it is `payInvoice`'s. */
export function reopenInvoice(
  { units }: Carriers,
  caller: Caller,
  { invoiceId }: InvoiceNamed,
  idempotency: IdempotentRequest,
): Promise<InvoiceRow> {
  return invoiceOnce(units, caller.operatorId, idempotency, async (transaction) => {
    const { invoice } = await changeInvoice(transaction, invoiceId, async (invoice) => {
      assertInvoiceVisible(invoice, caller);
      await expectAgain(transaction, invoice);
    });
    return invoice;
  });
}

/** One that was written off is owed again; refuses one that was not. */
export async function expectAgain(transaction: Transaction, invoice: InvoiceRow): Promise<void> {
  const { now } = transaction;
  advance(invoice, 'expect');
  if (invoice.dueOn !== null && invoice.dueOn < localDateAt(now, invoice.timeZone)) advance(invoice, 'fallDue');
  const isHeld = (await ordersOfInvoice(transaction, invoice.id)).some(({ isHeld }) => isHeld);
  if (isHeld && invoice.chargeStop === null) return;
  // Its link may have run out meanwhile, or there was none yet. Whom it was written off for is not charged by surprise.
  if (invoice.chargeStop === null) {
    const chargeStopDetail = 'it was written off while it was charged by itself: payInvoice charges it again';
    Object.assign(invoice, { chargeStop: 'CANCELED', chargeStopDetail });
  }
  invoice.retryAt = now;
}
