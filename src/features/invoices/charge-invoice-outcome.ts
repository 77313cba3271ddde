import type { Transaction } from '../../platform/database/transaction.js';
import { afterFailure, cardTries, type RetryAdvice } from '../agreements/index.js';
import { expireIfFree, giveBack, holdCharge, keepInvoiceShare } from '../orders/index.js';
import { advanceIfPossible, markPaid } from './change-invoice.js';
import { invoiceOverpaid } from './charge-invoice-events.js';
import { REFUNDED_OF_INVOICE } from './charge-invoice-sql.js';
import { CREDITED_TO_BALANCE } from './credit-notes-sql.js';
import { chargeStopFor, triesAfter } from './domain/dunning.js';
import { INVOICE_TRANSITIONS, isOwed } from './domain/invoice-status.js';
import { type Moved, moneyMoved } from './domain/moved-money.js';
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
  /** What the invoice counts of it as paid, and what came beside that. */
  taken: bigint;
  spare: bigint;
  /** Is on its way back, and not counted as refunded yet. */
  leaving: bigint;
  /** Keeps no other order of the invoice away. */
  isReleased: boolean;
  isDebit: boolean;
  paymentStatus: string | null;
  declineCode: string | null;
  retryAdvice: RetryAdvice | null;
  retryDays: number[];
};

/** Of a bank account it is the debit that came back; a card's dispute is argued about first. */
export function isReturned({ status, isDebit }: OrderOutcome): boolean {
  return status === 'DISPUTED' && isDebit;
}

/** What has changed of the order's money since the invoice last heard of it, which is what it counts of it from now on. */
export function followMoney(transaction: Transaction, invoice: InvoiceRow, order: OrderOutcome): Moved {
  const isPayable = 'pay' in INVOICE_TRANSITIONS[invoice.status];
  const moved = moneyMoved(order, {
    brought: broughtBy(order),
    gone: order.refunded + order.leaving,
    due: isPayable ? amountDue(invoice) : 0n,
  });
  if (moved.taken !== order.taken || moved.spare !== order.spare) keepInvoiceShare(transaction, order.id, moved);
  return moved;
}

function broughtBy(order: OrderOutcome): bigint {
  if (order.captured === 0n) return order.held;
  if (!isReturned(order)) return order.captured;
  return order.captured > order.disputed ? order.captured - order.disputed : 0n;
}

/**
 * Money came. What is owed takes it, also of an invoice that was written off;
 * whatever it is more than that goes back to the payer by itself: the invoice
 * was voided or paid in another way while the payment was under way.
 */
export async function recordPaid(
  transaction: Transaction,
  invoice: InvoiceRow,
  order: OrderOutcome,
  { applied, surplus }: Moved,
): Promise<void> {
  if (applied > 0n) await take(transaction, invoice, order, applied);
  const left = (order.captured === 0n ? order.held : order.captured) - order.refunded - order.leaving;
  const amount = surplus < left ? surplus : left;
  if (amount > 0n) await returnSurplus(transaction, invoice, order.id, amount);
}

async function take(
  transaction: Transaction,
  invoice: InvoiceRow,
  order: OrderOutcome,
  applied: bigint,
): Promise<void> {
  const { now } = transaction;
  invoice.paid += applied;
  if (order.refunded > 0n) invoice.refunded = await refundedOfInvoice(transaction, invoice.id);
  if (amountDue(invoice) > 0n) {
    // The rest needs an order of its own, which this one must not keep away.
    holdCharge(transaction, order.id, false);
    invoice.retryAt = isOwed(invoice.status) ? now : null;
    return;
  }
  if (invoice.orderId !== null && invoice.orderId !== order.id) await expireIfFree(transaction, invoice.orderId);
  invoice.orderId = order.id;
  markPaid(invoice, now);
  if (order.isReleased) holdCharge(transaction, order.id, true);
}

