import type Stripe from 'stripe';
import { methodFromData } from '../cards/card-data.js';
import { methodNamed } from '../cards/method-named.js';
import { refusal } from '../core/failure.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import type { Parsed } from '../http/parameters.js';
import { refuseForeign } from '../payments/attachment.js';
import { checkMandateData, lastingMandate, makeMandate } from '../payments/mandate.js';
import { mandateNotFound } from '../payments/mandate-needs.js';
import { refuseIncompatible } from '../payments/refusals.js';
import { setUp } from '../payments/setup.js';
import type { ConfirmTerms } from '../payments/terms.js';
import type { CONFIRM, UPDATE } from './setup-intent-params.js';

type ConfirmParams = Parsed<typeof CONFIRM>;
export const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export function unexpected(intent: Stripe.SetupIntent, verb: string, allowed: readonly string[]) {
  return refusal(
    `You cannot ${verb} this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be ${verb === 'cancel' ? 'canceled' : `${verb}ed`}: ${allowed.join(', ')}.`,
    { code: 'setup_intent_unexpected_state', setup_intent: intent },
  );
}

/** The payment method a request gives, by its data or by its name; it must suit the intent. */
export function givenMethod(
  scope: Scope,
  intent: Stripe.SetupIntent,
  params: ConfirmParams,
): Stripe.PaymentMethod | null {
  const { payment_method: name, payment_method_data: data } = params;
  if (data === undefined && (name === undefined || name === '')) return null;
  const method =
    data === undefined
      ? methodNamed(scope, name ?? '', 'payment_method')
      : methodFromData(scope, data, 'payment_method_data');
  refuseForeign(scope, method, idOf(intent.customer));
  refuseIncompatible(intent, method.type);
  return method;
}

function methodOf(scope: Scope, intent: Stripe.SetupIntent, params: ConfirmParams): Stripe.PaymentMethod {
  const given = givenMethod(scope, intent, params);
  if (given !== null) return given;
  const name = idOf(intent.payment_method);
  if (name === null) {
    throw refusal(
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
      { code: 'setup_intent_unexpected_state', ...shownIn(scope, intent) },
    );
  }
  const method = fetchOne(scope, 'paymentMethods', name);
  refuseForeign(scope, method, idOf(intent.customer));
  return method;
}

/** The intent is shown in the error only if it exists: a creation that fails leaves none. */
function shownIn(scope: Scope, intent: Stripe.SetupIntent): { setup_intent?: Stripe.SetupIntent } {
  return scope.book.setupIntents.places.has(intent.id) ? { setup_intent: intent } : {};
}

/** What the payer agreed to; a bank account cannot be set up without. */
function mandateOf(
  scope: Scope,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  params: ConfirmParams,
): string | null {
  const referencePrefix = intent.payment_method_options?.sepa_debit?.mandate_options?.reference_prefix;
  if (params.mandate_data) return makeMandate(scope, method, params.mandate_data, { single: null, referencePrefix }).id;
  if (method.type === 'card') return null;
  const known = lastingMandate(scope, method.id);
  if (known === undefined) throw mandateNotFound('SetupIntent');
  return known.id;
}

function refuseWithoutReturn(scope: Scope, intent: Stripe.SetupIntent, params: ConfirmParams): void {
  const automatic = intent.automatic_payment_methods;
  if (automatic === null || !automatic.enabled || automatic.allow_redirects === 'never') return;
  if (params.return_url !== undefined || params.use_stripe_sdk === true) return;
  throw refusal(
    "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    { param: 'return_url', ...shownIn(scope, intent) },
  );
}

function termsOf(
  scope: Scope,
  intent: Stripe.SetupIntent,
  params: ConfirmParams,
  mandate: string | null,
): ConfirmTerms {
  const wanted =
    params.payment_method_options?.card?.request_three_d_secure ??
    intent.payment_method_options?.card?.request_three_d_secure;
  return {
    offSession: false,
    moto: params.payment_method_options?.card?.moto ?? scope.book.moto.has(intent.id),
    errorOnRequiresAction: false,
    useStripeSdk: params.use_stripe_sdk ?? false,
    returnUrl: params.return_url || null,
    mandate,
    threeDSecureWanted: wanted === 'any' || wanted === 'challenge',
  };
}

/** Everything about a confirmation that can be wrong before anyone is asked; `open` keeps the intent after that. */
export function confirm(
  call: Scope,
  intent: Stripe.SetupIntent,
  params: ConfirmParams,
  open: () => unknown = () => {},
): Stripe.SetupIntent {
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, 'confirm', CONFIRMABLE);
  refuseWithoutReturn(call, intent, params);
  const options = optionsAfter(intent.payment_method_options, params);
  checkMandateData(call, params.mandate_data, options.sepa_debit?.mandate_options?.reference_prefix);
  const method = methodOf(call, intent, params);
  const asked = { ...intent, payment_method_options: options };
  const terms = termsOf(call, asked, params, mandateOf(call, asked, method, params));
  open();
  const ready = put(call.book.setupIntents, { ...asked, payment_method: method.id });
  const { intent: after, failure } = setUp(call, ready, method, { terms, isAuthenticated: false });
  if (failure !== null) throw failure;
  return after;
}

type Options = NonNullable<Stripe.SetupIntent['payment_method_options']>;

export function optionsAfter(old: Options | null, params: Parsed<typeof UPDATE>): Options {
  const { card, sepa_debit } = params.payment_method_options ?? {};
  const wanted = card?.request_three_d_secure || old?.card?.request_three_d_secure || 'automatic';
  const prefix = sepa_debit?.mandate_options?.reference_prefix;
  const debits = prefix === undefined ? old?.sepa_debit : { mandate_options: { reference_prefix: prefix } };
  return {
    card: { mandate_options: null, network: null, request_three_d_secure: wanted },
    ...(debits !== undefined && { sepa_debit: debits }),
  };
}
