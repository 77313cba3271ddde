import type Stripe from 'stripe';
import { newId } from '../core/ids.js';
import { put, type Shelf } from '../core/shelf.js';
import type { StoredEndpoint } from '../core/state.js';
import type { Scope } from '../core/world.js';

/** The version that events have unless an endpoint is pinned to another: the one of the SDK's types. */
export const API_VERSION = '2026-10-28.endive';

export function listensTo(endpoint: Stripe.WebhookEndpoint, type: string): boolean {
  if (endpoint.status !== 'enabled') return false;
  return endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type);
}

function listeners(endpoints: Shelf<StoredEndpoint>, type: string): number {
  let listening = 0;
  for (const endpoint of endpoints.things) {
    if (endpoint !== undefined && listensTo(endpoint.shown, type)) listening += 1;
  }
  return listening;
}

/** Records an event with the object as it is now. Stored objects never change, so it is its own snapshot. */
export function emit(scope: Scope, type: Stripe.Event['type'], object: object, previous?: object): void {
  const { book, cause, world } = scope;
  const pending = listeners(book.endpoints, type);
  const event = put(book.events, {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: world.clock.now(),
    data: previous === undefined ? { object } : { object, previous_attributes: previous },
    livemode: book.livemode,
    pending_webhooks: pending,
    request: { id: cause?.requestId ?? null, idempotency_key: cause?.idempotencyKey ?? null },
    type,
  });
  if (pending > 0) world.courier.announce(scope, event.id);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the changed attributes were before; nested hashes show only the keys that changed. */
export function previousAttributes(before: object, after: object): Record<string, unknown> {
  const was: Record<string, unknown> = { ...before };
  const is: Record<string, unknown> = { ...after };
  const previous: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [one, other] = [was[key], is[key]];
    if (one === other) continue;
    if (isPlain(one) && isPlain(other)) {
      const nested = previousAttributes(one, other);
      if (Object.keys(nested).length > 0) previous[key] = nested;
    } else if (JSON.stringify(one) !== JSON.stringify(other)) {
      previous[key] = one ?? null;
    }
  }
  return previous;
}

/** Says that an object changed, and how; silent when nothing did. */
export function emitChange(scope: Scope, type: Stripe.Event['type'], before: object, after: object): void {
  const previous = previousAttributes(before, after);
  if (Object.keys(previous).length > 0) emit(scope, type, after, previous);
}
