import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { MIGRATIONS } from '../../../migrations/index.js';
import { ENTITIES } from '../../../src/entities.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { openOrm } from '../../../src/platform/database/orm.js';

const name = `opening_${newUuid().replaceAll('-', '')}`;
let server: pg.Client;
let owner: pg.Client;
let url: string;

beforeAll(async () => {
  const at = new URL(process.env.TEST_POSTGRES_URL ?? '');
  at.pathname = '/postgres';
  server = new pg.Client({ connectionString: at.href });
  await server.connect();
  // As an owner that no row policy spares: not a superuser.
  await server.query(`create role ${name} login password 'x' createrole`);
  await server.query(`grant quittance_app, quittance_system to ${name} with admin option`);
  await server.query(`create database ${name} owner ${name}`);
  at.pathname = `/${name}`;
  at.username = name;
  at.password = 'x';
  url = at.href;
  owner = new pg.Client({ connectionString: url });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await server.query(`drop database ${name} with (force)`);
  await server.query(`drop owned by ${name}`);
  await server.query(`drop role ${name}`);
  await server.end();
});

async function migrateTo(last: string | undefined): Promise<void> {
  const migrations = MIGRATIONS.slice(0, last ? MIGRATIONS.findIndex((each) => each.name === last) + 1 : undefined);
  const orm = await openOrm({ url, entities: ENTITIES, poolMax: 2, migrations });
  await orm.migrator.up().finally(() => orm.close(true));
}

it('begins the ledger with what was captured before it, whoever owns the tables', async () => {
  await migrateTo('0008-attempts-that-came-to-nothing');
  const [operator, merchant, account] = [newUuid(), newUuid(), newUuid()];
  await owner.query(`set quittance.operator_id = '${operator}'`);
  await owner.query(
    `insert into operators (id, name, status, time_zone, data_key, created_at) values ($1, 'x', 'ACTIVE', 'UTC', '', now())`,
    [operator],
  );
  await owner.query(
    `insert into merchants (operator_id, id, name, allowed_sources, retry_policy_days, time_zone, pci_dss_certified,
       callback_format, created_at, updated_at)
     values ($1, $2, 'x', '{}', '{}', 'UTC', false, 'JSON', now(), now())`,
    [operator, merchant],
  );
  await owner.query(
    `insert into payment_system_accounts (operator_id, id, kind, mode, publishable_key, secret_key_encrypted,
       secret_key_hint, status, external_account_id, polled, verified_at, created_at)
     values ($1, $2, 'STRIPE', 'TEST', '', '', '', 'ACTIVE', 'acct', false, now(), now())`,
    [operator, account],
  );
  const orders = [
    [10_000, 0],
    [10_000, 2_500],
    [5_000, 5_000],
    [0, 0],
  ];
  for (const [index, [captured, refunded]] of orders.entries()) {
    await owner.query(
      `insert into orders (operator_id, id, merchant_id, mode, payment_system_account_id, order_number, bill_number,
         status, capture_mode, currency, amount_minor, authorized_minor, captured_minor, refunded_minor,
         save_credential, metadata, created_at, updated_at)
       values ($1, $2, $3, 'TEST', $4, $5, $6, 'CAPTURED', 'AUTOMATIC', 'USD', 10000, 10000, $7, $8, false, '{}',
         now(), now())`,
      [operator, newUuid(), merchant, account, `${index}`, String(index).padStart(12, '0'), captured, refunded],
    );
  }
  await migrateTo(undefined);
  const { rows } = await owner.query(
    `select l.captured_minor::int as captured, l.refunded_minor::int as refunded, l.unavailable_minor::int as unavailable,
       l.pending_minor::int as pending, l.awaited_since is not null as awaited,
       (select json_agg(json_build_array(e.account, e.amount_minor) order by e.line) from ledger_postings p
         join ledger_entries e on e.posting_id = p.id where p.order_id = l.order_id) as lines
     from ledger_orders l join orders o on o.id = l.order_id order by o.order_number`,
  );
  const opened = { awaited: true };
  expect(rows).toEqual([
    { ...opened, captured: 10_000, refunded: 0, unavailable: 10_000, pending: 10_000, lines: linesOf(10_000) },
    { ...opened, captured: 10_000, refunded: 2_500, unavailable: 10_000, pending: 7_500, lines: linesOf(7_500) },
    { ...opened, captured: 5_000, refunded: 5_000, unavailable: 5_000, pending: 0, lines: null },
  ]);
  const forced = await owner.query('select relname from pg_class where relrowsecurity and not relforcerowsecurity');
  expect(forced.rows).toEqual([]);
});

function linesOf(net: number) {
  return [
    ['PENDING', net],
    ['CLEARING', -net],
  ];
}
