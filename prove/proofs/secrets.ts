import { chance } from '../../test/reliability/orders/disorder.js';
import { aBillingShop } from '../../test/support/agreements.js';
import { createTestDatabase } from '../../test/support/database.js';
import { callAt, untilQuiet } from '../../test/support/notifications.js';
import { PLENTY, type Product, type Shop, startProduct } from '../../test/support/product.js';
import { Receiver } from '../../test/support/receiver.js';
import { atLeast, type Found, none, type Order, type Proof, told } from '../proof.js';
import { type Canary, cardNumbers, foundIn, keys } from './secrets/canaries.js';
import { placesOf, pour } from './secrets/pouring.js';
import { rotate } from './secrets/rotation.js';

const SIZES = {
  small: { cards: 60, keys: 12, each: 1, operators: 20 },
  full: { cards: 500, keys: 100, each: 6, operators: 1_000 },
};

export const secrets: Proof = {
  name: 'secrets',
  promise:
    'no card number and no key is kept, logged or repeated, wherever it is put; a master key is replaced under load',
  minutes: 4,
  async run(order) {
    const database = await createTestDatabase(order.postgresUrl);
    const logged: string[] = [];
    const product = await startProduct({
      database,
      rate: PLENTY,
      logTo: { write: (line) => void logged.push(line) },
    });
    const receiver = await Receiver.open();
    try {
      return await prove(product, receiver, logged, order);
    } finally {
      await receiver.close();
      await product.close();
      await database.drop();
    }
  },
};

async function prove(product: Product, receiver: Receiver, logged: readonly string[], order: Order): Promise<Found> {
  const wanted = SIZES[order.size];
  const random = chance(order.seed);
  const canaries: readonly Canary[] = [
    ...cardNumbers(wanted.cards, random).map((text) => ({ text, isCard: true })),
    ...keys(wanted.keys, random).map((text) => ({ text, isCard: false })),
  ];
  const shop = await aBillingShop(product);
  await callAt(shop, receiver.url());
  order.say(`${canaries.length} canaries through every text`);
  const poured = await pour(product, shop, canaries, wanted.each);
  const issued = await issuedKeys(product, shop);
  await shop.sale();
  await untilQuiet(product, shop, 60_000);

  const heard = receiver.received.map(({ headers, body }) => JSON.stringify({ headers, body }));
  const places = await placesOf(product, poured, { logged, told: heard });
  const all = [...canaries, ...issued.map((text) => ({ text, isCard: false }))];
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    foundIn(text, all).map((canary) => `${canary} is in the ${place}: ${around(text, canary)}`),
  );
  const blind = blindness(places, all);

  order.say(`a new master key for ${wanted.operators} operators`);
  const rotated = await rotate(product, wanted.operators);
  const unchanged =
    rotated.changed >= rotated.operators ? [] : [`${rotated.changed} of ${rotated.operators} data keys`];
  return {
    figures: [
      atLeast('card numbers', wanted.cards, 500),
      told('keys, of the payment system and of ours', wanted.keys + issued.length),
      told('inputs and arguments that take a text', poured.places),
      told('requests', poured.sent),
      told('bytes of database, log, answers, metrics and callbacks searched', bytesOf(places)),
      none('taken by an input with a secret in it', poured.taken),
      none('found', leaks),
      none('planted ones that the search does not find', blind),
      atLeast('operators whose data key was wrapped anew', rotated.changed, 1_000),
      told('requests served meanwhile', rotated.served),
      none('failures meanwhile, or without the old key', rotated.failures),
    ],
    violations: [
      ...poured.taken.map((place) => `${place} took a secret`),
      ...leaks,
      ...blind,
      ...unchanged,
      ...rotated.failures,
    ],
  };
}

/** Keys where they belong: made, given and used. Shown once in an answer, so answers are not searched for those. */
async function issuedKeys(product: Product, shop: Shop): Promise<readonly string[]> {
  const { secret: apiKey } = await shop.operator.do<{ secret: string }>(
    'createApiKey',
    { name: 'canary', merchantId: shop.id },
    'secret',
  );
  const { secret: signing } = await shop.operator.do<{ secret: string }>(
    'rotateSigningSecret',
    { merchantId: shop.id },
    'secret',
  );
  return [shop.stripe.secretKey, shop.key, shop.operator.key, product.platform.key, apiKey, signing];
}

/** Puts each kind where it is looked for: a search that finds nothing there would find nothing anywhere. */
function blindness(places: Readonly<Record<string, string>>, canaries: readonly Canary[]): readonly string[] {
  const planted = [canaries.find(({ isCard }) => isCard), canaries.find(({ isCard }) => !isCard)];
  return Object.entries(places).flatMap(([place, text]) =>
    planted.flatMap((canary) => {
      const half = Math.floor(text.length / 2);
      const written = canary?.isCard ? canary.text.replace(/(\d{4})/g, '$1 ') : canary?.text;
      const found = foundIn(`${text.slice(0, half)} ${written} ${text.slice(half)}`, canaries);
      return canary && found.includes(canary.text) ? [] : [`a canary planted in the ${place} is not found`];
    }),
  );
}

function around(text: string, canary: string): string {
  const at = text.indexOf(canary);
  return at < 0 ? 'in another spelling' : text.slice(Math.max(0, at - 120), at + canary.length + 40);
}

function bytesOf(places: Readonly<Record<string, string>>): number {
  return Object.values(places).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
