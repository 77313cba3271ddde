import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Caller, Carriers } from '../orders/index.js';
import { changeInvoice, markPaid } from './change-invoice.js';
import { assertInvoiceVisible, invoiceOnce } from './invoice-once.js';
import { amountDue, type InvoiceRow } from './invoice-rows.js';
import { assertNobodyPays, closingWaitingOrder } from './waiting-order.js';

export interface PaidOutside {
  readonly invoiceId: string;
  /** The merchant's own, such as the number of a bank transfer. */
  readonly reference: string;
}

/** Records that all that is owed was paid past us. An order that waits for its payer is closed first: nobody is to pay twice. */
export function payInvoiceOutside(
  carriers: Carriers,
  caller: Caller,
  { invoiceId, reference }: PaidOutside,
  idempotency: IdempotentRequest,
): Promise<InvoiceRow> {
  const { operatorId } = caller;
  return closingWaitingOrder(carriers, operatorId, () =>
    invoiceOnce(carriers.units, operatorId, idempotency, async (transaction) => {
      const { invoice } = await changeInvoice(transaction, invoiceId, async (invoice) => {
        assertInvoiceVisible(invoice, caller);
        const due = amountDue(invoice);
        markPaid(invoice, transaction.now);
        await assertNobodyPays(transaction, invoice);
        invoice.paid += due;
        invoice.paidOutside = reference;
      });
      return invoice;
    }),
  );
}
