import { setTimeout as pause } from 'node:timers/promises';
import { type AgendaStore, prepareAgendaTables } from '../../src/platform/jobs/agenda-store.js';
import { CoalescedRuns } from '../../src/platform/jobs/coalesced-runs.js';
import { JobRunner } from '../../src/platform/jobs/job-runner.js';
import type { RecurringJob } from '../../src/platform/jobs/recurring-job.js';
import { atOnce } from '../support/at-once.js';
import { eventually } from '../support/eventually.js';
import { EventsDatabase, silent } from './events-database.js';

/** Counts its runs and how many were under way at once. */
class Work {
  runs = 0;
  running = 0;
  most = 0;
  readonly #takes: number;

  constructor(takesMs: number) {
    this.#takes = takesMs;
  }

  readonly handler = async (): Promise<void> => {
    this.runs += 1;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await pause(this.#takes);
    this.running -= 1;
  };
}

describe('runs in one process', () => {
  const runsOf = (...jobs: RecurringJob[]) => new CoalescedRuns(jobs, silent);

  it('answers any number of wake-ups during a run with one run after it', async () => {
    const work = new Work(20);
    const runs = runsOf({ name: 'look', handler: work.handler });
    const first = runs.wake('look');
    await pause(5);
    await Promise.all(Array.from({ length: 100 }, () => runs.wake('look')));
    await first;
    expect(work).toMatchObject({ runs: 2, most: 1, running: 0 });
  });

  it('resolves a wake-up only after a run that began after it', async () => {
    let work = 0;
    let seen = -1;
    const handler = async () => {
      seen = work;
      await pause(10);
    };
    const runs = runsOf({ name: 'look', handler });
    void runs.wake('look');
    await pause(1);
    work = 7;
    await runs.wake('look');
    expect(seen).toBe(7);
  });

  it('runs different jobs side by side', async () => {
    const begun = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
    const ended: string[] = [];
    // Each can end only when the other has begun.
    const handler = (own: 'a' | 'b', other: 'a' | 'b') => async () => {
      begun[own].resolve();
      await begun[other].promise;
      ended.push(own);
    };
    const runs = runsOf({ name: 'a', handler: handler('a', 'b') }, { name: 'b', handler: handler('b', 'a') });
    await Promise.all([runs.wake('a'), runs.wake('b')]);
    expect(ended.toSorted()).toEqual(['a', 'b']);
  });

  it('survives a failing handler, also one that throws at once', async () => {
    let runs = 0;
    const failing = runsOf({
      name: 'look',
      handler: () => {
        runs += 1;
        throw new Error('out of luck');
      },
    });
    await failing.wake('look');
    await failing.wake('look');
    expect(runs).toBe(2);
  });

  it('drains: waits for what runs, begins nothing, and says what did not end in time', async () => {
    const quick = new Work(20);
    const slow = Promise.withResolvers<void>();
    const runs = runsOf({ name: 'quick', handler: quick.handler }, { name: 'slow', handler: () => slow.promise });
    void runs.wake('quick');
    void runs.wake('quick');
    void runs.wake('slow');
    await pause(1);
    expect(await runs.drain(300)).toEqual(['slow']);
    await runs.wake('quick');
    expect(quick).toMatchObject({ runs: 1, running: 0 });
    slow.resolve();
    expect(await runs.drain(60_000)).toEqual([]);
  });

  it('knows its jobs', () => {
    expect(() => runsOf({ name: 'look', handler: async () => {} }).wake('other')).toThrow('"other"');
    const job = { name: 'twice', handler: async () => {} };
    expect(() => runsOf(job, job)).toThrow('same name');
  });
});

/** A tick each second, one at the start, and one for a second that has just begun. */
function ticksMax(began: number): number {
  return Math.ceil((performance.now() - began) / 1_000) + 2;
}

function theClock(storeOf: () => AgendaStore, more: Readonly<Record<string, () => Promise<void>>> = {}) {
  const runners: JobRunner[] = [];
  const runner = (...jobs: RecurringJob[]) => {
    const made = new JobRunner({ jobs, store: storeOf(), log: silent });
    runners.push(made);
    return made;
  };

  afterAll(async () => {
    await Promise.all(runners.splice(0).map((each) => each.drain(1_000)));
    // Agenda leaves a timer behind each tick, half as long as the lock; Jest would complain of it.
    await pause(2_600);
  });

  atOnce({
    'ticks soon after the start and then at its interval': async () => {
      const work = new Work(1);
      const began = performance.now();
      await runner({ name: 'ticks', everySeconds: 1, handler: work.handler }).start();
      await eventually(() => expect(work.runs).toBeGreaterThanOrEqual(3));
      expect(work.runs).toBeLessThanOrEqual(ticksMax(began));
    },

    'shares the ticks between processes, so that two of them do not double the work': async () => {
      const work = new Work(1);
      const job = { name: 'shared', everySeconds: 1, handler: work.handler };
      const began = performance.now();
      await Promise.all([runner(job).start(), runner(job).start()]);
      await eventually(() => expect(work.runs).toBeGreaterThanOrEqual(5));
      expect(work.runs).toBeLessThanOrEqual(ticksMax(began));
    },

    'never runs a job twice at once, however long it takes and however often it is woken': async () => {
      const work = new Work(1_500);
      const slow = runner({ name: 'slow', everySeconds: 1, handler: work.handler });
      await slow.start();
      for (let index = 0; index < 30; index++) {
        void slow.wake('slow');
        await pause(100);
      }
      expect(work.most).toBe(1);
      // Thirty wake-ups and some ticks, of which each run answers all that came during the one before it.
      expect(work.runs).toBeLessThan(15);
    },

    'takes a backlog of ticks as one': async () => {
      const before = runner({ name: 'backlog', everySeconds: 1, handler: async () => {} });
      await before.start();
      await pause(200);
      await before.drain(1_000);
      await pause(3_500);
      const work = new Work(1);
      await runner({ name: 'backlog', everySeconds: 1, handler: work.handler }).start();
      await eventually(() => expect(work.runs).toBeGreaterThan(0));
      // The next tick may have come already; the three that nobody took have not.
      expect(work.runs).toBeLessThanOrEqual(2);
    },

    'runs at once when woken, with the clock or without it': async () => {
      const work = new Work(1);
      const idle = runner({ name: 'rare', cron: '0 4 * * *', handler: work.handler });
      await idle.wake('rare');
      await idle.start();
      await idle.wake('rare');
      expect(work.runs).toBe(2);
    },

    'stops ticking when drained, and lets the run under way end': async () => {
      const work = new Work(300);
      const stopping = runner({ name: 'stopping', everySeconds: 1, handler: work.handler });
      await stopping.start();
      void stopping.wake('stopping');
      await pause(50);
      expect(await stopping.drain(2_000)).toEqual([]);
      const { runs } = work;
      expect(work.running).toBe(0);
      expect(stopping.ticking).toBe(false);
      await pause(2_200);
      expect(work.runs).toBe(runs);
    },
    ...more,
  });
}

describe('the clock on PostgreSQL', () => {
  let database: EventsDatabase;

  beforeAll(async () => {
    database = await EventsDatabase.start();
    await prepareAgendaTables(database.ownerUrl);
  }, 60_000);

  afterAll(() => database.stop());

  theClock(() => ({ kind: 'postgres', url: database.appUrl }), {
    'goes on after every connection of it was cut': async () => {
      const work = new Work(1);
      const job = { name: 'sturdy', everySeconds: 1, handler: work.handler };
      const url = `${database.appUrl}?application_name=sturdy`;
      const runner = new JobRunner({ jobs: [job], store: { kind: 'postgres', url }, log: silent });
      await runner.start();
      await pause(500);
      const { rowCount } = await database.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sturdy'`,
      );
      expect(rowCount).toBeGreaterThan(0);
      const { runs } = work;
      await eventually(() => expect(work.runs).toBeGreaterThan(runs + 1));
      await runner.drain(1_000);
    },
  });

  it('is prepared again without harm, also by several processes at once', async () => {
    await Promise.all([1, 2, 3].map(() => prepareAgendaTables(database.ownerUrl)));
  });

  it('leaves the product role without a table of its own', async () => {
    const { rows } = await database.owner.query(
      `select tablename, tableowner from pg_tables where schemaname = 'agenda' and tableowner <> 'postgres'
       union all select tablename, tableowner from pg_tables where schemaname = 'public' and tablename like 'agenda%'`,
    );
    expect(rows).toEqual([]);
  });

  it('says so when the database cannot be reached, and leaves nothing running', async () => {
    const url = 'postgres://quittance_app:app@127.0.0.1:9/postgres';
    const lost = new JobRunner({ jobs: [], store: { kind: 'postgres', url }, log: silent });
    await expect(lost.start()).rejects.toThrow('ECONNREFUSED');
    expect(lost.ticking).toBe(false);
  });
});

const mongodbUrl = process.env.TEST_MONGODB_URL;
const onMongodb = mongodbUrl ? describe : describe.skip;
onMongodb(
  `the clock on MongoDB${mongodbUrl ? '' : ' (SKIPPED: set TEST_MONGODB_URL to a server to run these)'}`,
  () => {
    theClock(() => ({ kind: 'mongodb', url: mongodbUrl ?? '' }));
  },
);
