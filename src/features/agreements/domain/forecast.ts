import { localDateAt } from '../../../kernel/calendar.js';
import { earliestAllowed } from './catch-up.js';
import { amountOfPeriod, type ChargeAmount } from './charge-amount.js';
import { indexOf, type Numbering } from './numbering.js';
import { occurrence, type Schedule } from './schedule.js';

/** All that the coming charges of an agreement follow from. */
export interface ForecastFacts {
  readonly schedule: Schedule;
  readonly numbering: Numbering;
  /** Of the first period that is not claimed yet. */
  readonly nextNumber: number;
  readonly chargeAmount: ChargeAmount;
  readonly seed: string;
  /** How many charges the payer still agreed to; null: as many as come. */
  readonly remaining: number | null;
  /** The last date on which the payer may be charged, in the schedule's zone. */
  readonly expiryDate: string | null;
  readonly minimumDays: number | null;
  readonly lastPaymentDate: string | null;
}

export interface UpcomingCharge {
  readonly number: number;
  /** The day of `at` in the schedule's zone: later than planned where payments must lie further apart. */
  readonly date: string;
  readonly at: Date;
  readonly amount: bigint;
}

/** The next charges, at most `first`, as they come if every one of them is paid when it is due. */
export function upcomingCharges(facts: ForecastFacts, first: number): readonly UpcomingCharge[] {
  const count = Math.min(first, facts.remaining ?? first);
  const charges: UpcomingCharge[] = [];
  while (charges.length < count) {
    const lastPaymentDate = charges.at(-1)?.date ?? facts.lastPaymentDate;
    const next = chargeOf({ ...facts, lastPaymentDate }, facts.nextNumber + charges.length);
    if (next === null) break;
    charges.push(next);
  }
  return charges;
}

/** Null when there is no such period any more: finished, used up or expired. */
function chargeOf(facts: ForecastFacts, number: number): UpcomingCharge | null {
  const { schedule, expiryDate } = facts;
  const planned = occurrence(schedule, indexOf(facts.numbering, number));
  const amount = amountOfPeriod(facts.chargeAmount, number, facts.seed);
  if (planned === null || amount === null) return null;

  const at = earliestAllowed(planned.at, { ...facts, timeZone: schedule.timeZone });
  const date = localDateAt(at, schedule.timeZone);
  return expiryDate !== null && date > expiryDate ? null : { number, date, at, amount };
}
