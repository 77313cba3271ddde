import { isDeepStrictEqual } from 'node:util';
import { localDateAt } from '../../kernel/calendar.js';
import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type Carriers, makingRoom, PageInTheWay } from '../orders/index.js';
import { assertAmountsAccepted } from './accepted-amounts.js';
import { type AgreementCaller, agreementOnce, assertAgreementVisible } from './agreement-once.js';
import { Faults, type GivenChargeAmount, type GivenSchedule, type GivenTopUp } from './agreement-plan.js';
import { type AgreementFile, type AgreementRow, isEnded, money, scheduleOf } from './agreement-rows.js';
import { LAST_PLANNED, OPEN_PAGE } from './agreements-sql.js';
import { changeAgreement, note } from './change-agreement.js';
import { replan } from './domain/numbering.js';
import { chargeAmountColumns, scheduleColumns } from './new-agreement.js';
import { chargeAmountOf } from './plan.js';
import { amountFaults, chargeAmountFrom, scheduleDateFaults, topUpFaults } from './plan-faults.js';
import { timingFaults } from './timing-faults.js';

/** What is to be different; what is absent stays, what is null goes. Amounts are decimal texts in the agreement's currency. */
export interface AgreementChanges {
  readonly expiryDate?: string | null | undefined;
  readonly minimumAmount?: string | null | undefined;
  readonly maximumAmount?: string | null | undefined;
  readonly minimumDaysBetweenPayments?: number | null | undefined;
  readonly numberOfPayments?: number | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
  readonly chargeAmount?: GivenChargeAmount | null | undefined;
  readonly schedule?: GivenSchedule | null | undefined;
  readonly topUp?: GivenTopUp | null | undefined;
}

/**
 * Changes an agreement from the next charge on. What was charged keeps its
 * period and its number, and a suspended agreement stays suspended.
 */
export function updateAgreement(
  carriers: Carriers,
  caller: AgreementCaller,
  { agreementId, changes }: { readonly agreementId: string; readonly changes: AgreementChanges },
  idempotency: IdempotentRequest,
): Promise<AgreementRow> {
  const change = async (transaction: Transaction) => {
    const { file } = await changeAgreement(transaction, agreementId, caller.keyId, async (file) => {
      assertAgreementVisible(file.agreement, caller);
      if (isEnded(file.agreement)) {
        throw new DomainError('ILLEGAL_TRANSITION', `cannot change an agreement that is ${file.agreement.status}`);
      }
      await apply(transaction, file, changes, caller.keyId);
      // A payer who is agreeing to the old terms must not find to have agreed to others.
      const [open] = await transaction.query<{ id: string }>(OPEN_PAGE, [transaction.operatorId, agreementId]);
      if (open && changesTerms(changes)) throw new PageInTheWay(open.id);
    });
    return file.agreement;
  };
  return makingRoom(carriers, caller.operatorId, () =>
    agreementOnce(carriers.units, caller.operatorId, idempotency, change),
  );
}

function changesTerms({ metadata: _, ...terms }: AgreementChanges): boolean {
  return Object.values(terms).some((value) => value !== undefined);
}

async function apply(
  transaction: Transaction,
  file: AgreementFile,
  changes: AgreementChanges,
  by: string,
): Promise<void> {
  const { agreement } = file;
  const { chargeAmount, schedule, topUp } = changes;
  const before = { ...agreement };
  const faults = new Faults(agreement.currency);
  applyTerms(file, changes, transaction.now, faults);
  applyChargeAmount(agreement, changes, faults);
  applyTopUp(agreement, changes, faults);
  if (schedule !== undefined) await applySchedule(transaction, agreement, { given: schedule, by }, faults);
  limitFaults(agreement, changes, faults);
  if (TIMING.some((field) => changes[field] !== undefined)) timingFaults(file, [], faults);
  faults.throwIfAny();
  if (chargeAmount || topUp) await assertAmountsAccepted(transaction, agreement);
  // What was announced is not what comes now: it is announced anew.
  if (ANNOUNCED.some((field) => !isDeepStrictEqual(before[field], agreement[field])))
    Object.assign(agreement, { noticedNumber: null, expiryNoticedNumber: null });
}

