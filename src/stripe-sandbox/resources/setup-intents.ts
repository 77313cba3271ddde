import type Stripe from 'stripe';
import { methodFromData } from '../cards/card-data.js';
import { methodNamed } from '../cards/payment-method.js';
import { malformed, refusal, unauthorised } from '../core/failure.js';
import { newId, randomText } from '../core/ids.js';
import { fetchCustomer, fetchOne, idOf, mergeMetadata } from '../core/lookup.js';
import { amend, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import { refuseForeign } from '../payments/attachment.js';
import { makeMandate } from '../payments/mandate.js';
import { setUp } from '../payments/setup.js';
import { methodTypes, TYPE_PARAMS } from './method-types.js';

const OPTIONS = {
  card: {
    request_three_d_secure: ['any', 'automatic', 'challenge'],
    mandate_options: 'open',
    network: 'text',
    moto: 'flag',
  },
} as const satisfies Spec;

const CONFIRM = {
  client_secret: 'text',
  key: 'text',
  mandate_data: 'open',
  payment_method: 'text',
  payment_method_data: 'open',
  payment_method_options: OPTIONS,
  return_url: 'text',
  use_stripe_sdk: 'flag',
} as const satisfies Spec;

const UPDATE = {
  customer: 'text',
  description: 'text',
  metadata: 'metadata',
  payment_method: 'text',
  payment_method_options: OPTIONS,
} as const satisfies Spec;

const CREATE = {
  ...CONFIRM,
  ...UPDATE,
  ...TYPE_PARAMS,
  confirm: 'flag',
  usage: ['off_session', 'on_session'],
} as const satisfies Spec;

type ConfirmParams = Parsed<typeof CONFIRM>;
const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

function unexpected(intent: Stripe.SetupIntent, verb: string, allowed: readonly string[]) {
  return refusal(
    `You cannot ${verb} this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be ${verb === 'cancel' ? 'canceled' : `${verb}ed`}: ${allowed.join(', ')}.`,
    { code: 'setup_intent_unexpected_state', setup_intent: intent },
  );
}

function intentFor(call: Call, clientSecret: string | undefined): Stripe.SetupIntent {
  const intent = fetchOne(call, 'setupIntents', call.named.id ?? '');
  if (call.isPublishable && clientSecret === undefined) {
    throw malformed('Missing required param: client_secret.', { code: 'parameter_missing', param: 'client_secret' });
  }
  if (clientSecret !== undefined && clientSecret !== intent.client_secret) {
    throw unauthorised(
      `The client_secret provided does not match any associated SetupIntent on this account: ${clientSecret}`,
    );
  }
  return intent;
}

function methodOf(scope: Scope, intent: Stripe.SetupIntent, params: ConfirmParams): Stripe.PaymentMethod {
  if (params.payment_method_data !== undefined) {
    return methodFromData(scope, params.payment_method_data, 'payment_method_data');
  }
  const name = params.payment_method ?? idOf(intent.payment_method);
  if (name === null) {
    throw refusal(
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
      { code: 'setup_intent_unexpected_state', setup_intent: intent },
    );
  }
  const method = methodNamed(scope, name, 'payment_method');
  refuseForeign(scope, method, idOf(intent.customer));
  return method;
}

function refuseWithoutReturn(intent: Stripe.SetupIntent, params: ConfirmParams): void {
  const automatic = intent.automatic_payment_methods;
  if (automatic === null || !automatic.enabled || automatic.allow_redirects === 'never') return;
  if (params.return_url !== undefined || params.use_stripe_sdk === true) return;
  throw refusal(
    "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    { param: 'return_url', setup_intent: intent },
  );
}

function confirm(call: Call, intent: Stripe.SetupIntent, params: ConfirmParams): Stripe.SetupIntent {
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, 'confirm', CONFIRMABLE);
  refuseWithoutReturn(intent, params);
  const method = methodOf(call, intent, params);
  const wanted =
    params.payment_method_options?.card?.request_three_d_secure ??
    intent.payment_method_options?.card?.request_three_d_secure;
  const terms = {
    offSession: false,
    moto: false,
    errorOnRequiresAction: false,
    useStripeSdk: params.use_stripe_sdk ?? false,
    returnUrl: params.return_url || null,
    mandate: params.mandate_data ? makeMandate(call, method, params.mandate_data).id : null,
    threeDSecureWanted: wanted === 'any' || wanted === 'challenge',
  };
  const ready = amend(call.book.setupIntents, intent, { payment_method: method.id });
  const { intent: after, failure } = setUp(call, ready, method, { terms, isAuthenticated: false });
  if (failure !== null) throw failure;
  return after;
}

