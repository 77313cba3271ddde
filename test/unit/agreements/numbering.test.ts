import fc from 'fast-check';
import { FIRST_NUMBERING, indexOf, type Numbering, replan } from '../../../src/features/agreements/domain/numbering.js';
import { type Occurrence, occurrence, type Schedule } from '../../../src/features/agreements/domain/schedule.js';
import { aSchedule, schedules } from './schedules.js';

function period(schedule: Schedule, numbering: Numbering, number: number): Occurrence {
  const found = occurrence(schedule, indexOf(numbering, number));
  if (found === null) throw new Error(`no period ${number}`);
  return found;
}

describe('the numbers of periods', () => {
  it('begin with 1 at the first occurrence', () => {
    expect([1, 2, 3].map((number) => indexOf(FIRST_NUMBERING, number))).toEqual([0, 1, 2]);
  });

  it('go on from the base of an edited schedule', () => {
    expect([7, 8].map((number) => indexOf({ baseNumber: 7, baseIndex: 2 }, number))).toEqual([2, 3]);
  });

  it('tell nothing of an earlier schedule', () => {
    expect(() => indexOf({ baseNumber: 7, baseIndex: 2 }, 6)).toThrow('number: 6 was planned before');
  });
});

describe('an edited schedule', () => {
  const charged = { nextNumber: 4, after: new Date('2026-03-31T08:00Z'), lastDate: '2026-03-31' };

  it.each<[string, Partial<Schedule>, string]>([
    ['nothing changed: goes on as before', {}, '2026-04-30T08:00Z'],
    ['an earlier day of the month', { startDate: '2026-01-05' }, '2026-04-05T08:00Z'],
    ['a new beginning in the future', { startDate: '2026-09-01' }, '2026-09-01T08:00Z'],
    ['another period', { period: 'WEEK', startDate: '2026-03-02' }, '2026-04-06T08:00Z'],
    ['later on the day that was charged: not that day again', { localTime: '18:00' }, '2026-04-30T17:00Z'],
    [
      'to the west, where that time comes later that day: not that day again',
      { timeZone: 'America/New_York' },
      '2026-04-30T13:00Z',
    ],
    ['to the east', { timeZone: 'Asia/Kathmandu' }, '2026-04-30T03:15Z'],
  ])('%s', (_, those, expected) => {
    const schedule = aSchedule(those);
    const numbering = replan(schedule, charged);
    expect(period(schedule, numbering, 4).at).toEqual(new Date(expected));
  });

  it('that never charged starts with its own first occurrence to come', () => {
    const schedule = aSchedule({});
    const progress = { nextNumber: 1, after: new Date('2026-01-01T00:00Z'), lastDate: null };
    expect(replan(schedule, progress)).toEqual(FIRST_NUMBERING);
  });

  it('leaves out what was missed before the edit: that is caught up with before, or never', () => {
    const numbering = replan(aSchedule({}), { ...charged, after: new Date('2026-08-15T00:00Z') });
    expect(numbering).toEqual({ baseNumber: 4, baseIndex: 7 });
  });

  it('charges nothing twice and loses no number, however often schedule and zone are edited', () => {
    const edits = fc.array(fc.record({ schedule: schedules, charges: fc.nat(4) }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(edits, (steps) => {
        const claimed: (Occurrence & { number: number })[] = [];
        for (const { schedule, charges } of steps) {
          const last = claimed.at(-1);
          const nextNumber = claimed.length + 1;
          const after = last?.at ?? new Date('2011-12-31T00:00Z');
          const numbering = replan(schedule, { nextNumber, after, lastDate: last?.date ?? null });
          for (let number = nextNumber; number < nextNumber + charges; number += 1) {
            claimed.push({ number, ...period(schedule, numbering, number) });
          }
        }
        expect(claimed.map(({ number }) => number)).toEqual(claimed.map((_, index) => index + 1));
        for (const [index, { at, date }] of claimed.slice(1).entries()) {
          const before = claimed[index];
          expect(at.getTime()).toBeGreaterThan(before?.at.getTime() ?? Number.NaN);
          expect(date > (before?.date ?? '')).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});
