import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { uuidOf } from '../../../src/kernel/ids.js';
import { pay } from '../../support/product.js';
import { booksOf, dashboard, rowsOf } from '../orders/books.js';
import { racing } from '../orders/disorder.js';
import { Scene } from './scene.js';
import { lateWebhook, lateWebhooks } from './stalled.js';

jest.setTimeout(60_000);

const HOUR = 3_600;
const INBOX = 'payment-systems.process-inbox';

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

const keptCredentials = () =>
  rowsOf<{ id: string }>(
    scene.one,
    scene.shop,
    `select c.id from stored_credentials c join payers p on p.operator_id = c.operator_id and p.id = c.payer_id
     where c.operator_id = $1 and p.merchant_id = $2 and c.status = 'ACTIVE'`,
  );

it('lago#5398: whoever loses a race to record a payment drops nothing that belongs to it', async () => {
  const shop = await scene.begin();
  scene.mute();
  const payer = { reference: 'p', email: 'p@example.com' };
  // Two webhooks' workers and the answer have the same payment in their hands.
  const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required'), saveCredential: true, payer });
  const payment = order.operations[0]?.transactions[0]?.externalId ?? '';
  scene.one.sandbox.control.completeAuthentication(shop.stripe.accountId, payment, 'succeed');
  const workers = await Promise.all([lateWebhook(scene), lateWebhook(scene), lateWebhook(scene)]);
  await Promise.all(workers.map((each) => each.goOn()));
  expect(workers.flatMap(({ failures }) => failures)).toEqual([]);
  expect(await keptCredentials()).toHaveLength(1);
  const [kept] = await rowsOf(
    scene.one,
    shop,
    'select credential_id from orders where operator_id = $1 and merchant_id = $2',
  );
  expect(kept?.credential_id).toBe((await keptCredentials())[0]?.id);
  expect(await scene.toldOf('CAPTURED')).toBe(1);

  // And first payments at once race for the payer's customer.
  const also = { saveCredential: true, payer: { reference: 'q', email: 'q@example.com' } };
  const results = await racing(6, (racer) => scene.at(racer).sale(also));
  expect(results.map((each) => each.order.status)).toEqual(Array(6).fill('CAPTURED'));
  const { customers, payments } = await booksOf(scene.one, shop);
  expect(customers).toHaveLength(2);
  expect(new Set(payments.map(({ customer }) => customer))).toEqual(new Set(customers.map(({ id }) => id)));
  expect(await keptCredentials()).toHaveLength(7);
});

/** Counted by each connection for itself, which tells of it when it comes to it, or is asked to. */
async function deadlocks(): Promise<number> {
  const pools = [scene.one.app, scene.other.app];
  const connections = pools.flatMap((pool) => Array.from({ length: pool.options.max }, () => pool));
  await Promise.all(connections.map((pool) => pool.query('select pg_stat_force_next_flush(), pg_sleep(0.05)')));
  const { rows } = await owner.query<{ deadlocks: number }>(
    'select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()',
  );
  return rows[0]?.deadlocks ?? 0;
}

it('lago#5878: webhooks of one payer’s orders, all at once, do not deadlock', async () => {
  const shop = await scene.begin();
  scene.mute();
  const before = await deadlocks();
  const input = { payment: pay('pm_card_threeDSecure2Required'), saveCredential: true, payer: { reference: 'p' } };
  const orders = await racing(6, (racer) => scene.at(racer).sale(input));
  for (const { order } of orders) {
    const payment = order.operations[0]?.transactions[0]?.externalId ?? '';
    scene.one.sandbox.control.completeAuthentication(shop.stripe.accountId, payment, 'succeed');
  }
  // Two workers for each order have read it and write at the same moment; and events of all kinds come, each twice.
  const workers = [...(await lateWebhooks(scene)), ...(await lateWebhooks(scene))];
  const told = await scene.events(['payment_intent.succeeded', 'charge.succeeded', 'payment_method.attached']);
  const again = told.map((event) => ({ ...event, id: `${event.id}_again` }));
  await Promise.all([
    ...workers.map((each) => each.goOn()),
    ...[...told, ...again].map((event, racer) => scene.tell(event, racer)),
    scene.wakeBoth(INBOX),
  ]);
  expect(workers.flatMap(({ failures }) => failures)).toEqual([]);
  await Promise.all([
    scene.wakeBoth(INBOX),
    ...orders.map(({ order }, racer) => scene.at(racer).cancel(order.id, { amount: '10.00' })),
  ]);
  await scene.later(3);
  expect(await deadlocks()).toBe(before);
  const left = (await scene.inbox()).filter(({ status }) => status !== 'PROCESSED' && status !== 'FOREIGN');
  expect(left).toEqual([]);
  expect(await keptCredentials()).toHaveLength(6);
});

