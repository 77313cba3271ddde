import type Stripe from 'stripe';
import { refusal } from '../core/failure.js';
import { idOf } from '../core/lookup.js';
import { amend, find } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';

type Intent = Stripe.PaymentIntent | Stripe.SetupIntent;
type Session = Stripe.Checkout.Session;

/** The Checkout Session an intent was made for. */
export function checkoutOf(scope: Scope, intentId: string): Session | undefined {
  const sessionId = scope.book.checkoutOf.get(intentId);
  return sessionId === undefined ? undefined : find(scope.book.checkoutSessions, sessionId);
}

/** The intent of a Checkout Session is moved by its page alone. */
export function refuseCheckoutIntent(scope: Scope, intent: Intent): void {
  if (!scope.book.checkoutOf.has(intent.id)) return;
  const what = intent.object === 'payment_intent' ? 'PaymentIntents' : 'SetupIntents';
  throw refusal(`You cannot perform this action on ${what} created by Checkout.`, { [intent.object]: intent });
}

/** The payer is through: the money is there, held, or on its way, or the card is saved. */
export function completeCheckout(scope: Scope, intent: Intent): void {
  const session = checkoutOf(scope, intent.id);
  if (session?.status !== 'open') return;
  const completed = amend(scope.book.checkoutSessions, session, {
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    customer: idOf(intent.customer),
    status: 'complete',
    url: null,
    ...(intent.object === 'payment_intent' && intent.status === 'succeeded' && { payment_status: 'paid' }),
  });
  emit(scope, 'checkout.session.completed', completed);
}

/** A held payment was captured; Stripe has no event of the session for that. */
export function markCheckoutPaid(scope: Scope, intent: Stripe.PaymentIntent): Session | undefined {
  const session = checkoutOf(scope, intent.id);
  if (session === undefined || session.payment_status !== 'unpaid') return undefined;
  return amend(scope.book.checkoutSessions, session, { payment_status: 'paid' });
}

/** The bank has answered to a debit after the session was complete. */
export function endAsyncCheckout(scope: Scope, intent: Stripe.PaymentIntent): void {
  const session = checkoutOf(scope, intent.id);
  if (session === undefined) return;
  if (intent.status === 'succeeded') {
    emit(scope, 'checkout.session.async_payment_succeeded', markCheckoutPaid(scope, intent) ?? session);
  } else {
    emit(scope, 'checkout.session.async_payment_failed', session);
  }
}
