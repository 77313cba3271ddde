import { Temporal } from 'temporal-polyfill';

/*
 * Calendar arithmetic on plain values, so that rules need not know the library:
 * a date is '2026-11-21', a time of day '09:00', a zone its IANA name. Dates of
 * four-digit years sort as texts, so they are compared with < and >.
 */

export type CalendarUnit = 'DAY' | 'WEEK' | 'MONTH' | 'YEAR';

/** The last evening of it is still a moment of a four-digit year in the westernmost zone. */
const LAST_YEAR = 9998;

const DURATIONS: Readonly<Record<CalendarUnit, 'days' | 'weeks' | 'months' | 'years'>> = {
  DAY: 'days',
  WEEK: 'weeks',
  MONTH: 'months',
  YEAR: 'years',
};

/** At most so many: dividing by it never takes a date that exists for one that does not. */
const UNITS_OF_YEAR: Readonly<Record<CalendarUnit, number>> = { DAY: 366, WEEK: 53, MONTH: 12, YEAR: 1 };

/**
 * `count` units after `date`. A day that the month reached does not have becomes
 * its last one. Null past the year 9998: longer years no longer sort as texts,
 * and the last day of 9999 ends, west of Greenwich, in the year 10000.
 */
export function dateLater(date: string, count: number, unit: CalendarUnit): string | null {
  if (Number(date.slice(0, 4)) + count / UNITS_OF_YEAR[unit] > LAST_YEAR + 1) return null;
  const later = Temporal.PlainDate.from(date).add({ [DURATIONS[unit]]: count });
  return later.year > LAST_YEAR ? null : later.toString();
}

/** How many whole units lie between two dates; negative when `to` is the earlier one. */
export function unitsBetween(from: string, to: string, unit: CalendarUnit): number {
  const largestUnit = DURATIONS[unit];
  return Temporal.PlainDate.from(from).until(to, { largestUnit })[largestUnit];
}

/** Days between two dates, as a calendar on the wall counts them. */
export function daysBetween(from: string, to: string): number {
  return unitsBetween(from, to, 'DAY');
}

/**
 * When a zone's clocks show this time on this date. A time that they skip is
 * moved forward by what they skip; of a time that they show twice it is the first.
 */
export function instantAt(date: string, localTime: string, timeZone: string): Date {
  const wall = Temporal.PlainDateTime.from(`${date}T${localTime}`);
  return new Date(wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds);
}

/** The date that a zone's calendars show at an instant. */
export function localDateAt(instant: Date, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDate().toString();
}

/** So many days later at the same time of day there, however long those days are. */
export function daysLater(instant: Date, days: number, timeZone: string): Date {
  return new Date(zoned(instant, timeZone).add({ days }).epochMilliseconds);
}

function zoned(instant: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
}
