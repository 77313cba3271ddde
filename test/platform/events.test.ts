import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { systemClock } from '../../src/kernel/clock.js';
import { publishStatement } from '../../src/platform/database/publish.js';
import { run, statement } from '../../src/platform/database/sql.js';
import { inTransaction } from '../../src/platform/database/transaction.js';
import { cursorOf } from '../../src/platform/events/event-cursor.js';
import type { EventLog } from '../../src/platform/events/event-log.js';
import { operatorAfter, SETTLED_AFTER } from '../../src/platform/events/event-log-sql.js';
import type { FeedEvent } from '../../src/platform/events/feed-event.js';
import { eventually } from '../support/eventually.js';
import { EventsDatabase, Heard } from './events-database.js';

const START = cursorOf({ transactionId: 0n, sequence: 0n });

let database: EventsDatabase;

beforeAll(async () => {
  database = await EventsDatabase.start();
}, 60_000);

afterEach(() => database.close());
afterAll(() => database.stop());

function event(type: string) {
  return { type, subjectId: randomUUID(), merchantId: null, payload: { amount: '12.50' } };
}

/** Commits one event as a use case would. */
async function commit(process: { app: pg.Pool; log: EventLog }, operatorId: string, type: string): Promise<void> {
  await inTransaction(
    process.app,
    { operatorId, now: systemClock.now(), onCommitted: process.log.kick },
    async (transaction) => transaction.publish(event(type)),
  );
}

/** A transaction that has published and is still open. */
async function openWriter(operatorId: string, type: string): Promise<pg.PoolClient> {
  const client = await database.owner.connect();
  const { text, parameters } = publishStatement(operatorId, systemClock.now(), [event(type)]);
  await client.query('begin');
  await client.query(text, parameters);
  return client;
}

async function finish(client: pg.PoolClient, how: 'commit' | 'rollback' = 'commit'): Promise<void> {
  await client.query(how);
  client.release();
}

describe('reading after a cursor', () => {
  it('gives one operator its events, oldest first, page by page, and nobody else', async () => {
    const process = await database.process();
    const [ours, theirs] = [randomUUID(), randomUUID()];
    for (const type of ['one', 'two', 'three']) await commit(process, ours, type);
    await commit(process, theirs, 'not ours');

    const first = await process.log.readAfter(ours, START, 2);
    const second = await process.log.readAfter(ours, first.at(-1)?.cursor ?? '', 2);

    expect([...first, ...second].map(({ type }) => type)).toEqual(['one', 'two', 'three']);
    expect(first[0]).toMatchObject({ operatorId: ours, merchantId: null, payload: { amount: '12.50' } });
    expect(first[0]?.occurredAt).toBeInstanceOf(Date);
    expect(process.log.compare(first[0]?.cursor ?? '', second[0]?.cursor ?? '')).toBeLessThan(0);
  });

  it.each([
    '',
    'nonsense',
    'MS4xLg',
    Buffer.from('2.5.5').toString('base64url'),
    `${START}=`,
    ` ${START}`,
    'a'.repeat(99),
  ])('refuses the broken cursor %j by naming the argument', async (cursor) => {
    const { log } = await database.process();
    await expect(log.readAfter(randomUUID(), cursor, 10)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['after'] }],
    });
  });

  it('waits with what a transaction committed as long as an older one is open, and then has the order of the log', async () => {
    const process = await database.process();
    const operator = randomUUID();
    const older = await openWriter(operator, 'older');
    await commit(process, operator, 'younger');
    expect(await process.log.readAfter(operator, START, 10)).toEqual([]);

    await finish(older);
    // PostgreSQL's own housekeeping may have a transaction open, too.
    await eventually(async () => {
      const read = await process.log.readAfter(operator, START, 10);
      expect(read.map(({ type }) => type)).toEqual(['older', 'younger']);
    });
  });
});

/** Every second the relay looks by itself. By that alone, this many commits, each heard before the next, would outlast the test. */
const MORE_THAN_POLLS_CAN = 60;
const POLLS_WOULD_OUTLAST_MS = 30_000;

