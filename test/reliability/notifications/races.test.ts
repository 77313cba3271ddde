import { CLAIM, DUE_ENDPOINTS } from '../../../src/features/notifications/delivery-sql.js';
import { healStranded } from '../../../src/features/notifications/heal-stranded.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { eventually } from '../../support/eventually.js';
import { callAt, notificationsOf, notify, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { answers, HANGS, OK, Receiver } from '../../support/receiver.js';

const ORDERS = 12;

let product: Product;
let second: Product;
const receivers: Receiver[] = [];

beforeAll(async () => {
  // Whoever hangs here hangs longer than the test.
  product = await startProduct({ callbackDeadlineMs: 120_000 });
  const { database, sandbox, masterKey } = product;
  second = await startProduct({ database, sandbox, masterKey, callbackDeadlineMs: 120_000 });
}, 60_000);

afterAll(async () => {
  await Promise.all(receivers.map((each) => each.close()));
  await second.close();
  await product.close();
});

async function aReceiver(...behaviour: Parameters<typeof Receiver.open>): Promise<Receiver> {
  const receiver = await Receiver.open(...behaviour);
  receivers.push(receiver);
  return receiver;
}

const both = () => Promise.all([notify(product), notify(second)]);

/** What was told of each order, in the order in which it first arrived, beside the order in which it happened. */
async function orderOf(shop: Shop, receiver: Receiver): Promise<readonly [arrived: string[], happened: string[]][]> {
  const rows = await rowsIn<{ body: string; orderId: string }>(
    product,
    shop,
    'select body, order_id as "orderId" from notifications where order_id is not null order by event_sequence',
  );
  const firsts = [...new Map(receiver.received.map(({ body }) => [body, body])).values()];
  return [...Map.groupBy(rows, ({ orderId }) => orderId).values()].map((of) => {
    const happened = of.map(({ body }) => body);
    return [firsts.filter((body) => happened.includes(body)), happened];
  });
}

async function strandedAt(shop: Shop): Promise<number> {
  return product.built.units.sql(uuidOf('operator', shop.operator.id) ?? '', healStranded);
}

describe('two processes', () => {
  it('deliver each notification once, in order, while orders go on changing', async () => {
    const shop = await aShop(product);
    const receiver = await aReceiver();
    await callAt(shop, receiver.url());
    await Promise.all(
      Array.from({ length: ORDERS }, async () => {
        const { id } = await shop.hold();
        await both();
        await shop.capture(id, { amount: '40.00' });
        await both();
        await shop.cancel(id);
        await both();
      }),
    );
    await untilQuiet(product, shop);
    const ids = receiver.received.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [arrived, happened] of await orderOf(shop, receiver)) expect(arrived).toEqual(happened);
    expect((await notificationsOf(shop)).every(({ status }) => status === 'DELIVERED')).toBe(true);
    expect(await strandedAt(shop)).toBe(0);
  });

  it('keep the order where every other try fails, and leave nothing behind', async () => {
    const shop = await aShop(product);
    let count = 0;
    const receiver = await aReceiver((...to) => (count++ % 3 === 0 ? OK(...to) : answers(503, '')(...to)));
    await callAt(shop, receiver.url());
    await Promise.all(
      Array.from({ length: ORDERS }, async () => {
        const { id } = await shop.hold();
        await Promise.all([both(), shop.capture(id)]);
      }),
    );
    for (let round = 0; round < 400; round += 1) {
      await untilQuiet(product, shop);
      const left = await rowsIn(product, shop, `select from notifications where status = 'PENDING'`);
      if (left.length === 0) break;
      for (const each of [product, second]) each.clock.advance(600);
    }
    expect(
      (await rowsIn(product, shop, `select distinct status from notifications`)).map(({ status }) => status),
    ).toEqual(['DELIVERED']);
    // Of one order nothing arrives before what happened earlier has: first arrivals are in order, whatever failed.
    for (const [arrived, happened] of await orderOf(shop, receiver)) expect(arrived).toEqual(happened);
    for (const each of [product, second]) each.clock.advance(3_600);
    expect(await strandedAt(shop)).toBe(0);
  });
});

describe('a shop whose server hangs', () => {
  it('delays nobody else: all of theirs arrive before any of its own has ended', async () => {
    const hanging = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const shop = await aShop(product);
        const receiver = await aReceiver(HANGS);
        await callAt(shop, receiver.url());
        await Promise.all(Array.from({ length: 5 }, () => shop.sale()));
        return { shop, receiver };
      }),
    );
    await both();
    for (const { receiver } of hanging) await eventually(() => expect(receiver.underWay).toBeGreaterThan(0));
    const shop = await aShop(product);
    const receiver = await aReceiver();
    await callAt(shop, receiver.url());
    await Promise.all(Array.from({ length: 20 }, () => shop.sale()));
    await untilQuiet(product, shop);
    expect(receiver.received).toHaveLength(40);
    for (const each of hanging) {
      // It has its own few slots, and no more, and nothing of it has ended.
      expect(each.receiver.mostUnderWay).toBeLessThanOrEqual(2);
      expect(await rowsIn(product, each.shop, 'select from notifications where attempts > 0')).toEqual([]);
    }
  });

  it('with 100,000 that wait costs those who look for work nothing', async () => {
    const shop = await aShop(product);
    const receiver = await aReceiver(answers(500, ''));
    for (let count = 0; count < 6; count += 1) await shop.sale({ callbackUrl: receiver.url() });
    await untilQuiet(product, shop);
    await rowsIn(
      product,
      shop,
      `insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, type, url, format, body, status,
         occurred_at, created_at, due_at, ready_at)
       select operator_id, gen_random_uuid(), endpoint_id, merchant_id, mode, gen_random_uuid(), type, url, format, body,
         'PENDING', occurred_at, created_at, now(), now()
       from (select * from notifications order by id limit 1) as one, generate_series(1, 100000)`,
    );
    const operatorId = uuidOf('operator', shop.operator.id) ?? '';
    const before = receiver.received.length;
    await both();
    await untilQuiet(product, shop);
    expect(receiver.received).toHaveLength(before);
    const due = await product.system.query(DUE_ENDPOINTS.text, [product.clock.now(), [], [], false]);
    expect(due.rows.filter((row) => row.operatorId === operatorId)).toEqual([]);
    // And where it is due, a claim reads as much as it takes.
    const [{ id: endpointId } = { id: '' }] = await rowsIn<{ id: string }>(
      product,
      shop,
      'select id from notification_endpoints',
    );
    const now = product.clock.now();
    const plan = await product.built.units.sql(operatorId, (transaction) =>
      transaction.query<{ 'QUERY PLAN': string }>(
        { name: '', text: `explain (analyze, buffers, timing off) ${CLAIM.text}` },
        [operatorId, endpointId, now, new Date(now.getTime() - 72 * 3_600_000), []],
      ),
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('notifications_due');
    expect(text).not.toMatch(/Sort|Seq Scan/);
    const [, buffers = '0'] = /Buffers: shared hit=(\d+)/.exec(text) ?? [];
    expect(Number(buffers)).toBeLessThan(300);
  }, 120_000);
});
