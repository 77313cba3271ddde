import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { ENTITIES } from '../../src/entities.js';
import { systemClock } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { urlFor } from '../../src/platform/database/migrate.js';
import { openOrm } from '../../src/platform/database/orm.js';
import { pipelinedPool, plainPool, takeBackLost } from '../../src/platform/database/pools.js';
import { statement } from '../../src/platform/database/sql.js';
import { inTransaction } from '../../src/platform/database/transaction.js';
import { UnitsOfWork } from '../../src/platform/database/unit-of-work.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TEST_PASSWORDS } from '../support/test-passwords.js';

const PID = statement('lost_pid', 'select pg_backend_pid() as pid');

let database: TestDatabase;
let owner: pg.Client;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  url = urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app);
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** As when PostgreSQL is restarted, or whoever runs it ends a session; resolves when it is certainly gone. */
async function end(pid: unknown): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const { rowCount } = await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where pid = $1', [
      pid,
    ]);
    if (rowCount === 0) return;
  }
  throw new Error('the session does not end');
}

it.each([
  ['pipelined', pipelinedPool],
  ['plain', plainPool],
])('a connection of a %s pool that ends while it is lent fails its transaction, and nothing else', async (_, open) => {
  const pool = open(url, 1);
  try {
    const scope = { operatorId: newUuid(), now: new Date(0) };
    const lost = inTransaction(pool, scope, async (transaction) => {
      const [row] = await transaction.query<{ pid: number }>(PID);
      await end(row?.pid);
      await transaction.query(PID);
    });
    await expect(lost).rejects.toThrow();
    const [after] = await inTransaction(pool, scope, (transaction) => transaction.query<{ pid: number }>(PID));
    expect(after?.pid).toEqual(expect.any(Number));
  } finally {
    await pool.end();
  }
});

it("of the ORM's pool, too, which is not short of it afterwards", async () => {
  const pool = plainPool(url, 1);
  const orm = await openOrm({ url, entities: ENTITIES, poolMax: 1 });
  const units = new UnitsOfWork(orm, pool, systemClock);
  try {
    const lost = units.run(newUuid(), async (uow) => {
      const [row] = await uow.query<{ pid: number }>(PID);
      await end(row?.pid);
      await uow.query(PID);
    });
    await expect(lost).rejects.toThrow();
    const [after] = await units.run(newUuid(), (uow) => uow.query<{ pid: number }>(PID));
    expect(after?.pid).toEqual(expect.any(Number));
  } finally {
    await orm.close(true);
    await pool.end();
  }
}, 20_000);

it('may be given back by who had it after it was taken back, and neither is refused', async () => {
  const pool = plainPool(url, 1);
  takeBackLost(pool);
  try {
    const lost = await pool.connect();
    const { rows } = await lost.query('select pg_backend_pid() as pid');
    await end(rows[0]?.pid);
    // The only one: there is another as soon as it was taken back.
    const another = await pool.connect();
    expect(() => lost.release()).not.toThrow();
    another.release();
  } finally {
    await pool.end();
  }
});
