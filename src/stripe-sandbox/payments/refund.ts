import type Stripe from 'stripe';
import { refusal } from '../core/failure.js';
import { newId } from '../core/ids.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { checkPart, priced } from '../core/money.js';
import { amend, find, put } from '../core/shelf.js';
import { type Scope, schedule } from '../core/world.js';
import { emit, emitChange } from '../events/emit.js';
import { recordMovement } from './balance.js';
import { cardBehind, isDebit } from './charge.js';
import { isWhollyRefunded, leftToRefund } from './refundable.js';

/** How long a refund that is not settled at once, or that fails later, takes. */
const REFUND_SETTLES_AFTER_MS = 5 * 60_000;

/** Balance transactions have other names when it was no card that paid. */
const DEBIT_TYPES = { refund: 'payment_refund', refund_failure: 'payment_failure_refund' } as const;
const TO_CARD: Stripe.Refund.DestinationDetails = {
  card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
  type: 'card',
};

interface RefundOrder {
  amount: number | undefined;
  reason: string | null;
  metadata: Stripe.Metadata;
}

function refuse(scope: Scope, charge: Stripe.Charge, amount: number | undefined): void {
  if (charge.status === 'failed') {
    throw refusal(`Charge ${charge.id} has failed and cannot be refunded.`, {
      code: 'charge_not_refundable',
      charge: charge.id,
    });
  }
  if (charge.status === 'pending') {
    throw refusal(`Charge ${charge.id} is still pending and cannot be refunded.`, {
      code: 'charge_not_refundable',
      charge: charge.id,
    });
  }
  if (charge.amount_captured === 0 && !charge.refunded) {
    throw refusal(
      `Charge ${charge.id} has not been captured, so there is nothing to refund. Cancel its PaymentIntent instead.`,
      { code: 'charge_not_refundable', charge: charge.id },
    );
  }
  if (charge.disputed && !isRefundableAgain(scope, charge)) {
    throw refusal(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
      charge: charge.id,
    });
  }
  if (charge.refunded || leftToRefund(charge) === 0) {
    throw refusal(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
      charge: charge.id,
    });
  }
  const left = leftToRefund(charge);
  if (amount === undefined) return;
  checkPart(amount, charge.currency, 'amount');
  if (amount > left) {
    throw refusal(
      `Refund amount (${priced(amount, charge.currency)}) is greater than unrefunded amount on charge (${priced(left, charge.currency)})`,
      { param: 'amount', charge: charge.id },
    );
  }
}

/** A dispute that was won lets the charge be refunded again. */
function isRefundableAgain(scope: Scope, charge: Stripe.Charge): boolean {
  return scope.book.disputes.things.some((each) => idOf(each?.charge) === charge.id && each?.status === 'won');
}

/** Gives money back to the card that paid. */
export function refund(scope: Scope, charge: Stripe.Charge, order: RefundOrder): Stripe.Refund {
  refuse(scope, charge, order.amount);
  const amount = order.amount ?? leftToRefund(charge);
  const { afterwards } = cardBehind(scope, charge);
  const isPending = afterwards === 'refund_pending' || isDebit(charge);
  const id = newId(isDebit(charge) ? 'pyr' : 're');
  const movement = move(scope, charge, { type: 'refund', amount: -amount, source: id });
  const made = put(scope.book.refunds, {
    id,
    object: 'refund',
    amount,
    balance_transaction: movement.id,
    charge: charge.id,
    created: scope.world.clock.now(),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: isDebit(charge) ? { type: 'sepa_debit' } : TO_CARD,
    metadata: order.metadata,
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    ...(isPending && { pending_reason: 'processing' }),
    reason: order.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: isPending ? 'pending' : 'succeeded',
    transfer_reversal: null,
  });
  const refunded = charge.amount_refunded + amount;
  const refundedTo = { ...charge, amount_refunded: refunded };
  const after = put(scope.book.charges, { ...refundedTo, refunded: isWhollyRefunded(refundedTo) });
  emit(scope, 'refund.created', made);
  const { amount_refunded, refunded: wasRefunded } = charge;
  emit(scope, 'charge.refunded', after, {
    amount_refunded,
    ...(wasRefunded !== after.refunded && { refunded: wasRefunded }),
  });
  const dueMs = scope.world.clock.nowMs() + REFUND_SETTLES_AFTER_MS;
  if (isPending) schedule(scope, 'refund_settles', id, dueMs);
  if (afterwards === 'refund_fails') schedule(scope, 'refund_fails', id, dueMs);
  return made;
}

function move(
  scope: Scope,
  charge: Stripe.Charge,
  { type, amount, source }: { type: 'refund' | 'refund_failure'; amount: number; source: string },
): Stripe.BalanceTransaction {
  const description = type === 'refund' ? 'REFUND FOR CHARGE' : 'REFUND FAILURE';
  return recordMovement(scope, {
    type: isDebit(charge) ? DEBIT_TYPES[type] : type,
    category: type,
    amount,
    currency: charge.currency,
    source,
    description: charge.description === null ? description : `${description} (${charge.description})`,
  });
}

function announceChange(scope: Scope, before: Stripe.Refund, after: Stripe.Refund): void {
  emitChange(scope, 'refund.updated', before, after);
  emitChange(scope, 'charge.refund.updated', before, after);
}

/** Changes a refund and says so under both of the names Stripe uses. */
export function changeRefund(scope: Scope, refunded: Stripe.Refund, changes: Partial<Stripe.Refund>): Stripe.Refund {
  const after = amend(scope.book.refunds, refunded, changes);
  announceChange(scope, refunded, after);
  return after;
}

export function settleRefund(scope: Scope, refundId: string): void {
  const pending = find(scope.book.refunds, refundId);
  if (pending === undefined || pending.status !== 'pending') return;
  const { pending_reason: _reason, ...rest } = pending;
  const settled = put(scope.book.refunds, { ...rest, status: 'succeeded' });
  announceChange(scope, pending, settled);
}

/** Takes the refunded amount off the charge again and brings the money back. */
function undo(scope: Scope, refunded: Stripe.Refund): Stripe.BalanceTransaction {
  const charge = fetchOne(scope, 'charges', idOf(refunded.charge) ?? '');
  amend(scope.book.charges, charge, { amount_refunded: charge.amount_refunded - refunded.amount, refunded: false });
  return move(scope, charge, { type: 'refund_failure', amount: refunded.amount, source: refunded.id });
}

export function failRefund(scope: Scope, refundId: string, reason = 'unknown'): void {
  const made = find(scope.book.refunds, refundId);
  if (made === undefined || (made.status !== 'succeeded' && made.status !== 'pending')) return;
  const failed = amend(scope.book.refunds, made, {
    status: 'failed',
    failure_reason: reason,
    failure_balance_transaction: undo(scope, made).id,
  });
  announceChange(scope, made, failed);
  emit(scope, 'refund.failed', failed);
}

/** Only a refund that waits for the customer can be canceled; refunds to cards never do. */
export function cancelRefund(scope: Scope, refunded: Stripe.Refund): Stripe.Refund {
  if (refunded.status !== 'requires_action') {
    throw refusal(
      `You cannot cancel this refund because it has a status of ${refunded.status}. Only a refund with the status requires_action may be canceled.`,
      { code: 'charge_not_refundable' },
    );
  }
  undo(scope, refunded);
  return changeRefund(scope, refunded, { status: 'canceled' });
}
