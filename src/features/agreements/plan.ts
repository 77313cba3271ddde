import { dateLater, daysLater, instantAt, localDateAt } from '../../kernel/calendar.js';
import {
  type AgreementFile,
  type AgreementRow,
  type ChargeRow,
  chargingSchedule,
  isEnded,
  isInForce,
  numberingOf,
} from './agreement-rows.js';
import { amountOfPeriod, type ChargeAmount } from './domain/charge-amount.js';
import { type UpcomingCharge, upcomingCharges } from './domain/forecast.js';
import { replan } from './domain/numbering.js';

/** A coming charge is announced so many days before; one that comes more often than weekly is not. */
const NOTICE_DAYS = 3;

/** Null where the merchant names an amount with each charge. */
export function chargeAmountOf({ chargeMode, chargeAmounts }: AgreementRow): ChargeAmount | null {
  const amounts = chargeAmounts.map(BigInt);
  const [first = 0n, last = 0n] = amounts;
  switch (chargeMode) {
    case 'FIXED':
      return { mode: 'FIXED', amount: first };
    case 'RANGE':
      return { mode: 'RANGE', from: first, to: last };
    case 'SEQUENCE':
      return { mode: 'SEQUENCE', amounts };
    default:
      return null;
  }
}

/** The amount of the period of this number: drawn once and for ever from the agreement's own id. */
export function amountOfNumber(agreement: AgreementRow, number: number): bigint | null {
  const chargeAmount = chargeAmountOf(agreement);
  return chargeAmount && amountOfPeriod(chargeAmount, number, agreement.id);
}

/** Merchant-initiated payments that the payer still agreed to; null: as many as come. */
export function paymentsRemaining({ agreement, charges }: AgreementFile): number | null {
  const { numberOfPayments, paymentsMade } = agreement;
  if (numberOfPayments === null) return null;
  return Math.max(0, numberOfPayments - paymentsMade - charges.filter(takesPlace).length);
}

/** Holds one of the payments that were agreed: it is being made, or waits to be tried again. */
export function takesPlace(charge: ChargeRow): boolean {
  return charge.status === 'OPEN' && !isPaidInPerson(charge);
}

/** The first part as the payer pays it; without them it is charged like any other. */
function isPaidInPerson({ kind, attempts, liveOrderId }: ChargeRow): boolean {
  return kind === 'FIRST_PART' && attempts === 1 && liveOrderId !== null;
}

/** The coming charges by the schedule, at most `first`; none without one, and none while nothing is charged. */
export function forecast(file: AgreementFile, first: number): readonly UpcomingCharge[] {
  const { agreement } = file;
  const schedule = chargingSchedule(agreement);
  const chargeAmount = chargeAmountOf(agreement);
  if (!schedule || !chargeAmount || isEnded(agreement)) return [];
  return upcomingCharges(
    {
      schedule,
      numbering: numberingOf(agreement),
      nextNumber: agreement.nextNumber,
      chargeAmount,
      seed: agreement.id,
      remaining: paymentsRemaining(file),
      expiryDate: agreement.expiryDate,
      minimumDays: agreement.minimumDays,
      lastPaymentDate: lastPaymentOn(file),
    },
    first,
  );
}

/** The date of the last payment, one that is under way included. */
export function lastPaymentOn({ agreement, charges }: AgreementFile): string | null {
  const underWay = charges
    .filter(({ liveOrderId, lastAttemptAt }) => liveOrderId !== null && lastAttemptAt !== null)
    .map(({ lastAttemptAt }) => localDate(agreement, lastAttemptAt as Date));
  return (
    [agreement.lastPaymentOn, ...underWay]
      .filter((date) => date !== null)
      .toSorted()
      .at(-1) ?? null
  );
}

/** What the schedule and the open charges make of the agreement: when it is charged next, and when anything is due. */
export function settlePlan(file: AgreementFile): void {
  const { agreement } = file;
  const next = isInForce(agreement) ? (forecast(file, 1)[0] ?? null) : null;
  agreement.nextChargeAt = next?.at ?? null;
  const due = earliest(dueTimes(file));
  const { notBefore } = file;
  agreement.dueAt = due && notBefore && due < notBefore ? notBefore : due;
}

/** The next number falls on the first date after `after`; its own is not used up. */
export function skipTo({ agreement }: AgreementFile, after: Date): void {
  const schedule = chargingSchedule(agreement);
  if (!schedule) return;
  const { nextNumber } = agreement;
  // It is announced for its new date.
  Object.assign(agreement, replan(schedule, { nextNumber, after, lastDate: null }), { noticedNumber: null });
}

/** When the coming charge is announced; null when it was, or comes too often for that. */
export function noticeAt(agreement: AgreementRow): Date | null {
  const { nextChargeAt, noticedNumber, nextNumber, timeZone } = agreement;
  if (!nextChargeAt || isFrequent(agreement) || noticedNumber === nextNumber) return null;
  return daysLater(nextChargeAt, -NOTICE_DAYS, timeZone);
}

export function isFrequent({ period, intervalCount }: AgreementRow): boolean {
  return period === 'DAY' && (intervalCount ?? 1) < 7;
}

/** The first moment after the last day on which the payer may be charged. */
export function endOf({ expiryDate, timeZone }: AgreementRow): Date | null {
  const next = expiryDate && dateLater(expiryDate, 1, 'DAY');
  return next ? instantAt(next, '00:00', timeZone) : null;
}

function dueTimes({ agreement, charges }: AgreementFile): readonly (Date | null)[] {
  if (isEnded(agreement)) return [];
  if (agreement.status === 'PENDING') return [agreement.pendingUntil];
  if (agreement.status === 'SUSPENDED') return [endOf(agreement)];
  const retries = charges.filter(({ status }) => status === 'OPEN').map(({ retryAt }) => retryAt);
  return [agreement.nextChargeAt, noticeAt(agreement), endOf(agreement), ...retries];
}

function earliest(times: readonly (Date | null)[]): Date | null {
  return times.filter((at) => at !== null).reduce<Date | null>((min, at) => (min && min <= at ? min : at), null);
}

function localDate({ timeZone }: AgreementRow, at: Date): string {
  return localDateAt(at, timeZone);
}
