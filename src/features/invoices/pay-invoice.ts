import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type Caller, type Carriers, carrierFor, carryOutPayment, type OrderRow, orderById } from '../orders/index.js';
import { changeInvoice } from './change-invoice.js';
import { attendInvoice } from './charge-invoice.js';
import { AGREEMENTS_FOR_INVOICE } from './charge-invoice-sql.js';
import { agreementChoice, type Candidate } from './domain/agreement-choice.js';
import { assertInvoiceVisible, invoiceById, invoiceOnce } from './invoice-once.js';
import type { InvoiceRow } from './invoice-rows.js';
import { expectAgain } from './mark-uncollectible.js';
import { type PaidOutside, payInvoiceOutside } from './pay-invoice-outside.js';
import { asItWasCharged, assertNobodyPays, closingWaitingOrder, paymentUnderWay } from './waiting-order.js';

export interface PaymentOfInvoice {
  readonly invoiceId: string;
  /** Null: it is charged under the payer's agreement. */
  readonly paidOutside: Pick<PaidOutside, 'reference'> | null;
}

export interface InvoicePaid {
  readonly invoice: InvoiceRow;
  /** What it was charged by, or is left to its payer with. */
  readonly order: OrderRow | null;
}

/**
 * Charges an invoice because its merchant asks, also one that is not charged by
 * itself any more. It is made due, and then has its turn as it would have in the
 * run: whoever asks twice at once, or races the run, charges once.
 */
export async function payInvoice(
  carriers: Carriers,
  caller: Caller,
  { invoiceId, paidOutside }: PaymentOfInvoice,
  idempotency: IdempotentRequest,
): Promise<InvoicePaid> {
  if (paidOutside) {
    const paid = { invoiceId, reference: paidOutside.reference };
    return { invoice: await payInvoiceOutside(carriers, caller, paid, idempotency), order: null };
  }
  const { operatorId } = caller;
  let isAsked = false;
  await closingWaitingOrder(carriers, operatorId, (before) =>
    invoiceOnce(carriers.units, operatorId, idempotency, async (transaction) => {
      const { invoice } = await changeInvoice(transaction, invoiceId, async (invoice) => {
        assertInvoiceVisible(invoice, caller);
        await makeDue(transaction, invoice, before);
        isAsked = true;
      });
      return invoice;
    }),
  );
  const attempt = await attendInvoice(carriers, operatorId, invoiceId);
  if (attempt) await carryOutPayment(await carrierFor(carriers, operatorId, attempt.order.accountId), attempt);
  const paid = await carriers.units.sql(operatorId, (transaction) => asItIs(transaction, invoiceId));
  // Somebody else was quicker; who only repeats an earlier request is told how it stands.
  if (isAsked && !attempt && paid.order?.status === 'PROCESSING') throw paymentUnderWay();
  return paid;
}

async function makeDue(transaction: Transaction, invoice: InvoiceRow, before: InvoiceRow | null): Promise<void> {
  const { status } = invoice;
  if (status === 'UNCOLLECTIBLE') await expectAgain(transaction, invoice);
  else if (status !== 'OPEN' && status !== 'PAST_DUE')
    throw new DomainError('ILLEGAL_TRANSITION', `cannot charge an invoice that is ${status}`);
  await assertAgreement(transaction, invoice);
  await assertNobodyPays(transaction, invoice);
  if (before) asItWasCharged(invoice, before);
  Object.assign(invoice, { chargeStop: null, chargeStopDetail: null, retryAt: transaction.now });
}

async function assertAgreement(transaction: Transaction, invoice: InvoiceRow): Promise<void> {
  const { payerId, merchantId, mode, agreementId } = invoice;
  const key = [transaction.operatorId, payerId, merchantId, mode, agreementId];
  const choice = agreementChoice(invoice, await transaction.query<Candidate>(AGREEMENTS_FOR_INVOICE, key));
  if (choice.kind === 'AGREEMENT') return;
  const { chargeStop, chargeStopDetail } = invoice;
  const way =
    chargeStop === 'AMOUNT_NOT_ACCEPTED'
      ? `${chargeStopDetail}, so there is no page to pay on either: give paidOutside, credit it or void it`
      : "have them pay on the invoice's paymentPageUrl, name an agreement with updateInvoice, or give paidOutside";
  throw new DomainError('AGREEMENT_REQUIRED', `${choice.why}: ${way}`);
}

async function asItIs(transaction: Transaction, invoiceId: string): Promise<InvoicePaid> {
  const invoice = await invoiceById(transaction, invoiceId);
  return { invoice, order: invoice.orderId ? await orderById(transaction, invoice.orderId) : null };
}
