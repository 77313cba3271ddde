import type Stripe from 'stripe';
import type { Answer } from './payment-gateway.js';
import type {
  EventPage,
  EventPlace,
  EventSearch,
  ExternalAccount,
  ExternalWebhook,
  NewWebhook,
  PaymentSystem,
  RegisteredWebhook,
} from './payment-system.js';
import { answered, type OnUnexpected } from './stripe-answers.js';
import { STRIPE_API_VERSION } from './stripe-client.js';
import { EVENT_TYPES, externalEvent } from './stripe-events.js';
import { newestFirst } from './stripe-lists.js';
import { METADATA } from './stripe-references.js';

/** As many events as one page has; the next page goes on from there. */
const EVENTS_MAX = 500;

/** Stripe as the keeper of an account: whose it is, its webhook endpoints, its events. */
export class StripePaymentSystem implements PaymentSystem {
  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
    private readonly eventsMax = EVENTS_MAX,
  ) {}

  describeAccount(): Promise<Answer<ExternalAccount>> {
    const call = () => this.stripe.accounts.retrieveCurrent();
    const read = ({ id, country }: Stripe.Account) => ({ externalId: id, country: country ?? null });
    return answered({ call, read }, this.onUnexpected);
  }

  registerWebhook({ url, accountId }: NewWebhook, key: string): Promise<Answer<RegisteredWebhook>> {
    const parameters: Stripe.WebhookEndpointCreateParams = {
      url,
      enabled_events: [...EVENT_TYPES],
      api_version: STRIPE_API_VERSION,
      description: 'Quittance',
      metadata: { [METADATA.account]: accountId },
    };
    const call = () => this.stripe.webhookEndpoints.create(parameters, { idempotencyKey: key });
    return answered({ call, read: registeredWebhook }, this.onUnexpected);
  }

  updateWebhook(externalId: string, key: string): Promise<Answer<null>> {
    const parameters: Stripe.WebhookEndpointUpdateParams = { enabled_events: [...EVENT_TYPES] };
    const call = () => this.stripe.webhookEndpoints.update(externalId, parameters, { idempotencyKey: key });
    return answered({ call, read: () => null }, this.onUnexpected);
  }

  async removeWebhook(externalId: string): Promise<Answer<null>> {
    const call = () => this.stripe.webhookEndpoints.del(externalId);
    const answer = await answered({ call, read: () => null }, this.onUnexpected);
    const isGone = answer.kind === 'refused' && answer.refusal.code === 'resource_missing';
    return isGone ? { kind: 'done', value: null } : answer;
  }

  listOurWebhooks(): Promise<Answer<readonly ExternalWebhook[]>> {
    const call = () => newestFirst(this.stripe.webhookEndpoints.list({ limit: 100 }));
    return answered({ call, read: (endpoints) => endpoints.flatMap(ourWebhook) }, this.onUnexpected);
  }

  /** Stripe keeps events for thirty days; one that is gone cannot be a place to go on from. */
  async listEvents(search: EventSearch): Promise<Answer<EventPage>> {
    const answer = await this.events(search);
    const isForgotten = answer.kind === 'refused' && answer.refusal.code === 'resource_missing';
    return isForgotten && 'after' in search.place ? { kind: 'done', value: FROM_THE_NEWEST } : answer;
  }

  private events({ place, since, undelivered }: EventSearch): Promise<Answer<EventPage>> {
    const list = () =>
      this.stripe.events.list({
        limit: 100,
        ...beginningAt(place, since),
        ...(undelivered && { delivery_success: false, types: [...undelivered] }),
      });
    const call = () => upTo(list(), this.eventsMax);
    return answered({ call, read: (events) => eventPage(events, place, this.eventsMax) }, this.onUnexpected);
  }
}

function registeredWebhook({ id, secret }: Stripe.WebhookEndpoint): RegisteredWebhook {
  if (!secret) throw new Error(`the webhook endpoint ${id} came without its secret`);
  return { externalId: id, secret };
}

function ourWebhook({ id, url, metadata, created, enabled_events }: Stripe.WebhookEndpoint): ExternalWebhook[] {
  const accountId = metadata[METADATA.account];
  if (!accountId) return [];
  const enabled = new Set(enabled_events);
  const outdated = !enabled.has('*') && EVENT_TYPES.some((type) => !enabled.has(type));
  return [{ externalId: id, url, accountId, createdAt: new Date(created * 1000), outdated }];
}

async function upTo<Item>(list: AsyncIterable<Item>, max: number): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of list) {
    items.push(item);
    if (items.length === max) break;
  }
  return items;
}

const FROM_THE_NEWEST: EventPage = { events: [], next: { before: null } };

function beginningAt(place: EventPlace, since: Date): Stripe.EventListParams {
  if ('after' in place) return { ending_before: place.after };
  const created = { gte: Math.floor(since.getTime() / 1000) };
  return place.before === null ? { created } : { created, starting_after: place.before };
}

/** The SDK walks on from the place, so the last event is where the next page begins. */
function eventPage(events: readonly Stripe.Event[], place: EventPlace, max: number): EventPage {
  const towardsTheNewest = 'after' in place;
  const last = events.length < max ? undefined : events.at(-1)?.id;
  const next = last === undefined ? null : towardsTheNewest ? { after: last } : { before: last };
  return { events: (towardsTheNewest ? events : events.toReversed()).map(externalEvent), next };
}
