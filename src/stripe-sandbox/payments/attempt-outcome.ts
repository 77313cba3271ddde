import type Stripe from 'stripe';
import { idOf } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';
import { tie } from './attachment.js';
import type { CardError } from './refusals.js';

/** How an attempt ended: the intent as it is now, and what went wrong with it. */
export interface AttemptResult {
  intent: Stripe.PaymentIntent;
  failure: CardError | null;
}

/** A failed attempt lets go of its payment method: the next attempt has to name one. */
export function failAttempt(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  error: CardError,
  chargeId: string | null,
): Stripe.PaymentIntent {
  scope.book.terms.delete(intent.id);
  const failed = amend(scope.book.paymentIntents, intent, {
    status: 'requires_payment_method',
    last_payment_error: error,
    next_action: null,
    payment_method: null,
    ...(chargeId !== null && { latest_charge: chargeId }),
  });
  emit(scope, 'payment_intent.payment_failed', failed);
  return failed;
}

/** What the merchant said it will do with the payment method later. */
export function futureUsage(intent: Stripe.PaymentIntent, type: string): string | null {
  const { card, sepa_debit } = intent.payment_method_options ?? {};
  const usage = (type === 'sepa_debit' ? sepa_debit : card)?.setup_future_usage ?? intent.setup_future_usage;
  return usage === 'none' ? null : usage;
}

/**
 * Keeps the payment method for the customer when that was asked for. One that is to be kept but has no
 * customer yet may still be attached; any other is used up.
 */
export function keepOrSpend(scope: Scope, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  const customerId = idOf(intent.customer);
  const usage = futureUsage(intent, method.type);
  if (usage !== null) {
    if (customerId !== null) tie(scope, method, customerId);
    if (usage === 'off_session') scope.book.setUp.add(method.id);
  } else if (method.customer === null) {
    scope.book.spent.add(method.id);
  }
}
