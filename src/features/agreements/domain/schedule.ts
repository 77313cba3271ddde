import { type CalendarUnit, dateLater, instantAt, localDateAt, unitsBetween } from '../../../kernel/calendar.js';

export const SCHEDULE_PERIODS = ['DAY', 'WEEK', 'MONTH', 'YEAR'] as const satisfies readonly CalendarUnit[];
export type SchedulePeriod = (typeof SCHEDULE_PERIODS)[number];

/** When an agreement is charged: every `interval` periods from `startDate`, at `localTime` in `timeZone`. */
export interface Schedule {
  readonly period: SchedulePeriod;
  readonly interval: number;
  /** The anchor: the 31st stays the 31st wherever a month has one. */
  readonly startDate: string;
  /** The last date that a period may fall on. */
  readonly finishDate: string | null;
  readonly timeZone: string;
  /** '09:00'. */
  readonly localTime: string;
}

export interface Occurrence {
  readonly index: number;
  /** In the schedule's zone, as planned. */
  readonly date: string;
  readonly at: Date;
}

/**
 * The schedule's `index`-th time, from 0; null once it is finished. Always counted
 * from the anchor: counting from the time before would turn 31 January into the
 * 28th for ever. Where a zone skipped a whole day (Apia, 30 December 2011), that
 * day's time is the next day's.
 */
export function occurrence(schedule: Schedule, index: number): Occurrence | null {
  if (index < 0) throw new RangeError(`index: ${index} is before the first occurrence, 0`);
  const date = dateOf(schedule, index);
  if (date === null || isFinished(schedule, date)) return null;
  return { index, date, at: timeOn(schedule, date) };
}

/** The first occurrence later than an instant. The schedule may be finished by then: `occurrence` tells. */
export function firstIndexAfter(schedule: Schedule, instant: Date): number {
  const near = localDateAt(instant, schedule.timeZone);
  return firstIndex(schedule, near, (date) => timeOn(schedule, date).getTime() > instant.getTime());
}

/** The first occurrence on a date or after it. The schedule may be finished by then: `occurrence` tells. */
export function firstIndexFrom(schedule: Schedule, from: string): number {
  return firstIndex(schedule, from, (date) => date >= from);
}

/** Whole units since the anchor are an estimate: months are short, and a skipped time may be moved past midnight. */
function firstIndex(schedule: Schedule, near: string, isReached: (date: string) => boolean): number {
  const reaches = (index: number): boolean => {
    const date = dateOf(schedule, index);
    return date === null || isReached(date);
  };
  const units = unitsBetween(schedule.startDate, near, schedule.period);
  let index = Math.max(0, Math.floor(units / schedule.interval));
  while (index > 0 && reaches(index - 1)) index -= 1;
  while (!reaches(index)) index += 1;
  return index;
}

function dateOf({ startDate, interval, period }: Schedule, index: number): string | null {
  return dateLater(startDate, index * interval, period);
}

function timeOn({ localTime, timeZone }: Schedule, date: string): Date {
  return instantAt(date, localTime, timeZone);
}

function isFinished({ finishDate }: Schedule, date: string): boolean {
  return finishDate !== null && date > finishDate;
}
