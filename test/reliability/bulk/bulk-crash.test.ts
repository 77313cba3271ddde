import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aBillingShop, subscribe } from '../../support/agreements.js';
import { type BulkMutation, bulkOperation, control, rowsOf, sendFile } from '../../support/bulk.js';
import { type Cells, fileOf, finished, outcomes, runFiles } from '../../support/bulk-rows.js';
import { asOwner } from '../../support/charging.js';
import { eventually } from '../../support/eventually.js';
import { Client, type Product, type Shop, startProduct } from '../../support/product.js';
import { booksOf } from '../orders/books.js';
import { type Death, workUntilDeath } from './dying-worker.js';

jest.setTimeout(120_000);

/** Of those that are charged: while a charge is under way, its agreement takes no other. */
const AGREEMENTS = 100;

let product: Product;
let second: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  const { database, sandbox, masterKey } = product;
  second = await startProduct({ database, sandbox, masterKey });
  shop = await aBillingShop(product, { timeZone: 'UTC' });
  await Promise.all(['charged', 'updated'].map((reference) => subscribe(shop, { terms: { reference } })));
  await asOwner(
    product,
    `insert into agreements select made.* from agreements a, generate_series(1, ${AGREEMENTS}) as n,
       jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'reference', 'charged-' || n)) as made
     where a.reference = 'charged'`,
  );
});
afterAll(async () => {
  await second.close();
  await product.close();
});

function advance(seconds: number): void {
  product.advance(seconds);
  second.clock.advance(seconds);
}

const NEW = { 'terms.type': 'RECURRING', 'terms.amountVariability': 'VARIABLE', currency: 'USD' };

let charged = 0;

/** A file of two rows of a kind, whose effects can be counted by what they are called. */
const FILES: Readonly<Record<BulkMutation, (name: string) => readonly Cells[]>> = {
  createAgreements: (name) =>
    [1, 2].map((row) => ({
      ...NEW,
      'terms.reference': `${name}-${row}`,
      'payer.reference': `${name}-${row}`,
      'payment.credential.token': 'pm_card_visa',
      firstAmount: '3.00',
    })),
  chargeAgreements: (name) =>
    [1, 2].map((row) => {
      charged += 1;
      return { orderNumber: `${name}-${row}`, agreementReference: `charged-${charged}`, amount: '7.00' };
    }),
  updateAgreements: (name) =>
    [1, 2].map((row) => ({
      changeReference: `${name}-${row}`,
      agreementReference: 'updated',
      'metadata.at': `${name}-${row}`,
    })),
};

/** How often each row was carried out, by what it has left: orders paid, changes made. */
async function effects(mutation: BulkMutation, name: string): Promise<Record<string, number>> {
  const sql = {
    createAgreements: `select a.reference as name, count(*)::int as count from agreements a
      join orders o on o.operator_id = a.operator_id and o.agreement_id = a.id and o.status = 'CAPTURED'
      where a.reference like $1 group by 1`,
    chargeAgreements: `select order_number as name, count(*)::int as count from orders
      where order_number like $1 and status = 'CAPTURED' group by 1`,
    updateAgreements: `select after -> 'metadata' ->> 'at' as name, count(*)::int as count from agreement_changes
      where after -> 'metadata' ->> 'at' like $1 group by 1`,
  }[mutation];
  const rows = await asOwner<{ name: string; count: number }>(product, sql, [`${name}-_`]);
  return Object.fromEntries(rows.map((row) => [row.name, row.count]));
}

/** What was claimed and not sent is due like any unanswered call. */
async function reconciled(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await product.settle();
    advance(92);
  }
}

async function begun(mutation: BulkMutation, rows: readonly Cells[]): Promise<string> {
  const { operation } = await sendFile(shop, mutation, fileOf(rows));
  return operation.id;
}

/** Each moment at which a process can die: none is left when it comes to the end. */
async function dieEverywhere(mutation: BulkMutation, when: Death['when'], step: number) {
  const runs: { readonly name: string; readonly id: string }[] = [];
  for (let transaction = 1; transaction <= 40; transaction += step) {
    const name = `${mutation}-${when}-${transaction}`;
    const id = await begun(mutation, FILES[mutation](name));
    runs.push({ name, id });
    if (!(await workUntilDeath(product, shop, id, { when, transaction }))) return runs;
  }
  throw new Error('a file of two rows took more than forty transactions');
}

