import type Stripe from 'stripe';
import { methodFromData } from '../cards/card-data.js';
import { methodNamed } from '../cards/method-named.js';
import { malformed, refusal } from '../core/failure.js';
import { newId, randomText } from '../core/ids.js';
import { fetchCustomer, idOf, mergeMetadata } from '../core/lookup.js';
import { checkAmount, currencyOf } from '../core/money.js';
import { amend, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';
import type { Parsed } from '../http/parameters.js';
import { refuseForeign } from '../payments/attachment.js';
import { refuseIncompatible } from '../payments/refusals.js';
import { checkTypes, methodTypes, suits } from './method-types.js';
import type { CREATE, UPDATE } from './payment-intent-params.js';
import { shippingOf } from './shipping.js';

type CreateParams = Parsed<typeof CREATE>;
type UpdateParams = Parsed<typeof UPDATE>;
type MethodOptions = Stripe.PaymentIntent.PaymentMethodOptions;
type CardOptions = Stripe.PaymentIntent.PaymentMethodOptions.Card;

const UPDATABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const SUFFIX_LENGTH_MAX = 22;

function cardOptions(params: UpdateParams, old?: CardOptions): CardOptions {
  const given = params.payment_method_options?.card ?? {};
  const shown: CardOptions = old ?? {
    installments: null,
    mandate_options: null,
    network: null,
    request_three_d_secure: 'automatic',
  };
  const changes: Partial<CardOptions> = {};
  if (given.capture_method === 'manual') changes.capture_method = 'manual';
  if (given.request_three_d_secure) changes.request_three_d_secure = given.request_three_d_secure;
  if (given.setup_future_usage) changes.setup_future_usage = given.setup_future_usage;
  if (given.setup_credential_usage) changes.setup_credential_usage = given.setup_credential_usage;
  if (given.stored_credential_usage) changes.stored_credential_usage = given.stored_credential_usage;
  for (const name of REQUESTS) if (given[name]) changes[name] = given[name];
  return { ...shown, ...changes };
}

/** What is asked of each type that is taken. */
function methodOptions(params: UpdateParams, types: readonly string[], old?: MethodOptions | null): MethodOptions {
  const card = types.includes('card') ? { card: cardOptions(params, old?.card) } : {};
  if (!types.includes('sepa_debit')) return card;
  const { mandate_options: mandate, setup_future_usage: usage } = params.payment_method_options?.sepa_debit ?? {};
  const prefix = mandate?.reference_prefix;
  const sepa_debit = {
    ...old?.sepa_debit,
    ...(prefix !== undefined && { mandate_options: { reference_prefix: prefix } }),
    ...(usage && { setup_future_usage: usage }),
  };
  return { ...card, sepa_debit };
}

const REQUESTS = [
  'request_extended_authorization',
  'request_incremental_authorization',
  'request_multicapture',
  'request_overcapture',
] as const;

function checkTexts(params: UpdateParams): void {
  if (params.statement_descriptor !== undefined && params.statement_descriptor !== '') {
    throw refusal(
      'The `statement_descriptor` parameter is not supported for the `card` payment method type. Use `statement_descriptor_suffix` instead.',
      { param: 'statement_descriptor' },
    );
  }
  const suffix = params.statement_descriptor_suffix ?? '';
  if (suffix.length > SUFFIX_LENGTH_MAX || /[<>\\'"*]/.test(suffix)) {
    throw malformed(`Invalid statement_descriptor_suffix: ${suffix}`, { param: 'statement_descriptor_suffix' });
  }
  if (params.receipt_email && !/^[^@\s]+@[^@\s]+$/.test(params.receipt_email)) {
    throw malformed(`Invalid email address: ${params.receipt_email}`, {
      code: 'email_invalid',
      param: 'receipt_email',
    });
  }
}

function namedMethod(scope: Scope, params: UpdateParams, customerId: string | null): Stripe.PaymentMethod | null {
  if (params.payment_method_data !== undefined) {
    return methodFromData(scope, params.payment_method_data, 'payment_method_data');
  }
  if (params.payment_method === undefined || params.payment_method === '') return null;
  const method = methodNamed(scope, params.payment_method, 'payment_method');
  refuseForeign(scope, method, customerId);
  return method;
}

/** Everything that must hold before an intent exists; a request that fails here leaves nothing behind. */
function checked(scope: Scope, params: CreateParams) {
  const currency = currencyOf(params.currency ?? '');
  checkAmount(params.amount ?? 0, currency);
  checkTexts(params);
  const customer = params.customer ? fetchCustomer(scope, params.customer).id : null;
  const types = methodTypes(scope, params, { currency, isManual: params.capture_method === 'manual' });
  return { currency, customer, method: namedMethod(scope, params, customer), types };
}

/** An intent as it will be; nothing is kept of it until it is opened. */
export function draftIntent(scope: Scope, params: CreateParams): Stripe.PaymentIntent {
  const { currency, customer, method, types } = checked(scope, params);
  const id = newId('pi');
  const draft: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    amount: params.amount ?? 0,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    ...types,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method || 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: params.confirmation_method || 'automatic',
    created: scope.world.clock.now(),
    currency,
    customer,
    customer_account: null,
    description: params.description || null,
    last_payment_error: null,
    latest_charge: null,
    livemode: scope.book.livemode,
    managed_payments: null,
    metadata: mergeMetadata(null, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: methodOptions(params, types.payment_method_types),
    payment_record: null,
    processing: null,
    receipt_email: params.receipt_email || null,
    review: null,
    setup_future_usage: params.setup_future_usage || null,
    shipping: shippingOf(params.shipping),
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: params.statement_descriptor_suffix || null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    transfer_data: null,
    transfer_group: params.transfer_group || null,
  };
  if (method !== null) refuseIncompatible(draft, method.type);
  return draft;
}

export function openIntent(scope: Scope, draft: Stripe.PaymentIntent, params: CreateParams): Stripe.PaymentIntent {
  const intent = put(scope.book.paymentIntents, draft);
  if (params.payment_method_options?.card?.moto === true) scope.book.moto.add(intent.id);
  emit(scope, 'payment_intent.created', intent);
  return intent;
}

function refuseChange(intent: Stripe.PaymentIntent, params: UpdateParams): void {
  if (UPDATABLE.includes(intent.status)) return;
  const fixed = (['amount', 'currency', 'capture_method', 'payment_method', 'customer'] as const).find(
    (name) => params[name] !== undefined,
  );
  if (fixed === undefined) return;
  throw refusal(
    `This PaymentIntent's ${fixed} could not be updated because it has a status of ${intent.status}. You may only update the ${fixed} of a PaymentIntent with one of the following statuses: ${UPDATABLE.join(', ')}.`,
    { code: 'payment_intent_unexpected_state', param: fixed, payment_intent: intent },
  );
}

/** The types that were asked for must suit the payment; of those that were not, the suitable ones stay. */
function typesAfter(scope: Scope, intent: Stripe.PaymentIntent, params: UpdateParams, currency: string): string[] {
  const payment = { currency, isManual: (params.capture_method || intent.capture_method) === 'manual' };
  const types = params.allowed_payment_method_types ?? intent.payment_method_types;
  if (params.allowed_payment_method_types === undefined && intent.automatic_payment_methods !== null) {
    return types.filter((type) => suits(type, payment));
  }
  checkTypes(scope, types, payment, 'allowed_payment_method_types');
  return types;
}

/** The status follows the payment method: naming another one drops an authentication that was open. */
function statusAfter(method: Stripe.PaymentMethod | null): Partial<Stripe.PaymentIntent> {
  if (method === null) return {};
  return { payment_method: method.id, status: 'requires_confirmation', next_action: null };
}

/** Applies an update; there is no event for it at Stripe. */
export function changeIntent(scope: Scope, intent: Stripe.PaymentIntent, params: UpdateParams): Stripe.PaymentIntent {
  refuseChange(intent, params);
  checkTexts(params);
  const currency = params.currency === undefined ? intent.currency : currencyOf(params.currency);
  if (params.amount !== undefined) checkAmount(params.amount, currency);
  const customer = params.customer ? fetchCustomer(scope, params.customer).id : idOf(intent.customer);
  const types = typesAfter(scope, intent, params, currency);
  const method = namedMethod(scope, params, customer);
  if (method !== null) refuseIncompatible({ ...intent, payment_method_types: types }, method.type);
  const { description, receipt_email, statement_descriptor_suffix: suffix, setup_future_usage: usage } = params;
  if (params.payment_method_options?.card?.moto === true) scope.book.moto.add(intent.id);
  return amend(scope.book.paymentIntents, intent, {
    amount: params.amount ?? intent.amount,
    currency,
    customer,
    metadata: mergeMetadata(intent.metadata, params.metadata),
    payment_method_options: methodOptions(params, types, intent.payment_method_options),
    payment_method_types: types,
    ...(params.allowed_payment_method_types && { allowed_payment_method_types: types }),
    ...(params.capture_method && { capture_method: params.capture_method }),
    ...(description !== undefined && { description: description || null }),
    ...(receipt_email !== undefined && { receipt_email: receipt_email || null }),
    ...(suffix !== undefined && { statement_descriptor_suffix: suffix || null }),
    ...(usage !== undefined && { setup_future_usage: usage || null }),
    ...(params.shipping !== undefined && { shipping: shippingOf(params.shipping) }),
    ...(params.transfer_group !== undefined && { transfer_group: params.transfer_group || null }),
    ...statusAfter(method),
  });
}
