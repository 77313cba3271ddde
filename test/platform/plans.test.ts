import pg from 'pg';
import { listOrders } from '../../src/features/orders/list-orders.js';
import * as orders from '../../src/features/orders/orders-sql.js';
import { KnownKeys } from '../../src/features/tenancy/known-keys.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { Row, Sql, Statement } from '../../src/platform/database/sql.js';
import { TENANT_SETTING } from '../../src/platform/database/tenant-scoped-entity.js';
import { CLAIM_KEY, READ_KEY } from '../../src/platform/idempotency/idempotently.js';
import { EventsDatabase } from './events-database.js';

/** 500 operators with 400 orders each, so that a statement that takes all of one operator's rows shows, too. */
const OPERATORS = 500;
const ORDERS = 200_000;
/** Operators whose test clock was moved ahead: many for what they are. */
const MOVED = 50;
const BIG = ['orders', 'operations', 'transactions', 'disputes', 'api_keys', 'idempotency_keys'];

/** In the planner's pages: an order by its key takes 8, a page of 101 a few hundred; all orders of an operator 600 and more. */
const COST_MAX = 450;

/** Who asks across operators, by an index of its own. */
const OF_SYSTEM: readonly string[] = [orders.DUE_ORDERS.name, orders.DUE_TRANSACTIONS.name];

/** What is due has few rows at any time, which no plan for any moment can know; an account is disconnected once in its life. */
const COST_UNBOUNDED: readonly string[] = [...OF_SYSTEM, orders.UNSETTLED_ON_ACCOUNT.name];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Total Cost': number;
  readonly Plans?: readonly Plan[];
}

let database: EventsDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await EventsDatabase.start();
  client = new pg.Client(database.ownerUrl);
  await client.connect();
  await fill();
}, 120_000);

afterAll(async () => {
  await client?.end();
  await database?.close();
  await database?.stop();
});

/** Ids that say where they stand, as UUIDs. */
const id = (kind: number, number: string) => `lpad(to_hex(${kind}), 8, '0')::text || lpad(to_hex(${number}), 24, '0')`;

/** As a superuser and without its triggers: the rows need not make sense, only be as many and as varied. */
async function fill(): Promise<void> {
  const operator = `(${id(1, `n % ${OPERATORS}`)})::uuid`;
  const order = `(${id(2, 'n')})::uuid`;
  const made = `timestamptz '2026-01-01' + n * interval '1 second'`;
  const due = `case when n % 50 = 0 then ${made} end`;
  const series = `generate_series(1, ${ORDERS}) n`;
  await client.query('set session_replication_role = replica');
  await client.query(`
    insert into orders (operator_id, id, merchant_id, mode, payment_system_account_id, order_number, bill_number, status,
      capture_mode, currency, amount_minor, external_payment_id, save_credential, metadata, due_at, created_at, updated_at)
    select ${operator}, ${order}, (${id(3, `n % ${OPERATORS}`)})::uuid, 'TEST', (${id(4, `n % ${OPERATORS}`)})::uuid,
      'order-' || n, lpad(n::text, 12, '0'), 'AUTHORIZED', 'MANUAL', 'USD', 1000, 'pi_' || n, false, '{}', ${due},
      ${made}, ${made} from ${series};
    insert into operations (operator_id, id, order_id, type, status, amount_minor, request, created_at)
    select ${operator}, (${id(5, 'n')})::uuid, ${order}, 'PAYMENT', 'SUCCEEDED', 1000, '{}', ${made} from ${series};
    insert into transactions (operator_id, id, order_id, operation_id, position, type, status, amount_minor, due_at, created_at)
    select ${operator}, (${id(6, 'n')})::uuid, ${order}, (${id(5, 'n')})::uuid, 1, 'AUTHORIZATION', 'SUCCEEDED', 1000,
      ${due}, ${made} from ${series};
    insert into disputes (operator_id, id, order_id, external_id, status, amount_minor, created_at, updated_at)
    select ${operator}, (${id(7, 'n')})::uuid, ${order}, 'dp_' || n, 'OPEN', 1000, ${made}, ${made} from ${series} where n % 10 = 0;
    insert into idempotency_keys (operator_id, owner, key, request_hash, result, created_at)
    select ${operator}, 'owner', 'key-' || n, '', '{}', ${made} from ${series} where n % 4 = 0;
    insert into test_clocks (operator_id, ahead_ms, moves, moved_at)
    select (${id(1, 'n * 10')})::uuid, 86400000, '[]', now() from generate_series(0, ${MOVED} - 1) n;
    insert into api_keys (operator_id, id, kind, mode, name, scopes, hash, hint, created_at)
    select ${operator}, (${id(8, 'n')})::uuid, 'OPERATOR', 'TEST', '', '{}', md5(n::text), '', ${made} from ${series} where n % 10 = 0;
    analyze`);
}