it('pinelab-vendure-plugins#620: three webhooks at the same moment settle a payment once', async () => {
  const shop = await scene.begin();
  scene.mute();
  const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required') });
  const payment = order.operations[0]?.transactions[0]?.externalId ?? '';
  scene.one.sandbox.control.completeAuthentication(shop.stripe.accountId, payment, 'succeed');
  const [paid] = await scene.events(['payment_intent.succeeded']);
  // Three deliveries of one event, and two events more that say the same.
  const events = [paid, paid, paid, { ...paid, id: 'evt_second' }, { ...paid, id: 'evt_third' }];
  expect(await racing(5, (racer) => scene.tell(events[racer], racer))).toEqual(Array(5).fill(200));
  const workers = await Promise.all([lateWebhook(scene), lateWebhook(scene)]);
  await Promise.all([...workers.map((each) => each.goOn()), scene.wakeBoth(INBOX)]);
  await scene.one.settle();
  expect((await shop.order(order.id)).status).toBe('CAPTURED');
  expect(await scene.toldOf('CAPTURED')).toBe(1);
  const kept = (await scene.inbox()).filter(({ type }) => type === 'payment_intent.succeeded');
  expect(kept.map(({ status }) => status)).toEqual(Array(3).fill('PROCESSED'));
  const postings = await rowsOf(
    scene.one,
    shop,
    `select id from ledger_postings where operator_id = $1 and $2::uuid is not null and kind = 'CAPTURE'`,
  );
  expect(postings).toHaveLength(1);
});

/** A payment that says it is for this order of the shop's. */
async function paymentFor(orderId: string, transactionId: string): Promise<void> {
  const merchantId = uuidOf('merchant', scene.shop.id) ?? '';
  await dashboard(scene.one, scene.shop).paymentIntents.create({
    amount: 10_000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://shop.test/',
    metadata: {
      quittance_operator: scene.operatorId,
      quittance_merchant: merchantId,
      quittance_order: orderId,
      quittance_transaction: transactionId,
    },
  });
}

/** As if the transaction that made an order had not been committed yet, until it is. */
async function hidden(orderId: string, meanwhile: () => Promise<void>): Promise<void> {
  const parts = [
    ['transactions', 'order_id'],
    ['operations', 'order_id'],
    ['orders', 'id'],
  ] as const;
  await owner.query("set session_replication_role = 'replica'");
  for (const [table, key] of parts) {
    await owner.query(`create temp table hidden_${table} as select * from ${table} where ${key} = $1`, [orderId]);
    await owner.query(`delete from ${table} where ${key} = $1`, [orderId]);
  }
  await meanwhile();
  for (const [table] of parts) await owner.query(`insert into ${table} select * from hidden_${table}`);
  await owner.query("set session_replication_role = 'origin'");
}

it('statamic-cargo#191: an event that comes before its order is waited for, not acked away', async () => {
  const shop = await scene.begin();
  scene.lose('reset_before', '/v1/payment_intents$', 2);
  const { order } = await shop.sale();
  scene.one.sandbox.control.clearFaults();
  const orderId = uuidOf('order', order.id) ?? '';
  const [transaction] = await rowsOf<{ id: string }>(
    scene.one,
    shop,
    'select id from transactions where operator_id = $1 and $2::uuid is not null',
  );
  const succeeded = async () => (await scene.inbox()).filter(({ type }) => type === 'payment_intent.succeeded');
  await hidden(orderId, async () => {
    await paymentFor(orderId, transaction?.id ?? '');
    await scene.one.settle();
    expect(await succeeded()).toMatchObject([{ status: 'PARKED' }]);
  });
  await scene.later(3);
  expect(await succeeded()).toMatchObject([{ status: 'PROCESSED' }]);
  expect((await shop.order(order.id)).status).toBe('CAPTURED');

  // One whose order never comes is kept for as long as it may come, and then given up aloud.
  await scene.begin();
  await paymentFor('019a0000-0000-7000-8000-000000000001', '019a0000-0000-7000-8000-000000000002');
  await scene.one.settle();
  for (const days of [1, 1]) await scene.later(days * 24 * HOUR);
  expect(await succeeded()).toMatchObject([{ status: 'PARKED' }]);
  await scene.later(25 * HOUR);
  expect(await succeeded()).toMatchObject([{ status: 'FAILED', error: expect.stringContaining('not known here') }]);
  // That payment is nobody's here, so there is nothing to compare it with.
  await scene.begin(Promise.resolve(shop));
});
