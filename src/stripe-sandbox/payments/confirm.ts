import type Stripe from 'stripe';
import { numberOfToken } from '../banks/test-accounts.js';
import { methodFromData } from '../cards/card-data.js';
import { methodNamed } from '../cards/method-named.js';
import { malformed, refusal } from '../core/failure.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { amend, find } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import type { Parsed } from '../http/parameters.js';
import type { CONFIRM } from '../resources/payment-intent-params.js';
import { refuseForeign } from './attachment.js';
import type { AttemptResult } from './attempt-outcome.js';
import { authorise } from './authorise.js';
import { debit } from './debit.js';
import { checkMandateData } from './mandate.js';
import { mandateOf, type NamedMethod, refuseWithoutMandate } from './mandate-needs.js';
import { refuseIncompatible, unexpectedState } from './refusals.js';
import type { ConfirmTerms } from './terms.js';

const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export type ConfirmParams = Parsed<typeof CONFIRM>;

function refuseState(intent: Stripe.PaymentIntent): void {
  if (CONFIRMABLE.includes(intent.status)) return;
  if (intent.status === 'succeeded') {
    throw refusal(
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
      { code: 'payment_intent_unexpected_state', payment_intent: intent },
    );
  }
  throw unexpectedState(intent, 'This PaymentIntent could not be confirmed', 'confirmed', CONFIRMABLE);
}

/** With redirecting payment methods allowed, Stripe wants to know where to send the payer back to. */
function refuseWithoutReturn(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  params: ConfirmParams,
  isOffSession: boolean,
): void {
  const automatic = intent.automatic_payment_methods;
  if (automatic === null || !automatic.enabled || automatic.allow_redirects === 'never') return;
  if (params.return_url !== undefined || isOffSession || params.use_stripe_sdk === true) return;
  throw refusal(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    { param: 'return_url', ...shownIn(scope, intent) },
  );
}

/** `off_session` is a boolean or, in some integrations, a word that means true. */
function isOffSession(given: string | undefined): boolean {
  if (given === undefined || given === 'false') return false;
  if (['true', 'one_off', 'recurring'].includes(given)) return true;
  throw malformed('Invalid off_session: must be one of true, false, one_off, or recurring', { param: 'off_session' });
}

function checkUrl(url: string | undefined): string | null {
  if (url === undefined || url === '') return null;
  if (URL.canParse(url)) return url;
  throw malformed('Not a valid URL', { code: 'url_invalid', param: 'return_url' });
}

/** The intent is shown in the error only if it exists: a creation that fails leaves none. */
function shownIn(scope: Scope, intent: Stripe.PaymentIntent): { payment_intent?: Stripe.PaymentIntent } {
  return scope.book.paymentIntents.places.has(intent.id) ? { payment_intent: intent } : {};
}

function methodMissing(scope: Scope, intent: Stripe.PaymentIntent) {
  return refusal(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    { code: 'payment_intent_unexpected_state', ...shownIn(scope, intent) },
  );
}

function methodOf(scope: Scope, intent: Stripe.PaymentIntent, params: ConfirmParams): Stripe.PaymentMethod {
  const name = params.payment_method ?? idOf(intent.payment_method);
  const method =
    params.payment_method_data !== undefined
      ? methodFromData(scope, params.payment_method_data, 'payment_method_data')
      : name !== null && methodNamed(scope, name, 'payment_method');
  if (method === false) throw methodMissing(scope, intent);
  refuseForeign(scope, method, idOf(intent.customer));
  return method;
}

/** Which payment method a confirmation is with, before one is made of data or of a token. */
function namedMethod(scope: Scope, intent: Stripe.PaymentIntent, params: ConfirmParams): NamedMethod {
  const data = params.payment_method_data;
  if (typeof data === 'object') return { type: String(data.type), id: null };
  const name = params.payment_method ?? idOf(intent.payment_method);
  if (name === null) throw methodMissing(scope, intent);
  const known = find(scope.book.paymentMethods, name);
  if (known !== undefined) return { type: known.type, id: known.id };
  return { type: numberOfToken(name) === undefined ? 'card' : 'sepa_debit', id: null };
}

/** Everything about a confirmation that can be wrong before anyone is asked for money. */
export function checkConfirmation(scope: Scope, intent: Stripe.PaymentIntent, params: ConfirmParams): void {
  refuseState(intent);
  const offSession = isOffSession(params.off_session);
  checkUrl(params.return_url);
  refuseWithoutReturn(scope, intent, params, offSession);
  if (params.mandate !== undefined) fetchOne(scope, 'mandates', params.mandate, 'mandate');
  const prefix = intent.payment_method_options?.sepa_debit?.mandate_options?.reference_prefix;
  checkMandateData(scope, params.mandate_data, prefix);
  const method = namedMethod(scope, intent, params);
  refuseIncompatible(intent, method.type);
  refuseWithoutMandate(scope, intent, method, params);
}

function termsOf(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  params: ConfirmParams,
): ConfirmTerms {
  const given = params.payment_method_options?.card;
  const wanted = given?.request_three_d_secure ?? intent.payment_method_options?.card?.request_three_d_secure;
  return {
    offSession: isOffSession(params.off_session),
    moto: given?.moto ?? scope.book.moto.has(intent.id),
    errorOnRequiresAction: params.error_on_requires_action ?? false,
    useStripeSdk: params.use_stripe_sdk ?? false,
    returnUrl: checkUrl(params.return_url),
    mandate: mandateOf(scope, intent, method, params),
    threeDSecureWanted: wanted === 'any' || wanted === 'challenge',
  };
}

/** Confirms an intent: decides on what terms, and sends it to the issuer or the bank. */
export function confirm(scope: Scope, intent: Stripe.PaymentIntent, params: ConfirmParams): AttemptResult {
  checkConfirmation(scope, intent, params);
  const method = methodOf(scope, intent, params);
  const terms = termsOf(scope, intent, method, params);
  const ready = amend(scope.book.paymentIntents, intent, { payment_method: method.id });
  if (method.type === 'sepa_debit') return debit(scope, ready, method, terms.mandate);
  return authorise(scope, ready, method, { terms, isAuthenticated: false });
}
