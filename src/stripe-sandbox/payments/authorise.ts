import type Stripe from 'stripe';
import { DECLINES, type Decline } from '../cards/declines.js';
import { countDecline, orderedDecline, underOrder } from '../cards/ordered-decline.js';
import { testCardOf } from '../cards/payment-method.js';
import { newId } from '../core/ids.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import { type Scope, schedule } from '../core/world.js';
import { emit } from '../events/emit.js';
import { type AttemptResult, failAttempt, keepOrSpend } from './attempt-outcome.js';
import { settleCapture } from './capture.js';
import { isManual } from './card-details.js';
import { makeCharge } from './charge.js';
import { completeCheckout } from './checkout-progress.js';
import { authenticationFailure, cardError } from './refusals.js';
import type { ConfirmTerms } from './terms.js';
import { bringTrouble } from './trouble.js';
import { verdictOnPayment } from './verdict.js';

function nextAction(scope: Scope, intentId: string, terms: ConfirmTerms): Stripe.PaymentIntent.NextAction {
  if (terms.returnUrl !== null && !terms.useStripeSdk) {
    const url = `${scope.world.url}/authenticate/${scope.account.id}/${intentId}`;
    return { type: 'redirect_to_url', redirect_to_url: { return_url: terms.returnUrl, url } };
  }
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', source: newId('src') } };
}

function challenge(scope: Scope, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, terms: ConfirmTerms) {
  scope.book.terms.set(intent.id, terms);
  const waiting = amend(scope.book.paymentIntents, intent, {
    status: 'requires_action',
    next_action: nextAction(scope, intent.id, terms),
    payment_method: method.id,
    last_payment_error: null,
  });
  emit(scope, 'payment_intent.requires_action', waiting);
  return waiting;
}

function decline(scope: Scope, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, attempt: Tried) {
  const charge = makeCharge(scope, { intent, method, ...attempt });
  emit(scope, 'charge.failed', charge);
  const error = cardError(attempt.decline, method, charge.id);
  return { intent: failAttempt(scope, intent, error, charge.id), failure: error };
}

interface Tried {
  terms: ConfirmTerms;
  isAuthenticated: boolean;
  decline: Decline;
}

function hold(scope: Scope, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, charge: Stripe.Charge) {
  emit(scope, 'charge.succeeded', charge);
  const held = amend(scope.book.paymentIntents, intent, {
    status: 'requires_capture',
    amount_capturable: intent.amount,
    latest_charge: charge.id,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  });
  emit(scope, 'payment_intent.amount_capturable_updated', held);
  const before = charge.payment_method_details?.card?.capture_before;
  if (before !== undefined) schedule(scope, 'hold_lapses', intent.id, before * 1000);
  return held;
}

function collect(scope: Scope, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, charge: Stripe.Charge) {
  const paid = settleCapture(scope, charge, { amount: charge.amount, isFinal: true });
  emit(scope, 'charge.succeeded', paid);
  const succeeded = amend(scope.book.paymentIntents, intent, {
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  });
  emit(scope, 'payment_intent.succeeded', succeeded);
  return succeeded;
}

/** Sends a payment to the issuer and writes down what it says. */
export function authorise(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { terms, isAuthenticated }: { terms: ConfirmTerms; isAuthenticated: boolean },
): AttemptResult {
  const isSetUp = scope.book.setUp.has(method.id);
  const card = underOrder(testCardOf(scope, method.id), orderedDecline(scope.book, method.id));
  const verdict = verdictOnPayment(card, { terms, isAuthenticated, isSetUp });
  if (verdict.kind === 'challenge' && terms.errorOnRequiresAction) {
    return decline(scope, intent, method, { terms, isAuthenticated, decline: DECLINES.authenticationNotHandled });
  }
  if (verdict.kind === 'challenge') return { intent: challenge(scope, intent, method, terms), failure: null };
  if (verdict.kind === 'declined') {
    countDecline(scope.book, method.id);
    return decline(scope, intent, method, { terms, isAuthenticated, decline: verdict.decline });
  }
  return { intent: approve(scope, intent, method, { terms, isAuthenticated }), failure: null };
}

function approve(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { terms, isAuthenticated }: { terms: ConfirmTerms; isAuthenticated: boolean },
): Stripe.PaymentIntent {
  scope.book.terms.delete(intent.id);
  const charge = makeCharge(scope, { intent, method, terms, isAuthenticated, decline: null });
  keepOrSpend(scope, intent, method);
  if (isManual(intent)) {
    const held = hold(scope, intent, method, charge);
    completeCheckout(scope, held);
    return held;
  }
  const succeeded = collect(scope, intent, method, charge);
  completeCheckout(scope, succeeded);
  bringTrouble(scope, fetchOne(scope, 'charges', charge.id));
  return succeeded;
}

/** The holder came back from the bank. */
export function finishAuthentication(scope: Scope, intent: Stripe.PaymentIntent, succeeded: boolean): AttemptResult {
  const method = fetchOne(scope, 'paymentMethods', idOf(intent.payment_method) ?? '');
  if (!succeeded) {
    const error = authenticationFailure(method);
    return { intent: failAttempt(scope, intent, error, null), failure: error };
  }
  const terms = scope.book.terms.get(intent.id);
  if (terms === undefined) return { intent, failure: null };
  return authorise(scope, intent, method, { terms, isAuthenticated: true });
}
