import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { chance, shuffled } from '../../test/reliability/orders/disorder.js';
import { aMerchant, aShop, type Product, type Shop, startProduct } from '../../test/support/product.js';
import { atLeast, atMost, type Found, none, type Order, type Proof, told } from '../proof.js';
import { Cluster } from '../world/cluster.js';
import { allOf, Follower, faultsOf } from '../world/follower.js';
import { logOf } from '../world/judged-orders.js';
import { abrupt, deaf, flood, oversized, silent } from '../world/rude-sockets.js';

const SIZES = {
  small: { silent: 40, followers: 30, events: 10, drops: 10, rude: 3, messages: 150 },
  full: { silent: 2_000, followers: 1_000, events: 10, drops: 300, rude: 30, messages: 1_000 },
};

const SILENT_CLOSED_WITHIN_S = 3.5;
const GONE_WITHIN_S = 1;
const WITHIN_MS = 30_000;
const INIT_TIMEOUT = 4408;
const TOO_LARGE = 1009;
/** So many are opened at once, as many wait to be accepted. */
const PORTION = 100;

interface Stage {
  readonly product: Product;
  readonly urls: readonly string[];
  close(): Promise<void>;
}

export const sockets: Proof = {
  name: 'sockets',
  promise: 'whoever watches hears everything once, whatever others do to their sockets, and leaves nothing behind',
  minutes: 3,
  async run(order) {
    const stage = order.size === 'full' ? await apart(order) : await inOneProcess();
    try {
      return await tried(stage, order);
    } finally {
      await stage.close();
    }
  },
};

async function apart({ seed }: Order): Promise<Stage> {
  const cluster = await Cluster.open({
    members: ['api', 'api'],
    seed,
    settings: { QUITTANCE_RATE_PER_SECOND: '2000' },
  });
  const urls = [cluster.member(0).url, cluster.member(1).url];
  return { product: cluster.witness, urls, close: () => cluster.close() };
}

/** Two products on one database, as two processes would be. */
async function inOneProcess(): Promise<Stage> {
  const product = await startProduct();
  const { database, sandbox, masterKey } = product;
  const other = await startProduct({ database, sandbox, masterKey });
  return {
    product,
    urls: [product.url, other.url],
    close: async () => {
      await other.close();
      await product.close();
    },
  };
}

async function tried({ product, urls }: Stage, { size, seed, say }: Order): Promise<Found> {
  const wanted = SIZES[size];
  const random = chance(seed);
  const shop = await aShop(product);
  const rudeShop = await aMerchant(product, shop.operator, shop.stripe);
  const before = await figuresOf(urls);

  const quiet = portions(wanted.silent, (index) => silent(urlOf(urls, index)));
  // Beside thousands of others this process is too slow to see when each was closed.
  if (size === 'full') await quiet;
  const followers: Follower[] = [];
  await portions(wanted.followers, async (index) => void followers.push(new Follower(urls, shop.key, index)));
  const stand = await allOf(followers, ({ subscribed }) => subscribed, WITHIN_MS);
  say(`${followers.length} subscribers stand: ${stand}`);
  await sell(shop, urls, 1);
  await allOf(followers, ({ seen }) => seen.length > 0, WITHIN_MS);

  const rude = misbehave(urls, rudeShop.key, wanted);
  const dropping = shuffled(followers, random).slice(0, wanted.drops);
  for (let event = 1; event < wanted.events; event += 1) {
    const share = Math.ceil(dropping.length / (wanted.events - event));
    for (const follower of dropping.splice(0, share)) follower.drop();
    await sell(shop, urls, event);
    await pause(random() * 100);
  }
  const { floods, sizes, deafOnes } = await rude;
  const log = await logOf(product, shop);
  await allOf(followers, ({ seen }) => seen.at(-1) === log.at(-1), WITHIN_MS);
  const closes = await quiet;
  const reconnects = followers.reduce((sum, each) => sum + each.reconnects, 0);
  const { gaps, repeats } = faultsOf(followers, log);
  say('all leave');
  for (const follower of followers) follower.end();
  for (const ws of deafOnes) ws.terminate();
  const left = await untilNobodyIsLeft(urls, before);

  const wrongCloses = closes
    .filter(({ code }) => code !== INIT_TIMEOUT)
    .map(({ code }) => `a silent socket was closed with ${code}`);
  const wrongSizes = sizes
    .filter((code) => code !== TOO_LARGE)
    .map((code) => `an oversized message was answered by ${code}`);
  const unbounded = floods.filter((refused) => refused === 0).map(() => 'a socket could subscribe without bound');
  return {
    figures: [
      atLeast('silent sockets', closes.length, wanted.silent),
      atMost('closed after', round(Math.max(...closes.map(({ seconds }) => seconds))), SILENT_CLOSED_WITHIN_S, ' s'),
      atLeast('subscribers at two processes', followers.length, wanted.followers),
      atLeast('events', log.length, wanted.events),
      atLeast(
        'heard',
        followers.reduce((sum, { seen }) => sum + seen.length, 0),
        wanted.followers * wanted.events,
      ),
      atLeast('cut off and back with a cursor', reconnects, wanted.drops),
      told(
        'subscriptions refused of floods',
        floods.reduce((sum, each) => sum + each, 0),
      ),
      told(
        'sockets that read nothing, left at once, sent too much',
        `${deafOnes.length}, ${wanted.rude}, ${sizes.length}`,
      ),
      none('gaps', gaps),
      none('repeats', repeats),
      atMost('listeners, sockets and subscriptions left', left.count, 0),
      atMost('none left after', round(left.seconds), GONE_WITHIN_S, ' s'),
    ],
    violations: [
      ...gaps,
      ...repeats,
      ...wrongCloses,
      ...wrongSizes,
      ...unbounded,
      ...(left.count > 0 ? [`${left.count} listeners, sockets or subscriptions are left when nobody is there`] : []),
    ],
  };
}

