import pg from 'pg';
import { LiveTraffic } from '../../src/features/bulk/live-traffic.js';
import { PROCESSES, pipelinedPool } from '../../src/platform/database/pools.js';
import { run, type Sql } from '../../src/platform/database/sql.js';
import { eventually } from '../support/eventually.js';
import { EventsDatabase } from './events-database.js';

let database: EventsDatabase;
let own: pg.Pool;
let sql: Sql;

beforeAll(async () => {
  database = await EventsDatabase.start();
  own = pipelinedPool(database.appUrl, 4);
  sql = { query: (statement, parameters) => run(own, statement, parameters) };
}, 60_000);

afterAll(async () => {
  await own?.end();
  await database?.close();
  await database?.stop();
});

/** Sessions of the same role under that name, each asked once now. */
async function sessionsAtWork(
  name: string,
  count: number,
): Promise<{ work(): Promise<unknown>; end(): Promise<unknown> }> {
  const clients = Array.from(
    { length: count },
    () => new pg.Client({ connectionString: database.appUrl, application_name: name }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  return {
    work: () => Promise.all(clients.map((client) => client.query('select 1'))),
    end: () => Promise.all(clients.map((client) => client.end())),
  };
}

it('is there while this process serves, and not any more a little later', async () => {
  const traffic = new LiveTraffic(sql);
  expect(traffic.isThere()).toBe(false);
  traffic.served();
  expect(traffic.isThere()).toBe(true);
  await eventually(async () => expect(traffic.isThere()).toBe(false));
});

it('is there while sessions of another process are at work, and not any more a little later', async () => {
  const traffic = new LiveTraffic(sql);
  const others = await sessionsAtWork(`${PROCESSES}elsewhere:1`, 2);
  await eventually(async () => {
    await others.work();
    expect(traffic.isThere()).toBe(true);
  });
  await others.end();
  await eventually(async () => expect(traffic.isThere()).toBe(false));
});

it.each([
  ['one session, which may be about its own upkeep', `${PROCESSES}elsewhere:1`, 1],
  ['sessions of other programs', 'psql', 3],
])('is not seen in %s', async (_what, name, count) => {
  const looked: unknown[] = [];
  const watching: Sql = {
    query: async (statement, parameters) => {
      const rows = await sql.query(statement, parameters);
      looked.push(...rows);
      return rows as never;
    },
  };
  const traffic = new LiveTraffic(watching);
  const others = await sessionsAtWork(name, count);
  await eventually(async () => {
    await others.work();
    expect(traffic.isThere()).toBe(false);
    expect(looked.length).toBeGreaterThan(2);
  });
  await others.end();
});