describe('listening', () => {
  it(
    'hears a commit of its own process without waiting for the next look',
    async () => {
      const process = await database.process();
      const heard = new Heard();
      process.log.listen(heard.listener);
      await commitOneByOne(process, heard);
      expect(heard.types).toHaveLength(MORE_THAN_POLLS_CAN);
    },
    POLLS_WOULD_OUTLAST_MS,
  );

  it(
    'hears a commit of another process without waiting either, once, and not its own echo',
    async () => {
      const [here, there] = await Promise.all([database.process(), database.process()]);
      const [heardHere, heardThere] = [new Heard(), new Heard()];
      here.log.listen(heardHere.listener);
      there.log.listen(heardThere.listener);
      await commitOneByOne(here, heardThere);
      expect(heardThere.types).toEqual(Array.from({ length: MORE_THAN_POLLS_CAN }, (_, index) => `event ${index}`));
      expect(heardHere.types).toEqual(heardThere.types);
    },
    POLLS_WOULD_OUTLAST_MS,
  );

  it('begins where the log ends, and ends when told to', async () => {
    const process = await database.process();
    await commit(process, randomUUID(), 'before');
    const late = await database.process();
    const heard = new Heard();
    const stop = late.log.listen(heard.listener);
    await commit(process, randomUUID(), 'meanwhile');
    await heard.until(1);
    stop();
    await commit(late, randomUUID(), 'after');
    await pause(100);
    expect(heard.types).toEqual(['meanwhile']);
    expect(late.log.listeners).toBe(0);
  });

  it('finds what nobody told of, by looking every second', async () => {
    const process = await database.process();
    const heard = new Heard();
    process.log.listen(heard.listener);
    await pause(200);
    await finish(await openWriter(randomUUID(), 'untold'));
    await heard.until(1);
  });

  it('neither skips nor repeats when transactions commit in another order than they began', async () => {
    const process = await database.process();
    const operator = randomUUID();
    const heard = new Heard();
    process.log.listen(heard.listener);
    const writers = [];
    for (let index = 0; index < 6; index++) writers.push(await openWriter(operator, `writer ${index}`));
    for (const index of [3, 5, 1, 0, 4, 2]) {
      const writer = writers[index];
      if (writer) await finish(writer, index === 4 ? 'rollback' : 'commit');
      process.log.kick();
      await pause(15);
    }
    await heard.until(5);
    await pause(60);
    expect(heard.types).toEqual(['writer 0', 'writer 1', 'writer 2', 'writer 3', 'writer 5']);
  });

  it('tells nothing while an older transaction is open, and all of it when that has ended', async () => {
    const process = await database.process();
    const heard = new Heard();
    process.log.listen(heard.listener);
    const older = await openTransaction();
    for (let index = 0; index < 20; index++) await commit(process, randomUUID(), `held ${index}`);
    await pause(1_200);
    expect(heard.types).toEqual([]);

    await finish(older);
    await heard.until(20);
    expect(heard.types).toEqual(Array.from({ length: 20 }, (_, index) => `held ${index}`));
  });

  it(
    'looks again at short intervals for the end of an older transaction, of which nobody tells it',
    async () => {
      const process = await database.process();
      const heard = new Heard();
      process.log.listen(heard.listener);
      for (let index = 0; index < MORE_THAN_POLLS_CAN; index++) {
        const older = await openTransaction();
        await commit(process, randomUUID(), `held ${index}`);
        await pause(20);
        expect(heard.types).toHaveLength(index);
        await finish(older);
        await heard.until(index + 1);
      }
    },
    POLLS_WOULD_OUTLAST_MS,
  );

  it('goes on when a listener fails', async () => {
    const process = await database.process();
    const heard = new Heard();
    process.log.listen(() => {
      throw new Error('this listener is broken');
    });
    process.log.listen(heard.listener);
    await commit(process, randomUUID(), 'first');
    await commit(process, randomUUID(), 'second');
    await heard.until(2);
  });

  it(
    'recovers when every connection of it is cut',
    async () => {
      const [here, there] = await Promise.all([database.process(), database.process()]);
      const heard = new Heard();
      there.log.listen(heard.listener);
      for (let round = 0; round < 3; round++) {
        await pause(200);
        const { rows } = await database.owner.query<{ cut: boolean }>(
          `select pg_terminate_backend(pid) as cut from pg_stat_activity where usename = 'quittance_system'`,
        );
        expect(rows.length).toBeGreaterThanOrEqual(2);
        await commit(here, randomUUID(), `after cut ${round}`);
        await heard.until(round + 1);
      }
      expect(heard.types).toEqual(['after cut 0', 'after cut 1', 'after cut 2']);
      // Connected again, and not only looking by itself.
      await commitOneByOne(here, heard);
    },
    POLLS_WOULD_OUTLAST_MS,
  );
});

