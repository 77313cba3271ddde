import { Money } from '../../kernel/money.js';
import type { AgreementPlan, Faults, GivenChargeAmount, GivenSchedule, Limits } from './agreement-plan.js';
import { type ChargeAmount, chargeAmountFaults } from './domain/charge-amount.js';
import { splitInParts } from './domain/installments.js';

/** The amounts of its charges; of an instalment plan its parts. */
export function chargeAmountFrom(
  { chargeAmount, installments, currency }: Pick<AgreementPlan, 'chargeAmount' | 'installments' | 'currency'>,
  faults: Faults,
): ChargeAmount | null {
  if (installments) {
    const total = faults.amount(['installments', 'total'], installments.total);
    if (!total) return null;
    if (total.minor < BigInt(installments.parts)) {
      faults.add(
        ['installments', 'total'],
        `${total} cannot be split in ${installments.parts} parts of at least ${Money.of(1n, currency)}`,
      );
      return null;
    }
    return { mode: 'SEQUENCE', amounts: splitInParts(total, installments.parts).map(({ minor }) => minor) };
  }
  if (!chargeAmount) return null;
  const read = chargeAmountOfTexts(chargeAmount, faults);
  if (read) faults.addAll(['chargeAmount'], chargeAmountFaults(read));
  return read;
}

function chargeAmountOfTexts({ fixed, range, sequence }: GivenChargeAmount, faults: Faults): ChargeAmount | null {
  if (fixed !== null) {
    const amount = faults.amount(['chargeAmount', 'fixed'], fixed);
    return amount && { mode: 'FIXED', amount: amount.minor };
  }
  if (range !== null) {
    const from = faults.amount(['chargeAmount', 'range', 'from'], range.from);
    const to = faults.amount(['chargeAmount', 'range', 'to'], range.to);
    return from && to && { mode: 'RANGE', from: from.minor, to: to.minor };
  }
  const amounts = (sequence ?? []).map((text, index) =>
    faults.amount(['chargeAmount', 'sequence', String(index)], text),
  );
  const good = amounts.filter((amount) => amount !== null);
  return good.length === amounts.length ? { mode: 'SEQUENCE', amounts: good.map(({ minor }) => minor) } : null;
}

export interface PlanFacts extends Limits {
  readonly today: string;
  readonly amounts: ChargeAmount | null;
}

/** What the parts of a plan must be to each other. */
export function planFaults(plan: AgreementPlan, facts: PlanFacts, faults: Faults): void {
  const { given, schedule, installments, chargeAmount, topUp } = plan;
  const { type } = given;
  if (schedule) scheduleFaults(plan, facts.today, faults);
  if (installments && type !== 'INSTALLMENT')
    faults.add(['installments'], `is for INSTALLMENT agreements only, not for ${type}`);
  if (installments && chargeAmount)
    faults.add(['chargeAmount'], 'is not given with installments: the parts are the amounts');
  if (type === 'INSTALLMENT') partsFault(plan, faults);
  if (topUp && type !== 'UNSCHEDULED') faults.add(['topUp'], `is for UNSCHEDULED agreements only, not for ${type}`);
  if (given.terms.amountVariability === 'FIXED' && facts.amounts && facts.amounts.mode !== 'FIXED' && !installments) {
    faults.add(
      [plan.termsPath ?? 'terms', 'amountVariability'],
      `FIXED means one amount for all charges, and chargeAmount is a ${facts.amounts.mode.toLowerCase()}`,
    );
  }
  if (facts.amounts) amountFaults(facts.amounts, facts, faults);
}

/** One purchase in parts: without them there would be nothing to charge, now or ever. */
function partsFault({ installments, chargeAmount, termsPath = 'terms' }: AgreementPlan, faults: Faults): void {
  if (installments || chargeAmount?.sequence != null) return;
  faults.add(
    [termsPath, 'type'],
    'INSTALLMENT is one purchase in parts: it needs installments, or chargeAmount.sequence with all parts',
  );
}

