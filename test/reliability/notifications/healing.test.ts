import { Registry } from 'prom-client';
import { Deliveries } from '../../../src/features/notifications/deliveries.js';
import { healStranded } from '../../../src/features/notifications/heal-stranded.js';
import { notificationMeter } from '../../../src/features/notifications/notification-meter.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { run } from '../../../src/platform/database/sql.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import { Egress } from '../../../src/platform/egress/egress.js';
import { MasterKeys } from '../../../src/platform/secrets/master-keys.js';
import { eventually } from '../../support/eventually.js';
import { callAt, notificationsOf, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { Receiver } from '../../support/receiver.js';

let product: Product;
let shop: Shop;
const receivers: Receiver[] = [];

beforeAll(async () => {
  product = await startProduct();
}, 60_000);
afterAll(async () => {
  await Promise.all(receivers.map((each) => each.close()));
  await product.close();
});

beforeEach(async () => {
  shop = await aShop(product);
});

async function aReceiver(): Promise<Receiver> {
  const receiver = await Receiver.open();
  receivers.push(receiver);
  return receiver;
}

const operatorId = () => uuidOf('operator', shop.operator.id) ?? '';
const heal = () => product.built.units.sql(operatorId(), healStranded);

const LOCK = (id: string) => `select id from notification_endpoints where id = '${id}' for no key update nowait`;

const locks = (transaction: Transaction, id: string) => transaction.query({ name: '', text: LOCK(id) });

describe('a try that breaks off for a reason that nobody expected', () => {
  it('is told, counts as one in vain, and holds up neither its group nor the lane', async () => {
    const receiver = await aReceiver();
    await callAt(shop, receiver.url());
    await shop.sale();
    await product.built.jobs.wake('notifications.fan-out');
    await untilQuiet(product, shop);
    await rowsIn(
      product,
      shop,
      `update notifications set status = 'PENDING', delivered_at = null, tries = 0, first_tried_at = null,
         due_at = case when event_sequence = (select min(event_sequence) from notifications) then created_at end,
         ready_at = case when event_sequence = (select min(event_sequence) from notifications) then created_at end`,
    );
    await rowsIn(product, shop, 'update notification_endpoints set due_at = created_at');
    const told: unknown[] = [];
    const network = new Egress({ privateAllowed: true });
    const broken = new Error('nobody expected this');
    const deliveries = new Deliveries({
      units: product.built.units,
      system: { query: (statement, parameters) => run(product.system, statement, parameters) },
      masterKeys: MasterKeys.parse(product.masterKey),
      egress: { post: (request) => (told.length === 0 ? Promise.reject(broken) : network.post(request)) },
      clock: product.clock,
      meter: notificationMeter(new Registry()),
      onFailure: (error) => void told.push(error),
    });
    await deliveries.find();
    await eventually(async () => {
      expect(await rowsIn(product, shop, 'select from notification_endpoints where lease_token is not null')).toEqual(
        [],
      );
      expect(told).toEqual([broken]);
    });
    expect((await notificationsOf(shop))[0]?.attempts.at(-1)).toMatchObject({ outcome: 'CONNECTION_FAILED' });
    product.clock.advance(60);
    await untilQuiet(product, shop);
    expect((await notificationsOf(shop)).map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
    await deliveries.stop(1_000);
  });
});

describe('healing', () => {
  it('locks the endpoints of all that it mends in one order: it holds none while it waits for an earlier one', async () => {
    for (const receiver of [await aReceiver(), await aReceiver()]) await shop.sale({ callbackUrl: receiver.url() });
    await untilQuiet(product, shop);
    const ids = (await rowsIn<{ id: string }>(product, shop, 'select id from notification_endpoints order by id')).map(
      ({ id }) => id,
    );
    const [first = '', last = ''] = ids;
    const waiting = `update notifications set status = 'PENDING', delivered_at = null, tries = 0, first_tried_at = null,`;
    const hourAgo = `now() - interval '1 hour'`;
    // At the first nobody looks, though something is due; at the last something waits behind nothing.
    await rowsIn(
      product,
      shop,
      `${waiting} due_at = ${hourAgo}, ready_at = ${hourAgo} where id in (
         select id from notifications where endpoint_id = '${first}' limit 1)`,
    );
    await rowsIn(product, shop, `${waiting} created_at = ${hourAgo} where endpoint_id = '${last}'`);
    let healing: Promise<number> | undefined;
    await product.built.units.sql(operatorId(), async (transaction) => {
      await locks(transaction, first);
      healing = heal();
      await eventually(async () => {
        const { rowCount } = await product.system.query(
          `select from pg_locks where not granted and locktype in ('transactionid', 'tuple')`,
        );
        expect(rowCount).toBeGreaterThan(0);
      });
      expect(await locks(transaction, last)).toEqual([{ id: last }]);
    });
    expect(await healing).toBe(2);
    await untilQuiet(product, shop);
    expect(new Set((await notificationsOf(shop)).map(({ status }) => status))).toEqual(new Set(['DELIVERED']));
    expect(await heal()).toBe(0);
  });

  it('ends a test whose process died, and does not send it again', async () => {
    const receiver = await aReceiver();
    await shop.do('sendTestNotification', { url: receiver.url() }, 'isOk');
    await rowsIn(
      product,
      shop,
      `update notifications set status = 'PENDING', delivered_at = null, attempts = 0, tries = 0, first_tried_at = null,
         last_started_at = null, last_duration_ms = null, last_outcome = null, last_http_status = null`,
    );
    expect(await heal()).toBe(0);
    expect(await notificationsOf(shop)).toMatchObject([{ status: 'PENDING' }]);
    product.clock.advance(120);
    expect(await heal()).toBe(0);
    await untilQuiet(product, shop);
    expect(await notificationsOf(shop)).toMatchObject([{ status: 'EXHAUSTED', nextAttemptAt: null }]);
    expect(receiver.received).toHaveLength(1);
  });
});
