import { localDateAt } from '../../kernel/calendar.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { chargeFailed, chargeNeedsPayer } from './agreement-events.js';
import { type AgreementFile, type AgreementRow, type ChargeRow, isInForce, scheduleOf } from './agreement-rows.js';
import { TRIES_OF_CREDENTIAL } from './agreements-sql.js';
import { advanceIfPossible, note } from './change-agreement.js';
import { CHARGE_TRANSITIONS } from './domain/agreement-status.js';
import { lastNumber } from './domain/charge-amount.js';
import { afterFailure, type FailedTry, type RetryAdvice } from './domain/dunning.js';
import { indexOf } from './domain/numbering.js';
import { occurrence } from './domain/schedule.js';
import type { GiveUpCause, SuspensionCause } from './domain/words.js';
import { triesSince } from './open-attempt.js';
import { chargeAmountOf } from './plan.js';

/** What became of an attempt at a charge. */
export interface Outcome {
  readonly orderId: string;
  readonly credentialId: string | null;
  readonly isCard: boolean;
  /** Null where the payment system did not carry it out: nobody's bank has said no. */
  readonly decline: { readonly code: string; readonly advice: RetryAdvice | null } | null;
  readonly triedAt: Date;
  /** The merchant cancelled the attempt by hand. */
  readonly isCanceled: boolean;
}

const SUSPENDED_BECAUSE: Readonly<Partial<Record<GiveUpCause, SuspensionCause>>> = {
  HARD_DECLINE: 'HARD_DECLINE',
  NOT_TO_BE_TRIED_AGAIN: 'HARD_DECLINE',
  RETRIES_EXHAUSTED: 'RETRIES_EXHAUSTED',
  SCHEME_LIMIT: 'SCHEME_LIMIT',
  RETURNED: 'PAYMENT_RETURNED',
};

const STOPPED_BY_CHARGE: ReadonlySet<SuspensionCause | null> = new Set(Object.values(SUSPENDED_BECAUSE));

/** The charge was paid. Whoever gave it up before was wrong: the money has moved. */
export function recordPaid(file: AgreementFile, charge: ChargeRow, outcome: Outcome, now: Date): void {
  if (charge.status === 'PAID') return;
  const { agreement } = file;
  charge.status = CHARGE_TRANSITIONS[charge.status].pay ?? charge.status;
  charge.liveOrderId = null;
  charge.retryAt = null;
  charge.gaveUpBecause = null;
  charge.finishedAt = now;
  if (charge.kind !== 'FIRST_PART') {
    agreement.paymentsMade += 1;
    agreement.lastPaymentOn = localDateAt(outcome.triedAt, agreement.timeZone);
  }
  if (charge.kind === 'PAY_OFF') closeParts(file, charge, now);
  if (!file.charges.some(isBehind)) advanceIfPossible(agreement, 'recover');
  completeIfDone(file);
}

/** The rest of an instalment plan was paid at once: no part of it is charged any more, but for one that came back since. */
function closeParts({ agreement, charges }: AgreementFile, payOff: ChargeRow, now: Date): void {
  for (const charge of charges) {
    if (charge.status === 'PAID' || charge.liveOrderId || charge.kind === 'PAY_OFF') continue;
    if (charge.finishedAt && charge.finishedAt > payOff.createdAt) continue;
    Object.assign(charge, { status: 'FAILED', gaveUpBecause: 'PAID_OFF', retryAt: null, finishedAt: now });
  }
  const amounts = chargeAmountOf(agreement);
  agreement.nextNumber = ((amounts && lastNumber(amounts)) ?? 0) + 1;
}

/** The attempt is left to the payer to confirm: until then the agreement is behind, and nothing new is tried. */
export function recordNeedsPayer(
  transaction: Transaction,
  { agreement }: AgreementFile,
  charge: ChargeRow,
  orderId: string,
): void {
  advanceIfPossible(agreement, 'fallBehind');
  transaction.publish(chargeNeedsPayer(agreement, charge, orderId));
}

/** The attempt failed: it is tried again by the merchant's policy, or given up, and then nothing is charged any more. */
export async function recordFailed(
  transaction: Transaction,
  file: AgreementFile,
  charge: ChargeRow,
  outcome: Outcome,
  retryDays: readonly number[],
): Promise<void> {
  const { now } = transaction;
  if (charge.status !== 'OPEN') return;
  charge.liveOrderId = null;
  charge.declineCode = outcome.decline?.code ?? null;
  charge.firstFailedAt ??= now;
  if (outcome.decline) charge.declines += 1;
  const next = await whatNext(transaction, file.agreement, charge, outcome, retryDays);
  // One that was suspended meanwhile may be resumed, and then the charge is tried again.
  const isTried = isInForce(file.agreement) || file.agreement.status === 'SUSPENDED';
  if (next.kind === 'RETRY' && isTried) {
    charge.retryAt = next.at;
    advanceIfPossible(file.agreement, 'fallBehind');
  } else {
    giveUp(transaction, file, charge, next.kind === 'GIVE_UP' ? next.because : 'AGREEMENT_ENDED');
  }
  transaction.publish(chargeFailed(file.agreement, charge));
}

