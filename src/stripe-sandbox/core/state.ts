import type Stripe from 'stripe';
import type { ConfirmTerms } from '../payments/terms.js';
import { NotedMap, NotedSet, type Notes } from './noted.js';
import { Shelf } from './shelf.js';

/** What an account may do beyond the ordinary; Stripe grants these on request. */
export interface AccountFeatures {
  /** Card numbers may be sent straight to the API. */
  raw_card_data: boolean;
  multicapture: boolean;
  incremental_authorization: boolean;
  extended_authorization: boolean;
  overcapture: boolean;
  /** SEPA Direct Debit. */
  sepa_debit: boolean;
}

export interface KeyPair {
  secretKey: string;
  publishableKey: string;
  livemode: boolean;
}

/** The reply saved under an idempotency key; `status` is 0 while the first request still runs. */
export interface SavedReply {
  atMs: number;
  fingerprint: string;
  endpoint: string;
  status: number;
  /** The answer as an object: it shares what is stored anyway, where its text would double it. */
  content: object;
}

interface StoredEvent {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: object; previous_attributes?: object };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: Stripe.Event['type'];
}

export interface Delivery {
  id: string;
  eventId: string;
  endpointId: string;
  attempts: number;
}

/** A webhook endpoint as stored: its secret is shown once, so it is kept beside the object. */
export interface StoredEndpoint {
  id: string;
  shown: Stripe.WebhookEndpoint;
  secret: string;
}

/** How a payment method is refused by order of a test; `left` counts the attempts, null for all. */
export interface OrderedDecline {
  code: string;
  advice?: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later' | null;
  left: number | null;
}

/** A capture whose balance transaction comes later, as it does when capturing is done in the background. */
export interface LateMovement {
  chargeId: string;
  amount: number;
  /** What the transaction is of, where the rest is taken back by another. */
  whole: number;
}

/** In what an account is paid, whatever its payers paid in. */
export interface Settlement {
  /** ISO 4217, in lowercase. */
  currency: string;
  /** What one whole unit of another currency is worth in whole units of this one, before conversion costs. */
  rates: Readonly<Record<string, number>>;
}

/** What a Checkout Session sells, and the intent it will have once the payer has submitted the page. */
export interface CheckoutPlan {
  items: Stripe.LineItem[];
  /** Null where the intent exists from the beginning, as that of a setup does. */
  draft: Stripe.PaymentIntent | null;
}

/** The kinds of objects, by the shelf they stand on. */
export interface Kinds {
  customers: Stripe.Customer | Stripe.DeletedCustomer;
  paymentMethods: Stripe.PaymentMethod;
  paymentIntents: Stripe.PaymentIntent;
  setupIntents: Stripe.SetupIntent;
  setupAttempts: Stripe.SetupAttempt;
  mandates: Stripe.Mandate;
  charges: Stripe.Charge;
  refunds: Stripe.Refund;
  disputes: Stripe.Dispute;
  payouts: Stripe.Payout;
  checkoutSessions: Stripe.Checkout.Session;
  balanceTransactions: Stripe.BalanceTransaction;
  events: StoredEvent;
  endpoints: StoredEndpoint;
}
export type Shelves = { readonly [K in keyof Kinds]: Shelf<Kinds[K]> };

