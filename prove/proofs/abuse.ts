import { auditServer } from 'graphql-http';
import { chance } from '../../test/reliability/orders/disorder.js';
import { createTestDatabase } from '../../test/support/database.js';
import { PLENTY, type Product, startProduct } from '../../test/support/product.js';
import { atLeast, atMost, type Found, none, type Order, type Proof, told } from '../proof.js';
import { attack } from './abuse/attacks.js';
import { forge } from './abuse/forged.js';
import { fuzz, type Target } from './abuse/fuzz.js';
import { guess } from './abuse/guessed.js';
import { isServed, sendMalformed } from './abuse/malformed.js';
import { askersOf } from './tenants/askers.js';
import { found, issueClientToken } from './tenants/fill.js';
import { Goods } from './tenants/goods.js';
import { Judge } from './tenants/judge.js';
import { Owners } from './tenants/owners.js';
import { ownIds } from './tenants/phases.js';
import { World } from './tenants/world.js';

const SIZES = {
  small: { operations: 400, slowSockets: 10, times: 3, guesses: 120 },
  full: { operations: 20_000, slowSockets: 200, times: 50, guesses: 2_000 },
} as const;

export const abuse: Proof = {
  name: 'abuse',
  promise:
    'whatever is sent, it is refused in a sentence: nothing falls over, nothing of ours is told, nothing forged is believed',
  minutes: 4,
  async run(order) {
    const database = await createTestDatabase(order.postgresUrl);
    const logged: string[] = [];
    const product = await startProduct({
      database,
      rate: PLENTY,
      logTo: { write: (line) => void (line.includes('"level":50') && logged.push(line)) },
    });
    try {
      return await abused(order, product, logged);
    } finally {
      await product.close();
      await database.drop();
    }
  },
};

async function abused({ size, seed, say }: Order, product: Product, logged: readonly string[]): Promise<Found> {
  const { operations, slowSockets, times, guesses } = SIZES[size];
  const random = chance(seed);
  const { target, over } = await targetOf(product, random);
  const key = target.keys[0] ?? '';
  const server = { url: product.url, key };

  const attacked = await attack(product.url, key);
  say(`${attacked.attacks} documents and bodies`);
  const malformed = await sendMalformed(server, slowSockets);
  say(`${malformed.requests} malformed requests`);
  const forged = await forge(product, times);
  say(`${forged.webhooks} webhooks and ${forged.forms} forms that were forged`);
  const audits = await audit(server);
  say(`${audits.length} audits`);
  const fuzzed = await fuzz(target, operations);
  say(`${fuzzed.operations} made-up operations: ${JSON.stringify(fuzzed.statuses)}`);
  const guessed = await guess({ ...server, over }, guesses);
  say(`${guessed.guesses} guesses: ${JSON.stringify(guessed.times)} ms`);

  const errors = audits.filter(({ status }) => status === 'error').map(({ id, name }) => `audit ${id}: ${name}`);
  const bugs = logged.map((line) => `logged as an error: ${line.slice(0, 600)}`);
  const violations = [attacked, malformed, forged, fuzzed, guessed].flatMap((each) => each.violations);
  if (!(await isServed(server))) violations.push('in the end nobody is served');
  return {
    figures: [
      atLeast('attack documents and bodies, three times each', attacked.attacks, 15),
      { ...atMost('the slowest refusal', attacked.slowestMs, 50, ' ms'), met: null },
      told('which was', attacked.slowest),
      atLeast('made-up operations', fuzzed.operations, operations),
      told('of them carried out, at least in part', fuzzed.answered),
      atLeast('fields whose arguments were given nonsense', fuzzed.arguments, fuzzed.argumentsMax),
      atMost('growth of the heap over the second half', fuzzed.heapGrowthMb, 150, ' MB'),
      atLeast('audits of graphql-http', audits.length, 55),
      none('of them errors', errors),
      told('of them warnings', audits.filter(({ status }) => status === 'warn').length),
      told('malformed requests, and slow senders', `${malformed.requests}, ${malformed.slowSockets}`),
      told('forged webhooks, and forms', `${forged.webhooks}, ${forged.forms}`),
      told('guesses of keys, and those not even looked up', `${guessed.guesses}, ${guessed.limited}`),
      none('crashes, 5xx, INTERNAL, traces, errors in the log, effects', [...violations, ...bugs]),
    ],
    violations: [...violations, ...errors, ...bugs],
  };
}

async function audit({ url, key }: { readonly url: string; readonly key: string }) {
  return auditServer({
    url: `${url}/graphql`,
    fetchFn: (address: string, init: RequestInit = {}) =>
      fetch(address, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${key}` } }),
  });
}

/** A tenant with a few things, whose keys and ids what is made up is made with. */
async function targetOf(
  product: Product,
  random: () => number,
): Promise<{ readonly target: Target; readonly over: Readonly<Record<string, string>> }> {
  const today = product.clock.now().toISOString().slice(0, 10);
  const literals = { currency: '"EUR"', from: `"${today}"`, to: `"${today}"`, month: `"${today.slice(0, 7)}"` };
  const world = new World(product, literals);
  const tenant = await found(world, 'a', 'http://127.0.0.1:1024');
  await new Goods(world, tenant, tenant.merchants[0]).few();
  product.advance(2 * 3600);
  const orderId = await issueClientToken(world, tenant);
  const owners = await Owners.read(product.database.url);
  const [operator] = askersOf(tenant, orderId);
  if (!operator) throw new Error('nobody is there');
  const field = { world, owners, judge: new Judge(owners), letters: ['a'], billNumbers: {}, random };
  const own = ownIds(field, operator, tenant);
  const { keys } = tenant;
  const target = {
    url: product.url,
    keys: [keys.operator, keys.merchant, keys.operator, keys.merchant, keys.client, product.platform.key],
    own,
    ids: { ...own, ...Object.fromEntries(owners.sample().map(({ kind, id }) => [kind, id])) },
    random,
  };
  return { target, over: { revoked: keys.revoked, expired: keys.expired } };
}
