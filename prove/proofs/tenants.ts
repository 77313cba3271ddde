import { newUuid, publicId, uuidOf } from '../../src/kernel/ids.js';
import { chance, endpointOf, shuffled } from '../../test/reliability/orders/disorder.js';
import { createTestDatabase } from '../../test/support/database.js';
import { PLENTY, type Shop, startProduct } from '../../test/support/product.js';
import { Receiver } from '../../test/support/receiver.js';
import { atLeast, type Found, none, type Order, type Proof, told } from '../proof.js';
import { askersOf } from './tenants/askers.js';
import { castOf, roleOf } from './tenants/cast.js';
import { found, issueClientToken, type Tenant } from './tenants/fill.js';
import { Judge } from './tenants/judge.js';
import { forAll, misbehave, passDays } from './tenants/later.js';
import { happen, listen } from './tenants/live.js';
import { Owners } from './tenants/owners.js';
import { askMixed, attackAs, followStrangeCursors, type Phase, readOwn } from './tenants/phases.js';
import { alternate } from './tenants/pools.js';
import { crossWebhooks, linksOf, statusOf, tryRoutes } from './tenants/routes.js';
import { changesBetween, fingerprints, tryTables } from './tenants/tables.js';
import { World } from './tenants/world.js';

const LETTERS = ['a', 'b', 'c'];
const SIZES = {
  small: { steps: ['few'], share: 0.05, queries: 300, perKind: 1, attackers: 4, fields: 340, tries: 5 },
  full: {
    steps: ['orders', 'credentials', 'agreements', 'invoices', 'files'],
    share: 1,
    queries: 10_000,
    perKind: 60,
    attackers: 24,
    fields: 600,
    tries: 3_000,
  },
} as const;

export const tenants: Proof = {
  name: 'tenants',
  promise: "nobody ever sees or changes what is another's, and another's is as if it had never been",
  minutes: 4,
  async run(order) {
    const database = await createTestDatabase(order.postgresUrl);
    const product = await startProduct({ database, rate: PLENTY });
    const receiver = await Receiver.open();
    try {
      const today = product.clock.now().toISOString().slice(0, 10);
      const literals = { currency: '"EUR"', from: `"${today}"`, to: `"${today}"`, month: `"${today.slice(0, 7)}"` };
      return await tried(order, new World(product, literals), receiver);
    } finally {
      await receiver.close();
      await product.close();
      await database.drop();
    }
  },
};

