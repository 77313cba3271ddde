import type Stripe from 'stripe';
import type { Answer } from './payment-gateway.js';
import type {
  EventPage,
  EventSearch,
  ExternalAccount,
  ExternalWebhook,
  MovementPage,
  MovementSearch,
  NewWebhook,
  PaymentAtAccount,
  PaymentList,
  PaymentListSearch,
  PaymentSystem,
  PayoutSnapshot,
  RegisteredWebhook,
} from './payment-system.js';
import { fromStripeAmount } from './stripe-amounts.js';
import { answered, type OnUnexpected } from './stripe-answers.js';
import { STRIPE_API_VERSION } from './stripe-client.js';
import { EVENT_TYPES, externalEvent } from './stripe-events.js';
import { newestFirst } from './stripe-lists.js';
import { StripeMovements } from './stripe-movements.js';
import { currencyOf } from './stripe-objects.js';
import { METADATA, referenceIn } from './stripe-references.js';
import { beginningAt, PAGE_MAX, type Stretch, stretchOf } from './stripe-walk.js';

/** Stripe as the keeper of an account: whose it is, its webhook endpoints, its events. */
export class StripePaymentSystem implements PaymentSystem {
  readonly #movements: StripeMovements;

  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
    private readonly pageMax = PAGE_MAX,
  ) {
    this.#movements = new StripeMovements(stripe, onUnexpected, pageMax);
  }

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
    const call = () => stretchOf(list(), place, this.pageMax);
    const read = ({ items, next }: Stretch<Stripe.Event>) => ({ events: items.map(externalEvent), next });
    return answered({ call, read }, this.onUnexpected);
  }

  listPayments({ place, since }: PaymentListSearch): Promise<Answer<PaymentList>> {
    const list = () => this.stripe.paymentIntents.list({ limit: 100, ...beginningAt(place, since) });
    const read = ({ items, next }: Stretch<Stripe.PaymentIntent>) => ({ payments: items.map(paymentAtAccount), next });
    return answered({ call: () => stretchOf(list(), place, this.pageMax), read }, this.onUnexpected);
  }

  listMovements(search: MovementSearch): Promise<Answer<MovementPage>> {
    return this.#movements.list(search);
  }

  retrievePayout(externalId: string): Promise<Answer<PayoutSnapshot>> {
    return this.#movements.retrievePayout(externalId);
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

function paymentAtAccount(payment: Stripe.PaymentIntent): PaymentAtAccount {
  const { id, currency, amount, amount_received, amount_capturable, created, metadata } = payment;
  const money = (units: number) => fromStripeAmount(units, currencyOf(currency));
  return {
    externalId: id,
    reference: referenceIn(metadata),
    agreementId: metadata[METADATA.agreement] ?? null,
    amount: money(amount),
    taken: money(amount_received),
    held: money(amount_capturable),
    createdAt: new Date(created * 1000),
  };
}

const FROM_THE_NEWEST: EventPage = { events: [], next: { before: null } };
