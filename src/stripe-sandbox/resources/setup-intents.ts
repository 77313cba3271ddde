import type Stripe from 'stripe';
import { malformed, refusal, unauthorised } from '../core/failure.js';
import { newId, randomText } from '../core/ids.js';
import { fetchCustomer, fetchOne, idOf, mergeMetadata } from '../core/lookup.js';
import { amend, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import { refuseCheckoutIntent } from '../payments/checkout-progress.js';
import { closeSetup } from '../payments/setup.js';
import { methodTypes } from './method-types.js';
import { CONFIRMABLE, confirm, givenMethod, optionsAfter, unexpected } from './setup-intent-confirm.js';
import { CONFIRM, CREATE, UPDATE } from './setup-intent-params.js';

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

/** What a browser is shown of a setup: nothing that the merchant keeps to itself. */
function forBrowser(intent: Stripe.SetupIntent): object {
  const { customer: _customer, metadata: _metadata, latest_attempt: _attempt, ...shown } = intent;
  return shown;
}

/** An intent as it will be; nothing is kept of it until it is opened. */
export function draftSetup(call: Scope, params: Parsed<typeof CREATE>): Stripe.SetupIntent {
  const id = newId('seti');
  const intent: Stripe.SetupIntent = {
    id,
    object: 'setup_intent',
    application: null,
    ...methodTypes(call, params, null),
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: call.world.clock.now(),
    customer: params.customer ? fetchCustomer(call, params.customer).id : null,
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
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: optionsAfter(null, params),
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: params.usage || 'off_session',
  };
  const method = givenMethod(call, intent, params);
  return method === null ? intent : { ...intent, payment_method: method.id, status: 'requires_confirmation' };
}

export function openSetup(scope: Scope, draft: Stripe.SetupIntent, params: Parsed<typeof CREATE>): Stripe.SetupIntent {
  if (params.payment_method_options?.card?.moto === true) scope.book.moto.add(draft.id);
  const intent = put(scope.book.setupIntents, draft);
  emit(scope, 'setup_intent.created', intent);
  return intent;
}

const CONFIRM_ONLY = ['mandate_data', 'return_url'] as const;

function create(call: Call, params: Parsed<typeof CREATE>): Stripe.SetupIntent {
  const early = params.confirm === true ? undefined : CONFIRM_ONLY.find((name) => params[name] !== undefined);
  if (early !== undefined) {
    throw refusal(
      `The parameter \`${early}\` cannot be passed when creating a SetupIntent unless \`confirm\` is set to true.`,
      { param: early },
    );
  }
  const intent = draftSetup(call, params);
  const open = () => openSetup(call, intent, params);
  const { payment_method: _method, payment_method_data: _data, ...rest } = params;
  // Refused before the intent exists, so that a bad request leaves nothing behind.
  if (params.confirm === true) return confirm(call, intent, rest, open);
  return open();
}

/** What may be changed of the intent of a Checkout Session, too. */
const OPEN_TO_ALL = ['metadata', 'description', 'expand'];

function update(call: Call, params: Parsed<typeof UPDATE>): Stripe.SetupIntent {
  const intent = fetchOne(call, 'setupIntents', call.named.id ?? '');
  if (Object.keys(params).some((name) => !OPEN_TO_ALL.includes(name))) refuseCheckoutIntent(call, intent);
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, 'update', CONFIRMABLE);
  const customer = params.customer ? fetchCustomer(call, params.customer).id : idOf(intent.customer);
  const method = givenMethod(call, { ...intent, customer }, params);
  return amend(call.book.setupIntents, intent, {
    customer,
    metadata: mergeMetadata(intent.metadata, params.metadata),
    payment_method_options: optionsAfter(intent.payment_method_options, params),
    ...(params.description !== undefined && { description: params.description || null }),
    ...(method !== null && { payment_method: method.id, status: 'requires_confirmation', next_action: null }),
  });
}

function cancel(call: Call, reason: string | null): Stripe.SetupIntent {
  const intent = fetchOne(call, 'setupIntents', call.named.id ?? '');
  refuseCheckoutIntent(call, intent);
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, 'cancel', CONFIRMABLE);
  return closeSetup(call, intent, reason);
}

function answer(call: Call, intent: Stripe.SetupIntent): object {
  return call.isPublishable ? forBrowser(intent) : intent;
}

export const setupIntentRoutes = [
  route(
    'GET /v1/setup_attempts',
    { takes: { ...PAGE, setup_intent: 'text' }, needs: ['setup_intent'] },
    (call, params) =>
      page(call, params, {
        shelf: call.book.setupAttempts,
        kind: 'setupAttempts',
        url: '/v1/setup_attempts',
        keep: (each) => each.setup_intent === params.setup_intent,
      }),
  ),
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
    (call, params) => answer(call, intentFor(call, params.client_secret)),
  ),
  route('POST /v1/setup_intents/:id', { takes: UPDATE }, update),
  route('POST /v1/setup_intents/:id/confirm', { takes: CONFIRM, acceptsPublishable: true }, (call, params) => {
    const found = intentFor(call, params.client_secret);
    refuseCheckoutIntent(call, found);
    return answer(call, confirm(call, found, params));
  }),
  route(
    'POST /v1/setup_intents/:id/cancel',
    { takes: { cancellation_reason: ['abandoned', 'duplicate', 'requested_by_customer'] } },
    (call, params) => cancel(call, params.cancellation_reason || null),
  ),
];
