import { unreachable } from '../../kernel/errors.js';
import type { Decline, PaymentSnapshot, Refusal } from '../payment-systems/index.js';
import { heldAmount } from './domain/order-status.js';
import type { IntentSnapshot } from './intent.js';
import { advance, concludeOperation, explain, keepWaiting, lose, openOperation } from './operations.js';
import {
  inFlight,
  isByPage,
  type OperationRow,
  type OrderFile,
  paymentOf,
  type TransactionRow,
  transactionsOf,
} from './order-rows.js';

/** What became of the attempt to pay. */
export type PaymentOutcome =
  | { readonly kind: 'seen'; readonly snapshot: IntentSnapshot }
  /** Told only when the payment is closed at the payment system too, so that nobody can still pay it. */
  | { readonly kind: 'declined'; readonly decline: Decline }
  /** Declined without the payer, who may still confirm this very payment. */
  | { readonly kind: 'leftToPayer'; readonly snapshot: IntentSnapshot; readonly decline: Decline }
  | { readonly kind: 'failed'; readonly refusal: Refusal }
  | { readonly kind: 'unknown' };

/** Records the outcome of an order's payment, from whichever of the API, a webhook and the reconciler it comes. */
export function applyPayment(file: OrderFile, outcome: PaymentOutcome, now: Date): void {
  const payment = paymentOf(file);
  const transaction = payment && transactionsOf(file, payment)[0];
  if (!payment || !transaction) return;
  switch (outcome.kind) {
    case 'unknown':
      lose(transaction, now);
      break;
    case 'declined':
      if (advance(transaction, 'decline', now)) explain(payment, outcome.decline);
      break;
    case 'failed':
      if (advance(transaction, 'fail', now)) explain(payment, outcome.refusal);
      break;
    case 'seen':
      noteMeans(file, outcome.snapshot);
      if (transaction.status !== 'SUCCEEDED') applyFirstAnswer(file, payment, transaction, outcome.snapshot, now);
      else if ('amount' in outcome.snapshot) followPayment(file, outcome.snapshot, now);
      break;
    case 'leftToPayer':
      leaveToPayer(file, payment, transaction, outcome, now);
      break;
    default:
      unreachable(outcome);
  }
  concludeOperation(file, payment, now);
}

/** Also of what is not stored. On a page several may be tried: the last is the one that pays. */
function noteMeans({ order }: OrderFile, { credential }: IntentSnapshot): void {
  if (credential) order.byDebit = credential.type === 'BANK_ACCOUNT';
}

function leaveToPayer(
  { order }: OrderFile,
  payment: OperationRow,
  transaction: TransactionRow,
  { snapshot, decline }: Extract<PaymentOutcome, { kind: 'leftToPayer' }>,
  now: Date,
): void {
  if (transaction.status === 'REQUIRES_ACTION') keepWaiting(transaction, now);
  else if (!advance(transaction, 'requireAction', now)) return;
  transaction.externalId = snapshot.externalId;
  order.externalPaymentId = snapshot.externalId;
  payment.nextAction = snapshot.nextAction;
  explain(payment, decline);
}

function applyFirstAnswer(
  file: OrderFile,
  payment: OperationRow,
  transaction: TransactionRow,
  snapshot: IntentSnapshot,
  now: Date,
): void {
  const { order } = file;
  const isLeftToPayer = transaction.status === 'REQUIRES_ACTION' && payment.request.by === 'MERCHANT';
  transaction.externalId = snapshot.externalId ?? transaction.externalId;
  transaction.pageExternalId = snapshot.pageExternalId ?? transaction.pageExternalId;
  order.externalPaymentId = snapshot.externalId ?? order.externalPaymentId;
  switch (snapshot.state) {
    case 'NEEDS_ACTION':
      if (transaction.status === 'REQUIRES_ACTION') keepWaiting(transaction, now);
      else if (!advance(transaction, 'requireAction', now)) break;
      payment.nextAction = snapshot.nextAction;
      // A card that was declined on an open page is told of; the next one may pay.
      if (isByPage(payment) && snapshot.failure) explain(payment, snapshot.failure);
      break;
    case 'PROCESSING':
      if (!advance(transaction, 'process', now)) keepWaiting(transaction, now);
      break;
    case 'HELD':
    case 'CAPTURED':
      if (!advance(transaction, 'succeed', now)) break;
      forgetFailedTries(payment);
      order.authorized = snapshot.amount.minor;
      countCaptured(order, snapshot);
      if (snapshot.state === 'CAPTURED') order.voided = order.authorized - order.captured;
      followTerms(order, snapshot);
      break;
    case 'VERIFIED':
      advance(transaction, 'succeed', now);
      break;
    case 'CANCELED':
      if (isByPage(payment)) {
        endUnpaid(file, inFlight(file)?.request.closeAs ?? expiryOf(order, now), now);
        break;
      }
      // A failed try that was closed, by us as a rule: what is seen may be our own closing, before its decline is recorded.
      // What was left to the payer was told of already, with its decline: then it is the end of that time.
      if (snapshot.failure && snapshot.canceledBecause === 'REQUESTED' && !isLeftToPayer) {
        if (advance(transaction, 'decline', now)) explain(payment, snapshot.failure);
        break;
      }
      if (!advance(transaction, 'cancel', now)) break;
      order.closedAs = closingOf(file, now) ?? (snapshot.canceledBecause === 'EXPIRED' ? 'EXPIRED' : 'CANCELED');
      break;
    case 'PREPARED':
    case 'FAILED':
      // Still open at the payment system: whoever saw this closes it, then comes back with the decline.
      lose(transaction, now);
      break;
    default:
      unreachable(snapshot);
  }
}

