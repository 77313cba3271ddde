import fc from 'fast-check';
import {
  dateLater,
  daysBetween,
  daysLater,
  instantAt,
  localDateAt,
  unitsBetween,
} from '../../../src/kernel/calendar.js';
import { clockAt, dateAfter, instantOf, ZONES } from '../agreements/reference-calendar.js';

const date = fc.integer({ min: 0, max: 40_000 }).map((days) => dateAfter('1990-01-01', days, 'DAY'));
const unit = fc.constantFrom('DAY' as const, 'WEEK' as const, 'MONTH' as const, 'YEAR' as const);
const zone = fc.constantFrom(...ZONES);
const time = fc
  .integer({ min: 0, max: 24 * 60 - 1 })
  .map((minute) => new Date(minute * 60_000).toISOString().slice(11, 16));

describe('a date that is later', () => {
  it.each([
    ['2026-01-31', 1, 'MONTH', '2026-02-28'],
    ['2028-01-31', 1, 'MONTH', '2028-02-29'],
    ['2026-01-31', 2, 'MONTH', '2026-03-31'],
    ['2026-12-31', 1, 'DAY', '2027-01-01'],
    ['2024-02-29', 1, 'YEAR', '2025-02-28'],
    ['2024-02-29', 4, 'YEAR', '2028-02-29'],
    ['2096-02-29', 4, 'YEAR', '2100-02-28'],
    ['2026-11-21', 2, 'WEEK', '2026-12-05'],
    ['9998-12-30', 1, 'DAY', '9998-12-31'],
    ['9997-12-31', 1, 'YEAR', '9998-12-31'],
  ] as const)('%s and %i %s: %s', (from, count, by, expected) => {
    expect(dateLater(from, count, by)).toBe(expected);
  });

  it.each([
    ['9998-12-31', 1, 'DAY'],
    ['9998-12-01', 1, 'MONTH'],
    ['9998-12-31', 1, 'YEAR'],
    ['2026-01-01', 8000, 'YEAR'],
    ['2026-01-01', Number.MAX_SAFE_INTEGER, 'DAY'],
    ['2026-01-01', Number.MAX_SAFE_INTEGER, 'YEAR'],
  ] as const)('%s and %i %s: none, for it would not sort as a text', (from, count, by) => {
    expect(dateLater(from, count, by)).toBeNull();
  });

  it('never leads to an instant past the year 9999, wherever it is read', () => {
    const counts = fc.nat(200_000);
    const zones = fc.constantFrom(...ZONES, 'Etc/GMT+12', 'Pacific/Kiritimati');
    fc.assert(
      fc.property(fc.constantFrom('2199-12-31', '9990-12-31'), counts, unit, zones, (from, count, by, where) => {
        const later = dateLater(from, count, by);
        if (later) expect(instantAt(later, '23:59', where).getUTCFullYear()).toBeLessThan(10_000);
      }),
    );
    expect(instantAt('9998-12-31', '23:59', 'Etc/GMT+12').getUTCFullYear()).toBe(9999);
  });

  it('is what counting by hand gives', () => {
    fc.assert(
      fc.property(date, fc.nat(500), unit, (from, count, by) => {
        expect(dateLater(from, count, by)).toBe(dateAfter(from, count, by));
      }),
    );
  });

  it('lies as many units away as were added, or one less where the month was too short', () => {
    fc.assert(
      fc.property(date, fc.nat(500), unit, (from, count, by) => {
        const units = unitsBetween(from, dateAfter(from, count, by), by);
        const isClamped = dateAfter(from, count, by).slice(8) !== from.slice(8) && (by === 'MONTH' || by === 'YEAR');
        expect(units).toBe(isClamped ? count - 1 : count);
      }),
    );
  });
});

it.each([
  ['2026-11-21', '2026-11-21', 0],
  ['2026-02-28', '2026-03-01', 1],
  ['2028-02-28', '2028-03-01', 2],
  ['2026-03-01', '2026-02-28', -1],
])('days from %s to %s: %i', (from, to, days) => {
  expect(daysBetween(from, to)).toBe(days);
});

describe('the instant of a local time', () => {
  it.each([
    ['in summer', '2026-07-01', '09:00', 'America/New_York', '2026-07-01T13:00:00.000Z'],
    ['in winter', '2026-01-01', '09:00', 'America/New_York', '2026-01-01T14:00:00.000Z'],
    ['that is skipped: moved forward', '2026-03-08', '02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['that comes twice: the first', '2026-11-01', '01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['that half an hour skips', '2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['that half an hour repeats', '2026-04-05', '01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['a quarter of an hour off', '2026-01-01', '00:00', 'Asia/Kathmandu', '2025-12-31T18:15:00.000Z'],
    ['half an hour off', '2026-01-01', '00:00', 'America/St_Johns', '2026-01-01T03:30:00.000Z'],
    ['midnight that is skipped', '2021-03-22', '00:00', 'Asia/Tehran', '2021-03-21T20:30:00.000Z'],
    ['of a day that is skipped', '2011-12-30', '09:00', 'Pacific/Apia', '2011-12-30T19:00:00.000Z'],
  ])('%s: %s %s %s', (_, day, clock, where, instant) => {
    expect(instantAt(day, clock, where).toISOString()).toBe(instant);
  });

  it('is what clocks say, read without Temporal', () => {
    fc.assert(
      fc.property(date, time, zone, (day, clock, where) => {
        expect(instantAt(day, clock, where)).toEqual(instantOf(day, clock, where));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a local date', () => {
  it('is what calendars in the zone show', () => {
    fc.assert(
      fc.property(date, time, zone, (day, clock, where) => {
        const instant = new Date(`${day}T${clock}:00Z`);
        expect(localDateAt(instant, where)).toBe(clockAt(instant, where).slice(0, 10));
      }),
    );
  });
});

describe('so many days later', () => {
  it('is at the same time of day, whatever clocks did in between', () => {
    const evening = new Date('2026-03-07T23:30:00Z');
    expect(clockAt(evening, 'America/New_York')).toBe('2026-03-07 18:30');
    expect(clockAt(daysLater(evening, 1, 'America/New_York'), 'America/New_York')).toBe('2026-03-08 18:30');
    expect(daysLater(evening, 1, 'America/New_York').toISOString()).toBe('2026-03-08T22:30:00.000Z');
  });

  it('is what clocks say, read without Temporal', () => {
    fc.assert(
      fc.property(date, time, zone, fc.integer({ min: 1, max: 40 }), (day, clock, where, days) => {
        const from = new Date(`${day}T${clock}:00Z`);
        const [shownDate = '', shownTime = ''] = clockAt(from, where).split(' ');
        const expected = instantOf(dateAfter(shownDate, days, 'DAY'), shownTime, where);
        expect(daysLater(from, days, where)).toEqual(expected);
      }),
    );
  });
});
