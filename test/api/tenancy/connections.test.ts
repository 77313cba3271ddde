import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import { newUuid } from '../../../src/kernel/ids.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { statement } from '../../../src/platform/database/sql.js';
import { inTransaction } from '../../../src/platform/database/transaction.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';

const WHOSE = statement(
  'whose',
  `select current_setting('quittance.operator_id') as operator, pg_backend_pid() as pid`,
);
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  // One, so that whoever comes next is on the connection of whoever went.
  pool = pipelinedPool(urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app), 1);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it.each(['commits', 'fails'])("is nobody's again once the transaction of an operator %s", async (how) => {
  const scope = { operatorId: newUuid(), now: new Date() };
  const during: unknown[] = [];
  const work = inTransaction(pool, scope, async (transaction) => {
    during.push(...(await transaction.query(WHOSE)));
    if (how === 'fails') throw new Error('on purpose');
  });
  await (how === 'fails' ? expect(work).rejects.toThrow('on purpose') : work);
  const { rows: after } = await pool.query(WHOSE);
  const [{ pid }] = after;
  expect([...during, ...after]).toEqual([
    { operator: scope.operatorId, pid },
    { operator: NOBODY, pid },
  ]);
});
