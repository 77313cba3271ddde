import { describe, expect, it } from '@jest/globals';
import {
  closingTime,
  defaultTitle,
  lastDate,
  monthName,
  monthOf,
  today,
} from '../../../src/features/invoices/domain/billing-month.js';

/** What clocks in a zone show, by another way than the calendar's. */
function wallOf(timeZone: string): (moment: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  return (moment) => format.format(moment);
}

const ZONES = Intl.supportedValuesOf('timeZone');

describe('the month of a date', () => {
  it('is its first day, and gives a draft its title', () => {
    expect(monthOf('2026-10-17')).toBe('2026-10-01');
    expect(monthOf('2024-02-29')).toBe('2024-02-01');
    expect(defaultTitle('2026-10-01')).toBe('Invoice for October 2026');
    expect(defaultTitle('2027-01-01')).toBe('Invoice for January 2027');
    const english = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
    for (let month = 1; month <= 12; month += 1) {
      const first = `2026-${String(month).padStart(2, '0')}-01`;
      expect(monthName(first)).toBe(english.format(new Date(first)));
    }
  });
});

describe('closing', () => {
  it('is as the 2nd of the next month begins, in every zone', () => {
    const months = ['2026-02-01', '2026-03-01', '2026-09-01', '2026-12-01'];
    const wrong = ZONES.flatMap((zone) => {
      const wall = wallOf(zone);
      return months.flatMap((month) => {
        const next = new Date(`${month}T00:00:00Z`);
        next.setUTCMonth(next.getUTCMonth() + 1);
        const day = `${next.toISOString().slice(0, 8)}02`;
        const closing = closingTime(month, zone);
        // Where clocks skip midnight the day begins later; a moment before it is the 1st all the same.
        const before = wall(new Date(closing.getTime() - 1));
        return wall(closing) === day && before === `${day.slice(0, 8)}01` ? [] : [`${zone} ${month}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ['2026-10-01', 'Pacific/Kiritimati', '2026-11-01T10:00:00.000Z'],
    ['2026-10-01', 'Pacific/Pago_Pago', '2026-11-02T11:00:00.000Z'],
    ['2026-10-01', 'America/New_York', '2026-11-02T05:00:00.000Z'],
    ['2026-02-01', 'Europe/Berlin', '2026-03-01T23:00:00.000Z'],
    ['2026-12-01', 'Asia/Kathmandu', '2027-01-01T18:15:00.000Z'],
    ['2026-09-01', 'Australia/Lord_Howe', '2026-10-01T13:30:00.000Z'],
  ])('of %s in %s is at %s', (month, zone, at) => {
    expect(closingTime(month, zone).toISOString()).toBe(at);
  });
});

describe('the days that an item may have', () => {
  it('are counted where the merchant is', () => {
    const newYear = new Date('2026-12-31T12:00:00Z');
    expect(today(newYear, 'Pacific/Kiritimati')).toBe('2027-01-01');
    expect(today(newYear, 'Pacific/Pago_Pago')).toBe('2026-12-31');
    expect(lastDate(newYear, 'Pacific/Kiritimati')).toBe('2028-01-01');
    expect(lastDate(new Date('2024-02-29T12:00:00Z'), 'UTC')).toBe('2025-02-28');
  });

  it('end with the calendar', () => {
    expect(() => closingTime('9998-12-01', 'UTC')).toThrow('no month follows 9998-12-01');
    expect(() => lastDate(new Date('9998-06-01T00:00:00Z'), 'UTC')).toThrow(
      'no date lies 12 months after 9998-06-01T00:00:00.000Z',
    );
  });
});
