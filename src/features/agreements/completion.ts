import { type AgreementFile, type AgreementRow, type ChargeRow, chargingSchedule, isOwed } from './agreement-rows.js';
import { lastNumber } from './domain/charge-amount.js';
import { indexOf } from './domain/numbering.js';
import { occurrence } from './domain/schedule.js';
import type { GiveUpCause, SuspensionCause } from './domain/words.js';
import { chargeAmountOf } from './plan.js';

/** A charge that is given up for one of these stops its agreement. */
export const SUSPENDED_BECAUSE: Readonly<Partial<Record<GiveUpCause, SuspensionCause>>> = {
  HARD_DECLINE: 'HARD_DECLINE',
  NOT_TO_BE_TRIED_AGAIN: 'HARD_DECLINE',
  RETRIES_EXHAUSTED: 'RETRIES_EXHAUSTED',
  SCHEME_LIMIT: 'SCHEME_LIMIT',
  RETURNED: 'PAYMENT_RETURNED',
};

/**
 * What an agreement comes to whose last period is claimed. With nothing owed it
 * has done what it was made for. One whose last charge failed stays as it is:
 * ended, it could never be paid; of a plan every part counts, and it stops.
 * Null while something is still to come.
 */
export function completion(file: AgreementFile): 'COMPLETE' | SuspensionCause | null {
  const { agreement, charges } = file;
  if (agreement.status === 'PENDING' || charges.some(({ status }) => status === 'OPEN')) return null;
  if (agreement.type !== 'INSTALLMENT') return hasNextPeriod(agreement) || hasFailed(charges) ? null : 'COMPLETE';
  if (hasNextPart(agreement)) return null;
  const owed = charges.findLast(isOwed);
  if (!owed) return 'COMPLETE';
  const because = owed.gaveUpBecause && SUSPENDED_BECAUSE[owed.gaveUpBecause];
  // What remains was the merchant's doing: they cancelled the attempt.
  return because ?? 'REQUESTED';
}

/** Without a schedule only a count or a sequence ends an agreement: the merchant may charge for ever. */
function hasNextPeriod(agreement: AgreementRow): boolean {
  const { nextNumber, numberOfPayments, paymentsMade } = agreement;
  if (numberOfPayments !== null && paymentsMade >= numberOfPayments) return false;
  if (!hasNextPart(agreement)) return false;
  const schedule = chargingSchedule(agreement);
  return !schedule || occurrence(schedule, indexOf(agreement, nextNumber)) !== null;
}

function hasNextPart(agreement: AgreementRow): boolean {
  const amounts = chargeAmountOf(agreement);
  const last = amounts && lastNumber(amounts);
  return last === null || agreement.nextNumber <= last;
}

/** The last charge failed, or one before it since that was made: a debit may come back when the next one is paid. */
function hasFailed(charges: readonly ChargeRow[]): boolean {
  const last = charges.reduce<ChargeRow | null>((max, each) => (max && max.id > each.id ? max : each), null);
  return charges.some(
    ({ gaveUpBecause, finishedAt }) =>
      gaveUpBecause !== null &&
      gaveUpBecause in SUSPENDED_BECAUSE &&
      last !== null &&
      finishedAt !== null &&
      finishedAt >= last.createdAt,
  );
}
