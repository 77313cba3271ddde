import type { Transaction } from '../../platform/database/transaction.js';
import { afterFailure, cardTries, type RetryAdvice } from '../agreements/index.js';
import { expireAttempt, giveBack, holdCharge } from '../orders/index.js';
import { advance, advanceIfPossible } from './change-invoice.js';
import { invoiceOverpaid } from './charge-invoice-events.js';
import { chargeStopFor, refundedOf, shareOf, triesAfter } from './domain/dunning.js';
import { INVOICE_TRANSITIONS, isOwed } from './domain/invoice-status.js';
import type { ChargeStop } from './domain/words.js';
import { amountDue, type InvoiceRow } from './invoice-rows.js';

/** What an order of an invoice has come to. */
export type OrderOutcome = {
  id: string;
  status: string;
  /** The charge under an agreement that it is an attempt at; null where its payer pays in person. */
  chargeId: string | null;
  credentialId: string | null;
  captured: bigint;
  refunded: bigint;
  disputed: bigint;
  held: bigint;
  credentialType: 'CARD' | 'SCHEME_TOKEN' | 'BANK_ACCOUNT' | null;
  paymentStatus: string | null;
  declineCode: string | null;
  retryAdvice: RetryAdvice | null;
  retryDays: number[];
};

/** Of a bank account it is the debit that came back; a card's dispute is argued about first. */
export function isReturned({ status, credentialType }: OrderOutcome): boolean {
  return status === 'DISPUTED' && credentialType === 'BANK_ACCOUNT';
}

/** It is this order's money that the invoice was paid with. */
export function isPaidBy({ status, orderId, paidOutside }: InvoiceRow, order: OrderOutcome): boolean {
  return status === 'PAID' && orderId === order.id && paidOutside === null;
}

/**
 * Money came. What is owed takes it, also of an invoice that was written off;
 * whatever it is more than that goes back to the payer by itself: the invoice
 * was voided or paid in another way while the payment was under way. A payment
 * that was won back of a bank was counted before, as far as it was not lost.
 */
export async function recordPaid(
  transaction: Transaction,
  invoice: InvoiceRow,
  order: OrderOutcome,
  { taken, wasDisputed }: { readonly taken: bigint; readonly wasDisputed: boolean },
): Promise<void> {
  const { refunded } = order;
  const isPayable = 'pay' in INVOICE_TRANSITIONS[invoice.status];
  const { applied, surplus } = shareOf(taken, isPayable ? amountDue(invoice) : 0n);
  if (applied > 0n) {
    if (invoice.orderId !== null && invoice.orderId !== order.id) await expireAttempt(transaction, invoice.orderId);
    invoice.paid += applied;
    invoice.refunded = refundedOf(order, invoice.paid);
    Object.assign(invoice, { orderId: order.id, retryAt: null, chargeStop: null, chargeStopDetail: null });
    if (amountDue(invoice) === 0n) {
      advance(invoice, 'pay');
      invoice.paidAt = transaction.now;
    }
    if (wasDisputed) holdCharge(transaction, order.id, true);
  }
  const isCounted = wasDisputed && applied > 0n;
  if (surplus > refunded && !isCounted) await returnSurplus(transaction, invoice, order.id, surplus - refunded);
}

async function returnSurplus(
  transaction: Transaction,
  invoice: InvoiceRow,
  orderId: string,
  amount: bigint,
): Promise<void> {
  const operationId = await giveBack(transaction, orderId, amount, 'DUPLICATE');
  transaction.publish(invoiceOverpaid(invoice, { orderId, amount, operationId }));
}

/** The payer's bank took the money back: the invoice is owed again, and its payer pays by the link. */
export function recordReturned(transaction: Transaction, invoice: InvoiceRow, order: OrderOutcome): void {
  reopen(invoice, shareOf(order.disputed, invoice.paid).applied);
  if (isOwed(invoice.status)) stopCharging(invoice, 'RETURNED', transaction.now);
  holdCharge(transaction, order.id, false);
}

/** What was only held was let go. */
export function recordUndone(transaction: Transaction, invoice: InvoiceRow): void {
  reopen(invoice, invoice.paid);
  stopCharging(invoice, 'CANCELED', transaction.now);
}

function reopen(invoice: InvoiceRow, lost: bigint): void {
  if (!advanceIfPossible(invoice, 'reopen')) return;
  invoice.paidAt = null;
  invoice.paid -= lost;
  if (invoice.refunded > invoice.paid) invoice.refunded = invoice.paid;
}

/**
 * The order came to nothing. An attempt is tried again by the merchant's policy,
 * by the rules that agreements have, or never; what its payer was to pay by a
 * link gets another link, whoever closed it.
 */
export async function recordFailed(transaction: Transaction, invoice: InvoiceRow, order: OrderOutcome): Promise<void> {
  const { now } = transaction;
  if (invoice.orderId !== order.id || !isOwed(invoice.status)) return;
  if (order.chargeId === null) {
    invoice.retryAt ??= now;
    return;
  }
  const decline = declineOf(order);
  const tries = triesAfter(invoice, { wasDeclined: decline !== null, at: now });
  Object.assign(invoice, tries, { declineCode: decline?.code ?? null });
  if (order.status === 'CANCELED') return stopCharging(invoice, 'CANCELED', now);
  const { credentialId, retryDays } = order;
  const next = afterFailure({
    ...tries,
    decline,
    failedAt: now,
    retryDays,
    cardTries: await cardTries(transaction, { credentialId, isCard: order.credentialType !== 'BANK_ACCOUNT' }),
    timeZone: invoice.timeZone,
  });
  if (next.kind === 'RETRY') invoice.retryAt = next.at;
  else stopCharging(invoice, chargeStopFor(next.because), now);
}

/** A payer who never confirmed has declined in their way, and so has whoever cancelled the attempt by hand. */
function declineOf({ status, paymentStatus, declineCode, retryAdvice }: OrderOutcome) {
  if (paymentStatus === 'FAILED') return null;
  const code = declineCode ?? (status === 'EXPIRED' ? 'authentication_required' : 'canceled');
  return { code, advice: retryAdvice };
}

/** It is not charged by itself any more: what is due now is a link for its payer. */
function stopCharging(invoice: InvoiceRow, stop: ChargeStop, now: Date): void {
  Object.assign(invoice, { chargeStop: stop, chargeStopDetail: null, retryAt: now });
}
