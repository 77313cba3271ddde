import 'reflect-metadata';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, jest } from '@jest/globals';
import { createTestDatabase } from '../../support/database.js';
import { clockAt } from '../../unit/agreements/reference-calendar.js';
import type { Plan } from '../agreements/virtual-agreements.js';
import { type Findings, liveThrough, type VirtualRun } from '../agreements/virtual-time.js';
import { SEED } from '../orders/disorder.js';
import type { Elsewhere } from './elsewhere.js';

jest.setTimeout(60_000);

const NOTHING_WRONG = { missed: [], doubled: [], wrong: [], failures: [] };

/** On a database of its own, for agreements are found by their times. */
async function passing<Found extends Findings = Findings>(
  run: Partial<VirtualRun>,
  live: (run: VirtualRun) => Promise<Found> = liveThrough as never,
): Promise<Found> {
  const database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  try {
    return await live({ databaseUrl: database.url, agreements: 10, days: 60, operators: 2, seed: SEED, ...run });
  } finally {
    await database.drop();
  }
}

function plan(those: Partial<Plan['schedule']>): Plan {
  const schedule = { period: 'MONTH', interval: 1, finishDate: null, localTime: '00:00', timeZone: 'UTC' } as const;
  return { schedule: { ...schedule, startDate: '2027-08-31', ...those }, amount: { mode: 'FIXED', amount: 2000n } };
}

it('killbill#2133: what begins on the 31st comes back to the 31st after a shorter month', async () => {
  const found = await passing({ agreements: [plan({})], days: 300, everyHours: 24 });
  expect(found).toMatchObject(NOTHING_WRONG);
  expect(found.charged[0]?.map((at) => at.slice(0, 10))).toEqual([
    '2027-08-31',
    '2027-09-30',
    '2027-10-31',
    '2027-11-30',
    '2027-12-31',
    '2028-01-31',
    '2028-02-29',
    '2028-03-31',
    '2028-04-30',
    '2028-05-31',
  ]);
});

it('lago-api PR#879: east of UTC, where the day begins a day earlier, each month is charged once', async () => {
  const east = ['Pacific/Kiritimati', 'Pacific/Auckland', 'Asia/Kathmandu'];
  const agreements = east.map((timeZone) => plan({ startDate: '2027-09-01', timeZone }));
  const found = await passing({ agreements, days: 50, everyHours: 3 });
  expect(found).toMatchObject(NOTHING_WRONG);
  expect(found.charged.map((times, index) => times.map((at) => clockAt(new Date(at), east[index] ?? '')))).toEqual(
    east.map(() => ['2027-09-01 00:00', '2027-10-01 00:00']),
  );
});

it('convoy#2795: a machine in Auckland charges, and has its nights, when one that goes by UTC does', async () => {
  const script = path.resolve('test/reliability/incidents/elsewhere.mjs');
  const there = await passing({}, async (run) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', script, JSON.stringify(run)], {
      env: { PATH: process.env.PATH, TZ: 'Pacific/Auckland' },
    });
    return JSON.parse(stdout) as Elsewhere;
  });
  expect(there).toMatchObject({ ...NOTHING_WRONG, offset: -13 * 60, night: '03:17' });
  expect(there.charged).toEqual((await passing({})).charged);
});
