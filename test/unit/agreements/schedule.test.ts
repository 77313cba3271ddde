import fc from 'fast-check';
import {
  firstIndexAfter,
  firstIndexFrom,
  type Occurrence,
  occurrence,
  type Schedule,
} from '../../../src/features/agreements/domain/schedule.js';
import { clockAt, dateAfter, instantOf, ZONES } from './reference-calendar.js';
import { aSchedule, schedules } from './schedules.js';

function planned(schedule: Schedule, index: number): Occurrence {
  const found = occurrence(schedule, index);
  if (found === null) throw new Error(`no occurrence ${index}`);
  return found;
}

function dates(those: Partial<Schedule>, count: number): readonly string[] {
  const schedule = aSchedule(those);
  return Array.from({ length: count }, (_, index) => planned(schedule, index).date);
}

describe('the dates of a schedule', () => {
  it.each<[string, Partial<Schedule>, readonly string[]]>([
    [
      'monthly from the 31st: the last day of shorter months, the 31st again after',
      { startDate: '2027-12-31' },
      ['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31'],
    ],
    [
      'monthly from the 30th: only February is shorter',
      { startDate: '2027-01-30' },
      ['2027-01-30', '2027-02-28', '2027-03-30', '2027-04-30'],
    ],
    [
      'yearly from 29 February: the 28th until the next leap year',
      { period: 'YEAR', startDate: '2024-02-29' },
      ['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'],
    ],
    [
      'every third month',
      { startDate: '2026-11-30', interval: 3 },
      ['2026-11-30', '2027-02-28', '2027-05-30', '2027-08-30'],
    ],
    [
      'fortnightly, across a year',
      { period: 'WEEK', interval: 2, startDate: '2026-12-25' },
      ['2026-12-25', '2027-01-08', '2027-01-22'],
    ],
    [
      'daily, across a leap day',
      { period: 'DAY', startDate: '2028-02-28' },
      ['2028-02-28', '2028-02-29', '2028-03-01'],
    ],
  ])('%s', (_, those, expected) => {
    expect(dates(those, expected.length)).toEqual(expected);
  });

  it('are those that counting by hand from the anchor gives', () => {
    fc.assert(
      fc.property(schedules, fc.nat(200), (schedule, index) => {
        const { startDate, interval, period } = schedule;
        expect(planned(schedule, index).date).toBe(dateAfter(startDate, index * interval, period));
      }),
    );
  });

  it('end with the finish date, on which the last one may fall', () => {
    const schedule = aSchedule({ startDate: '2026-01-15', finishDate: '2026-03-15' });
    expect([0, 1, 2, 3].map((index) => occurrence(schedule, index)?.date)).toEqual([
      '2026-01-15',
      '2026-02-15',
      '2026-03-15',
      undefined,
    ]);
    expect(occurrence({ ...schedule, finishDate: '2026-03-14' }, 2)).toBeNull();
  });

  it('end with the year 9999 at the latest', () => {
    expect(occurrence(aSchedule({ period: 'YEAR', interval: 1000 }), 8)).toBeNull();
    expect(occurrence(aSchedule({ period: 'DAY' }), Number.MAX_SAFE_INTEGER)).toBeNull();
  });

  it('do not begin before the first', () => {
    expect(() => occurrence(aSchedule({}), -1)).toThrow(new RangeError('index: -1 is before the first occurrence, 0'));
  });
});

describe('the times of a schedule', () => {
  const daily = { period: 'DAY', timeZone: 'America/New_York' } as const;

  it.each<[string, Partial<Schedule>, readonly string[]]>([
    [
      'a time that clocks skip is moved forward on that day only',
      { ...daily, startDate: '2026-03-07', localTime: '02:30' },
      ['2026-03-07T07:30Z', '2026-03-08T07:30Z', '2026-03-09T06:30Z'],
    ],
    [
      'a time that clocks show twice is taken once, the first time',
      { ...daily, startDate: '2026-10-31', localTime: '01:30' },
      ['2026-10-31T05:30Z', '2026-11-01T05:30Z', '2026-11-02T06:30Z'],
    ],
    [
      'clocks that move by half an hour',
      { period: 'DAY', timeZone: 'Australia/Lord_Howe', startDate: '2026-10-03', localTime: '02:15' },
      ['2026-10-02T15:45Z', '2026-10-03T15:45Z', '2026-10-04T15:15Z'],
    ],
    [
      'the day that Apia skipped shares the time of the next',
      { period: 'DAY', timeZone: 'Pacific/Apia', startDate: '2011-12-29', localTime: '09:00' },
      ['2011-12-29T19:00Z', '2011-12-30T19:00Z', '2011-12-30T19:00Z', '2011-12-31T19:00Z'],
    ],
  ])('%s', (_, those, expected) => {
    const schedule = aSchedule(those);
    expect(expected.map((_, index) => planned(schedule, index).at)).toEqual(expected.map((each) => new Date(each)));
  });

  it('are what clocks in the zone say', () => {
    fc.assert(
      fc.property(schedules, fc.nat(200), (schedule, index) => {
        const { date, at } = planned(schedule, index);
        expect(at).toEqual(instantOf(date, schedule.localTime, schedule.timeZone));
      }),
    );
  });

  it('only ever go forward', () => {
    fc.assert(
      fc.property(schedules, fc.nat(200), (schedule, index) => {
        expect(planned(schedule, index + 1).at.getTime()).toBeGreaterThan(planned(schedule, index).at.getTime());
      }),
    );
  });

  it.each(ZONES)('skip no day of a leap year and repeat none in %s', (timeZone) => {
    const schedule = aSchedule({ period: 'DAY', startDate: '2028-01-01', localTime: '02:15', timeZone });
    const days = Array.from({ length: 366 }, (_, index) => planned(schedule, index));
    const shown = days.map(({ at }) => clockAt(at, timeZone).slice(0, 10));
    expect(shown).toEqual(days.map((_, index) => dateAfter('2028-01-01', index, 'DAY')));
  });
});

