import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import { ENTITIES } from '../../src/entities.js';
import { newUuid } from '../../src/kernel/ids.js';
import { pendingSchemaChanges, urlFor } from '../../src/platform/database/migrate.js';
import { plainPool } from '../../src/platform/database/pools.js';
import { Catalogue } from '../support/catalogue.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TEST_PASSWORDS } from '../support/test-passwords.js';

const MINE = newUuid();
const OTHERS = newUuid();

/** Everything the system role may read. Add here only what must be known before the operator is. */
const SYSTEM_COLUMNS = {
  balance_movements: 'due_at id operator_id',
  balance_sweeps: 'due_at id leased_until operator_id swept_at',
  ledger_orders: 'awaited_since operator_id payment_system_account_id',
  agreements: 'due_at id operator_id',
  bulk_operations: 'due_at id operator_id upload_until',
  api_keys: 'expires_at hash id kind last_used_at merchant_id mode operator_id revoked_at scopes',
  events: 'merchant_id occurred_at operator_id payload sequence subject_id transaction_id type',
  inbox_events: 'account_id due_at event_id operator_id status',
  invoices: 'due_at id mode operator_id stale_since',
  merchants: 'id operator_id',
  migrations: 'name',
  notification_cursors: 'operator_id sequence transaction_id',
  notification_endpoints: 'due_at id merchant_id operator_id status',
  notifications: 'due_at operator_id status',
  operators: 'created_at id name status time_zone',
  orders: 'due_at id mode operator_id',
  payment_system_accounts: 'id operator_id polled status',
  stored_credentials: 'due_at id operator_id',
  test_clocks: 'ahead_ms moves operator_id',
  transactions: 'due_at id operator_id order_id status',
};

/** What is only ever added to. */
const APPEND_ONLY = [
  'events',
  'agreement_changes',
  'notification_attempts',
  'ledger_postings',
  'ledger_entries',
  'settlements',
  'ledger_checks',
  'ledger_differences',
  'credit_note_lines',
  'payer_credit_entries',
];

/** What is added and, while its invoice is a draft, taken away, but never changed. */
const NEVER_CHANGED = [...APPEND_ONLY, 'invoice_items'];

let database: TestDatabase;
let catalogue: Catalogue;
let app: pg.Pool;
let tables: string[];

beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  catalogue = await Catalogue.open(database.url);
  app = plainPool(urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app), 2);
  tables = await catalogue.tenantTables();
});

afterAll(async () => {
  await app.end();
  await catalogue.close();
  await database.drop();
});

describe('every table of operators', () => {
  it('exists as its entity says, with its policies and no others', async () => {
    expect(await pendingSchemaChanges(database.url, { entities: ENTITIES, migrations: MIGRATIONS })).toBe('');
    const policies = await catalogue.rows<{
      name: string;
      table: string;
      command: string;
      roles: string;
      using: string;
    }>(
      `select policyname as name, tablename as table, cmd as command, roles::text as roles, qual as using
       from pg_policies order by 1`,
    );
    const strange = policies.filter(({ name, table, command, roles, using }) => {
      const column = table === 'operators' ? 'id' : 'operator_id';
      const own = `(${column} = (current_setting('quittance.operator_id'::text))::uuid)`;
      const isTenant = name === `${table}_tenant_policy` && command === 'ALL' && roles === '{public}' && using === own;
      const isSystem =
        name === `${table}_system` && command === 'SELECT' && roles === '{quittance_system}' && using === 'true';
      return !isTenant && !isSystem;
    });
    expect(strange).toEqual([]);
    const guarded = policies.filter(({ name }) => name.endsWith('_tenant_policy')).map(({ table }) => table);
    expect(guarded.sort()).toEqual([...tables, 'operators'].sort());
  });

  it('has row-level security, forced upon its owner, too', async () => {
    const unguarded = await catalogue.rows(
      `select relname from pg_class where relname = any($1) and relnamespace = 'public'::regnamespace
       and not (relrowsecurity and relforcerowsecurity)`,
      [[...tables, 'operators']],
    );
    expect(unguarded).toEqual([]);
  });

  it('has the operator first in its primary key and in every unique index', async () => {
    const astray = await catalogue.rows(
      `select i.indexrelid::regclass::text as index from pg_index i join pg_attribute a
         on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indisunique and i.indrelid = any($1::regclass[]) and a.attname <> 'operator_id'`,
      [tables],
    );
    expect(astray).toEqual([]);
    const [keys] = await catalogue.rows<{ count: string }>(
      'select count(*) from pg_index where indisprimary and indrelid = any($1::regclass[])',
      [tables],
    );
    expect(Number(keys?.count)).toBe(tables.length);
  });

  it('has the operator first in every reference, on both sides', async () => {
    const references = await catalogue.rows<{ name: string; child: string; parent: string }>(
      `select conname as name, child.attname as child, parent.attname as parent from pg_constraint c
       join pg_attribute child on child.attrelid = c.conrelid and child.attnum = c.conkey[1]
       join pg_attribute parent on parent.attrelid = c.confrelid and parent.attnum = c.confkey[1]
       where contype = 'f' and connamespace = 'public'::regnamespace`,
    );
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter(({ child, parent }) => child !== 'operator_id' || parent !== 'operator_id')).toEqual([]);
  });

  it('has no view or function that would run with the rights of its owner', async () => {
    const views = await catalogue.rows(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and (relkind = 'm'
         or (relkind = 'v' and not coalesce(reloptions @> '{security_invoker=true}', false)))`,
    );
    const functions = await catalogue.rows(
      "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef",
    );
    expect([...views, ...functions]).toEqual([]);
  });
});

describe('the roles', () => {
  it('own nothing and can bypass nothing', async () => {
    const owned = await catalogue.rows(
      "select relname from pg_class where relowner in ('quittance_app'::regrole, 'quittance_system'::regrole)",
    );
    const strong = await catalogue.rows(
      `select rolname from pg_roles where rolname like 'quittance_%'
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
    );
    const memberships = await catalogue.rows(
      "select member::regrole::text from pg_auth_members where member::regrole::text like 'quittance_%'",
    );
    expect([...owned, ...strong, ...memberships]).toEqual([]);
  });

  it('let the system role read exactly the listed columns, none of them secret, and write nothing', async () => {
    const granted = await catalogue.rows<{ table: string; column: string; privilege: string }>(
      `select table_name as table, column_name as column, privilege_type as privilege
       from information_schema.column_privileges where grantee = 'quittance_system' and table_schema = 'public'`,
    );
    expect(new Set(granted.map(({ privilege }) => privilege))).toEqual(new Set(['SELECT']));
    const columns: Record<string, string[]> = {};
    for (const { table, column } of granted) columns[table] = [...(columns[table] ?? []), column].sort();
    const listed = Object.fromEntries(Object.entries(columns).map(([table, names]) => [table, names.join(' ')]));
    expect(listed).toEqual(SYSTEM_COLUMNS);
    expect(granted.filter(({ column }) => /encrypted|secret|data_key/.test(column))).toEqual([]);
  });

  it('let nobody but these two and the owner in', async () => {
    const others = await catalogue.rows(
      `select distinct grantee from information_schema.role_table_grants where table_schema = 'public'
       and grantee not in ('quittance_app', 'quittance_system', current_user)`,
    );
    expect(others).toEqual([]);
  });
});