/** What a feature asks for when it is called. */
async function asked(ask: (sql: Sql) => Promise<unknown>): Promise<Statement> {
  const heard: Statement[] = [];
  const sql: Sql = {
    query: async <Result extends Row>(statement: Statement) => {
      heard.push(statement);
      return [] as Result[];
    },
  };
  await ask(sql);
  const [statement] = heard;
  if (!statement) throw new Error('nothing was asked');
  return statement;
}

/** As a connection plans it for good, for any parameters, under the row policies of its role. */
async function genericPlan({ text }: Statement, role: string): Promise<Plan> {
  await client.query('begin');
  try {
    await client.query(`set local role ${role}`);
    await client.query(`select set_config('${TENANT_SETTING}', '00000001-0000-0000-0000-000000000007', true)`);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `explain (generic_plan, format json) ${text}`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (!plan) throw new Error('no plan');
    return plan;
  } finally {
    await client.query('rollback');
  }
}

function scannedWhole(plan: Plan): string[] {
  const own = plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? ''] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scannedWhole)].filter((table) => BIG.includes(table));
}

async function expectGoodPlan(statement: Statement, role = 'quittance_app'): Promise<void> {
  expect(statement.text).not.toMatch(/\blimit\s+\$/i);
  const plan = await genericPlan(statement, role);
  expect({ statement: statement.name, scannedWhole: scannedWhole(plan) }).toEqual({
    statement: statement.name,
    scannedWhole: [],
  });
  if (!COST_UNBOUNDED.includes(statement.name)) expect(plan['Total Cost']).toBeLessThan(COST_MAX);
}

const STATEMENTS = Object.values(orders).filter((each): each is Statement => typeof each === 'object');

it.each(STATEMENTS.map((statement) => [statement.name, statement] as const))(
  '%s is planned along an index',
  async (name, statement) => {
    await expectGoodPlan(statement, OF_SYSTEM.includes(name) ? 'quittance_system' : 'quittance_app');
  },
);

it.each([
  ['of an operator', null],
  ['of a merchant', '00000003-0000-0000-0000-000000000007'],
])('a page of orders %s is planned along an index', async (_, merchantId) => {
  const principal = { operatorId: '00000001-0000-0000-0000-000000000007', mode: 'TEST', merchantId } as never;
  const page = { first: 20, limit: 21, afterKey: null, beforeId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
  await expectGoodPlan(await asked((sql) => listOrders(sql, principal, {}, page)));
});

it.each([CLAIM_KEY, READ_KEY])('$name is planned along an index', (statement) => expectGoodPlan(statement));

it('a key is looked up along an index', async () => {
  const byHash = await asked((sql) => new KnownKeys(sql, systemClock).byHash('hash'));
  await expectGoodPlan(byHash, 'quittance_system');
  const byId = await asked((sql) => new KnownKeys(sql, systemClock).read([]));
  await expectGoodPlan(byId, 'quittance_system');
});

it('what is due is read by index, of operators whose clock is ahead only what is due by it', async () => {
  await client.query('begin');
  try {
    await client.query('set local role quittance_system');
    await client.query('set local plan_cache_mode = force_generic_plan');
    await client.query(`prepare due as ${orders.DUE_ORDERS.text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Measured }[] }>(
      `explain (analyze, timing off, format json) execute due ('2026-01-01 00:10:00')`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan as Measured;
    const read = readRows(plan);
    // 12 orders are due by the real time; another day brings 86,400 seconds, in which each operator has 173.
    expect(plan['Actual Rows']).toBeGreaterThan(20);
    expect(read.orders).toBeLessThan(12 + MOVED * 20 + 1);
    expect(read.filtered).toBe(0);
  } finally {
    await client.query('rollback');
  }
});

interface Measured extends Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Measured[];
}

/** How many orders were read in all, and how many of them for nothing. */
function readRows(plan: Measured): { readonly orders: number; readonly filtered: number } {
  const below = (plan.Plans ?? []).map(readRows);
  const own = plan['Relation Name'] === 'orders' ? plan['Actual Loops'] : 0;
  return {
    orders: own * plan['Actual Rows'] + below.reduce((sum, { orders: each }) => sum + each, 0),
    filtered: own * (plan['Rows Removed by Filter'] ?? 0) + below.reduce((sum, { filtered }) => sum + filtered, 0),
  };
}
