import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { type Json, pay } from '../../support/product.js';
import { booksOf } from '../orders/books.js';
import { racing } from '../orders/disorder.js';
import { Scene } from './scene.js';
import { lateReconciler, lateWebhook } from './stalled.js';

jest.setTimeout(60_000);

let scene: Scene;
let owner: pg.Client;

beforeAll(async () => {
  scene = await Scene.open({ stripeTimeoutMs: 10_000 });
  owner = new pg.Client({ connectionString: scene.one.database.url });
  await owner.connect();
});

afterEach(async () => {
  expect(await scene.aftermath()).toEqual([]);
});

afterAll(async () => {
  await owner.end();
  await scene.close();
});

it('killbill#809: a reconciler that read before a capture does not write over it', async () => {
  const shop = await scene.begin();
  scene.mute();
  scene.lose('reset_after', '/confirm$', 2);
  const { id } = await shop.hold();
  scene.advance(6);
  const late = await lateReconciler(scene);
  const [authorized] = await scene.events(['payment_intent.amount_capturable_updated']);
  await scene.tell(authorized, 1);
  await scene.wakeBoth('payment-systems.process-inbox');
  expect((await scene.at(1).capture(id)).order.status).toBe('CAPTURED');
  await late.goOn();
  expect(late.failures).toEqual([]);
  expect((await shop.order(id)).status).toBe('CAPTURED');
  expect(await scene.toldOf('AUTHORIZED')).toBe(1);
});

it('hyperswitch#13182: of two refunds of 60 on 100 one is made', async () => {
  const shop = await scene.begin();
  for (let trial = 1; trial <= 3; trial += 1) {
    const { order } = await shop.sale();
    const results = await racing(4, (racer) => scene.at(racer).cancel(order.id, { amount: '60.00' }));
    expect(results.filter(({ code }) => code === undefined)).toHaveLength(1);
    expect((await shop.order(order.id)).refundedAmount.amount).toBe('60.00');
    expect((await booksOf(scene.one, shop)).refunds.map(({ amount }) => amount)).toEqual(Array(trial).fill(6_000));
  }
});

it('hyperswitch#9925: a sync that read before a cancel does not undo it', async () => {
  const shop = await scene.begin();
  const { id } = await shop.hold();
  await scene.one.settle();
  const late = await lateWebhook(scene);
  expect((await scene.at(1).cancel(id)).order.status).toBe('CANCELED');
  await late.goOn();
  expect(late.failures).toEqual([]);
  expect((await shop.order(id)).status).toBe('CANCELED');
  expect(await scene.toldOf('AUTHORIZED')).toBe(1);
});

it('polar#13315: a late “requires action” does not take a paid order back', async () => {
  const shop = await scene.begin();
  scene.mute();
  const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required') });
  const late = await lateWebhook(scene);
  const payment = order.operations[0]?.transactions[0]?.externalId ?? '';
  scene.one.sandbox.control.completeAuthentication(shop.stripe.accountId, payment, 'succeed');
  const [asked] = await scene.events(['payment_intent.requires_action']);
  const [paid] = await scene.events(['payment_intent.succeeded']);
  for (const event of [paid, asked]) {
    await scene.tell(event);
    await scene.one.settle();
  }
  await late.goOn();
  expect(late.failures).toEqual([]);
  expect(await shop.order(order.id)).toMatchObject({ status: 'CAPTURED', nextAction: null });
  expect(await scene.toldOf('REQUIRES_ACTION')).toBe(1);
});

/** All that the operator has in the database. */
async function everything(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'operator_id'`,
  );
  const rowsOf = async ({ name }: { name: string }) => {
    const { rows } = await owner.query<{ row: string }>(
      `select t::text as row from ${name} t where operator_id = $1 order by 1`,
      [scene.operatorId],
    );
    return [name, rows.map(({ row }) => row)] as const;
  };
  const found: (readonly [string, string[]])[] = [];
  for (const table of tables) found.push(await rowsOf(table));
  return Object.fromEntries(found);
}

/** Transactions that tell of such a change fail at the very last moment: when all has been written, at the commit. */
async function withFailingCommits(ofEvents: string, work: () => Promise<void>): Promise<void> {
  await owner.query(
    `create function commit_fails() returns trigger language plpgsql as $$ begin raise 'out of luck'; end $$;
     create constraint trigger commit_fails after insert on events deferrable initially deferred for each row
       when (new.operator_id = '${scene.operatorId}' and ${ofEvents}) execute function commit_fails()`,
  );
  await work().finally(() => owner.query('drop trigger commit_fails on events; drop function commit_fails()'));
}

it('formancehq/ledger#1684: nothing that a transaction wrote outlives it', async () => {
  const shop = await scene.begin();
  scene.mute();
  const payer = { reference: 'p', email: 'p@example.com' };
  const { id } = await shop.hold({ saveCredential: true, payer });
  await scene.one.settle();
  const input = { orderNumber: 'n', idempotencyKey: 'k', saveCredential: true, payer: { reference: 'q' } };
  const sale = () => shop.sale(input);
  const broken = (ask: () => Promise<unknown>) => expect(ask()).rejects.toThrow('INTERNAL');

  // What claims: the request's key, the payer, the order, its operation, the ledger's side of it.
  const before = await everything();
  await withFailingCommits('true', async () => {
    await broken(() => sale());
    await broken(() => shop.capture(id, { idempotencyKey: 'l' }));
  });
  expect(await everything()).toEqual(before);
  expect((await booksOf(scene.one, shop)).payments).toHaveLength(1);

  // What records: the money has moved, and no trace of that is to be anywhere before all of it is.
  const money: Json = { ledger_postings: [], ledger_entries: [], stored_credentials: before.stored_credentials };
  await withFailingCommits(`new.payload->>'status' = 'CAPTURED'`, async () => {
    await broken(() => shop.capture(id, { idempotencyKey: 'l' }));
    await broken(() => sale());
    expect(await everything()).toMatchObject(money);
    expect(await scene.toldOf('CAPTURED')).toBe(0);
  });
  expect((await booksOf(scene.one, shop)).charges.filter(({ captured }) => captured)).toHaveLength(2);
  await scene.later(120);
  await eventually(async () => {
    await scene.one.settle();
    expect(await scene.toldOf('CAPTURED')).toBe(2);
  });
  const { stored_credentials: kept = [], orders = [] } = await everything();
  expect([kept.length, orders.length]).toEqual([2, 2]);
  expect((await sale()).order.status).toBe('CAPTURED');
});