/** What was decided while it was under way counts first; only what a schedule charges is tried again. */
async function whatNext(
  transaction: Transaction,
  agreement: AgreementRow,
  charge: ChargeRow,
  outcome: Outcome,
  retryDays: readonly number[],
): Promise<{ kind: 'RETRY'; at: Date } | { kind: 'GIVE_UP'; because: GiveUpCause }> {
  if (charge.gaveUpBecause) return { kind: 'GIVE_UP', because: charge.gaveUpBecause };
  if (outcome.isCanceled) return { kind: 'GIVE_UP', because: 'CANCELED' };
  const next = afterFailure(await failedTry(transaction, agreement, charge, outcome, retryDays));
  const isPlanned = charge.kind === 'SCHEDULED' || charge.kind === 'FIRST_PART';
  const isOver = next.kind === 'RETRY' || next.because === 'RETRIES_EXHAUSTED';
  return !isPlanned && isOver ? { kind: 'GIVE_UP', because: 'DECLINED' } : next;
}

/** Ends a charge that is not under way; by its cause the agreement stops, or goes on with the next. */
export function giveUp(transaction: Transaction, file: AgreementFile, charge: ChargeRow, because: GiveUpCause): void {
  const { agreement } = file;
  charge.status =
    CHARGE_TRANSITIONS[charge.status].giveUp ?? CHARGE_TRANSITIONS[charge.status].returnPayment ?? 'FAILED';
  charge.gaveUpBecause = because;
  charge.retryAt = null;
  charge.liveOrderId = null;
  charge.finishedAt = transaction.now;
  const what = charge.number === null ? 'A charge' : `The charge of period ${charge.number}`;
  note(
    transaction,
    agreement.id,
    'CHARGE_GIVEN_UP',
    `${what} was given up after ${charge.attempts} attempts: ${because}`,
  );
  const cause = SUSPENDED_BECAUSE[because];
  if (cause) advanceIfPossible(agreement, 'suspend', cause);
  // No retry remains, and nothing else is owed by now: whatever is due next begins anew.
  else if (because !== 'NEXT_PERIOD_DUE' && !file.charges.some(isBehind)) advanceIfPossible(agreement, 'recover');
  completeIfDone(file);
}

/** The payer's bank took the money back: what was paid is owed again, and a person decides how it goes on. */
export function recordReturned(transaction: Transaction, file: AgreementFile, charge: ChargeRow): void {
  if (charge.status !== 'PAID') return;
  if (charge.kind !== 'FIRST_PART') file.agreement.paymentsMade = Math.max(0, file.agreement.paymentsMade - 1);
  charge.declineCode = 'returned';
  giveUp(transaction, file, charge, 'RETURNED');
  transaction.publish(chargeFailed(file.agreement, charge));
}

/**
 * Finish date, count or sequence reached, and nothing owed: the agreement has
 * done what it was made for. One that stopped because its last charge failed
 * stays stopped: ended, it could never be paid.
 */
export function completeIfDone(file: AgreementFile): void {
  const { agreement, charges } = file;
  if (agreement.status === 'PENDING' || hasNextPeriod(agreement)) return;
  const isPlan = agreement.type === 'INSTALLMENT';
  const hasFailed = STOPPED_BY_CHARGE.has(agreement.suspendedBecause);
  const owed = isPlan ? charges.some(isOwed) : hasFailed || charges.some(isOpen);
  if (!owed) advanceIfPossible(agreement, 'complete');
}

/** Without a schedule only a count or a sequence ends an agreement: the merchant may charge for ever. */
function hasNextPeriod(agreement: AgreementRow): boolean {
  const { nextNumber, numberOfPayments, paymentsMade } = agreement;
  if (numberOfPayments !== null && paymentsMade >= numberOfPayments) return false;
  const amounts = chargeAmountOf(agreement);
  const last = amounts && lastNumber(amounts);
  if (last !== null && nextNumber > last) return false;
  const schedule = scheduleOf(agreement);
  if (!schedule) return true;
  return occurrence(schedule, indexOf(agreement, nextNumber)) !== null;
}

/** A part stays owed until it is paid, by itself or with all the rest. */
function isOwed({ status, gaveUpBecause, kind }: ChargeRow): boolean {
  return kind !== 'PAY_OFF' && status !== 'PAID' && gaveUpBecause !== 'PAID_OFF';
}

function isOpen({ status }: ChargeRow): boolean {
  return status === 'OPEN';
}

/** Failed before, and not paid since. */
function isBehind({ status, firstFailedAt }: ChargeRow): boolean {
  return status === 'OPEN' && firstFailedAt !== null;
}

async function failedTry(
  transaction: Transaction,
  agreement: AgreementRow,
  charge: ChargeRow,
  outcome: Outcome,
  retryDays: readonly number[],
): Promise<FailedTry> {
  const { operatorId, now } = transaction;
  const key = [operatorId, outcome.credentialId, triesSince(now)];
  const [tries] = outcome.isCard ? await transaction.query<{ tries: number }>(TRIES_OF_CREDENTIAL, key) : [];
  return {
    decline: outcome.decline,
    failedAt: now,
    firstFailedAt: charge.firstFailedAt ?? now,
    declines: charge.declines,
    technicalFailures: charge.attempts - charge.declines,
    retryDays,
    cardTries: tries?.tries ?? 0,
    timeZone: agreement.timeZone,
  };
}
