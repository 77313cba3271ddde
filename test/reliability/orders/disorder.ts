import type Stripe from 'stripe';
import { scopeOf } from '../../../src/stripe-sandbox/core/world.js';
import { signatureHeader } from '../../../src/stripe-sandbox/events/signature.js';
import type { Product, Shop } from '../../support/product.js';
import { dashboard } from './books.js';

/** Repeatable chance: the same seed draws the same numbers (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  return items.flatMap(() => left.splice(Math.floor(random() * left.length), 1));
}

/** `QUITTANCE_SEED=… npm test` repeats a run. */
export const SEED = Number(process.env.QUITTANCE_SEED ?? 20_261_121);

/** All at once, from one barrier. */
export function racing<Result>(racers: number, run: (racer: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: racers }, (_, racer) => run(racer)));
}

/** The events of a shop's account, the oldest first. */
export async function eventsOf(product: Product, shop: Shop, types?: readonly string[]): Promise<Stripe.Event[]> {
  const events = await dashboard(product, shop).events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  return events.reverse().filter(({ type }) => types === undefined || types.includes(type));
}

/** Where the sandbox sends a shop's events, and the secret it signs them with. */
export function endpointOf(product: Product, shop: Shop): { readonly url: string; readonly secret: string } {
  // biome-ignore lint/complexity/useLiteralKeys: the only way to what is private, and the secret is shown nowhere.
  const { world } = product.sandbox.control['parts'];
  const [endpoint] = [...(scopeOf(world, shop.stripe.accountId, false)?.book.endpoints.things ?? [])].filter(Boolean);
  if (!endpoint) throw new Error('the account has no webhook endpoint');
  return { url: endpoint.shown.url, secret: endpoint.secret };
}

/** Delivers an event by hand, properly signed unless another secret is given; the HTTP status of the answer. */
export async function deliver(
  product: Product,
  shop: Shop,
  event: object,
  secret = endpointOf(product, shop).secret,
  url = endpointOf(product, shop).url,
): Promise<number> {
  const body = JSON.stringify(event);
  const signature = signatureHeader(secret, Math.floor(product.clock.now().getTime() / 1000), body);
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
  });
  await response.text();
  return response.status;
}

export interface InboxRow extends Record<string, unknown> {
  readonly type: string;
  readonly status: string;
  readonly error: string | null;
}
