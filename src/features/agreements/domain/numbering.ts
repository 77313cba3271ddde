import { dateLater } from '../../../kernel/calendar.js';
import { firstIndexAfter, firstIndexFrom, type Schedule } from './schedule.js';

/**
 * Which occurrence of the present schedule a period number means. Numbers go on
 * counting when the schedule is edited, so that (agreement, number) names one
 * period for ever and no two edits can make one period be charged twice.
 */
export interface Numbering {
  readonly baseNumber: number;
  readonly baseIndex: number;
}

/** Of a schedule that was never edited. */
export const FIRST_NUMBERING: Numbering = { baseNumber: 1, baseIndex: 0 };

/** Numbers before the base belong to an earlier schedule: what was charged under it carries its own date. */
export function indexOf({ baseNumber, baseIndex }: Numbering, number: number): number {
  if (number < baseNumber) {
    throw new RangeError(`number: ${number} was planned before the schedule was edited at ${baseNumber}`);
  }
  return baseIndex + (number - baseNumber);
}

export interface Progress {
  /** The number of the first period that is not claimed yet. */
  readonly nextNumber: number;
  /** The later of now and the time of the last period claimed. */
  readonly after: Date;
  /** The date of the last period claimed, in the zone it was planned in; null when there is none. */
  readonly lastDate: string | null;
}

/**
 * The numbering of an edited schedule: its next number is its first occurrence
 * after all that was claimed. The date counts besides the time, for moving a
 * schedule to the evening or to the west would make the day just charged due again.
 */
export function replan(schedule: Schedule, { nextNumber, after, lastDate }: Progress): Numbering {
  const index = firstIndexAfter(schedule, after);
  const nextDate = lastDate === null ? null : dateLater(lastDate, 1, 'DAY');
  const baseIndex = nextDate === null ? index : Math.max(index, firstIndexFrom(schedule, nextDate));
  return { baseNumber: nextNumber, baseIndex };
}
