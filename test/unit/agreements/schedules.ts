import fc from 'fast-check';
import { SCHEDULE_PERIODS, type Schedule } from '../../../src/features/agreements/domain/schedule.js';
import { dateAfter, ZONES } from './reference-calendar.js';

/** Monthly from 31 January 2026, at nine in London. */
export function aSchedule(those: Partial<Schedule>): Schedule {
  return {
    period: 'MONTH',
    interval: 1,
    startDate: '2026-01-31',
    finishDate: null,
    timeZone: 'Europe/London',
    localTime: '09:00',
    ...those,
  };
}

/** Endless ones, from 2012 on: in 2011 one of the zones skipped a whole day. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  period: fc.constantFrom(...SCHEDULE_PERIODS),
  interval: fc.integer({ min: 1, max: 13 }),
  startDate: fc.integer({ min: 0, max: 9000 }).map((days) => dateAfter('2012-01-01', days, 'DAY')),
  finishDate: fc.constant(null),
  timeZone: fc.constantFrom(...ZONES),
  localTime: fc
    .integer({ min: 0, max: 24 * 60 - 1 })
    .map((minute) => new Date(minute * 60_000).toISOString().slice(11, 16)),
});
