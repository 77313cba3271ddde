import { callAt, notificationsOf, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aShop, type Product, startProduct } from '../../support/product.js';
import { OK, Receiver } from '../../support/receiver.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 60_000);
afterAll(() => product.close());

/** An id as of that many days ago, as PostgreSQL says it; `n` tells them apart. */
const idOf = (days: string) =>
  `(overlay(lpad(to_hex(n), 32, '0') placing lpad(to_hex(
     (extract(epoch from now() - ${days} * interval '1 day') * 1000)::bigint), 12, '0') from 1))::uuid`;

it('are forgotten 90 days after they arrived or were given up, with their tries, and not before', async () => {
  const [shop, stranger] = [await aShop(product), await aShop(product)];
  const receiver = await Receiver.open();
  for (const each of [shop, stranger]) {
    await callAt(each, receiver.url());
    receiver.behave(OK);
    await each.sale();
    await untilQuiet(product, each);
  }
  const fresh = await notificationsOf(shop);
  expect(fresh.length).toBeGreaterThan(0);
  // 2,100 that are old, of which 50 were given up; 100 that are not old enough, and 100 that were sent again meanwhile.
  await rowsIn(
    product,
    shop,
    `insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, type, url, format, body, status,
       attempts, last_started_at, last_duration_ms, last_outcome, occurred_at, created_at, delivered_at, given_up_at)
     select operator_id, ${idOf('days')}, endpoint_id, merchant_id, mode, gen_random_uuid(), type, url, format, body,
       case when n <= 50 then 'EXHAUSTED' else 'DELIVERED' end, 2, at, 1, 'NOT_OK', at, at,
       case when n > 50 then ended end, case when n <= 50 then ended end
     from (select * from notifications limit 1) as one, generate_series(1, 2300) as n,
       lateral (select case when n <= 2100 or n > 2200 then 91 else 89 end as days) as d,
       lateral (select now() - days * interval '1 day' as at) as a,
       lateral (select case when n > 2200 then now() else at end as ended) as e`,
  );
  await rowsIn(
    product,
    shop,
    `insert into notification_attempts (operator_id, notification_id, number, started_at, duration_ms, outcome)
     select operator_id, id, 1, created_at, 1, 'NOT_OK' from notifications where attempts = 2`,
  );
  await product.built.jobs.wake('notifications.forget');
  expect(await rowsIn(product, shop, 'select from notifications where attempts = 2')).toHaveLength(200);
  expect(await rowsIn(product, shop, 'select from notification_attempts')).toHaveLength(200);
  expect(await notificationsOf(stranger)).toHaveLength(fresh.length);
  const left = new Set((await notificationsOf(shop)).map(({ id }) => id));
  for (const { id } of fresh) expect(left).toContain(id);
  await receiver.close();
});
