import { localDateAt } from '../../kernel/calendar.js';
import { newUuid, publicId } from '../../kernel/ids.js';
import type { PaymentGiven } from '../orders/index.js';
import type { PayerDetails } from '../payers/index.js';
import type { Mode } from '../tenancy/index.js';
import { type AgreementPlan, type Begun, Faults, type GivenSchedule } from './agreement-plan.js';
import { type AgreementRow, scheduleOf } from './agreement-rows.js';
import { termsFaults } from './domain/agreement-terms.js';
import type { ChargeAmount } from './domain/charge-amount.js';
import { replan } from './domain/numbering.js';
import { amountsOf, chargeAmountFrom, planFaults, topUpFaults } from './plan-faults.js';
import { timingFaults } from './timing-faults.js';

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

const NOTHING_WRONG = () => {};

/** Charges without a time of day are made in the morning, when nobody is woken by their bank. */
const DEFAULT_LOCAL_TIME = '09:00';

/** The agreement that the input asks for, PENDING until its payer has made the first transaction; or all that is wrong with it. */
export function newAgreement(
  plan: AgreementPlan,
  owner: AgreementOwner,
  merchantZone: string,
  now: Date,
): AgreementRow {
  const { given, currency, schedule, topUp, begun, termsPath = 'terms', alsoWrong = NOTHING_WRONG } = plan;
  const { terms, type } = given;
  const timeZone = schedule?.timeZone ?? merchantZone;
  const today = localDateAt(now, timeZone);
  const faults = new Faults(currency);
  const minimum = faults.amount([termsPath, 'minimumAmount'], terms.minimumAmount)?.minor ?? null;
  const maximum = faults.amount([termsPath, 'maximumAmount'], terms.maximumAmount)?.minor ?? null;
  const started = begun && terms.startDate !== null && terms.startDate < today ? { startDate: null } : {};
  const readable = { ...terms, ...started, minimumAmount: minimum, maximumAmount: maximum };
  faults.addAll([termsPath], termsFaults(type, readable, today));
  const amounts = chargeAmountFrom(plan, faults);
  const threshold = faults.amount(['topUp', 'threshold'], topUp?.threshold ?? null);
  const topUpAmount = faults.amount(['topUp', 'amount'], topUp?.amount ?? null);
  const limits = { currency, minimum, maximum };
  planFaults(plan, { today, amounts, ...limits }, faults);
  if (topUpAmount) topUpFaults(topUpAmount, limits, faults);

  const id = plan.id ?? newUuid();
  const agreement: AgreementRow = {
    ...UNUSED,
    ...owner,
    id,
    reference: referenceOf(plan, id),
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
    // Part 1 of a plan that begins with it is the first transaction; the schedule begins with part 2.
    ...(plan.installments?.firstPartNow ? { baseNumber: 2, nextNumber: 2 } : {}),
    topUpThreshold: threshold?.minor ?? null,
    topUpAmount: topUpAmount?.minor ?? null,
    createdAt: now,
    updatedAt: now,
  };
  if (begun) goOn(agreement, begun, now);
  timingFaults({ agreement, charges: [] }, [termsPath], faults);
  alsoWrong(faults, today);
  faults.throwIfAny();
  return agreement;
}

/** The merchant's own, or the agreement's public id. */
export function referenceOf({ given }: Pick<AgreementPlan, 'given'>, id: string): string {
  return given.terms.reference ?? publicId('agreement', id);
}

/** The schedule's anchor is kept, so that the 31st stays the 31st; periods before today were charged elsewhere and have no number here. */
function goOn(agreement: AgreementRow, { paymentsMade, lastPaymentDate }: Begun, now: Date): void {
  Object.assign(agreement, { paymentsMade, lastPaymentOn: lastPaymentDate });
  const schedule = scheduleOf(agreement);
  if (!schedule || schedule.startDate >= localDateAt(now, agreement.timeZone)) return;
  Object.assign(agreement, replan(schedule, { nextNumber: agreement.nextNumber, after: now, lastDate: null }));
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
