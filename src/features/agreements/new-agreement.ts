import { localDateAt } from '../../kernel/calendar.js';
import type { Currency } from '../../kernel/currency.js';
import { type InputIssue, invalidInput } from '../../kernel/errors.js';
import { newUuid, publicId } from '../../kernel/ids.js';
import { Money, parseDecimal } from '../../kernel/money.js';
import type { GivenTerms, PaymentGiven } from '../orders/index.js';
import type { PayerDetails } from '../payers/index.js';
import type { Mode } from '../tenancy/index.js';
import type { AgreementRow } from './agreement-rows.js';
import { termsFaults } from './domain/agreement-terms.js';
import { type ChargeAmount, chargeAmountFaults } from './domain/charge-amount.js';
import { splitInParts } from './domain/installments.js';
import type { SchedulePeriod } from './domain/schedule.js';

/** Exactly one of its fields; decimals as texts, because their currency stands elsewhere. */
export interface GivenChargeAmount {
  readonly fixed: string | null;
  readonly range: { readonly from: string; readonly to: string } | null;
  readonly sequence: readonly string[] | null;
}

export interface GivenSchedule {
  readonly period: SchedulePeriod;
  readonly interval: number;
  readonly startDate: string;
  readonly finishDate: string | null;
  /** Null takes the merchant's. */
  readonly timeZone: string | null;
  readonly localTime: string | null;
}

export interface GivenTopUp {
  readonly threshold: string;
  readonly amount: string;
}

export interface GivenInstallments {
  readonly total: string;
  readonly parts: number;
  readonly firstPartNow: boolean;
}

/** What an agreement is to be, checked for form by the edge. */
export interface AgreementPlan {
  readonly given: GivenTerms;
  readonly currency: Currency;
  readonly chargeAmount: GivenChargeAmount | null;
  readonly schedule: GivenSchedule | null;
  readonly installments: GivenInstallments | null;
  readonly topUp: GivenTopUp | null;
}

export interface NewAgreement extends AgreementPlan {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly accountId: string | null;
  readonly payer: PayerDetails;
  /** The payer's first transaction; null: they make it on the payment page. */
  readonly payment: PaymentGiven | null;
  readonly firstAmount: string | null;
  readonly firstOrderNumber: string | null;
  readonly returnUrl: string | null;
}

/** Whose agreement it is, known once its order or payer is. */
export interface AgreementOwner {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly accountId: string;
  readonly payerId: string;
}

/** Charges without a time of day are made in the morning, when nobody is woken by their bank. */
const DEFAULT_LOCAL_TIME = '09:00';

/** The first failure ends the reading of one field, never of the others. */
export class Faults {
  readonly issues: InputIssue[] = [];

  constructor(private readonly currency: Currency) {}

  amount(path: readonly string[], text: string | null): Money | null {
    if (text === null) return null;
    const money = parseDecimal(text, this.currency);
    if (typeof money !== 'string') return money;
    this.add(path, money);
    return null;
  }

  add(path: readonly string[], message: string): void {
    this.issues.push({ path, message });
  }

  addAll(prefix: readonly string[], issues: readonly InputIssue[]): void {
    for (const { path, message } of issues) this.add([...prefix, ...path], message);
  }

  throwIfAny(): void {
    if (this.issues.length > 0) throw invalidInput(this.issues);
  }
}

/** The agreement that the input asks for, PENDING until its payer has made the first transaction; or all that is wrong with it. */
export function newAgreement(
  plan: AgreementPlan,
  owner: AgreementOwner,
  merchantZone: string,
  now: Date,
): AgreementRow {
  const { given, currency, schedule, topUp } = plan;
  const { terms, type } = given;
  const timeZone = schedule?.timeZone ?? merchantZone;
  const today = localDateAt(now, timeZone);
  const faults = new Faults(currency);
  const minimum = faults.amount(['terms', 'minimumAmount'], terms.minimumAmount)?.minor ?? null;
  const maximum = faults.amount(['terms', 'maximumAmount'], terms.maximumAmount)?.minor ?? null;
  faults.addAll(['terms'], termsFaults(type, { ...terms, minimumAmount: minimum, maximumAmount: maximum }, today));
  const amounts = chargeAmountFrom(plan, faults);
  const threshold = faults.amount(['topUp', 'threshold'], topUp?.threshold ?? null);
  const topUpAmount = faults.amount(['topUp', 'amount'], topUp?.amount ?? null);
  planFaults(plan, { today, amounts, minimum, maximum }, faults);
  faults.throwIfAny();

  const id = newUuid();
  return {
    ...UNUSED,
    ...owner,
    id,
    reference: terms.reference ?? publicId('agreement', id),
    type,
    currency,
    amountVariability: terms.amountVariability,
    startDate: terms.startDate,
    expiryDate: terms.expiryDate,
    minimum,
    maximum,
    minimumDays: terms.minimumDaysBetweenPayments,
    numberOfPayments: terms.numberOfPayments,
    frequency: terms.frequency,
    retailer: terms.retailer,
    metadata: given.metadata,
    ...chargeAmountColumns(amounts),
    ...scheduleColumns(schedule),
    timeZone,
    topUpThreshold: threshold?.minor ?? null,
    topUpAmount: topUpAmount?.minor ?? null,
    createdAt: now,
    updatedAt: now,
  };
}

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