/** What the announcement of the coming charge tells follows from these. */
const ANNOUNCED = [
  ...(['chargeMode', 'chargeAmounts'] as const),
  ...(['period', 'intervalCount', 'scheduleStart', 'timeZone', 'localTime'] as const),
] as const;

/** What decides when a charge may be made. An older agreement may have other changes though it would not be made so today. */
const TIMING = ['schedule', 'expiryDate', 'minimumDaysBetweenPayments', 'numberOfPayments'] as const;

function applyTerms({ agreement, charges }: AgreementFile, changes: AgreementChanges, now: Date, faults: Faults): void {
  const { expiryDate, minimumAmount, maximumAmount, minimumDaysBetweenPayments, numberOfPayments, metadata } = changes;
  const today = localDateAt(now, agreement.timeZone);
  if (expiryDate && expiryDate <= today) faults.add(['expiryDate'], `must be after today, ${today}, not ${expiryDate}`);
  else if (expiryDate && agreement.startDate && expiryDate <= agreement.startDate)
    faults.add(['expiryDate'], `must be after startDate, ${agreement.startDate}, not ${expiryDate}`);
  if (expiryDate !== undefined) agreement.expiryDate = expiryDate;
  if (minimumAmount !== undefined) agreement.minimum = limitOf(['minimumAmount'], minimumAmount, faults);
  if (maximumAmount !== undefined) agreement.maximum = limitOf(['maximumAmount'], maximumAmount, faults);
  if (minimumDaysBetweenPayments !== undefined) agreement.minimumDays = minimumDaysBetweenPayments;
  const open = charges.filter(({ status }) => status === 'OPEN').length;
  const taken = agreement.paymentsMade + open;
  if (numberOfPayments && numberOfPayments < taken) {
    faults.add(
      ['numberOfPayments'],
      `${taken} payments were made, are under way or wait for a retry, more than ${numberOfPayments}`,
    );
  }
  if (numberOfPayments !== undefined) agreement.numberOfPayments = numberOfPayments;
  if (metadata !== undefined) agreement.metadata = metadata ?? {};
}

function limitOf(path: readonly string[], text: string | null, faults: Faults): bigint | null {
  const amount = faults.amount(path, text);
  if (amount && amount.minor <= 0n) faults.add(path, `must be more than 0, not ${amount}; null takes the limit away`);
  return amount && amount.minor > 0n ? amount.minor : null;
}

function applyChargeAmount(agreement: AgreementRow, { chargeAmount }: AgreementChanges, faults: Faults): void {
  if (chargeAmount === undefined) return;
  if (agreement.type === 'INSTALLMENT') {
    faults.add(['chargeAmount'], 'cannot be changed: the parts of an instalment plan are one purchase');
    return;
  }
  const amounts = chargeAmountFrom({ chargeAmount, installments: null, currency: agreement.currency }, faults);
  if (amounts && agreement.amountVariability === 'FIXED' && amounts.mode !== 'FIXED') {
    faults.add(['chargeAmount'], 'must be fixed: the payer agreed to charges whose amountVariability is FIXED');
  }
  const numbered = agreement.nextNumber - 1;
  if (amounts?.mode === 'SEQUENCE' && amounts.amounts.length <= numbered) {
    faults.add(
      ['chargeAmount', 'sequence'],
      `must have more than ${numbered} amounts: its first is that of period 1, and ${numbered} periods were numbered already`,
    );
  }
  if (amounts || chargeAmount === null) Object.assign(agreement, chargeAmountColumns(amounts));
}

