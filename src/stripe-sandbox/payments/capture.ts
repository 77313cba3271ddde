import type Stripe from 'stripe';
import { refusal } from '../core/failure.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { checkPart } from '../core/money.js';
import { amend, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit, emitChange } from '../events/emit.js';
import { chargeMovement } from './charge-movement.js';
import { markCheckoutPaid } from './checkout-progress.js';
import { isMulticapture, isWhollyRefunded } from './refundable.js';
import { unexpectedState } from './refusals.js';
import { releaseRest } from './release.js';

const CAPTURES_MAX = 50;

interface Taken {
  amount: number;
  isFinal: boolean;
}

/** Takes money for a charge: one balance transaction for each capture. */
export function settleCapture(scope: Scope, charge: Stripe.Charge, { amount, isFinal }: Taken): Stripe.Charge {
  const showsWhole = scope.account.reversesPartialCaptures === true && isFinal && amount < charge.amount;
  const movement = chargeMovement(scope, charge, amount, showsWhole ? charge.amount : amount);
  return amend(scope.book.charges, charge, {
    amount_captured: charge.amount_captured + amount,
    captured: isFinal,
    // Of several captures the charge shows the first; the others are found by their source.
    balance_transaction: charge.balance_transaction ?? movement,
  });
}

interface CaptureOrder {
  amount: number | undefined;
  isFinal: boolean;
}

function checkOrder(scope: Scope, intent: Stripe.PaymentIntent, charge: Stripe.Charge, order: CaptureOrder): void {
  const { amount, isFinal } = order;
  const card = charge.payment_method_details?.card;
  if (!isFinal && card?.multicapture?.status !== 'available') {
    throw refusal(
      'You can only set `final_capture` to `false` when multicapture is available for this PaymentIntent. Check `payment_method_details.card.multicapture.status` on the latest charge.',
      { code: 'payment_intent_invalid_parameter', param: 'final_capture', payment_intent: intent },
    );
  }
  if ((scope.book.captures.get(charge.id) ?? 0) >= CAPTURES_MAX) {
    throw refusal(`A PaymentIntent can be captured at most ${CAPTURES_MAX} times.`, {
      code: 'payment_intent_unexpected_state',
      payment_intent: intent,
    });
  }
  if (amount === undefined) return;
  // Zero is how the rest of a partly captured hold is given back.
  if (!(amount === 0 && isFinal && charge.amount_captured > 0)) checkPart(amount, intent.currency, 'amount_to_capture');
  const most = capturable(intent, charge);
  if (amount > most) {
    throw refusal(
      `Amount to capture (${amount}) exceeds the amount capturable (${most}). The requested capture amount is greater than the amount you can capture for this charge.`,
      { code: 'amount_too_large', param: 'amount_to_capture', payment_intent: intent },
    );
  }
}

/** Overcapture raises the limit above what was authorised; it is for a single capture. */
function capturable(intent: Stripe.PaymentIntent, charge: Stripe.Charge): number {
  const over = charge.payment_method_details?.card?.overcapture;
  if (over?.status === 'available' && charge.amount_captured === 0) return over.maximum_amount_capturable;
  return intent.amount_capturable;
}

/** Captures a hold, wholly or in part; unless more captures are to follow, the rest is released. */
export function capture(scope: Scope, intent: Stripe.PaymentIntent, order: CaptureOrder): Stripe.PaymentIntent {
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(intent, 'This PaymentIntent could not be captured', 'captured', ['requires_capture']);
  }
  const charge = fetchOne(scope, 'charges', idOf(intent.latest_charge) ?? '');
  checkOrder(scope, intent, charge, order);
  const amount = order.amount ?? intent.amount_capturable;
  scope.book.captures.set(charge.id, (scope.book.captures.get(charge.id) ?? 0) + 1);
  if (isMulticapture(charge)) return captureOneOfMany(scope, intent, { charge, amount, isFinal: order.isFinal });
  const taken = settleCapture(scope, charge, { amount, isFinal: true });
  const whole = amend(scope.book.charges, taken, { amount: Math.max(taken.amount, taken.amount_captured) });
  const rest = whole.amount - whole.amount_captured;
  const closed = rest > 0 ? releaseRest(scope, whole, rest, null) : whole;
  emitChange(scope, 'charge.captured', charge, closed);
  return succeed(scope, intent, amount);
}

function succeed(scope: Scope, intent: Stripe.PaymentIntent, amount: number): Stripe.PaymentIntent {
  const done = amend(scope.book.paymentIntents, intent, {
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: intent.amount_received + amount,
  });
  emit(scope, 'payment_intent.succeeded', done);
  markCheckoutPaid(scope, done);
  return done;
}

/** With multicapture the charge counts as captured only at the end, and nothing released shows as refunded. */
function captureOneOfMany(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  { charge, amount, isFinal }: { charge: Stripe.Charge; amount: number; isFinal: boolean },
): Stripe.PaymentIntent {
  const taken = amount === 0 ? charge : settleCapture(scope, charge, { amount, isFinal: false });
  emitChange(scope, 'charge.updated', charge, taken);
  const partly = amend(scope.book.paymentIntents, intent, {
    amount_capturable: isFinal ? 0 : Math.max(0, intent.amount_capturable - amount),
    amount_received: intent.amount_received + amount,
  });
  emitChange(scope, 'payment_intent.amount_capturable_updated', intent, partly);
  if (!isFinal) return partly;
  const closed = { ...taken, captured: true, amount: Math.max(taken.amount, taken.amount_captured) };
  put(scope.book.charges, { ...closed, refunded: isWhollyRefunded(closed) });
  emit(scope, 'charge.captured', fetchOne(scope, 'charges', charge.id), { captured: false });
  return succeed(scope, partly, 0);
}
