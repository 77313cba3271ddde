import type { Answer } from './payment-gateway.js';

/** The port to a payment system as far as the account itself goes: who it is, and how it tells us what happened. */
export interface PaymentSystem {
  /** Whose keys these are; `refused` with `keysRejected` when they are nobody's. */
  describeAccount(): Promise<Answer<ExternalAccount>>;
  /** Makes an endpoint for exactly the events that are processed here. */
  registerWebhook(webhook: NewWebhook, key: string): Promise<Answer<RegisteredWebhook>>;
  /** Has an endpoint of an older version send exactly those events, too. */
  updateWebhook(externalId: string, key: string): Promise<Answer<null>>;
  /** `done` also when there is no such endpoint any more. */
  removeWebhook(externalId: string): Promise<Answer<null>>;
  /** The endpoints at this account that were made by us for one of our accounts. */
  listOurWebhooks(): Promise<Answer<readonly ExternalWebhook[]>>;
  listEvents(search: EventSearch): Promise<Answer<EventPage>>;
}

export interface ExternalAccount {
  readonly externalId: string;
  readonly country: string | null;
}

export interface NewWebhook {
  readonly url: string;
  /** Our account it is for; written on the endpoint, so that one left by a crash can be told. */
  readonly accountId: string;
}

export interface RegisteredWebhook {
  readonly externalId: string;
  /** Told once, when the endpoint is made. */
  readonly secret: string;
}

export interface ExternalWebhook {
  readonly externalId: string;
  readonly url: string;
  readonly accountId: string;
  readonly createdAt: Date;
  /** It does not send all the events that are processed here. */
  readonly outdated: boolean;
}

/**
 * Where a page of events begins: after a known one, towards the newest; or
 * before one, towards the oldest, where null is the newest there is.
 */
export type EventPlace = { readonly after: string } | { readonly before: string | null };

export interface EventSearch {
  readonly place: EventPlace;
  /** On the way to the oldest, events before this are not looked for. */
  readonly since: Date;
  /** Only events that could not be delivered to every endpoint, and of these types, of which a list has twenty at most. */
  readonly undelivered: readonly string[] | null;
}

/** Events with the oldest first, on whatever way, also those that nothing is done about. */
export interface EventPage {
  readonly events: readonly ExternalEvent[];
  /** Where the next page begins; null when there is none. */
  readonly next: EventPlace | null;
}

/** An event of a payment system, before anything of it is believed but that it exists. */
export interface ExternalEvent {
  readonly id: string;
  readonly type: string;
  readonly live: boolean;
  readonly createdAt: Date;
  readonly payload: Readonly<Record<string, unknown>>;
}