function applyTopUp(agreement: AgreementRow, { topUp }: AgreementChanges, faults: Faults): void {
  if (topUp === undefined) return;
  if (topUp && agreement.type !== 'UNSCHEDULED') {
    faults.add(['topUp'], `is for UNSCHEDULED agreements only, not for ${agreement.type}`);
  }
  const threshold = faults.amount(['topUp', 'threshold'], topUp?.threshold ?? null)?.minor ?? null;
  // What was below the old threshold has not fallen below the new one yet.
  if (threshold !== agreement.topUpThreshold) agreement.isBelow = false;
  agreement.topUpThreshold = threshold;
  agreement.topUpAmount = faults.amount(['topUp', 'amount'], topUp?.amount ?? null)?.minor ?? null;
}

/** Numbers go on counting: the next period is the new schedule's first date after all that was claimed. */
async function applySchedule(
  transaction: Transaction,
  agreement: AgreementRow,
  { given, by }: { readonly given: GivenSchedule | null; readonly by: string },
  faults: Faults,
): Promise<void> {
  const { operatorId, now } = transaction;
  if (given && agreement.type === 'UNSCHEDULED') {
    faults.add(['schedule'], 'an UNSCHEDULED agreement is charged when the merchant asks, never by a schedule');
  }
  if (given) {
    const today = localDateAt(now, given.timeZone ?? agreement.timeZone);
    scheduleDateFaults(given, { ...agreement, today, named: '' }, faults);
  }
  if (given && agreement.chargeMode === null) {
    faults.add(['chargeAmount'], 'is needed with a schedule, which has to know what to charge');
  }
  if (faults.issues.length > 0) return;
  notePassedOver(transaction, agreement, by);
  const oldZone = agreement.timeZone;
  Object.assign(agreement, scheduleColumns(given), { timeZone: given?.timeZone ?? oldZone });
  if (!given) return;
  const [last] = await transaction.query<{ plannedAt: Date }>(LAST_PLANNED, [operatorId, agreement.id]);
  const { period, interval, startDate, finishDate } = given;
  const schedule = {
    period,
    interval,
    startDate,
    finishDate,
    timeZone: agreement.timeZone,
    localTime: agreement.localTime ?? '',
  };
  const after = last && last.plannedAt > now ? last.plannedAt : now;
  const lastDate = last ? localDateAt(last.plannedAt, oldZone) : null;
  Object.assign(agreement, replan(schedule, { nextNumber: agreement.nextNumber, after, lastDate }));
}

/** A period that is due and was not claimed yet is never charged: the new schedule begins after this moment. */
function notePassedOver(transaction: Transaction, agreement: AgreementRow, by: string): void {
  const { id, nextNumber, nextChargeAt } = agreement;
  if (!nextChargeAt || nextChargeAt > transaction.now) return;
  const text = `Period ${nextNumber}, due at ${nextChargeAt.toISOString()}, was not charged: the schedule was changed first`;
  note(transaction, id, 'PERIODS_SKIPPED', text, by);
}

/** What is charged from now on must fit what may be charged from now on, whichever of the two was changed. */
function limitFaults(agreement: AgreementRow, { schedule, chargeAmount }: AgreementChanges, faults: Faults): void {
  const { minimum, maximum, topUpAmount } = agreement;
  if (minimum !== null && maximum !== null && minimum > maximum) {
    faults.add(
      ['minimumAmount'],
      `must not be more than maximumAmount: ${money(agreement, minimum)} is more than ${money(agreement, maximum)}`,
    );
  }
  if (chargeAmount === null && schedule === undefined && scheduleOf(agreement)) {
    faults.add(['chargeAmount'], 'cannot be taken away while there is a schedule: it has to know what to charge');
  }
  const amounts = chargeAmountOf(agreement);
  if (amounts) amountFaults(amounts, agreement, faults);
  if (topUpAmount !== null) topUpFaults(money(agreement, topUpAmount), agreement, faults);
}