async function tried({ size, seed, say }: Order, world: World, receiver: Receiver): Promise<Found> {
  const { steps, share, queries, perKind, attackers, fields, tries: wanted } = SIZES[size];
  const random = chance(seed);
  const { url: databaseUrl } = world.product.database;
  const began = performance.now();
  const at = (what: string) =>
    say(`${((performance.now() - began) / 1000).toFixed(1)} s, ${world.asked} requests: ${what}`);

  misbehave(receiver, LETTERS);
  const tenants = await Promise.all(LETTERS.map((letter) => found(world, letter, receiver.url(`/${letter}`))));
  for (const step of steps) await forAll(world, tenants, (goods) => goods[step]());
  at('three tenants have all kinds of things');
  if (size === 'full') await passDays(world, tenants, receiver);
  else world.product.advance(2 * 3600);
  const orders = await Promise.all(tenants.map((tenant) => issueClientToken(world, tenant)));
  await world.product.settle();
  at('time has passed');

  const judge = new Judge(await Owners.read(databaseUrl));
  const field = { world, judge, random, letters: LETTERS, billNumbers: await billNumbersOf(world, tenants) };
  const cast = await castOf(world, judge, { tenants, orders });
  const phase: Phase = { field: { ...field, owners: judge.owners }, share, readableBy: cast.readableBy };
  at('who may read what is known');

  const some = shuffled(cast.all, random).slice(0, attackers);
  for (const { asker } of size === 'full' ? cast.all : some) {
    if (asker.isSomebody) await readOwn(phase, asker, roleOf(asker) === 'operator' ? perKind : Math.min(perKind, 3));
  }
  await readOwn(phase, cast.platform, 3);
  at('everybody has read their own');

  const before = await fingerprints(databaseUrl);
  let tries = 0;
  for (const { asker, tenant } of [...some, { asker: cast.platform, tenant: tenants[0] as Tenant }]) {
    tries += await attackAs(phase, asker, tenant);
    await askMixed(phase, asker);
    await followStrangeCursors(phase, asker, cast.strangersTo(asker, share === 1 ? 4 : 1));
  }
  for (const change of changesBetween(before, await fingerprints(databaseUrl))) judge.say(`${change} were changed`);
  at("everybody has asked for what is others'");

  const talkers = cast.all
    .filter(({ asker }) => ['operator', 'merchant'].includes(roleOf(asker)))
    .map(({ asker }) => asker);
  const routes = await tryRoutes(world, judge, size === 'full' ? talkers : talkers.slice(1, 3));
  await crossWebhooks(world, judge, {
    from: endpointOf(world.product, tenants[0] as unknown as Shop),
    to: endpointOf(world.product, tenants[1] as unknown as Shop),
    never: `${world.product.url}/webhooks/stripe/${publicId('paymentSystemAccount', newUuid())}`,
  });
  const listeners = cast.all.filter(({ tenant }) => size === 'full' || tenant.letter === 'a').map(({ asker }) => asker);
  const live = await listen(phase.field, listeners, () => happen(phase.field, tenants, orders));
  at('routes and subscriptions were tried');
  tries += await suspend(phase, tenants[2] as Tenant, orders[2] ?? '');
  judge.lookAgain(await Owners.read(databaseUrl));
  at('one was suspended');

  const operatorIds = tenants.map(({ id }) => uuidOf('operator', id) ?? '').slice(0, size === 'full' ? 3 : 2);
  const tables = await tryTables(databaseUrl, operatorIds);
  at('every table was tried');
  const pools = await alternate({ databaseUrl, operatorIds: operatorIds.slice(0, 2), queries, random });
  at('connections were shared');

  const violations = [...judge.violations, ...tables.violations, ...pools.violations];
  if (size === 'full') for (const missing of world.coverage.missing) say(`nobody has read a value of ${missing}`);
  return {
    figures: [
      told('fields of the schema', world.coverage.all.length),
      atLeast('of them read with a value by somebody', world.coverage.size, fields),
      atLeast('operations × roles with what is others, of three tenants', tries, wanted),
      told('requests', world.asked),
      told('ids and texts in answers that were looked at', judge.idsSeen + judge.marksSeen),
      told('links, uploads and pages', routes),
      told('subscriptions × roles, and events heard', `${live.subscriptions}, ${live.events}`),
      atLeast('tables, every one tried by reads, writes and gifts', tables.tables, 43),
      told('of them with rows of all tenants', tables.filled),
      atLeast('alternating pooled queries', pools.queries, queries),
      told(
        'of them in transactions that went wrong',
        Object.values(pools.troubles).reduce((sum, each) => sum + each, 0),
      ),
      none("things of others' seen, changed or told apart", violations),
    ],
    violations,
  };
}

/** An operator that is suspended is let in nowhere, whatever it asks for and however it asks. */
async function suspend(phase: Phase, tenant: Tenant, orderId: string): Promise<number> {
  const { world, judge } = phase.field;
  const { key } = world.product.platform;
  const [asker] = askersOf(tenant, orderId);
  const links = asker ? await linksOf(world, asker) : [];
  await world.do(key, 'suspendOperator', { operatorId: tenant.id });
  let tries = 0;
  for (const each of askersOf(tenant, orderId, true)) {
    tries += await attackAs({ ...phase, share: phase.share / 8 }, each, tenant);
  }
  for (const link of links) {
    const status = await statusOf(link);
    if (status < 300) judge.say(`${link} of a suspended operator was answered with ${status}`);
  }
  await world.do(key, 'resumeOperator', { operatorId: tenant.id });
  return tries;
}

async function billNumbersOf(world: World, tenants: readonly Tenant[]): Promise<Record<string, string[]>> {
  const lists = await Promise.all(
    tenants.map(async ({ letter, keys }) => {
      const { text } = await world.ask(keys.operator, '{ orders(first: 5) { nodes { billNumber } } }');
      return [letter, [...text.matchAll(/"billNumber":"([^"]+)"/g)].map(([, number]) => number ?? '')] as const;
    }),
  );
  return Object.fromEntries(lists);
}
