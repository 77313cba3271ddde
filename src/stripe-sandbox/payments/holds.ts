import type Stripe from 'stripe';
import { DECLINES, declineFields } from '../cards/declines.js';
import { refusal, StripeFailure } from '../core/failure.js';
import { fetchOne, idOf, mergeMetadata } from '../core/lookup.js';
import { checkAmount } from '../core/money.js';
import { amend, find, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit, emitChange } from '../events/emit.js';
import { cardBehind } from './charge.js';
import { markCheckoutPaid } from './checkout-progress.js';
import { isWhollyRefunded } from './refundable.js';
import { unexpectedState } from './refusals.js';
import { releaseRest } from './release.js';

const INCREMENTS_MAX = 10;
/** What is processing here is a debit that the bank has already, so it is too late for it. */
const CANCELABLE = ['requires_payment_method', 'requires_capture', 'requires_confirmation', 'requires_action'];

/** Cancels an intent; what a hold still has is released. */
export function cancel(scope: Scope, intent: Stripe.PaymentIntent, reason: string | null): Stripe.PaymentIntent {
  if (!CANCELABLE.includes(intent.status)) {
    throw refusal(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
      { code: 'payment_intent_unexpected_state', payment_intent: intent },
    );
  }
  if (intent.status === 'requires_capture') {
    const charge = fetchOne(scope, 'charges', idOf(intent.latest_charge) ?? '');
    const closed = closeHold(scope, charge, null);
    if (closed.amount_captured === 0) emit(scope, 'charge.refunded', closed);
  }
  scope.book.terms.delete(intent.id);
  return close(scope, intent, reason);
}

/** Gives an open hold back. One that captured something is settled with that; its rest is only let go. */
function closeHold(scope: Scope, charge: Stripe.Charge, reason: 'expired_uncaptured_charge' | null): Stripe.Charge {
  if (charge.amount_captured === 0) return releaseRest(scope, charge, charge.amount, reason);
  const settled = put(scope.book.charges, {
    ...charge,
    captured: true,
    refunded: isWhollyRefunded({ ...charge, captured: true }),
  });
  emit(scope, 'charge.captured', settled, { captured: false });
  return settled;
}

function close(scope: Scope, intent: Stripe.PaymentIntent, reason: string | null): Stripe.PaymentIntent {
  const canceled = amend(scope.book.paymentIntents, intent, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: scope.world.clock.now(),
    cancellation_reason: reason,
    next_action: null,
  });
  emit(scope, 'payment_intent.canceled', canceled);
  return canceled;
}

/** The bank gives up a hold that was not captured in time. */
export function lapseHold(scope: Scope, intentId: string): void {
  const intent = find(scope.book.paymentIntents, intentId);
  if (intent === undefined || intent.status !== 'requires_capture') return;
  const charge = fetchOne(scope, 'charges', idOf(intent.latest_charge) ?? '');
  const closed = closeHold(scope, charge, 'expired_uncaptured_charge');
  if (intent.amount_received === 0) {
    emit(scope, 'charge.expired', closed);
    close(scope, intent, 'automatic');
    return;
  }
  // Money was captured, so the payment as such succeeded; only its rest is gone.
  const done = amend(scope.book.paymentIntents, intent, { status: 'succeeded', amount_capturable: 0 });
  emit(scope, 'payment_intent.succeeded', done);
  markCheckoutPaid(scope, done);
}

interface Increment {
  amount: number;
  description: string | undefined;
  metadata: Record<string, string> | '' | undefined;
}

function checkIncrement(scope: Scope, intent: Stripe.PaymentIntent, charge: Stripe.Charge, amount: number): void {
  if (intent.status !== 'requires_capture') {
    const what = "This PaymentIntent's authorization could not be incremented";
    throw unexpectedState(intent, what, 'incremented', ['requires_capture']);
  }
  if (charge.payment_method_details?.card?.incremental_authorization?.status !== 'available') {
    throw refusal(
      'This PaymentIntent is not eligible for incremental authorization. Check `payment_method_details.card.incremental_authorization.status` on the latest charge.',
      { code: 'payment_intent_invalid_parameter', payment_intent: intent },
    );
  }
  if (intent.amount_received > 0) {
    throw refusal('This PaymentIntent cannot be incremented because it has already been captured.', {
      code: 'payment_intent_unexpected_state',
      payment_intent: intent,
    });
  }
  checkAmount(amount, intent.currency);
  if (amount <= intent.amount) {
    throw refusal(
      `Amount must be greater than the currently authorized amount. The new total (${amount}) is not greater than ${intent.amount}.`,
      { code: 'payment_intent_invalid_parameter', param: 'amount', payment_intent: intent },
    );
  }
  if ((scope.book.increments.get(charge.id) ?? 0) >= INCREMENTS_MAX) {
    throw refusal(`A PaymentIntent can be incremented at most ${INCREMENTS_MAX} times.`, {
      code: 'payment_intent_unexpected_state',
      payment_intent: intent,
    });
  }
}

/** Raises a hold to a new total. A refusal by the issuer leaves it as it was. */
export function raiseHold(scope: Scope, intent: Stripe.PaymentIntent, raise: Increment): Stripe.PaymentIntent {
  const charge = find(scope.book.charges, idOf(intent.latest_charge) ?? '');
  if (charge === undefined) {
    const what = "This PaymentIntent's authorization could not be incremented";
    throw unexpectedState(intent, what, 'incremented', ['requires_capture']);
  }
  checkIncrement(scope, intent, charge, raise.amount);
  scope.book.increments.set(charge.id, (scope.book.increments.get(charge.id) ?? 0) + 1);
  if (cardBehind(scope, charge).declinesIncrement) {
    throw new StripeFailure(402, {
      type: 'card_error',
      ...declineFields(DECLINES.generic),
      charge: charge.id,
      payment_intent: intent,
    });
  }
  const card = charge.payment_method_details?.card;
  const raisedCharge = amend(scope.book.charges, charge, {
    amount: raise.amount,
    ...(card !== undefined && {
      payment_method_details: {
        type: 'card',
        card: {
          ...card,
          amount_authorized: raise.amount,
          ...(card.overcapture && { overcapture: { ...card.overcapture, maximum_amount_capturable: raise.amount } }),
        },
      },
    }),
  });
  emitChange(scope, 'charge.updated', charge, raisedCharge);
  const raised = amend(scope.book.paymentIntents, intent, {
    amount: raise.amount,
    amount_capturable: raise.amount,
    metadata: mergeMetadata(intent.metadata, raise.metadata),
    ...(raise.description !== undefined && { description: raise.description }),
  });
  emit(scope, 'payment_intent.amount_capturable_updated', raised);
  return raised;
}
