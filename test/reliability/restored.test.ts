import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlFor } from '../../src/platform/database/migrate.js';
import { type StripeSandbox, startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { aBillingShop } from '../support/agreements.js';
import { monthly, paymentsAt, tomorrow } from '../support/charging.js';
import { createTestDatabase } from '../support/database.js';
import { type Product, type ProductOptions, Shop, startProduct } from '../support/product.js';
import { TEST_PASSWORDS } from '../support/test-passwords.js';

const SCRIPT = path.resolve('dist/scripts/payments-without-order.js');
const run = promisify(execFile);

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let backup: string;
let sandbox: StripeSandbox;
const open: Product[] = [];

async function start(options: ProductOptions): Promise<Product> {
  const product = await startProduct({ sandbox, ...options });
  open.push(product);
  return product;
}

beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  backup = `${new URL(database.url).pathname.slice(1)}_backup`;
  sandbox = await startStripeSandbox();
});

afterAll(async () => {
  await Promise.all(open.map((product) => product.close().catch(() => {})));
  await onServer(`drop database if exists ${backup} with (force)`);
  await database.drop();
  await sandbox.close();
});

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${process.env.TEST_POSTGRES_URL}postgres` });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const urlOf = (name: string) => {
  const url = new URL(database.url);
  url.pathname = name;
  return url.href;
};

/** What `npm run payments-without-order` prints, by its columns. */
async function payments(masterKey: string, since: Date, ...more: string[]): Promise<Record<string, string>[]> {
  const url = urlOf(backup);
  const { stdout } = await run(process.execPath, [SCRIPT, '--since', since.toISOString(), ...more], {
    env: {
      DATABASE_URL: url,
      DATABASE_APP_URL: urlFor(url, 'quittance_app', TEST_PASSWORDS.app),
      DATABASE_SYSTEM_URL: urlFor(url, 'quittance_system', TEST_PASSWORDS.system),
      QUITTANCE_MASTER_KEY: masterKey,
      STRIPE_API_URL: sandbox.url,
    },
  });
  const [head = '', ...rows] = stdout.trim().split('\n');
  const names = head.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [names[index] ?? '', cell])));
}

/** The same merchant at another process. */
const at = (product: Product, { key, id, operator, stripe }: Shop) => new Shop(product.url, key, id, operator, stripe);

it('a database restored from a backup learns what was paid since, and charges no agreement a second time for it', async () => {
  const first = await start({ database });
  const { masterKey } = first;
  const shop = await aBillingShop(first);
  const { agreement } = await monthly(first, shop, {});
  const { agreement: other } = await monthly(first, shop, {});
  await shop.sale();
  await first.settle();
  const backedUpAt = first.clock.now();
  await first.close();
  await onServer(`create database ${backup} template ${new URL(database.url).pathname.slice(1)} strategy file_copy`);

  const day = new Date(`${tomorrow(first)}T01:00:00Z`).getTime() - Date.now();
  const second = await start({ database, masterKey });
  const later = at(second, shop);
  await later.sale({ orderNumber: 'sold-since' });
  await later.hold({ orderNumber: 'held-since' });
  second.advance(day / 1000);
  await second.built.jobs.wake('agreements.bill');
  await second.settle();
  expect(await paymentsAt(second, shop, agreement.id)).toHaveLength(1);
  await second.close();

  const found = await payments(masterKey, backedUpAt, '--suspend-agreements');
  expect(found.map(({ agreement: id, taken, held, suspended }) => [id, taken, held, suspended]).sort()).toEqual(
    [
      ['', '100.00', '0.00', ''],
      ['', '0.00', '100.00', ''],
      [agreement.id, expect.any(String), '0.00', 'yes'],
      [other.id, expect.any(String), '0.00', 'yes'],
    ].sort(),
  );

  const third = await start({ database: { url: urlOf(backup), drop: async () => {} }, masterKey });
  third.clock.advance(day / 1000);
  await third.built.jobs.wake('agreements.bill');
  await third.settle();
  expect(await paymentsAt(third, shop, agreement.id)).toHaveLength(1);
  expect(await payments(masterKey, backedUpAt)).toHaveLength(4);
  await third.close();
});
