import fc from 'fast-check';
import { earliestAllowed } from '../../../src/features/agreements/domain/catch-up.js';
import { type ForecastFacts, upcomingCharges } from '../../../src/features/agreements/domain/forecast.js';
import { clockAt, dateAfter, instantOf } from './reference-calendar.js';
import { aSchedule, schedules } from './schedules.js';

/** Monthly from 31 January 2026 in London, ten units each, nothing charged yet, without an end. */
function facts(those: Partial<ForecastFacts>): ForecastFacts {
  return {
    schedule: aSchedule({}),
    numbering: { baseNumber: 1, baseIndex: 0 },
    nextNumber: 1,
    chargeAmount: { mode: 'FIXED', amount: 1000n },
    seed: 'agr_1',
    remaining: null,
    expiryDate: null,
    minimumDays: null,
    lastPaymentDate: null,
    ...those,
  };
}

function dates(those: Partial<ForecastFacts>, first = 4): readonly string[] {
  return upcomingCharges(facts(those), first).map(({ date }) => date);
}

describe('the earliest time that payments far enough apart allow', () => {
  const at = new Date('2026-03-30T08:00Z');

  it.each<[string, string | null, number | null, string]>([
    ['as planned, where nothing was paid yet', null, 30, '2026-03-30T08:00Z'],
    ['as planned, where no distance was agreed', '2026-03-29', null, '2026-03-30T08:00Z'],
    ['as planned, where it is just far enough', '2026-02-28', 30, '2026-03-30T08:00Z'],
    ['a day later, where a day is missing', '2026-03-01', 30, '2026-03-31T08:00Z'],
    ['30 days after a payment on the same day', '2026-03-30', 30, '2026-04-29T08:00Z'],
    ['and after one of a later day', '2026-04-02', 30, '2026-05-02T08:00Z'],
  ])('%s', (_, lastPaymentDate, minimumDays, expected) => {
    expect(earliestAllowed(at, { lastPaymentDate, minimumDays, timeZone: 'Europe/London' })).toEqual(
      new Date(expected),
    );
  });

  it('keeps the time of day, though clocks move', () => {
    const friday = new Date('2026-03-27T09:00Z');
    expect(
      earliestAllowed(friday, { lastPaymentDate: '2026-03-26', minimumDays: 5, timeZone: 'Europe/London' }),
    ).toEqual(new Date('2026-03-31T08:00Z'));
  });

  it('counts days by the dates of the zone', () => {
    const eveningInNewYork = new Date('2026-05-02T03:00Z');
    const spacing = { minimumDays: 30, timeZone: 'America/New_York' };
    expect(earliestAllowed(eveningInNewYork, { ...spacing, lastPaymentDate: '2026-04-01' })).toEqual(eveningInNewYork);
    expect(earliestAllowed(eveningInNewYork, { ...spacing, lastPaymentDate: '2026-04-02' })).toEqual(
      new Date('2026-05-03T03:00Z'),
    );
  });
});

describe('the charges to come', () => {
  it('have numbers, dates, times and amounts', () => {
    const sequence = { mode: 'SEQUENCE', amounts: [100n, 200n, 300n] } as const;
    expect(upcomingCharges(facts({ chargeAmount: sequence, nextNumber: 2 }), 5)).toEqual([
      { number: 2, date: '2026-02-28', at: new Date('2026-02-28T09:00Z'), amount: 200n },
      { number: 3, date: '2026-03-31', at: new Date('2026-03-31T08:00Z'), amount: 300n },
    ]);
  });

  it.each<[string, Partial<ForecastFacts>, readonly string[]]>([
    ['as many as are asked for', {}, ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']],
    ['no more than remain', { remaining: 2 }, ['2026-01-31', '2026-02-28']],
    ['none when none remain', { remaining: 0 }, []],
    ['until the finish date', { schedule: aSchedule({ finishDate: '2026-02-28' }) }, ['2026-01-31', '2026-02-28']],
    ['until the last day of consent', { expiryDate: '2026-02-28' }, ['2026-01-31', '2026-02-28']],
    ['not a day after consent has ended', { expiryDate: '2026-02-27' }, ['2026-01-31']],
    [
      'after an edit, by its numbering',
      { nextNumber: 7, numbering: { baseNumber: 7, baseIndex: 1 }, remaining: 2 },
      ['2026-02-28', '2026-03-31'],
    ],
    [
      'far enough apart: a later one waits',
      { minimumDays: 30, remaining: 3 },
      ['2026-01-31', '2026-03-02', '2026-04-01'],
    ],
    [
      'far enough from the last payment',
      { minimumDays: 10, lastPaymentDate: '2026-01-25', remaining: 1 },
      ['2026-02-04'],
    ],
    [
      'no longer allowed once it would have to wait beyond consent',
      { minimumDays: 30, expiryDate: '2026-03-01' },
      ['2026-01-31'],
    ],
  ])('%s', (_, those, expected) => {
    expect(dates(those)).toEqual(expected);
  });

  it('are the periods of the schedule, counted by hand', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 50 }), fc.nat(12), (schedule, nextNumber, first) => {
        const { startDate, interval, period, localTime, timeZone } = schedule;
        const expected = Array.from({ length: first }, (_, index) => {
          const number = nextNumber + index;
          const date = dateAfter(startDate, (number - 1) * interval, period);
          const at = instantOf(date, localTime, timeZone);
          return { number, date: clockAt(at, timeZone).slice(0, 10), at, amount: 1000n };
        });
        expect(upcomingCharges(facts({ schedule, nextNumber }), first)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('are never closer than agreed, nor later than that needs', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 60 }), (schedule, minimumDays) => {
        const free = upcomingCharges(facts({ schedule }), 8);
        const spaced = upcomingCharges(facts({ schedule, minimumDays }), 8);
        for (const [index, { date, at }] of spaced.entries()) {
          const before = spaced[index - 1];
          const allowedFrom = before === undefined ? '' : dateAfter(before.date, minimumDays, 'DAY');
          const plannedDate = free[index]?.date ?? '';
          expect(date).toBe([allowedFrom, plannedDate].sort().at(-1));
          if (date === plannedDate) expect(at).toEqual(free[index]?.at);
        }
      }),
      { numRuns: 25 },
    );
  });
});
