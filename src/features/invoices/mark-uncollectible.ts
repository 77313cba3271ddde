import { localDateAt } from '../../kernel/calendar.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Caller, Carriers } from '../orders/index.js';
import { advance, changeInvoice } from './change-invoice.js';
import { assertInvoiceVisible, invoiceOnce } from './invoice-once.js';
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
    const { invoice } = await changeInvoice(transaction, invoiceId, (invoice) => {
      assertInvoiceVisible(invoice, caller);
      expectAgain(invoice, transaction.now);
    });
    return invoice;
  });
}

/** One that was written off is owed again; refuses one that was not. */
export function expectAgain(invoice: InvoiceRow, now: Date): void {
  advance(invoice, 'expect');
  if (invoice.dueOn !== null && invoice.dueOn < localDateAt(now, invoice.timeZone)) advance(invoice, 'fallDue');
  // Its link may have run out meanwhile; what is not charged any more gets no more than another one by this.
  if (invoice.chargeStop !== null) invoice.retryAt = now;
}