describe('a process that dies in the middle of a file', () => {
  it.each([
    ['createAgreements', 'after', 2, 5],
    ['chargeAgreements', 'before', 1, 10],
    ['chargeAgreements', 'after', 2, 5],
    ['updateAgreements', 'after', 1, 5],
    // Some take more than five seconds: each is a file for every moment at which its process can die.
  ] as const)('doubles and loses no row of %s, %s any transaction', async (mutation, when, step, atLeast) => {
    const runs = await dieEverywhere(mutation, when, step);
    expect(runs.length).toBeGreaterThan(atLeast);
    // Its lease has not lapsed: nobody may touch what it works on.
    await runFiles(product, second);
    advance(61);
    const unfinished = async () => {
      await runFiles(product, second);
      const found = await Promise.all(runs.map(({ id }) => bulkOperation(shop, id)));
      const open = found.filter((each) => each?.status !== 'COMPLETED');
      if (open.length > 0) throw new Error(JSON.stringify(open));
    };
    await eventually(unfinished, 60_000);
    await reconciled();
    for (const { name, id } of runs) {
      expect([name, outcomes({ rows: await rowsOf(shop, id) })]).toEqual([name, ['2 SUCCEEDED', '3 SUCCEEDED']]);
      expect(await effects(mutation, name)).toEqual({ [`${name}-1`]: 1, [`${name}-2`]: 1 });
    }
  });

  it('has taken from nobody twice, nor anything that no order knows', async () => {
    const { charges } = await booksOf(product, shop);
    const [sum] = await asOwner<{ captured: number }>(
      product,
      'select coalesce(sum(captured_minor), 0)::int as captured from orders',
    );
    const taken = charges.filter(({ paid }) => paid).reduce((all, { amount }) => all + amount, 0);
    expect(taken).toBe(sum?.captured);
  });
});

describe('the same rows twice at once', () => {
  it.each(['createAgreements', 'chargeAgreements', 'updateAgreements'] as const)(
    'in two files by two processes: %s does each once',
    async (mutation) => {
      const rows = ['a', 'b', 'c', 'd'].flatMap((each) => FILES[mutation](`twice-${mutation}-${each}`));
      const ids = await Promise.all([begun(mutation, rows), begun(mutation, rows.toReversed())]);
      await runFiles(product, second);
      const done = await Promise.all(ids.map((id) => finished(product, shop, id)));
      const counts = done.map(({ operation }) => operation.counts);
      expect(counts.map(({ succeeded, repeated }) => succeeded + repeated)).toEqual([8, 8]);
      expect(counts.reduce((all, { succeeded }) => all + succeeded, 0)).toBe(8);
      for (const each of ['a', 'b', 'c', 'd']) {
        const name = `twice-${mutation}-${each}`;
        expect(await effects(mutation, name)).toEqual({ [`${name}-1`]: 1, [`${name}-2`]: 1 });
      }
      // Both tell of the same things.
      const things = ({ rows: of }: (typeof done)[number]) =>
        of.map(({ reference, agreement, order }) => `${reference} ${agreement?.id} ${order?.id}`).sort();
      expect(things(done[0] as never)).toEqual(things(done[1] as never));
    },
  );

  it('after a process died with them: another file takes them over, and both tell the same', async () => {
    const rows = FILES.chargeAgreements('over');
    const first = await begun('chargeAgreements', rows);
    expect(await workUntilDeath(product, shop, first, { when: 'after', transaction: 4 })).toBe(true);
    const other = await begun('chargeAgreements', rows);
    await runFiles(second);
    // As long as the first may still be at it, its rows are waited for.
    expect((await bulkOperation(shop, other))?.counts.done).toBe(0);
    advance(61);
    const done = await Promise.all([finished(product, shop, other), finished(second, shop, first)]);
    expect(done.map(({ operation }) => operation.counts.failed)).toEqual([0, 0]);
    await reconciled();
    expect(await effects('chargeAgreements', 'over')).toEqual({ 'over-1': 1, 'over-2': 1 });
  });
});