/** Everything one account owns in one mode. */
export interface Book extends Shelves {
  readonly accountId: string;
  readonly livemode: boolean;
  readonly deliveries: Map<string, Delivery>;
  /** The test card behind each payment method, by card number. */
  readonly cardNumbers: Map<string, string>;
  /** The bank account behind each payment method, by IBAN. */
  readonly ibans: Map<string, string>;
  /** Payment methods that are refused for now, because a test wants it. */
  readonly declines: Map<string, OrderedDecline>;
  /** Payment methods that may be charged off session without another authentication. */
  readonly setUp: Set<string>;
  /** Payment methods that were used or detached without a customer and may not be used again. */
  readonly spent: Set<string>;
  /** What the confirmation of an intent asked for, while its authentication is open. */
  readonly terms: Map<string, ConfirmTerms>;
  /** Captures made on each charge; Stripe allows fifty. */
  readonly captures: Map<string, number>;
  /** Increments tried on each charge; Stripe allows ten. */
  readonly increments: Map<string, number>;
  /** Intents created as orders by mail or telephone: the object does not show it. */
  readonly moto: Set<string>;
  /** The automatic payout that paid out each balance transaction. */
  readonly payoutOf: Map<string, string>;
  /** Balance transactions of charges that are not known yet. */
  readonly lateMovements: Map<string, LateMovement>;
  /** By Checkout Session. */
  readonly checkoutPlans: Map<string, CheckoutPlan>;
  /** The Checkout Session of each intent that has one. */
  readonly checkoutOf: Map<string, string>;
  readonly savedReplies: Map<string, SavedReply>;
}

export interface Account {
  readonly id: string;
  name: string;
  country: string;
  created: number;
  features: AccountFeatures;
  /** How long debits take, where a test wants it otherwise than the bank accounts say. */
  debitDelaySeconds?: number | null;
  /** Without one every payment settles in its own currency. */
  settlement?: Settlement | null;
  /** How much later than the capture its balance transaction is known; at once if nothing is said. */
  movementDelaySeconds?: number | null;
  /** Whether a partial capture shows as the whole amount and another transaction that takes the rest back. */
  reversesPartialCaptures?: boolean;
  /** Whether what is available is paid out every midnight (UTC), or only by request. */
  payouts?: 'daily' | 'manual';
  keys: KeyPair[];
  readonly test: Book;
  readonly live: Book;
}

/** What was kept of a book; an older file may lack parts that came later. */
type KeptBook = Pick<Book, 'accountId' | 'livemode'> & Partial<Book>;

/** A book with what was kept of it, or an empty one, which says what is touched in it. */
export function bookOf(kept: KeptBook, notes: Notes): Book {
  const { accountId, livemode } = kept;
  const note = (part: keyof Book) => notes.noteFor(accountId, livemode, part);
  const shelf = <K extends keyof Kinds>(part: K): Shelf<Kinds[K]> => {
    const shelves: Partial<Shelves> = kept;
    return new Shelf(note(part), shelves[part]?.things);
  };
  return {
    accountId,
    livemode,
    customers: shelf('customers'),
    paymentMethods: shelf('paymentMethods'),
    paymentIntents: shelf('paymentIntents'),
    setupIntents: shelf('setupIntents'),
    setupAttempts: shelf('setupAttempts'),
    mandates: shelf('mandates'),
    charges: shelf('charges'),
    refunds: shelf('refunds'),
    disputes: shelf('disputes'),
    payouts: shelf('payouts'),
    checkoutSessions: shelf('checkoutSessions'),
    balanceTransactions: shelf('balanceTransactions'),
    events: shelf('events'),
    endpoints: shelf('endpoints'),
    deliveries: new NotedMap(note('deliveries'), kept.deliveries),
    cardNumbers: new NotedMap(note('cardNumbers'), kept.cardNumbers),
    declines: new NotedMap(note('declines'), kept.declines),
    ibans: new NotedMap(note('ibans'), kept.ibans),
    setUp: new NotedSet(note('setUp'), kept.setUp),
    spent: new NotedSet(note('spent'), kept.spent),
    terms: new NotedMap(note('terms'), kept.terms),
    captures: new NotedMap(note('captures'), kept.captures),
    increments: new NotedMap(note('increments'), kept.increments),
    moto: new NotedSet(note('moto'), kept.moto),
    payoutOf: new NotedMap(note('payoutOf'), kept.payoutOf),
    lateMovements: new NotedMap(note('lateMovements'), kept.lateMovements),
    checkoutPlans: new NotedMap(note('checkoutPlans'), kept.checkoutPlans),
    checkoutOf: new NotedMap(note('checkoutOf'), kept.checkoutOf),
    savedReplies: new NotedMap(note('savedReplies'), kept.savedReplies),
  };
}