function scheduleFaults(plan: AgreementPlan, today: string, faults: Faults): void {
  const { schedule, chargeAmount, installments, given, begun } = plan;
  if (!schedule) return;
  const { startDate } = schedule;
  if (given.type === 'UNSCHEDULED')
    faults.add(['schedule'], 'an UNSCHEDULED agreement is charged when the merchant asks, never by a schedule');
  if (!chargeAmount && !installments)
    faults.add(['chargeAmount'], 'is needed with a schedule, which has to know what to charge');
  if (startDate < today && !begun)
    faults.add(['schedule', 'startDate'], `must not be in the past: ${startDate} is before today, ${today}`);
  scheduleDateFaults(schedule, { ...given.terms, today, named: 'terms.' }, faults);
}

/** The agreement around a schedule, and how its fields are called where the schedule is given. */
export interface ScheduleBounds {
  readonly startDate: string | null;
  readonly expiryDate: string | null;
  /** In the schedule's zone. */
  readonly today: string;
  readonly named: 'terms.' | '';
}

/** What the dates of a schedule must be, whether it is an agreement's first or a later one. */
export function scheduleDateFaults(schedule: GivenSchedule, bounds: ScheduleBounds, faults: Faults): void {
  const { startDate } = schedule;
  const { startDate: begins, expiryDate: ends, today, named } = bounds;
  finishFaults(schedule, today, faults);
  if (begins !== null && startDate < begins && begins >= today)
    faults.add(['schedule', 'startDate'], `must not be before ${named}startDate, ${begins}, but is ${startDate}`);
  if (ends !== null && startDate > ends)
    faults.add(['schedule', 'startDate'], `must not be after ${named}expiryDate, ${ends}, but is ${startDate}`);
}

/** A finish that is past would end the agreement at once, and for good. */
function finishFaults({ startDate, finishDate }: GivenSchedule, today: string, faults: Faults): void {
  if (finishDate === null) return;
  if (finishDate < startDate)
    faults.add(['schedule', 'finishDate'], `must not be before startDate, ${startDate}, but is ${finishDate}`);
  else if (finishDate < today)
    faults.add(['schedule', 'finishDate'], `must not be in the past: ${finishDate} is before today, ${today}`);
}

/** No charge that is planned may be one that the payer did not agree to. */
export function amountFaults(amounts: ChargeAmount, { currency, minimum, maximum }: Limits, faults: Faults): void {
  const all = amountsOf(amounts);
  const low = all.find((amount) => minimum !== null && amount < minimum);
  const high = all.find((amount) => maximum !== null && amount > maximum);
  const inMoney = (minor: bigint | null) => Money.of(minor ?? 0n, currency);
  if (low !== undefined)
    faults.add(['chargeAmount'], `${inMoney(low)} is less than minimumAmount, ${inMoney(minimum)}`);
  if (high !== undefined)
    faults.add(['chargeAmount'], `${inMoney(high)} is more than maximumAmount, ${inMoney(maximum)}`);
}

export function topUpFaults(amount: Money, { currency, minimum, maximum }: Limits, faults: Faults): void {
  const { minor } = amount;
  if (minor <= 0n) faults.add(['topUp', 'amount'], `must be more than 0, not ${amount}`);
  else if (minimum !== null && minor < minimum)
    faults.add(['topUp', 'amount'], `${amount} is less than minimumAmount, ${Money.of(minimum, currency)}`);
  else if (maximum !== null && minor > maximum)
    faults.add(['topUp', 'amount'], `${amount} is more than maximumAmount, ${Money.of(maximum, currency)}`);
}

/** Every amount that may be charged, or of a range its ends. */
export function amountsOf(amounts: ChargeAmount): readonly bigint[] {
  if (amounts.mode === 'FIXED') return [amounts.amount];
  return amounts.mode === 'RANGE' ? [amounts.from, amounts.to] : amounts.amounts;
}
