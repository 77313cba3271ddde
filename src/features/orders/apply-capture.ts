import type { PaymentSnapshot, Refusal } from '../payment-systems/index.js';
import { endUnpaid, followPayment, followTerms } from './apply-payment.js';
import { heldAmount } from './domain/order-status.js';
import type { IntentSnapshot } from './intent.js';
import { advance, concludeOperation, explain, lose } from './operations.js';
import { type OperationRow, type OrderFile, paymentOf, type TransactionRow } from './order-rows.js';

/** What came of a capture, a release or an increase: all three are answered with the payment as it is then. */
export type HoldOutcome =
  | { readonly kind: 'seen'; readonly snapshot: PaymentSnapshot }
  | { readonly kind: 'declined' | 'failed'; readonly why: Refusal }
  | { readonly kind: 'unknown' };

/** A release may also be the closing of a check, by which nothing was held. */
export type VoidOutcome = HoldOutcome | { readonly kind: 'seen'; readonly snapshot: IntentSnapshot };

interface Step {
  readonly file: OrderFile;
  readonly operation: OperationRow;
  readonly transaction: TransactionRow;
  readonly now: Date;
}

/** Records a capture. The payment system may show more than this one: what else was captured is taken in after it. */
export function applyCapture(step: Step, outcome: HoldOutcome): void {
  recordHold(step, outcome, (snapshot) => {
    const { order } = step.file;
    if (snapshot.captured.minor < order.captured + step.transaction.amount) return false;
    order.captured += step.transaction.amount;
    return true;
  });
}

/** Records the release of a whole hold. */
export function applyVoid(step: Step, outcome: VoidOutcome): void {
  if (!isOfHold(outcome)) {
    applyClosing(step, outcome.snapshot);
    return;
  }
  recordHold(step, outcome, (snapshot) => {
    const { order } = step.file;
    // A hold that was captured in part may also end as captured, with nothing left to capture.
    const isTaken = snapshot.state === 'CAPTURED' && order.captured > 0n;
    if (snapshot.state !== 'CANCELED' && !isTaken) return false;
    order.voided += heldAmount(order);
    if (order.captured === 0n) endUnpaid(step.file, closingOf(step, snapshot.canceledBecause), step.now);
    return true;
  });
}

function isOfHold(outcome: VoidOutcome): outcome is HoldOutcome {
  return outcome.kind !== 'seen' || 'amount' in outcome.snapshot;
}

/** A check of a means of payment that was closed: no money was held by it. */
function applyClosing(step: Step, { state }: Pick<IntentSnapshot, 'state'>): void {
  const { file, operation, transaction, now } = step;
  advance(transaction, state === 'CANCELED' ? 'succeed' : 'fail', now);
  if (state === 'CANCELED') endUnpaid(file, closingOf(step, null), now);
  concludeOperation(file, operation, now);
}

/** What the order is closed as; null where it stays open, and only made room for another attempt. */
function closingOf({ operation: { request } }: Step, by: 'REQUESTED' | 'EXPIRED' | null) {
  if (request.makesRoom) return null;
  return request.closeAs ?? (by === 'EXPIRED' ? 'EXPIRED' : 'CANCELED');
}

/** Records a raised hold. */
export function applyIncrease(step: Step, outcome: HoldOutcome): void {
  recordHold(step, outcome, (snapshot) => {
    const { order } = step.file;
    if (snapshot.amount.minor < order.authorized + step.transaction.amount) return false;
    order.authorized = snapshot.amount.minor;
    return true;
  });
}

/** `take` writes the new amounts and tells whether the snapshot shows that it was done; where not, it is not known yet. */
function recordHold(step: Step, outcome: HoldOutcome, take: (snapshot: PaymentSnapshot) => boolean): void {
  const { file, operation, transaction, now } = step;
  if (transaction.status !== 'PENDING' && transaction.status !== 'UNKNOWN') return;
  if (outcome.kind === 'unknown' || (outcome.kind === 'seen' && !take(outcome.snapshot))) lose(transaction, now);
  else if (outcome.kind === 'seen') {
    followTerms(file.order, outcome.snapshot);
    transaction.externalId = outcome.snapshot.externalId;
    advance(transaction, 'succeed', now);
  } else {
    explain(operation, outcome.why);
    advance(transaction, outcome.kind === 'declined' ? 'decline' : 'fail', now);
  }
  concludeOperation(file, operation, now);
  // The payment may show more than ours: what was done elsewhere meanwhile.
  if (outcome.kind === 'seen' && paymentOf(file)?.status === 'SUCCEEDED') followPayment(file, outcome.snapshot, now);
}
