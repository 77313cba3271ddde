import pg from 'pg';
import * as agreementReads from '../../src/features/agreements/agreement-reads-sql.js';
import * as agreements from '../../src/features/agreements/agreements-sql.js';
import { type AgreementFilterValues, listAgreements } from '../../src/features/agreements/list-agreements.js';
import { attemptsAtCharges, listOrders } from '../../src/features/orders/list-orders.js';
import * as orders from '../../src/features/orders/orders-sql.js';
import { KnownKeys } from '../../src/features/tenancy/known-keys.js';
import { systemClock } from '../../src/kernel/clock.js';
import { publicId } from '../../src/kernel/ids.js';
import type { Row, Sql, Statement } from '../../src/platform/database/sql.js';
import { Table } from '../../src/platform/database/table.js';
import { TENANT_SETTING } from '../../src/platform/database/tenant-scoped-entity.js';
import { CLAIM_KEY, READ_KEY } from '../../src/platform/idempotency/idempotently.js';
import { EventsDatabase } from './events-database.js';
import { fill, MOVED } from './support/filled-tables.js';
import { genericPlan, type Measured, readRows, scannedWhole } from './support/plans.js';

const BIG = [
  'orders',
  'operations',
  'transactions',
  'disputes',
  'api_keys',
  'idempotency_keys',
  'agreements',
  'agreement_charges',
  'agreement_changes',
  'stored_credentials',
  'payers',
];

/** In the planner's pages: an order by its key takes 8, a page of 101 a few hundred; all orders of an operator 600 and more. */
const COST_MAX = 450;

/** How many rows a JSON value has the planner takes to be 100, by their keys 8 each. */
const COST_OF_JSON_MAX = 850;
const OF_JSON: readonly string[] = [agreements.AGREEMENTS.update.name, agreements.CHARGES.update.name];

/** Who asks across operators, by an index of its own. */
const OF_SYSTEM: readonly string[] = [
  orders.DUE_ORDERS.name,
  orders.DUE_TRANSACTIONS.name,
  agreements.OPERATORS_WITH_DUE.name,
];

/** What is due has few rows at any time, which no plan for any moment can know; an account is disconnected once in its life. */
const COST_UNBOUNDED: readonly string[] = [
  ...OF_SYSTEM,
  orders.UNSETTLED_ON_ACCOUNT.name,
  agreements.CLAIM_DUE_AGREEMENTS.name,
];

const OPERATOR = '00000001-0000-0000-0000-000000000007';
const NOBODY = 'ffffffff-ffff-7fff-8fff-ffffffffffff';
const OF_OPERATOR = { operatorId: OPERATOR, mode: 'TEST', merchantId: null } as never;
const PAGE = { first: 20, limit: 21, afterKey: null, beforeId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

let database: EventsDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await EventsDatabase.start();
  client = new pg.Client(database.ownerUrl);
  await client.connect();
  await fill(client);
}, 120_000);

afterAll(async () => {
  await client?.end();
  await database?.close();
  await database?.stop();
});

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

async function expectGoodPlan(statement: Statement, role = 'quittance_app'): Promise<void> {
  expect(statement.text).not.toMatch(/\blimit\s+\$/i);
  const plan = await genericPlan(client, OPERATOR, statement, role);
  expect({ statement: statement.name, scannedWhole: scannedWhole(plan, BIG) }).toEqual({
    statement: statement.name,
    scannedWhole: [],
  });
  if (!COST_UNBOUNDED.includes(statement.name)) {
    expect(plan['Total Cost']).toBeLessThan(OF_JSON.includes(statement.name) ? COST_OF_JSON_MAX : COST_MAX);
  }
}

const STATEMENTS = [orders, agreements, agreementReads].flatMap((each) => Object.values(each)).flatMap(statementsOf);

function statementsOf(exported: unknown): readonly Statement[] {
  if (exported === agreements.CHANGES) return [agreements.CHANGES.insert];
  if (exported instanceof Table) return [exported.insert, exported.update];
  return typeof exported === 'object' ? [exported as Statement] : [];
}

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
  const principal = { operatorId: OPERATOR, mode: 'TEST', merchantId } as never;
  await expectGoodPlan(await asked((sql) => listOrders(sql, principal, {}, PAGE)));
});

it.each<[string, AgreementFilterValues]>([
  ['all', {}],
  ['all of a status', { status: ['PAST_DUE'] }],
  ["a payer's", { payerId: publicId('payer', NOBODY) }],
  ["a merchant's by reference", { merchantId: publicId('merchant', NOBODY), reference: 'x' }],
])('a page of agreements, %s, is planned along an index', async (_, filter) => {
  await expectGoodPlan(await asked((sql) => listAgreements(sql, OF_OPERATOR, filter, PAGE)));
});

it('the orders of an agreement are planned along an index', async () => {
  const filter = { agreementId: publicId('agreement', NOBODY) };
  await expectGoodPlan(await asked((sql) => listOrders(sql, OF_OPERATOR, filter, PAGE)));
});

it("a page of an agreement's charges, and of its history, is planned along an index", async () => {
  await expectGoodPlan(agreementReads.chargesPage(21));
  await expectGoodPlan(agreementReads.changesPage(101));
});

it('the attempts at charges are planned along an index', async () => {
  await expectGoodPlan(await asked((sql) => attemptsAtCharges(sql, NOBODY, [NOBODY])));
});

it.each(STATEMENTS.filter(({ name }) => !OF_SYSTEM.includes(name)).map((each) => [each.name, each] as const))(
  '%s names the operator first',
  (_, { text }) => {
    expect(text).toMatch(/operator_id = \$1|operators where id = \$1|\(operator_id, [^)]*\)\s*(values \(|select )\$1/);
  },
);

/**
 * What is due of an operator is to be read from the front of its index, and no more of it than a batch takes. But the
 * planner begins with the merchant, reads all of its agreements and throws away those that are not due.
 */
it('the billing run reads as many agreements as it claims', async () => {
  await client.query('begin');
  try {
    await client.query('set local role quittance_app');
    await client.query(`select set_config('${TENANT_SETTING}', '${OPERATOR}', true)`);
    await client.query('set local plan_cache_mode = force_generic_plan');
    await client.query(`prepare claim as ${agreements.CLAIM_DUE_AGREEMENTS.text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Measured }[] }>(
      `explain (analyze, timing off, format json) execute claim ('${OPERATOR}', '2026-06-01', '2026-05-01')`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan as Measured;
    expect(plan['Actual Rows']).toBe(10);
    expect(readRows(plan, 'agreements')).toEqual({ read: 10, filtered: 0 });
  } finally {
    await client.query('rollback');
  }
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
    const read = readRows(plan, 'orders');
    // 12 orders are due by the real time; another day brings 86,400 seconds, in which each operator has 346.
    expect(plan['Actual Rows']).toBeGreaterThan(20);
    expect(read.read).toBeLessThan(12 + MOVED * 20 + 1);
    expect(read.filtered).toBe(0);
  } finally {
    await client.query('rollback');
  }
});
