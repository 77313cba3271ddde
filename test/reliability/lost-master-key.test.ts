import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { urlFor } from '../../src/platform/database/migrate.js';
import { generateMasterKey } from '../../src/platform/secrets/master-keys.js';
import { type StripeSandbox, startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { callAt, untilQuiet } from '../support/notifications.js';
import { aShop, type Product, type ProductOptions, Shop, startProduct } from '../support/product.js';
import { Receiver, verified } from '../support/receiver.js';
import { TEST_PASSWORDS } from '../support/test-passwords.js';

const SCRIPT = path.resolve('dist/scripts/replace-data-keys.js');
const run = promisify(execFile);

let database: TestDatabase;
let sandbox: StripeSandbox;
let receiver: Receiver;
const open: Product[] = [];

async function start(options: ProductOptions = {}): Promise<Product> {
  const product = await startProduct({ database, sandbox, ...options });
  open.push(product);
  return product;
}

beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  sandbox = await startStripeSandbox();
  receiver = await Receiver.open();
});

afterAll(async () => {
  await Promise.all(open.map((product) => product.close().catch(() => {})));
  await receiver.close();
  await sandbox.close();
  await database.drop();
});

/** `npm run replace-data-keys`, as the runbook has it. */
async function replaceDataKeys(masterKey: string, ...options: string[]): Promise<string> {
  const env = {
    DATABASE_URL: database.url,
    DATABASE_APP_URL: urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app),
    DATABASE_SYSTEM_URL: urlFor(database.url, 'quittance_system', TEST_PASSWORDS.system),
    QUITTANCE_MASTER_KEY: masterKey,
  };
  const { stdout } = await run(process.execPath, [SCRIPT, ...options], { env });
  return stdout;
}

it('who has lost the master key goes on as soon as operators have given their keys again, and has lost nothing else', async () => {
  const before = await start();
  const made = await aShop(before);
  await callAt(made, receiver.url());
  const { order } = await made.sale();
  const hold = await made.hold();
  await untilQuiet(before, made);
  await before.close();

  const masterKey = generateMasterKey();
  await expect(replaceDataKeys(masterKey)).rejects.toThrow('--confirm-that-secrets-are-lost is not given');
  const done = await replaceDataKeys(masterKey, '--confirm-that-secrets-are-lost');
  expect(done).toBe('1 operators have a new data key; 1 accounts need their keys again.\n');
  expect(await replaceDataKeys(masterKey, '--confirm-that-secrets-are-lost')).toMatch(/^0 operators/);

  const after = await start({ masterKey });
  const operator = Object.assign(Object.create(made.operator), { url: after.url }) as Shop['operator'];
  const shop = new Shop(after.url, made.key, made.id, operator, made.stripe);
  expect(await shop.sale()).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE' });
  const { operator: seen } = await operator.ask<{
    operator: { paymentSystemAccounts: { id: string; status: string }[] };
  }>('query ($id: ID!) { operator(id: $id) { paymentSystemAccounts { id status } } }', { id: operator.id });
  expect(seen.paymentSystemAccounts).toMatchObject([{ status: 'KEYS_REJECTED' }]);

  const { secretKey, publishableKey } = made.stripe;
  const accountId = seen.paymentSystemAccounts[0]?.id;
  const keys = { accountId, secretKey, publishableKey };
  expect(await operator.do('rotatePaymentSystemKeys', keys, 'account { status }')).toMatchObject({
    account: { status: 'ACTIVE' },
  });
  const { secret } = await operator.do<{ secret: string }>('rotateSigningSecret', { merchantId: shop.id }, 'secret');
  const heard = receiver.received.length;
  expect((await shop.capture(hold.id)).order.status).toBe('CAPTURED');
  expect((await shop.cancel(order.id)).order.status).toBe('REFUNDED');
  await after.settle();
  await untilQuiet(after, shop);
  const told = receiver.received.slice(heard);
  expect(told.length).toBeGreaterThanOrEqual(2);
  for (const each of told) expect(() => verified(secret, each)).not.toThrow();
});