describe('a file that lay about until the keys of its rows were forgotten', () => {
  it('does not repeat what may have been done: it says so', async () => {
    const rows = FILES.updateAgreements('old');
    const id = await begun('updateAgreements', rows);
    // The first row's change is committed, and nobody has written that down.
    expect(await workUntilDeath(product, shop, id, { when: 'after', transaction: 3 })).toBe(true);
    expect(await effects('updateAgreements', 'old')).toEqual({ 'old-1': 1 });
    await control(shop, 'pause', id);
    advance(8 * 86_400);
    await product.built.jobs.wake('idempotency.forget-keys');
    await control(shop, 'resume', id);
    const done = await finished(product, shop, id);
    expect(outcomes(done)).toEqual(['2 FAILED OUTCOME_PENDING', '3 FAILED OUTCOME_PENDING']);
    expect(done.rows[0]?.problem).toMatchObject({ retryable: false });
    expect(await effects('updateAgreements', 'old')).toEqual({ 'old-1': 1 });
    const again = await begun('updateAgreements', rows);
    expect(outcomes(await finished(product, shop, again))).toEqual(['2 SUCCEEDED', '3 SUCCEEDED']);
  });

  it('makes no agreement twice, whose reference is unique for ever', async () => {
    const rows = FILES.createAgreements('older');
    const id = await begun('createAgreements', rows);
    for (let transaction = 3; (await effectsOf('older')) === 0; transaction += 1) {
      await workUntilDeath(product, shop, id, { when: 'after', transaction });
      advance(61);
    }
    await control(shop, 'pause', id);
    advance(8 * 86_400);
    await product.built.jobs.wake('idempotency.forget-keys');
    await control(shop, 'resume', id);
    const done = await finished(product, shop, id);
    expect(outcomes(done).at(0)).toBe('2 FAILED DUPLICATE_REFERENCE');
    expect(await effectsOf('older')).toBe(2);
  });
});

/** A file of two changes whose process died when the first was committed, and nobody had written that down. */
async function halfDone(name: string, by: Client = shop): Promise<string> {
  const { operation } = await sendFile(by, 'updateAgreements', fileOf(FILES.updateAgreements(name)));
  expect(await workUntilDeath(product, shop, operation.id, { when: 'after', transaction: 3 })).toBe(true);
  expect(await effects('updateAgreements', name)).toEqual({ [`${name}-1`]: 1 });
  return operation.id;
}

async function eightDaysPass(): Promise<void> {
  advance(8 * 86_400);
  await product.built.jobs.wake('idempotency.forget-keys');
}

describe('that rows were begun by a process that died', () => {
  it('is known after others have looked at the file and let go of it', async () => {
    const id = await halfDone('let-go');
    const operatorId = shop.operator.id;
    await product.platform.do('suspendOperator', { operatorId }, 'operator { id }');
    advance(61);
    await runFiles(product);
    await eightDaysPass();
    await product.platform.do('resumeOperator', { operatorId }, 'operator { id }');
    const done = await finished(product, shop, id);
    expect(outcomes(done)).toEqual(['2 FAILED OUTCOME_PENDING', '3 FAILED OUTCOME_PENDING']);
    expect(await effects('updateAgreements', 'let-go')).toEqual({ 'let-go-1': 1 });
  });

  it('is known when its key is revoked and it is cancelled: what was done is told, what was not is not begun', async () => {
    const made = await shop.operator.do<{ secret: string; apiKey: { id: string } }>(
      'createApiKey',
      { name: 'second', merchantId: shop.id },
      'secret apiKey { id }',
    );
    const id = await halfDone('revoked', new Client(product.url, made.secret));
    await shop.operator.do('revokeApiKey', { id: made.apiKey.id }, 'apiKey { id }');
    advance(61);
    await eventually(async () => {
      await runFiles(product);
      expect((await bulkOperation(shop, id))?.status).toBe('PAUSED');
    });
    await control(shop, 'cancel', id);
    const done = await finished(product, shop, id);
    expect([done.operation.status, ...outcomes(done)]).toEqual(['CANCELED', '2 SUCCEEDED', '3 CANCELED']);
    expect(await effects('updateAgreements', 'revoked')).toEqual({ 'revoked-1': 1 });
  });

  it('is known after another file has taken its reference over, and failed with it', async () => {
    const id = await halfDone('handed');
    await control(shop, 'pause', id);
    advance(61);
    const other = await begun('updateAgreements', [
      { changeReference: 'handed-1', agreementReference: 'updated', 'metadata.at': 'another' },
    ]);
    expect(outcomes(await finished(product, shop, other))).toEqual(['2 FAILED IDEMPOTENCY_KEY_REUSED']);
    await eightDaysPass();
    await control(shop, 'resume', id);
    expect(outcomes(await finished(product, shop, id)).at(0)).toBe('2 FAILED OUTCOME_PENDING');
    expect(await effects('updateAgreements', 'handed')).toMatchObject({ 'handed-1': 1 });
  });
});

async function effectsOf(name: string): Promise<number> {
  const [found] = await asOwner<{ count: number }>(
    product,
    'select count(*)::int as count from agreements where reference like $1',
    [`${name}-_`],
  );
  return found?.count ?? -1;
}
