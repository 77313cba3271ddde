import type Stripe from 'stripe';
import { type ErrorBody, refusal, StripeFailure } from './failure.js';
import { find, type Shelf } from './shelf.js';
import type { Kinds, Shelves } from './state.js';
import type { Scope } from './world.js';

/** How Stripe names each kind of object in "No such …", and the parameter it blames. */
const KINDS = {
  customers: { noun: 'customer', param: 'id' },
  paymentMethods: { noun: 'PaymentMethod', param: 'payment_method' },
  paymentIntents: { noun: 'payment_intent', param: 'intent' },
  setupIntents: { noun: 'setupintent', param: 'intent' },
  setupAttempts: { noun: 'setup_attempt', param: 'id' },
  charges: { noun: 'charge', param: 'charge' },
  refunds: { noun: 'refund', param: 'refund' },
  disputes: { noun: 'dispute', param: 'dispute' },
  payouts: { noun: 'payout', param: 'payout' },
  checkoutSessions: { noun: 'checkout.session', param: 'session' },
  mandates: { noun: 'mandate', param: 'mandate' },
  balanceTransactions: { noun: 'balance transaction', param: 'id' },
  events: { noun: 'event', param: 'id' },
  endpoints: { noun: 'webhook endpoint', param: 'webhook_endpoint' },
} as const;
export type Kind = keyof typeof KINDS;

/** Through the mapped type the compiler keeps track of which kind it is; through `Book` it would not. */
function shelfOf<K extends Kind>(shelves: Shelves, kind: K): Shelf<Kinds[K]> {
  return shelves[kind];
}

export function missing(scope: Scope, kind: Kind, id: string, param?: string): StripeFailure {
  const { noun, param: usual } = KINDS[kind];
  const other = scope.book.livemode ? scope.account.test : scope.account.live;
  const [has, used] = scope.book.livemode ? ['test', 'live'] : ['live', 'test'];
  const elsewhere = find(shelfOf(other, kind), id) !== undefined;
  const hint = `; a similar object exists in ${has} mode, but a ${used} mode key was used to make this request.`;
  const body: ErrorBody = {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'${elsewhere ? hint : ''}`,
    param: param ?? usual,
  };
  // An id in the address is "not found"; an id among the parameters makes the request bad.
  return new StripeFailure(param === undefined ? 404 : 400, body);
}

/** Finds the object named in the address, or, with `param`, among the parameters. */
export function fetchOne<K extends Kind>(scope: Scope, kind: K, id: string, param?: string): Kinds[K] {
  const thing = find(shelfOf(scope.book, kind), id);
  if (thing === undefined) throw missing(scope, kind, id, param);
  return thing;
}

/** The customer named by a parameter; a deleted one counts as missing. */
export function fetchCustomer(scope: Scope, id: string, param = 'customer'): Stripe.Customer {
  const customer = fetchOne(scope, 'customers', id, param);
  if (customer.deleted === true) throw missing(scope, 'customers', id, param);
  return customer as Stripe.Customer;
}

/** Links are kept as plain ids; expansion happens only in answers. */
export function idOf(link: string | { id: string } | null | undefined): string | null {
  if (link === null || link === undefined) return null;
  return typeof link === 'string' ? link : link.id;
}

/** Merges metadata: an empty value takes its key away, an empty whole takes all. */
export function mergeMetadata(
  old: Stripe.Metadata | null,
  given: Record<string, string> | '' | undefined,
): Stripe.Metadata {
  if (given === '') return {};
  if (given === undefined) return old ?? {};
  const merged = { ...old, ...given };
  const kept = Object.entries(merged).filter(([, value]) => value !== '');
  if (kept.length > 50) {
    throw refusal('You can only have up to 50 metadata keys.', { param: 'metadata' });
  }
  return Object.fromEntries(kept);
}
