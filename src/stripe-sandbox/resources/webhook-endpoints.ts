import type Stripe from 'stripe';
import { malformed, refusal } from '../core/failure.js';
import { newId, randomText } from '../core/ids.js';
import { fetchOne, mergeMetadata } from '../core/lookup.js';
import { amend, count, put, remove } from '../core/shelf.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';

const ENDPOINTS_MAX = 16;

const UPDATE = {
  description: 'text',
  disabled: 'flag',
  enabled_events: 'texts',
  metadata: 'metadata',
  url: 'text',
} as const satisfies Spec;
const CREATE = {
  api_version: 'text',
  connect: 'flag',
  description: 'text',
  enabled_events: 'texts',
  metadata: 'metadata',
  url: 'text',
} as const satisfies Spec;

function checkUrl(url: string): string {
  const scheme = URL.canParse(url) ? new URL(url).protocol : '';
  if (scheme === 'http:' || scheme === 'https:') return url;
  throw malformed('Invalid URL: An explicit scheme (such as https) must be provided.', {
    code: 'url_invalid',
    param: 'url',
  });
}

function checkEvents(events: readonly string[]): string[] {
  if (events.length === 0) throw malformed('You must specify at least one event.', { param: 'enabled_events' });
  const odd = events.find((event) => event !== '*' && !/^[a-z_0-9]+(\.[a-z_0-9]+)+$/.test(event));
  if (odd !== undefined)
    throw malformed(`Invalid enabled_events: ${odd} is not a valid event.`, { param: 'enabled_events' });
  return [...events];
}

function create(call: Call, params: Parsed<typeof CREATE>): Stripe.WebhookEndpoint {
  if (count(call.book.endpoints) >= ENDPOINTS_MAX) {
    throw refusal(`You have reached the maximum of ${ENDPOINTS_MAX} test webhook endpoints.`);
  }
  const secret = `whsec_${randomText(32)}`;
  const shown: Stripe.WebhookEndpoint = {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: call.world.clock.now(),
    description: params.description || null,
    enabled_events: checkEvents(params.enabled_events ?? []),
    livemode: call.book.livemode,
    metadata: mergeMetadata(null, params.metadata),
    status: 'enabled',
    url: checkUrl(params.url ?? ''),
  };
  put(call.book.endpoints, { id: shown.id, shown, secret });
  return { ...shown, secret };
}

function update(call: Call, params: Parsed<typeof UPDATE>): Stripe.WebhookEndpoint {
  const endpoint = fetchOne(call, 'endpoints', call.named.id ?? '');
  const shown: Stripe.WebhookEndpoint = {
    ...endpoint.shown,
    metadata: mergeMetadata(endpoint.shown.metadata, params.metadata),
    ...(params.description !== undefined && { description: params.description || null }),
    ...(params.disabled !== undefined && { status: params.disabled ? 'disabled' : 'enabled' }),
    ...(params.enabled_events !== undefined && { enabled_events: checkEvents(params.enabled_events) }),
    ...(params.url !== undefined && { url: checkUrl(params.url) }),
  };
  return amend(call.book.endpoints, endpoint, { shown }).shown;
}

export const webhookEndpointRoutes = [
  route('POST /v1/webhook_endpoints', { takes: CREATE, needs: ['url', 'enabled_events'] }, create),
  route('GET /v1/webhook_endpoints', { takes: PAGE }, (call, params) => {
    const list = page(call, params, {
      shelf: call.book.endpoints,
      kind: 'endpoints',
      url: '/v1/webhook_endpoints',
      keep: () => true,
    });
    return { ...list, data: list.data.map((each) => each.shown) };
  }),
  route('GET /v1/webhook_endpoints/:id', {}, (call) => fetchOne(call, 'endpoints', call.named.id ?? '').shown),
  route('POST /v1/webhook_endpoints/:id', { takes: UPDATE }, update),
  route('DELETE /v1/webhook_endpoints/:id', {}, (call) => {
    const { id } = fetchOne(call, 'endpoints', call.named.id ?? '');
    remove(call.book.endpoints, id);
    return { id, object: 'webhook_endpoint', deleted: true };
  }),
];