describe('the first occurrence after an instant', () => {
  it.each<[string, Partial<Schedule>, string, number]>([
    ['long before the first: the first', {}, '1999-01-01T00:00Z', 0],
    ['a moment before the first: the first', {}, '2026-01-31T08:59:59.999Z', 0],
    ['at the first: the second', {}, '2026-01-31T09:00Z', 1],
    ['between: the next', {}, '2026-02-10T00:00Z', 1],
    ['at the last day of a shorter month: the one after', {}, '2026-02-28T09:00Z', 2],
    ['of every third month', { interval: 3 }, '2026-04-30T09:00Z', 2],
    ['decades on', { period: 'DAY' }, '2126-01-31T09:00Z', 36_525],
    ['where the day began earlier', { timeZone: 'Pacific/Kiritimati', period: 'DAY' }, '2026-01-30T18:59Z', 0],
    ['where the day begins later', { timeZone: 'Pacific/Niue', period: 'DAY' }, '2026-01-31T19:59Z', 0],
  ])('%s', (_, those, instant, index) => {
    expect(firstIndexAfter(aSchedule(those), new Date(instant))).toBe(index);
  });

  it('has no other between, whatever the schedule', () => {
    fc.assert(
      fc.property(
        schedules,
        fc.date({ min: new Date('2010-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
        (schedule, instant) => {
          const index = firstIndexAfter(schedule, instant);
          expect(planned(schedule, index).at.getTime()).toBeGreaterThan(instant.getTime());
          if (index > 0) expect(planned(schedule, index - 1).at.getTime()).toBeLessThanOrEqual(instant.getTime());
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is the next one at every occurrence, and that one a moment before it', () => {
    fc.assert(
      fc.property(schedules, fc.nat(200), (schedule, index) => {
        const { at } = planned(schedule, index);
        expect(firstIndexAfter(schedule, at)).toBe(index + 1);
        expect(firstIndexAfter(schedule, new Date(at.getTime() - 1))).toBe(index);
      }),
    );
  });

  it('is the one of the day that Apia skipped, until the next day at that time', () => {
    const schedule = aSchedule({ period: 'DAY', timeZone: 'Pacific/Apia', startDate: '2011-12-29' });
    expect(firstIndexAfter(schedule, new Date('2011-12-30T15:00Z'))).toBe(1);
    expect(firstIndexAfter(schedule, new Date('2011-12-30T19:00Z'))).toBe(3);
  });

  it('is told of a finished schedule too: there is none at that index', () => {
    const schedule = aSchedule({ finishDate: '2026-03-31' });
    const index = firstIndexAfter(schedule, new Date('2026-06-01T00:00Z'));
    expect(index).toBe(5);
    expect(occurrence(schedule, index)).toBeNull();
  });

  it('is told at the end of the calendar too', () => {
    const schedule = aSchedule({ period: 'YEAR', startDate: '9997-01-01' });
    expect(firstIndexAfter(schedule, new Date('9998-06-01T00:00Z'))).toBe(2);
    expect(occurrence(schedule, 2)).toBeNull();
  });
});

describe('the first occurrence from a date on', () => {
  it.each<[string, number]>([
    ['2020-01-01', 0],
    ['2026-01-31', 0],
    ['2026-02-01', 1],
    ['2026-02-28', 1],
    ['2026-03-01', 2],
    ['2026-03-31', 2],
  ])('%s: %i', (date, index) => {
    expect(firstIndexFrom(aSchedule({}), date)).toBe(index);
  });

  it('has no other between, whatever the schedule', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: -500, max: 20_000 }), (schedule, days) => {
        const date = dateAfter(schedule.startDate, days, 'DAY');
        const index = firstIndexFrom(schedule, date);
        expect(planned(schedule, index).date >= date).toBe(true);
        if (index > 0) expect(planned(schedule, index - 1).date < date).toBe(true);
      }),
    );
  });
});