async function commitOneByOne(process: { app: pg.Pool; log: EventLog }, heard: Heard): Promise<void> {
  const before = heard.types.length;
  for (let index = 0; index < MORE_THAN_POLLS_CAN; index++) {
    await commit(process, randomUUID(), `event ${index}`);
    await heard.until(before + index + 1);
  }
}

/** One that writes nothing of ours and yet is older than what comes after it. */
async function openTransaction(): Promise<pg.PoolClient> {
  const client = await database.owner.connect();
  await client.query('begin');
  await client.query('select pg_current_xact_id()');
  return client;
}

describe('replay joined with live', () => {
  it('has every event once and in order, at whatever moment it begins, with four writers in two processes', async () => {
    const processes = await Promise.all([database.process(), database.process()]);
    const operator = randomUUID();
    let writing = true;
    let written = 0;
    const writer = async (index: number) => {
      const process = processes[index % 2];
      while (writing && process) {
        await commit(process, operator, `written`);
        written += 1;
        if (index === 3) await pause(7);
      }
    };
    const writers = Promise.all([0, 1, 2, 3].map(writer));

    const followers: FeedEvent[][] = [];
    for (let index = 0; index < 8; index++) {
      const process = processes[index % 2];
      if (process) followers.push(await follow(process.log, operator));
      await pause(40);
    }
    await eventually(() => expect(written).toBeGreaterThan(100));
    writing = false;
    await writers;

    const all = await readAll(database, operator);
    expect(all.length).toBe(written);
    await eventually(() => expect(followers.map(({ length }) => length)).toEqual(followers.map(() => written)));
    await pause(1_300);
    for (const events of followers) expect(events.map(({ cursor }) => cursor)).toEqual(all);
  });
});

/** As a subscription does it: listens first, replays, then lets through what lies beyond the replay. */
async function follow(log: EventLog, operatorId: string): Promise<FeedEvent[]> {
  const seen: FeedEvent[] = [];
  let early: FeedEvent[] | null = [];
  let last = START;
  const take = (event: FeedEvent) => {
    if (event.operatorId !== operatorId || log.compare(event.cursor, last) <= 0) return;
    seen.push(event);
    last = event.cursor;
  };
  log.listen((batch) => (early ? early.push(...batch) : batch.forEach(take)));
  for (;;) {
    const page = await log.readAfter(operatorId, last, 50);
    page.forEach(take);
    if (page.length < 50) break;
  }
  early.forEach(take);
  early = null;
  return seen;
}

async function readAll(from: EventsDatabase, operatorId: string): Promise<string[]> {
  const { rows } = await from.owner.query<{ transaction_id: string; sequence: string }>(
    'select transaction_id, sequence from events where operator_id = $1 order by transaction_id, sequence',
    [operatorId],
  );
  return rows.map((row) => cursorOf({ transactionId: BigInt(row.transaction_id), sequence: BigInt(row.sequence) }));
}

describe('with 200,000 events', () => {
  const operator = randomUUID();

  beforeAll(async () => {
    await database.owner.query(
      `insert into events (operator_id, type, subject_id, payload, occurred_at)
       select case when n % 10 = 0 then $1::uuid else gen_random_uuid() end, 'bulk', gen_random_uuid(), '{}', now()
       from generate_series(1, 200000) n`,
      [operator],
    );
    await database.owner.query('analyze events');
  }, 60_000);

  it.each([
    ['the relay', 'system', SETTLED_AFTER.text, 'events_log_order', ['0', '0']],
    ['the relay at the end', 'system', SETTLED_AFTER.text, 'events_log_order', ['99999999', '0']],
    ['a replay', 'app', operatorAfter(100).text, 'events_operator_log_order', [operator, '0', '0']],
  ] as const)('%s reads by index, and no more rows than it gives', async (_name, role, text, index, parameters) => {
    const { app, system } = await database.process();
    const client = await (role === 'app' ? app : system).connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('quittance.operator_id', $1, true)`, [operator]);
      // As after many runs of the prepared statement, when the plan no longer knows the parameters.
      await client.query('set local plan_cache_mode = force_generic_plan');
      await run(client, statement('explained', `prepare checked as ${text}`));
      const values = parameters.map((value) => `'${value}'`).join(', ');
      const rows = await run<{ 'QUERY PLAN': string }>(
        client,
        statement(
          'explain',
          `explain (analyze, costs off, timing off, summary off, buffers off) execute checked (${values})`,
        ),
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/Seq Scan|Sort|^ *Filter:/m);
    } finally {
      await client.query('rollback');
      client.release(true);
    }
  });
});