/** Under the invoice's lock, and after whatever was sent about its orders. */
export async function refundedOfInvoice(transaction: Transaction, invoiceId: string): Promise<bigint> {
  const key = [transaction.operatorId, invoiceId];
  const [sum] = await transaction.query<{ refunded: bigint }>(REFUNDED_OF_INVOICE, key);
  return sum?.refunded ?? 0n;
}

async function returnSurplus(
  transaction: Transaction,
  invoice: InvoiceRow,
  orderId: string,
  amount: bigint,
): Promise<void> {
  const isKept = await isPayersCredit(transaction, invoice);
  const operationId = isKept ? null : await giveBack(transaction, orderId, amount, 'DUPLICATE');
  transaction.publish(invoiceOverpaid(invoice, { orderId, amount, operationId }));
}

/** Notes have made money of it the payer's credit: what comes now may be that money, and a person has to see. */
async function isPayersCredit(transaction: Transaction, { id, creditApplied }: InvoiceRow): Promise<boolean> {
  const [given] = await transaction.query<{ total: bigint }>(CREDITED_TO_BALANCE, [transaction.operatorId, id]);
  return (given?.total ?? 0n) > creditApplied;
}

/** Money that had paid it is gone: as much of the invoice is owed again. */
export async function recordLost(
  transaction: Transaction,
  invoice: InvoiceRow,
  order: OrderOutcome,
  { lost }: Moved,
): Promise<void> {
  if (lost === 0n) return;
  invoice.paid -= lost;
  if (order.refunded > 0n) invoice.refunded = await refundedOfInvoice(transaction, invoice.id);
  if (advanceIfPossible(invoice, 'reopen')) invoice.paidAt = null;
}

/** The payer's bank took the money back: its payer pays what is owed again by the link. */
export function recordReturned(transaction: Transaction, invoice: InvoiceRow, order: OrderOutcome): void {
  if (amountDue(invoice) > 0n) stopCharging(invoice, 'RETURNED', transaction.now);
  holdCharge(transaction, order.id, false);
}

/** What was only held was let go. */
export function recordUndone(transaction: Transaction, invoice: InvoiceRow): void {
  if (amountDue(invoice) > 0n) stopCharging(invoice, 'CANCELED', transaction.now);
}

/**
 * The order came to nothing. An attempt is tried again by the merchant's policy,
 * by the rules that agreements have, or never; what its payer was to pay by a
 * link gets another link, whoever closed it.
 */
export async function recordFailed(transaction: Transaction, invoice: InvoiceRow, order: OrderOutcome): Promise<void> {
  const { now } = transaction;
  // Also of one that was written off: that its charge failed counts when it is owed again.
  if (invoice.orderId !== order.id || amountDue(invoice) === 0n) return;
  if (order.chargeId === null) {
    if (isOwed(invoice.status)) invoice.retryAt ??= now;
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
    cardTries: await cardTries(transaction, { credentialId, isCard: !order.isDebit }),
    timeZone: invoice.timeZone,
  });
  if (next.kind === 'RETRY') invoice.retryAt = isOwed(invoice.status) ? next.at : null;
  else stopCharging(invoice, chargeStopFor(next.because), now);
}

/** A payer who never confirmed has declined in their way, and so has whoever cancelled the attempt by hand. */
function declineOf({ status, paymentStatus, declineCode, retryAdvice }: OrderOutcome) {
  if (paymentStatus === 'FAILED') return null;
  const code = declineCode ?? (status === 'EXPIRED' ? 'authentication_required' : 'canceled');
  return { code, advice: retryAdvice };
}

/** It is not charged by itself any more: what is due now is a link for its payer, unless it was written off. */
function stopCharging(invoice: InvoiceRow, stop: ChargeStop, now: Date): void {
  const retryAt = isOwed(invoice.status) ? now : null;
  Object.assign(invoice, { chargeStop: stop, chargeStopDetail: null, retryAt });
}
