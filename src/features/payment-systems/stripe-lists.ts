import type Stripe from 'stripe';
import type { PaymentSearch } from './gateway-requests.js';
import { TooManyToList } from './stripe-answers.js';
import { METADATA } from './stripe-references.js';

/** Twenty pages: more would take longer than whoever waits for the answer. */
const LISTED_MAX = 2_000;

/** Stripe's clock and ours may differ by this much. */
const CLOCK_SKEW_S = 300;

/** Nothing is made under a key that Stripe has forgotten, so no later payment can be the one that is looked for. */
const KEY_LIFE_S = 24 * 3600;

/** The payment that carries our transaction's id, or null when none does. */
export function paymentOf(stripe: Stripe, search: PaymentSearch): Promise<Stripe.PaymentIntent | null> {
  return carrying(search, stripe.paymentIntents.list(filterOf(search)));
}

export function verificationOf(stripe: Stripe, search: PaymentSearch): Promise<Stripe.SetupIntent | null> {
  return carrying(search, stripe.setupIntents.list(filterOf(search)));
}

export function pageOf(stripe: Stripe, search: PaymentSearch): Promise<Stripe.Checkout.Session | null> {
  return carrying(search, stripe.checkout.sessions.list(filterOf(search)));
}

function filterOf({ externalCustomerId, since }: PaymentSearch) {
  const began = Math.floor(since.getTime() / 1000);
  return {
    ...(externalCustomerId === null ? {} : { customer: externalCustomerId }),
    created: { gte: began - CLOCK_SKEW_S, lte: began + KEY_LIFE_S + CLOCK_SKEW_S },
    limit: 100,
  };
}

async function carrying<Carrier extends { readonly metadata: Stripe.Metadata | null }>(
  { transactionId }: PaymentSearch,
  list: AsyncIterable<Carrier>,
): Promise<Carrier | null> {
  for await (const carrier of bounded(list)) {
    if (carrier.metadata?.[METADATA.transaction] === transactionId) return carrier;
  }
  return null;
}

/** A whole list in Stripe's order, the newest first. */
export async function newestFirst<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of bounded(list)) items.push(item);
  return items;
}

/** Ends a list that is too long with an error, so that nobody takes a part for the whole. */
async function* bounded<Item>(list: AsyncIterable<Item>): AsyncGenerator<Item> {
  let seen = 0;
  for await (const item of list) {
    seen += 1;
    if (seen > LISTED_MAX) throw new TooManyToList(`the payment system lists more than ${LISTED_MAX} objects`);
    yield item;
  }
}