interface PlanFacts {
  readonly today: string;
  readonly amounts: ChargeAmount | null;
  readonly minimum: bigint | null;
  readonly maximum: bigint | null;
}

/** What the parts of a plan must be to each other. */
function planFaults(plan: AgreementPlan, facts: PlanFacts, faults: Faults): void {
  const { given, schedule, installments, chargeAmount, topUp } = plan;
  const { type } = given;
  if (schedule) scheduleFaults(plan, facts.today, faults);
  if (installments && type !== 'INSTALLMENT')
    faults.add(['installments'], `is for INSTALLMENT agreements only, not for ${type}`);
  if (installments && chargeAmount)
    faults.add(['chargeAmount'], 'is not given with installments: the parts are the amounts');
  if (topUp && type !== 'UNSCHEDULED') faults.add(['topUp'], `is for UNSCHEDULED agreements only, not for ${type}`);
  amountFaults(plan, facts, faults);
}

export function scheduleFaults(plan: AgreementPlan, today: string, faults: Faults): void {
  const { schedule, chargeAmount, installments, given } = plan;
  if (!schedule) return;
  const { startDate, finishDate } = schedule;
  if (given.type === 'UNSCHEDULED')
    faults.add(['schedule'], 'an UNSCHEDULED agreement is charged when the merchant asks, never by a schedule');
  if (!chargeAmount && !installments)
    faults.add(['chargeAmount'], 'is needed with a schedule, which has to know what to charge');
  if (startDate < today)
    faults.add(['schedule', 'startDate'], `must not be in the past: ${startDate} is before today, ${today}`);
  if (finishDate !== null && finishDate < startDate) {
    faults.add(['schedule', 'finishDate'], `must not be before startDate, ${startDate}, but is ${finishDate}`);
  }
}

function amountFaults(
  { given, currency }: AgreementPlan,
  { amounts, minimum, maximum }: PlanFacts,
  faults: Faults,
): void {
  if (!amounts) return;
  if (given.terms.amountVariability === 'FIXED' && amounts.mode !== 'FIXED') {
    faults.add(
      ['terms', 'amountVariability'],
      `FIXED means one amount for all charges, and chargeAmount is a ${amounts.mode.toLowerCase()}`,
    );
  }
  const all = amountsOf(amounts);
  const low = all.find((amount) => minimum !== null && amount < minimum);
  const high = all.find((amount) => maximum !== null && amount > maximum);
  const inMoney = (minor: bigint | null) => Money.of(minor ?? 0n, currency);
  if (low !== undefined)
    faults.add(['chargeAmount'], `${inMoney(low)} is less than terms.minimumAmount, ${inMoney(minimum)}`);
  if (high !== undefined)
    faults.add(['chargeAmount'], `${inMoney(high)} is more than terms.maximumAmount, ${inMoney(maximum)}`);
}

/** Every amount that may be charged, or of a range its ends. */
export function amountsOf(amounts: ChargeAmount): readonly bigint[] {
  if (amounts.mode === 'FIXED') return [amounts.amount];
  return amounts.mode === 'RANGE' ? [amounts.from, amounts.to] : amounts.amounts;
}

export function chargeAmountColumns(amounts: ChargeAmount | null): Pick<AgreementRow, 'chargeMode' | 'chargeAmounts'> {
  return { chargeMode: amounts?.mode ?? null, chargeAmounts: amounts ? amountsOf(amounts).map(String) : [] };
}

export function scheduleColumns(
  schedule: GivenSchedule | null,
): Pick<AgreementRow, 'period' | 'intervalCount' | 'scheduleStart' | 'finishDate' | 'localTime'> {
  return {
    period: schedule?.period ?? null,
    intervalCount: schedule?.interval ?? null,
    scheduleStart: schedule?.startDate ?? null,
    finishDate: schedule?.finishDate ?? null,
    localTime: schedule ? (schedule.localTime ?? DEFAULT_LOCAL_TIME) : null,
  };
}

/** An agreement under which nothing has happened yet. */
const UNUSED = {
  credentialId: null,
  status: 'PENDING',
  suspendedBecause: null,
  baseNumber: 1,
  baseIndex: 0,
  nextNumber: 1,
  nextChargeAt: null,
  isBelow: false,
  paymentsMade: 0,
  lastPaymentOn: null,
  firstCitAt: null,
  firstCitReference: null,
  pendingUntil: null,
  noticedNumber: null,
  expiryNoticedNumber: null,
  dueAt: null,
} as const;
