import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newUuid } from '../../src/kernel/ids.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { urlFor } from '../../src/platform/database/migrate.js';
import { newDataKey } from '../../src/platform/secrets/envelope.js';
import { generateMasterKey, MasterKeys } from '../../src/platform/secrets/master-keys.js';
import { type DatabaseUrls, databaseUrls, migrateAll } from '../../src/start/databases.js';
import { type StripeSandbox, startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { fastFolder } from '../support/fast-folder.js';
import { callAt, untilQuiet } from '../support/notifications.js';
import { aShop, type Product, type ProductOptions, Shop, startProduct } from '../support/product.js';
import { Receiver, verified } from '../support/receiver.js';
import { TEST_PASSWORDS } from '../support/test-passwords.js';

const SCRIPT = path.resolve('dist/scripts/replace-data-keys.js');
const run = promisify(execFile);

let folder: string;
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
  folder = await fastFolder(`quittance-test-${process.pid}-`);
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  sandbox = await startStripeSandbox();
  receiver = await Receiver.open();
});

afterAll(async () => {
  await Promise.all(open.map((product) => product.close().catch(() => {})));
  await receiver.close();
  await sandbox.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** `npm run replace-data-keys`, as the runbook has it. */
async function replaceDataKeys(env: Record<string, string>, ...options: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [SCRIPT, ...options], { env });
  return stdout;
}

const CONFIRMED = '--confirm-that-secrets-are-lost';

async function kept(file: string): Promise<readonly { table: string; operator: string; row: string; text: string }[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { table: string; operator: string; row: string; text: string });
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
  const env = {
    DATABASE_URL: database.url,
    DATABASE_APP_URL: urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app),
    DATABASE_SYSTEM_URL: urlFor(database.url, 'quittance_system', TEST_PASSWORDS.system),
    QUITTANCE_MASTER_KEY: masterKey,
  };
  const file = path.join(folder, 'all.jsonl');
  await expect(replaceDataKeys(env)).rejects.toThrow(/--confirm-that-secrets-are-lost is.*\n.*--keep-old FILE is not/);
  const done = await replaceDataKeys(env, CONFIRMED, '--keep-old', file);
  expect(done).toBe('1 operators have a new data key; 1 accounts need their keys again.\n');
  expect(await replaceDataKeys(env, CONFIRMED, '--keep-old', file)).toMatch(/^0 operators/);
  const old = await kept(file);
  expect(new Set(old.map(({ table }) => table))).toEqual(
    new Set(['operators', 'merchant_signing_secrets', 'payment_system_accounts', 'webhook_endpoints']),
  );

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

describe('a database whose roles have the passwords that follow from the master key', () => {
  const given = (ownerUrl: string) => ({ kind: 'external', ownerUrl, appUrl: null, systemUrl: null }) as const;
  const [right, wrong] = [generateMasterKey(), generateMasterKey()];
  const keys = { right: MasterKeys.parse(right), wrong: MasterKeys.parse(wrong) };
  let server: EmbeddedPostgres;
  let superuser: pg.Client;
  let owner: string;
  let urls: { right: DatabaseUrls; wrong: DatabaseUrls };

  /** A server of its own, because roles belong to all databases of one; owned as at a host that gives no superuser. */
  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'data'), password: 'test', durable: false });
    await asSuperuser('postgres', async (client) => {
      await client.query(`create role shop_owner login createrole password 'shop'`);
      await client.query('create database shop owner shop_owner');
    });
    owner = `${urlFor(server.url, 'shop_owner', 'shop')}shop`;
    urls = {
      right: databaseUrls(given(owner), null, keys.right),
      wrong: databaseUrls(given(owner), null, keys.wrong),
    };
    await migrateAll(urls.right, { agendaInPostgres: true, masterKeys: keys.right });
    superuser = new pg.Client({ connectionString: `${server.url}shop` });
    await superuser.connect();
  }, 60_000);

  afterAll(async () => {
    await superuser?.end();
    await server?.stop();
  });

  async function asSuperuser(name: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: `${server.url}${name}` });
    await client.connect();
    await work(client).finally(() => client.end());
  }

  async function anOperator(masterKeys: MasterKeys): Promise<{ id: string; dataKey: string }> {
    const id = newUuid();
    const dataKey = newDataKey(masterKeys, id);
    const insert = `insert into operators (id, name, time_zone, data_key, created_at) values ($1, 'x', 'UTC', $2, now())`;
    await superuser.query(insert, [id, dataKey]);
    return { id, dataKey };
  }

  async function logsIn(url: string): Promise<boolean> {
    const client = new pg.Client({ connectionString: url });
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
  }

  it('starts with no other key, which would lock out those that have the right one, until it is given up', async () => {
    const first = await anOperator(keys.right);
    const start = (ownerUrl: string) =>
      migrateAll({ ...urls.wrong, owner: ownerUrl }, { agendaInPostgres: true, masterKeys: keys.wrong });
    const told = new RegExp(`is under "${keys.right.current.id}", and the settings have "${keys.wrong.current.id}"`);
    await expect(start(owner)).rejects.toThrow(told);
    await expect(start(`${server.url}shop`)).rejects.toThrow(told);
    expect(await logsIn(urls.right.app)).toBe(true);

    const second = await anOperator(keys.wrong);
    const env = { DATABASE_URL: owner, QUITTANCE_MASTER_KEY: wrong };
    const file = path.join(folder, 'some.jsonl');
    const options = [CONFIRMED, '--keep-old', file];
    await expect(replaceDataKeys(env, ...options)).rejects.toThrow('data keys of 1 of 2 operators cannot be opened');
    expect(await replaceDataKeys(env, ...options, '--although-some-can-be-opened')).toMatch(/^1 operators have a new/);
    expect(await kept(file)).toEqual([{ table: 'operators', operator: first.id, row: first.id, text: first.dataKey }]);
    const { rows } = await superuser.query<{ id: string; key: string }>('select id, data_key as key from operators');
    expect(rows.find(({ id }) => id === second.id)?.key).toBe(second.dataKey);
    expect(rows.find(({ id }) => id === first.id)?.key).toMatch(`w1.${keys.wrong.current.id}.`);
    await start(owner);
    expect(await Promise.all([logsIn(urls.wrong.app), logsIn(urls.wrong.system)])).toEqual([true, true]);
  }, 60_000);
});
