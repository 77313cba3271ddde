import pg from 'pg';
import * as balances from '../../src/features/ledger/balances-sql.js';
import * as clearing from '../../src/features/ledger/clearing-sql.js';
import * as entries from '../../src/features/ledger/entries-sql.js';
import * as ledger from '../../src/features/ledger/ledger-sql.js';
import * as movements from '../../src/features/ledger/movements-sql.js';
import * as statements from '../../src/features/ledger/statements-sql.js';
import type { Statement } from '../../src/platform/database/sql.js';
import { TENANT_SETTING } from '../../src/platform/database/tenant-scoped-entity.js';
import { EventsDatabase } from './events-database.js';
import { AFTER_KEPT, fillLedger } from './support/filled-ledger.js';
import { genericPlan, type Measured, readRows, scannedWhole } from './support/plans.js';

const BIG = ['orders', 'ledger_orders', 'ledger_postings', 'ledger_entries', 'balance_movements'];

/** In the planner's pages: an order by its key takes 8; all orders of an operator 1,000 and more. */
const COST_MAX = 450;

/** Who asks across operators, by an index of its own. */
const OF_SYSTEM: readonly string[] = [movements.DUE_SWEEPS.name, movements.DUE_MOVEMENTS.name];

/** Of these a plan for any moment cannot know how few rows lie behind a position, a day or a horizon, or are due. */
const COST_UNBOUNDED: readonly string[] = [
  ...OF_SYSTEM,
  balances.BALANCES_OF_MERCHANTS.name,
  balances.BALANCES_OF_OPERATOR.name,
  statements.STATEMENT_SUMS.name,
  ...[movements.LOCK_AVAILABLE_MOVEMENTS.name, 'balance_movements_available'],
  ...Object.values(clearing).map(({ name }) => name),
];

const OPERATOR = '00000001-0000-0000-0000-000000000007';
const MERCHANT = '00000003-0000-0000-0000-000000000007';

let database: EventsDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await EventsDatabase.start();
  client = new pg.Client(database.ownerUrl);
  await client.connect();
  await fillLedger(client);
}, 60_000);

afterAll(async () => {
  await client?.end();
  await database?.close();
  await database?.stop();
});

const STATEMENTS = [ledger, entries, movements, balances, statements, clearing]
  .flatMap((each): readonly unknown[] => Object.values(each))
  .filter((each): each is Statement => typeof each === 'object');

it.each(STATEMENTS.map((each) => [each.name, each] as const))(
  '%s is planned along an index',
  async (name, statement) => {
    const isOfSystem = OF_SYSTEM.includes(name);
    const plan = await genericPlan(client, OPERATOR, statement, isOfSystem ? 'quittance_system' : 'quittance_app');
    expect({ name, scannedWhole: scannedWhole(plan, BIG) }).toEqual({ name, scannedWhole: [] });
    if (!COST_UNBOUNDED.includes(name)) expect(plan['Total Cost']).toBeLessThan(COST_MAX);
  },
);

/** What a statement reads for values: what no plan for all of them can tell. */
async function measured({ text }: Statement, values: readonly string[]): Promise<Measured> {
  await client.query('begin');
  try {
    await client.query('set local role quittance_app');
    await client.query(`select set_config('${TENANT_SETTING}', '${OPERATOR}', true)`);
    await client.query('set local plan_cache_mode = force_generic_plan');
    await client.query(`prepare asked as ${text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Measured }[] }>(
      `explain (analyze, timing off, format json) execute asked (${values.map((each) => `'${each}'`).join(', ')})`,
    );
    await client.query('deallocate asked');
    return rows[0]?.['QUERY PLAN'][0]?.Plan as Measured;
  } finally {
    await client.query('rollback');
  }
}

it.each([
  ["an operator's balance", balances.BALANCES_OF_OPERATOR, [OPERATOR, 'TEST'], 2 * AFTER_KEPT],
  ["a merchant's balance", balances.BALANCES_OF_MERCHANTS, [OPERATOR, `{${MERCHANT}}`, 'TEST'], 2 * AFTER_KEPT],
] as const)('%s reads what came after what is kept, and nothing before', async (_, statement, values, most) => {
  const plan = await measured(statement, values);
  const { read, filtered } = readRows(plan, 'ledger_entries');
  expect(read).toBeGreaterThan(0);
  expect(read + filtered).toBeLessThanOrEqual(most);
});
