import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { uuidOf } from '../../src/kernel/ids.js';
import { urlFor } from '../../src/platform/database/migrate.js';
import { type StripeSandbox, startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { sdk } from '../contract/stripe-sandbox/sandbox.js';
import { aBillingShop, subscribe } from '../support/agreements.js';
import { monthly, paymentsAt, tomorrow } from '../support/charging.js';
import { createTestDatabase } from '../support/database.js';
import {
  aShop,
  Client,
  type OrderView,
  type Product,
  type ProductOptions,
  Shop,
  startProduct,
} from '../support/product.js';
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

interface Printed {
  readonly rows: readonly Record<string, string>[];
  readonly stderr: string;
  readonly code: number;
}

/** What `npm run payments-without-order` prints, by its columns. */
async function payments(masterKey: string, since: Date, ...more: string[]): Promise<Printed> {
  const url = urlOf(backup);
  const ran = await run(process.execPath, [SCRIPT, '--since', since.toISOString(), ...more], {
    env: {
      DATABASE_URL: url,
      DATABASE_APP_URL: urlFor(url, 'quittance_app', TEST_PASSWORDS.app),
      DATABASE_SYSTEM_URL: urlFor(url, 'quittance_system', TEST_PASSWORDS.system),
      QUITTANCE_MASTER_KEY: masterKey,
      STRIPE_API_URL: sandbox.url,
    },
  }).catch((failed: { stdout: string; stderr: string; code: number }) => failed);
  const [head = '', ...rows] = ran.stdout.trim().split('\r\n');
  const names = head.split(',');
  const cells = (row: string) => row.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1'));
  return {
    rows: rows.map((row) => Object.fromEntries(cells(row).map((cell, index) => [names[index] ?? '', cell]))),
    stderr: ran.stderr,
    code: 'code' in ran ? ran.code : 0,
  };
}

/** What of the rows matters to a person, in an order of its own. */
const told = ({ rows }: Printed) =>
  rows
    .map((row) =>
      [row.finding, row.order_status, row.taken, row.taken_here, row.held, row.held_here, row.agreement, row.resume]
        .join(' ')
        .trim(),
    )
    .sort();

/** The same merchant at another process. */
const at = (product: Product, { key, id, operator, stripe }: Shop) => new Shop(product.url, key, id, operator, stripe);

it('a database restored from a backup learns what was paid since, and nobody pays it a second time', async () => {
  const first = await start({ database });
  const { masterKey } = first;
  const shop = await aBillingShop(first);
  const { agreement } = await monthly(first, shop, {});
  const { agreement: plan } = await subscribe(shop, {
    terms: { type: 'INSTALLMENT' },
    installments: { total: '30.00', parts: 3, firstPartNow: false },
    schedule: { period: 'DAY', startDate: tomorrow(first), localTime: '00:00' },
  });
  await shop.sale();
  const { order: waiting } = await shop.createOrder();
  const { order: untouched } = await shop.createOrder();
  const hold = await shop.hold();
  const mute = await aShop(first);
  sandbox.control.revokeKey(mute.stripe.secretKey);
  await mute.sale();
  await first.settle();
  const account = await accountOf(mute);
  expect(account.status).toBe('KEYS_REJECTED');
  const backedUpAt = first.clock.now();
  await first.close();
  await onServer(`create database ${backup} template ${new URL(database.url).pathname.slice(1)} strategy file_copy`);

  const day = new Date(`${tomorrow(first)}T01:00:00Z`).getTime() - Date.now();
  const second = await start({ database, masterKey });
  const later = at(second, shop);
  await later.sale({ orderNumber: 'sold-since' });
  await later.hold({ orderNumber: 'held-since' });
  await later.payOrder(waiting.id);
  await later.capture(hold.id);
  const { order: edited } = await later.sale({ orderNumber: 'edited-since' });
  await sdk(sandbox, shop.stripe.secretKey).paymentIntents.update(paymentOf(edited), {
    metadata: { quittance_order: 'by hand', quittance_agreement: '=1+1' },
  });
  second.advance(day / 1000);
  await second.built.jobs.wake('agreements.bill');
  await second.settle();
  expect(await paymentsAt(second, shop, agreement.id)).toHaveLength(1);
  expect(await paymentsAt(second, shop, plan.id)).toHaveLength(1);
  await second.close();

  const expected = (status: string) =>
    [
      'ORDER_UNKNOWN  100.00  0.00',
      'ORDER_UNKNOWN  0.00  100.00',
      `ORDER_UNKNOWN  20.00  0.00  ${agreement.id} yes`,
      `ORDER_UNKNOWN  10.00  0.00  ${plan.id} no`,
      `PAYMENT_UNKNOWN ${status} 100.00 0.00 0.00 0.00`,
      'MOVED_SINCE AUTHORIZED 100.00 0.00 0.00 100.00',
      "IDS_UNREADABLE  100.00  0.00  '=1+1",
    ].sort();
  expect(told(await payments(masterKey, backedUpAt))).toEqual(expected('CREATED'));
  const acted = await payments(masterKey, backedUpAt, '--suspend-agreements', '--cancel-orders');
  expect(told(acted)).toEqual(expected('CANCELED'));
  const suspended = acted.rows.filter(({ suspended }) => suspended === 'yes');
  expect(suspended.map((row) => [row.agreement, row.agreement_type, row.agreement_status])).toEqual(
    expect.arrayContaining([
      [agreement.id, 'RECURRING', 'ACTIVE'],
      [plan.id, 'INSTALLMENT', 'ACTIVE'],
    ]),
  );
  expect(suspended).toHaveLength(2);
  expect(acted.code).toBe(1);
  expect(acted.stderr).toContain(`the account ${account.id} of ${mute.operator.id} was not compared`);

  const third = await start({ database: { url: urlOf(backup), drop: async () => {} }, masterKey });
  const after = at(third, shop);
  expect(await after.payOrder(waiting.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  expect((await after.payOrder(untouched.id)).order.status).toBe('CAPTURED');
  third.clock.advance(day / 1000);
  await third.built.jobs.wake('agreements.bill');
  await third.settle();
  expect(await paymentsAt(third, shop, agreement.id)).toHaveLength(1);
  expect(await paymentsAt(third, shop, plan.id)).toHaveLength(1);
  await new Client(third.url, mute.operator.key).do(
    'disconnectPaymentSystem',
    { accountId: account.id },
    'account { id }',
  );
  expect(await payments(masterKey, backedUpAt)).toMatchObject({ code: 0, rows: { length: 7 } });
  expect(await raisedSeries(shop, 57)).toBe(57);
  expect(await raisedSeries(shop, 12)).toBe(57);
  await third.close();
});

/** What the last number of invoices is after the runbook's own statements. */
async function raisedSeries({ id, operator }: Shop, last: number): Promise<number> {
  const [, raising = ''] = /```sql\n([\s\S]*?)```/.exec(readFileSync('docs/runbook.md', 'utf8')) ?? [];
  const statements = raising
    .replaceAll('UUID-OF-THE-OPERATOR', uuidOf('operator', operator.id) ?? '')
    .replaceAll('UUID-OF-THE-MERCHANT', uuidOf('merchant', id) ?? '')
    .replace('57', String(last));
  const client = new pg.Client({ connectionString: urlOf(backup) });
  await client.connect();
  try {
    await client.query(statements);
    const { rows } = await client.query('select last_number from invoice_series');
    return rows[0]?.last_number;
  } finally {
    await client.end();
  }
}

const paymentOf = (order: OrderView) => order.operations[0]?.transactions[0]?.externalId ?? '';

async function accountOf({ operator }: Shop): Promise<{ id: string; status: string }> {
  const { operator: seen } = await operator.ask<{
    operator: { paymentSystemAccounts: { id: string; status: string }[] };
  }>('{ operator { paymentSystemAccounts { id status } } }');
  const [account] = seen.paymentSystemAccounts;
  if (!account) throw new Error('no account');
  return account;
}