describe('the application role', () => {
  beforeAll(async () => {
    await catalogue.dropChecks();
    for (const table of [...tables, 'operators']) {
      await catalogue.seed(table, MINE);
      await catalogue.seed(table, OTHERS);
    }
  });

  it('reads nothing where nobody has said whose rows', async () => {
    for (const table of [...tables, 'operators']) {
      const { rows } = await app.query(`select * from ${table}`);
      expect({ table, rows: rows.length }).toEqual({ table, rows: 0 });
    }
  });

  it('gets an error, not rows, on a connection that was opened in another way', async () => {
    const bare = new pg.Client({ connectionString: urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app) });
    await bare.connect();
    try {
      for (const table of [...tables, 'operators']) {
        await expect(bare.query(`select * from ${table}`)).rejects.toThrow('quittance.operator_id');
      }
    } finally {
      await bare.end();
    }
  });

  it("reads one operator's rows where one is named, and no longer than the transaction", async () => {
    for (const table of tables) {
      const rows = await scoped((client) => client.query(`select operator_id from ${table}`));
      expect({ table, rows: rows.rows }).toEqual({ table, rows: [{ operator_id: MINE }] });
    }
    expect((await app.query('select * from operators')).rows).toEqual([]);
  });

  it("writes no other operator's rows", async () => {
    for (const table of [...tables, 'operators']) {
      const insert = await catalogue.insertOf(table, newUuid());
      // An item is looked at by its trigger first, which sees no such invoice.
      await expect(scoped((client) => client.query(insert))).rejects.toThrow(
        table === 'invoice_items' ? /is not a draft/ : /row-level security/,
      );
    }
  });

  it('gives none of its rows to another operator', async () => {
    for (const table of tables.filter((each) => !NEVER_CHANGED.includes(each))) {
      const update = `update ${table} set operator_id = '${newUuid()}'`;
      await expect(scoped((client) => client.query(update))).rejects.toThrow(/row-level security/);
    }
  });

  it.each([
    ['the event log', 'events', 'type'],
    ["an agreement's history", 'agreement_changes', 'kind'],
    ['a posting', 'ledger_postings', 'kind'],
    ['a line of the ledger', 'ledger_entries', 'account'],
    ['a settlement', 'settlements', 'reference'],
    ['a check of the ledger', 'ledger_checks', 'mode'],
    ['what it found', 'ledger_differences', 'detail'],
  ])('can neither change nor delete what %s says', async (_, table, column) => {
    for (const sql of [`update ${table} set ${column} = 'x'`, `delete from ${table}`, `truncate ${table}`]) {
      await expect(scoped((client) => client.query(sql))).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('can change no item of an invoice', async () => {
    const update = 'update invoice_items set net_minor = 0';
    await expect(scoped((client) => client.query(update))).rejects.toMatchObject({ code: '42501' });
  });

  it('cannot change what a try of a notification says, which goes with the notification alone', async () => {
    for (const sql of ["update notification_attempts set outcome = 'x'", 'truncate notification_attempts']) {
      await expect(scoped((client) => client.query(sql))).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('deletes nothing that tells of money', async () => {
    const deletable = await catalogue.rows<{ name: string }>(
      `select table_name as name from information_schema.role_table_grants
       where grantee = 'quittance_app' and privilege_type in ('DELETE', 'TRUNCATE') order by 1`,
    );
    expect(deletable.map(({ name }) => name)).toEqual([
      ...['bulk_operations', 'bulk_references', 'bulk_rows'],
      ...['idempotency_keys', 'inbox_events', 'invoice_items', 'merchant_signing_secrets'],
      ...['notification_attempts', 'notifications', 'webhook_endpoints'],
    ]);
  });
});

/** In the scope of one operator, rolled back afterwards. */
async function scoped<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await app.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('quittance.operator_id', $1, true)", [MINE]);
    return await work(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}
