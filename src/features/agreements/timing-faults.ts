import type { Faults } from './agreement-plan.js';
import { type AgreementFile, type AgreementRow, scheduleOf } from './agreement-rows.js';
import type { SchedulePeriod } from './domain/schedule.js';
import { chargeAmountOf, forecast } from './plan.js';

/** The days that such a period has at least. */
const DAYS_AT_LEAST: Readonly<Record<SchedulePeriod, number>> = { DAY: 1, WEEK: 7, MONTH: 28, YEAR: 365 };
const PARTS_MAX = 999;

/**
 * Whether the charges that an agreement plans can be made by its own terms: an
 * agreement as it is to be, before it is written. `termsPath` is where its
 * terms stand in the input.
 */
export function timingFaults(file: AgreementFile, termsPath: readonly string[], faults: Faults): void {
  distanceFault(file.agreement, termsPath, faults);
  if (file.agreement.type !== 'INSTALLMENT') return;
  countFault(file, termsPath, faults);
  endFaults(file, termsPath, faults);
}

function distanceFault(agreement: AgreementRow, termsPath: readonly string[], faults: Faults): void {
  const { minimumDays } = agreement;
  const schedule = scheduleOf(agreement);
  if (minimumDays === null || !schedule) return;
  const apart = schedule.interval * DAYS_AT_LEAST[schedule.period];
  if (minimumDays <= apart) return;
  addOnce(
    faults,
    [...termsPath, 'minimumDaysBetweenPayments'],
    `must be at most ${apart}, the fewest days between two periods of the schedule, but is ${minimumDays}: periods would fall ever further behind`,
  );
}

/** All parts of a plan count, those that were paid and those that are still owed. */
function countFault({ agreement, charges }: AgreementFile, termsPath: readonly string[], faults: Faults): void {
  const { numberOfPayments, paymentsMade, nextNumber } = agreement;
  const amounts = chargeAmountOf(agreement);
  if (numberOfPayments === null || amounts?.mode !== 'SEQUENCE') return;
  const owed = charges.filter(
    ({ number, kind, status }) => number !== null && kind !== 'FIRST_PART' && status !== 'PAID',
  );
  const needed = paymentsMade + owed.length + amounts.amounts.length - (nextNumber - 1);
  if (needed <= numberOfPayments) return;
  addOnce(
    faults,
    [...termsPath, 'numberOfPayments'],
    `must be at least ${needed}, the parts that are charged${paymentsMade > 0 ? ' with those paid already' : ''}, but is ${numberOfPayments}`,
  );
}

/** A purchase is paid in full: no part of it may lie after the plan's own end. */
function endFaults(file: AgreementFile, termsPath: readonly string[], faults: Faults): void {
  const { agreement } = file;
  const { finishDate, expiryDate } = agreement;
  const endless = { ...agreement, finishDate: null, expiryDate: null, numberOfPayments: null };
  const last = forecast({ ...file, agreement: endless }, PARTS_MAX).at(-1);
  if (!last) return;
  const { date } = last;
  const isShort = (end: string | null) => end !== null && end < date;
  const words = `must not be before ${date}, when the last part of the plan is due, but is`;
  if (isShort(finishDate)) addOnce(faults, ['schedule', 'finishDate'], `${words} ${finishDate}`);
  if (isShort(expiryDate)) addOnce(faults, [...termsPath, 'expiryDate'], `${words} ${expiryDate}`);
}

/** A field that something simpler is wrong with is not told of twice. */
function addOnce(faults: Faults, path: readonly string[], message: string): void {
  const name = path.join('.');
  if (!faults.issues.some((issue) => issue.path.join('.') === name)) faults.add(path, message);
}