/** As what the order is being closed by us, should that be seen before it is recorded; null: it was not us. */
function closingOf({ order, operations }: OrderFile, now: Date): OrderFile['order']['closedAs'] {
  const closing = operations.findLast(({ type }) => type === 'CANCELLATION');
  return closing?.request.closeAs ?? expiryOf(order, now);
}

function expiryOf({ expiresAt }: OrderFile['order'], now: Date): 'EXPIRED' | null {
  return expiresAt && expiresAt <= now ? 'EXPIRED' : null;
}

/** Why earlier cards were declined explains nothing any more. */
function forgetFailedTries(payment: OperationRow): void {
  Object.assign(payment, { declineCode: null, declineMessage: null, retryAdvice: null });
}

/** Also when it is heard of a second time, by the page's own event. */
function wasDeclinedOnPage(payment: OperationRow): boolean {
  const isOver = payment.finishedAt !== null && payment.status !== 'DECLINED';
  return isByPage(payment) && payment.declineCode !== null && !isOver;
}

/**
 * Ends an attempt at which nobody has paid, and with it the order; null leaves
 * the order open for another attempt. An order whose time has run out after
 * cards were declined on its page was declined.
 */
export function endUnpaid(file: OrderFile, closeAs: OrderFile['order']['closedAs'], now: Date): void {
  const { order } = file;
  const payment = paymentOf(file);
  const attempt = payment && transactionsOf(file, payment)[0];
  const wasDeclined = closeAs === 'EXPIRED' && payment !== null && wasDeclinedOnPage(payment);
  if (attempt && advance(attempt, wasDeclined ? 'decline' : 'cancel', now)) concludeOperation(file, payment, now);
  if (closeAs === null) order.externalPaymentId = null;
  else if (!wasDeclined) order.closedAs = closeAs;
}

/**
 * What happened to a successful payment since. Our own captures and voids are
 * recorded by their own operations; whatever else is seen was done in the
 * payment system's console or by time, and becomes an operation of its own, so
 * that the order's history explains its amounts. While something of ours is in
 * flight nothing can be told apart, and the reconciler looks again after it.
 */
export function followPayment(file: OrderFile, snapshot: PaymentSnapshot, now: Date): void {
  if (inFlight(file)) return;
  const { order } = file;
  followTerms(order, snapshot);

  const raised = snapshot.amount.minor - order.authorized;
  if (raised > 0n) {
    adopt(file, 'AUTHORIZATION_INCREASE', 'AUTHORIZATION', raised, snapshot.externalId, now);
    order.authorized += raised;
  }
  const captured = snapshot.captured.minor - order.captured;
  if (captured > 0n) {
    adopt(file, 'CAPTURE', 'CAPTURE', captured, snapshot.externalId, now);
    countCaptured(order, snapshot);
  }
  const held = heldAmount(order);
  const closed = snapshot.state === 'CANCELED' || snapshot.state === 'CAPTURED';
  if (!closed || held <= 0n) return;
  if (snapshot.state === 'CANCELED') adopt(file, 'CANCELLATION', 'VOID', held, snapshot.externalId, now);
  order.voided += held;
  if (order.captured === 0n) order.closedAs = snapshot.canceledBecause === 'EXPIRED' ? 'EXPIRED' : 'CANCELED';
}

function adopt(
  file: OrderFile,
  type: OperationRow['type'],
  transactionType: TransactionRow['type'],
  amount: bigint,
  externalId: string,
  now: Date,
): void {
  const request = { elsewhere: true };
  openOperation(
    file,
    { type, amount, request },
    [{ type: transactionType, amount, status: 'SUCCEEDED', externalId }],
    now,
  );
}

/**
 * What was captured is the payment system's to say. A part that was to go back
 * with the final capture was not released if it was captured all the same.
 */
export function countCaptured(order: OrderFile['order'], { captured }: PaymentSnapshot): void {
  order.captured = captured.minor;
  if (order.authorized < order.captured) order.authorized = order.captured;
  const released = order.authorized - order.captured;
  if (order.voided > released) order.voided = released;
}

/** The payment system decides these for each payment, and may change them. */
export function followTerms(order: OrderFile['order'], snapshot: PaymentSnapshot): void {
  const { captureBefore } = snapshot;
  // A hold that now lasts longer lapses again, and is announced again.
  if (captureBefore && order.captureBefore && captureBefore > order.captureBefore) order.captureWarnedAt = null;
  if (captureBefore) order.captureBefore = captureBefore;
  order.multicapture = snapshot.multicapture;
  order.incrementable = snapshot.incrementable;
}
