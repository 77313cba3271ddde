import { callAt, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aShop, type Product, startProduct } from '../../support/product.js';
import { Receiver } from '../../support/receiver.js';

let product: Product;

beforeAll(async () => {
  // Ten thousand in a row on a busy machine: what is late would come twice, and the count is exact.
  product = await startProduct({ callbackDeadlineMs: 120_000 });
}, 60_000);
afterAll(() => product.close());

// Ten seconds, of which each delivery takes one thousandth: what is proven is the number.
it('sending again by period takes 10,000 at a time, the oldest first, of the statuses named', async () => {
  const shop = await aShop(product);
  const receiver = await Receiver.open();
  const redeliver = (period: object) =>
    shop.do<{ count: number; hasMore: boolean }>('redeliverNotifications', { period }, 'count hasMore');
  await callAt(shop, receiver.url());
  await shop.sale();
  await untilQuiet(product, shop);
  await rowsIn(
    product,
    shop,
    `update notifications set status = 'EXHAUSTED', given_up_at = now(), due_at = null, ready_at = null, delivered_at = null`,
  );
  await rowsIn(
    product,
    shop,
    `insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, event_sequence, type, url,
       format, body, status, occurred_at, created_at, given_up_at)
     select operator_id, gen_random_uuid(), endpoint_id, merchant_id, mode, gen_random_uuid(), event_sequence * 1000000 + n,
       type, url, format, body, 'EXHAUSTED', occurred_at, created_at + n * interval '1 microsecond', now()
     from notifications, generate_series(1, 5100) as n where type <> 'notification.test'`,
  );
  const before = receiver.received.length;
  const period = { from: '2026-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };
  expect(await redeliver({ ...period, status: ['DELIVERED'] })).toEqual({ count: 0, hasMore: false });
  expect(await redeliver(period)).toEqual({ count: 10_000, hasMore: true });
  expect(await redeliver(period)).toEqual({ count: 202, hasMore: false });
  await untilQuiet(product, shop, 100_000);
  expect(receiver.received.length - before).toBe(10_202);
  const left = await rowsIn(product, shop, `select from notifications where status <> 'DELIVERED'`);
  expect(left).toEqual([]);
  await receiver.close();
}, 120_000);
