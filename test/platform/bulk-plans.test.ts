import pg from 'pg';
import * as reads from '../../src/features/bulk/bulk-reads-sql.js';
import { OPERATIONS } from '../../src/features/bulk/bulk-rows.js';
import * as bulk from '../../src/features/bulk/bulk-sql.js';
import { ROW_OUTCOMES } from '../../src/features/bulk/domain/words.js';
import * as running from '../../src/features/bulk/run-bulk-sql.js';
import * as uploads from '../../src/features/bulk/uploads-sql.js';
import type { Statement } from '../../src/platform/database/sql.js';
import { EventsDatabase } from './events-database.js';
import { genericPlan, scannedWhole } from './support/plans.js';

const BIG = ['bulk_operations', 'bulk_rows', 'bulk_references'];

const OPERATOR = '00000001-0000-0000-0000-000000000007';

/** Who asks across operators, by an index of its own. */
const OF_SYSTEM: readonly string[] = [uploads.UPLOADS_TO_CLEAN.name, running.BULK_OPERATIONS_DUE.name];

/** Inserts that conflict with nothing have no plan to speak of; the staging table is of a session that has one. */
const WITHOUT_PLAN: readonly string[] = [uploads.TAKE_STAGED_ROWS.name];

let database: EventsDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await EventsDatabase.start();
  client = new pg.Client(database.ownerUrl);
  await client.connect();
  await fill();
}, 60_000);

afterAll(async () => {
  await client?.end();
  await database?.close();
  await database?.stop();
});

const isStatement = (each: unknown): each is Statement =>
  typeof each === 'object' && each !== null && 'name' in each && 'text' in each;

const STATEMENTS: readonly Statement[] = [
  ...[bulk, reads, running, uploads].flatMap((each) => Object.values<unknown>(each).filter(isStatement)),
  ...ROW_OUTCOMES.map(reads.rowsWithOutcome),
  ...Object.values(running.PENDING_ROWS),
  ...Object.values(running.BEGUN_ROWS),
  { name: 'bulk_duplicates', text: uploads.DUPLICATE_ROWS },
  OPERATIONS.update,
].filter(({ name }) => !WITHOUT_PLAN.includes(name));

it.each(STATEMENTS.map((each) => [each.name, each] as const))(
  '%s is planned along an index',
  async (name, statement) => {
    expect(statement.text).not.toMatch(/\blimit\s+\$/i);
    const role = OF_SYSTEM.includes(name) ? 'quittance_system' : 'quittance_app';
    const plan = await genericPlan(client, OPERATOR, statement, role);
    expect({ name, scannedWhole: scannedWhole(plan, BIG) }).toEqual({ name, scannedWhole: [] });
  },
);

/** The planner takes a file for a handful of rows; whoever records a batch must not go through all of them for that. */
it.each([bulk.RECORD_ROWS, uploads.REFUSE_ROWS])('$name looks each row up by its line', async (statement) => {
  const plan = JSON.stringify(await genericPlan(client, OPERATOR, statement, 'quittance_app'));
  expect(plan).toMatch(/Index Cond[^}]*line = /);
  expect(plan).toContain('Tid Scan');
});

it.each([...Object.values(running.BEGUN_ROWS), running.REFERENCES_TAKEN])(
  '$name looks each row up by its line',
  async (statement) => {
    const plan = JSON.stringify(await genericPlan(client, OPERATOR, statement, 'quittance_app'));
    expect(plan).toMatch(/"Relation Name":"bulk_rows"[^}]*"Index Cond":"[^"]*line = /);
  },
);

/** 200 operators with 5 files of 40 rows each; without triggers, for only how many there are matters. */
async function fill(): Promise<void> {
  const id = (kind: number, number: string) =>
    `(lpad(to_hex(${kind}), 8, '0') || lpad(to_hex(${number}), 24, '0'))::uuid`;
  const operator = id(1, 'n % 200');
  const merchant = id(2, 'n % 200');
  const made = `timestamptz '2026-01-01' + n * interval '1 second'`;
  await client.query('set session_replication_role = replica');
  await client.query(`insert into bulk_operations (operator_id, id, merchant_id, mode, kind, status, is_dry_run, api_key_id, header,
      sha256, row_count, upload_until, due_at, created_at)
    select ${operator}, ${id(3, 'n')}, ${merchant}, 'TEST', 'CHARGE_AGREEMENTS', 'RUNNING', false, ${id(4, 'n')}, '{a}', 'x', 40,
      case when n % 10 = 0 then ${made} end, case when n % 5 = 0 then ${made} end, ${made} from generate_series(1, 4000) n;
    insert into bulk_rows (operator_id, operation_id, line, cells, reference, outcome)
    select ${operator}, ${id(3, 'n')}, line, '{a}', 'r-' || n || '-' || line, case when line % 2 = 0 then 'PENDING' else 'SUCCEEDED' end
    from generate_series(1, 1000) n, generate_series(2, 41) line;
    insert into bulk_references (operator_id, merchant_id, mode, kind, reference, operation_id, line, digest,
      begun_at, is_done)
    select ${operator}, ${merchant}, 'TEST', 'CHARGE_AGREEMENTS', 'r-' || n || '-' || line, ${id(3, 'n')}, line, 'x', now(), line % 2 = 1
    from generate_series(1, 1000) n, generate_series(2, 41) line`);
  await client.query('analyze');
}
