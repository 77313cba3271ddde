import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { eventually } from '../../support/eventually.js';
import { callAt, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { OK, Receiver } from '../../support/receiver.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';
import type { Delivering } from './delivering-process.js';

const ORDERS = 40;
const OF_EACH = 25;
const KILLS = 4;
/** What a process may have sent and not told of: claimed at once, and under way. */
const UNTOLD_MAX = 64 + 8;

let product: Product;
let shop: Shop;
let receiver: Receiver;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
  receiver = await Receiver.open((response, received, socket) => {
    // Slow enough that a process is killed in the midst of it.
    setTimeout(() => OK(response, received, socket), 3);
  });
}, 60_000);

afterAll(async () => {
  for (const process of processes) process.kill('SIGKILL');
  await receiver.close();
  await product.close();
});

async function startDelivering(): Promise<ChildProcess> {
  const { database, masterKey, clock } = product;
  const delivering: Delivering = {
    appUrl: urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app),
    systemUrl: urlFor(database.url, 'quittance_system', TEST_PASSWORDS.system),
    masterKey,
    aheadMs: clock.now().getTime() - Date.now(),
  };
  const script = path.resolve('test/reliability/notifications/delivering-process.mjs');
  const process = spawn('node', ['--no-warnings', script, JSON.stringify(delivering)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(process);
  await once(process.stdout, 'data');
  return process;
}

/** Many orders with many things to tell of each: copies of one that was told of. */
async function fill(): Promise<void> {
  await callAt(shop, receiver.url());
  await shop.sale();
  await untilQuiet(product, shop);
  await rowsIn(
    product,
    shop,
    `with one as (select * from notifications order by id limit 1), many as (
       insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, event_sequence, type, url,
         format, body, status, occurred_at, created_at, due_at, ready_at)
       select operator_id, gen_random_uuid(), endpoint_id, merchant_id, mode, md5('group ' || g)::uuid, 1000000 + g * 1000 + n,
         type, url, format, jsonb_build_object('group', g, 'number', n), 'PENDING', occurred_at, created_at,
         case n when 1 then now() end, case n when 1 then now() end
       from one, generate_series(1, ${ORDERS}) as g, generate_series(1, ${OF_EACH}) as n returning endpoint_id)
     update notification_endpoints set due_at = now() where id in (select endpoint_id from many)`,
  );
}

it(`killed ${KILLS} times in the midst of it, loses nothing, and tells of each order in order`, async () => {
  await fill();
  const before = receiver.received.length;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const seen = receiver.received.length;
    const process = await startDelivering();
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(seen + 80));
    process.kill('SIGKILL');
    await once(process, 'exit');
    // Its lease lapses.
    product.clock.advance(31);
  }
  expect(await rowsIn(product, shop, `select from notifications where status = 'PENDING'`)).not.toEqual([]);
  await untilQuiet(product, shop);

  const states = await rowsIn(
    product,
    shop,
    'select status, count(*)::int as count from notifications group by status',
  );
  expect(states).toEqual([{ status: 'DELIVERED', count: ORDERS * OF_EACH + 2 }]);
  const arrived = receiver.received
    .slice(before)
    .map(({ body }) => JSON.parse(body) as { group: number; number: number });
  const firsts = new Map<string, { group: number; number: number }>();
  for (const each of arrived) if (!firsts.has(JSON.stringify(each))) firsts.set(JSON.stringify(each), each);
  expect(firsts.size).toBe(ORDERS * OF_EACH);
  for (const [, ofGroup] of Map.groupBy(firsts.values(), ({ group }) => group)) {
    expect(ofGroup.map(({ number }) => number)).toEqual(Array.from({ length: OF_EACH }, (_, index) => index + 1));
  }
  expect(arrived.length - firsts.size).toBeLessThanOrEqual(KILLS * UNTOLD_MAX);
}, 120_000);