/** An order that waits for its payment: one change. */
async function sell(shop: Shop, urls: readonly string[], turn: number): Promise<void> {
  const there = Object.assign(Object.create(Object.getPrototypeOf(shop)), shop, { url: urlOf(urls, turn) }) as Shop;
  await there.createOrder();
}

interface Rudeness {
  readonly rude: number;
  readonly messages: number;
}

async function misbehave(urls: readonly string[], key: string, { rude, messages }: Rudeness) {
  const many = <Result>(act: (url: string) => Promise<Result>) =>
    Promise.all(Array.from({ length: rude }, (_, index) => act(urlOf(urls, index))));
  const [deafOnes, floods, sizes] = await Promise.all([
    many((url) => deaf(url, key)),
    many((url) => flood(url, key, messages)),
    many((url) => oversized(url, key)),
    many((url) => abrupt(url, key)),
  ]);
  return { deafOnes: deafOnes as readonly WebSocket[], floods, sizes };
}

const COUNTED = ['live_sockets', 'live_subscriptions', 'event_listeners'] as const;

/** Of all processes together. */
async function figuresOf(urls: readonly string[]): Promise<readonly number[]> {
  const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  return COUNTED.map((name) => {
    const values = texts.map((text) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN));
    return values.reduce((sum, each) => sum + each, 0);
  });
}

/** How many more there are than before, and how long it took until there was none. */
async function untilNobodyIsLeft(urls: readonly string[], before: readonly number[]) {
  const began = performance.now();
  for (;;) {
    const now = await figuresOf(urls);
    const count = now.reduce((sum, each, index) => sum + each - (before[index] ?? 0), 0);
    const seconds = (performance.now() - began) / 1_000;
    if (count === 0 || seconds > 10 * GONE_WITHIN_S) return { count, seconds };
    await pause(20);
  }
}

async function portions<Result>(count: number, open: (index: number) => Promise<Result>): Promise<readonly Result[]> {
  const all: Promise<Result>[] = [];
  while (all.length < count) {
    for (const end = Math.min(count, all.length + PORTION); all.length < end; ) all.push(open(all.length));
    await pause(50);
  }
  return Promise.all(all);
}

function urlOf(urls: readonly string[], index: number): string {
  return urls[index % urls.length] ?? '';
}

function round(seconds: number): number {
  return Math.ceil(seconds * 100) / 100;
}
