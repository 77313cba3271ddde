import type { Money } from '../../kernel/money.js';
import type { OurReference } from './gateway-requests.js';
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
  /** What moved on the account's balance: its own accounting, from which fees, exchange and availability are read. */
  listMovements(search: MovementSearch): Promise<Answer<MovementPage>>;
  retrievePayout(externalId: string): Promise<Answer<PayoutSnapshot>>;
  /** Payments that were made at the account, whoever made them: for comparing it with a database that has lost some. */
  listPayments(search: PaymentListSearch): Promise<Answer<PaymentList>>;
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

export interface MovementSearch {
  readonly place: EventPlace;
  /** On the way to the oldest, movements before this are not looked for. */
  readonly since: Date;
  /** Only those that an automatic payout consists of, itself among them; none until it was paid and reconciled. */
  readonly payoutExternalId?: string | null;
}

/** Movements with the oldest first, on whatever way. */
export interface MovementPage {
  readonly movements: readonly BalanceMovement[];
  /** What could not be read: told, and passed over, so that it holds up nothing else. */
  readonly unreadable: readonly UnreadableMovement[];
  /** The newest of the page, readable or not; null when the page is empty. */
  readonly newest: string | null;
  /** Where the next page begins; null when there is none. */
  readonly next: EventPlace | null;
}

export interface UnreadableMovement {
  readonly externalId: string;
  /** For a person. */
  readonly reason: string;
}

/**
 * `CAPTURE_FAILURE` takes back what a `CAPTURE` has brought and no refund has: a bank debit that the bank did not pay
 * after all, or the part of a hold that was booked in full and never taken.
 */
export const MOVEMENT_KINDS = [
  'CAPTURE',
  'CAPTURE_FAILURE',
  'REFUND',
  'REFUND_FAILURE',
  'DISPUTE',
  'DISPUTE_REVERSAL',
  'PAYOUT',
  'PAYOUT_FAILURE',
  'OTHER',
] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** One movement of the account's balance. All amounts are signed: what comes in is positive. */
export interface BalanceMovement {
  /** `txn_…`. */
  readonly externalId: string;
  /** `OTHER`: the payment system's own fees, top-ups, adjustments. */
  readonly kind: MovementKind;
  /** In the currency in which the account settles. */
  readonly amount: Money;
  /** Taken off the amount; zero or more, as a rule. */
  readonly fee: Money;
  /** `amount` less `fee`. */
  readonly net: Money;
  /** The same amount in the payment's own currency; equal to `amount` where nothing was exchanged. */
  readonly original: Money;
  /** From when on it may be paid out. */
  readonly availableAt: Date;
  readonly occurredAt: Date;
  readonly description: string | null;
  /** What moved it: `ch_…`, `re_…`, `dp_…`, `po_…`; null for what has no object. */
  readonly sourceExternalId: string | null;
  /** The payment that the capture, refund or dispute is about; null for all else. */
  readonly paymentExternalId: string | null;
  /** Captures alone (and most of their failures) carry it, and only ours; refunds and disputes are found by their payment. */
  readonly reference: OurReference | null;
}

/** Money on its way from the payment system to the operator's bank. */
export interface PayoutSnapshot {
  /** `po_…`. */
  readonly externalId: string;
  readonly amount: Money;
  readonly state: 'PENDING' | 'IN_TRANSIT' | 'PAID' | 'FAILED' | 'CANCELED';
  /** Made by schedule: then the payment system tells which movements it consists of. */
  readonly automatic: boolean;
  readonly arrivesAt: Date;
  readonly failureReason: string | null;
}

export interface PaymentListSearch {
  readonly place: EventPlace;
  /** Payments made before this are not looked for. */
  readonly since: Date;
}

/** Payments with the oldest first, on whatever way. */
export interface PaymentList {
  readonly payments: readonly PaymentAtAccount[];
  /** Where the next page begins; null when there is none. */
  readonly next: EventPlace | null;
}

/** A payment as the payment system lists it. */
export interface PaymentAtAccount {
  readonly externalId: string;
  /** Whose it is by what we wrote on it; null when it is none of ours. */
  readonly reference: OurReference | null;
  /** The agreement it was charged under, `agr_…`. */
  readonly agreementId: string | null;
  /** What it is for; what of it has moved, `taken` and `held` say. */
  readonly amount: Money;
  readonly taken: Money;
  readonly held: Money;
  readonly createdAt: Date;
}