function create(call: Call, params: Parsed<typeof CREATE>): Stripe.SetupIntent {
  const id = newId('seti');
  const customer = params.customer ? fetchCustomer(call, params.customer).id : null;
  const method = params.payment_method ? methodNamed(call, params.payment_method, 'payment_method') : null;
  if (method !== null) refuseForeign(call, method, customer);
  const wanted = params.payment_method_options?.card?.request_three_d_secure;
  const intent: Stripe.SetupIntent = put(call.book.setupIntents, {
    id,
    object: 'setup_intent',
    application: null,
    ...methodTypes(call, params),
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: call.world.clock.now(),
    customer,
    customer_account: null,
    description: params.description || null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: call.book.livemode,
    mandate: null,
    metadata: mergeMetadata(null, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: wanted || 'automatic' },
    },
    single_use_mandate: null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    usage: params.usage || 'off_session',
  });
  emit(call, 'setup_intent.created', intent);
  if (params.confirm !== true) return intent;
  const { payment_method: _method, ...rest } = params;
  return confirm(call, intent, rest);
}

function update(call: Call, params: Parsed<typeof UPDATE>): Stripe.SetupIntent {
  const intent = fetchOne(call, 'setupIntents', call.named.id ?? '');
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, 'update', CONFIRMABLE);
  const customer = params.customer ? fetchCustomer(call, params.customer).id : idOf(intent.customer);
  const method = params.payment_method ? methodNamed(call, params.payment_method, 'payment_method') : null;
  return amend(call.book.setupIntents, intent, {
    customer,
    metadata: mergeMetadata(intent.metadata, params.metadata),
    ...(params.description !== undefined && { description: params.description || null }),
    ...(method !== null && { payment_method: method.id, status: 'requires_confirmation', next_action: null }),
  });
}

function cancel(call: Call, reason: string | null): Stripe.SetupIntent {
  const intent = fetchOne(call, 'setupIntents', call.named.id ?? '');
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, 'cancel', CONFIRMABLE);
  const canceled = amend(call.book.setupIntents, intent, {
    status: 'canceled',
    cancellation_reason: reason,
    next_action: null,
  });
  emit(call, 'setup_intent.canceled', canceled);
  return canceled;
}

export const setupIntentRoutes = [
  route('POST /v1/setup_intents', { takes: CREATE }, create),
  route('GET /v1/setup_intents', { takes: { ...PAGE, customer: 'text', payment_method: 'text' } }, (call, params) =>
    page(call, params, {
      shelf: call.book.setupIntents,
      kind: 'setupIntents',
      url: '/v1/setup_intents',
      keep: (each) =>
        (params.customer === undefined || each.customer === params.customer) &&
        (params.payment_method === undefined || each.payment_method === params.payment_method),
    }),
  ),
  route(
    'GET /v1/setup_intents/:id',
    { takes: { client_secret: 'text', key: 'text' }, acceptsPublishable: true },
    (call, params) => intentFor(call, params.client_secret),
  ),
  route('POST /v1/setup_intents/:id', { takes: UPDATE }, update),
  route('POST /v1/setup_intents/:id/confirm', { takes: CONFIRM, acceptsPublishable: true }, (call, params) =>
    confirm(call, intentFor(call, params.client_secret), params),
  ),
  route(
    'POST /v1/setup_intents/:id/cancel',
    { takes: { cancellation_reason: ['abandoned', 'duplicate', 'requested_by_customer'] } },
    (call, params) => cancel(call, params.cancellation_reason || null),
  ),
];
