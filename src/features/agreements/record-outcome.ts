import { localDateAt } from '../../kernel/calendar.js';
import { nextState } from '../../kernel/state-machine.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { chargeFailed, chargeNeedsPayer } from './agreement-events.js';
import { type AgreementFile, type AgreementRow, type ChargeRow, isInForce } from './agreement-rows.js';
import { TRIES_OF_CREDENTIAL } from './agreements-sql.js';
import { advanceIfPossible, note } from './change-agreement.js';
import { SUSPENDED_BECAUSE } from './completion.js';
import { CHARGE_TRANSITIONS } from './domain/agreement-status.js';
import { afterFailure, type FailedTry, type RetryAdvice } from './domain/dunning.js';
import type { GiveUpCause } from './domain/words.js';
import { triesSince } from './open-attempt.js';
import { chargePartsAgain, closeParts } from './pay-off-parts.js';

/** What became of an attempt at a charge. */
export interface Outcome {
  readonly orderId: string;
  readonly credentialId: string | null;
  readonly isCard: boolean;
  /** Made without the payer; only such payments are counted, and the payer agreed to so many of them. */
  readonly isMerchants: boolean;
  /** Null where the payment system did not carry it out: nobody's bank has said no. */
  readonly decline: { readonly code: string; readonly advice: RetryAdvice | null } | null;
  /** When the payer's account was charged: of a bank debit, when it was sent. */
  readonly paidAt: Date;
  /** The merchant cancelled the attempt by hand. */
  readonly isCanceled: boolean;
}

/** The charge was paid. Whoever gave it up before was wrong: the money has moved. */
export function recordPaid(transaction: Transaction, file: AgreementFile, charge: ChargeRow, outcome: Outcome): void {
  if (charge.status === 'PAID') return;
  const { agreement } = file;
  const { now } = transaction;
  charge.status = nextState(CHARGE_TRANSITIONS, charge.status, 'pay');
  charge.liveOrderId = null;
  charge.retryAt = null;
  charge.gaveUpBecause = null;
  charge.giveUpAs = null;
  charge.finishedAt = now;
  if (outcome.isMerchants) countPayment(transaction, agreement, localDateAt(outcome.paidAt, agreement.timeZone));
  if (charge.kind === 'PAY_OFF') closeParts(file, charge, now);
  if (!file.charges.some(isBehind)) advanceIfPossible(agreement, 'recover');
}

/** What is heard late does not turn the day of the last payment back; what exceeds the agreement is told, for it was paid. */
function countPayment(transaction: Transaction, agreement: AgreementRow, paidOn: string): void {
  const { lastPaymentOn, numberOfPayments, paymentsMade } = agreement;
  agreement.lastPaymentOn = lastPaymentOn !== null && lastPaymentOn > paidOn ? lastPaymentOn : paidOn;
  if (numberOfPayments === null || paymentsMade < numberOfPayments) {
    agreement.paymentsMade += 1;
    return;
  }
  const text = `A payment more than the ${numberOfPayments} that were agreed was made; it may have to be refunded`;
  note(transaction, agreement.id, 'STATUS', text);
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
  if (charge.status !== 'OPEN') return;
  charge.liveOrderId = null;
  charge.declineCode = outcome.decline?.code ?? null;
  // The payer was there, and comes again: with what the agreement is established by, it is charged.
  if (file.agreement.status !== 'PENDING') await followFailure(transaction, file, charge, outcome, retryDays);
  transaction.publish(chargeFailed(file.agreement, charge));
}

async function followFailure(
  transaction: Transaction,
  file: AgreementFile,
  charge: ChargeRow,
  outcome: Outcome,
  retryDays: readonly number[],
): Promise<void> {
  charge.firstFailedAt ??= transaction.now;
  if (outcome.decline) charge.declines += 1;
  else charge.technicalFailures += 1;
  const next = await whatNext(transaction, file.agreement, charge, outcome, retryDays);
  // One that was suspended meanwhile may be resumed, and then the charge is tried again.
  const isTried = isInForce(file.agreement) || file.agreement.status === 'SUSPENDED';
  if (next.kind === 'RETRY' && isTried) {
    charge.retryAt = next.at;
    advanceIfPossible(file.agreement, 'fallBehind');
  } else {
    giveUp(transaction, file, charge, next.kind === 'GIVE_UP' ? next.because : 'AGREEMENT_ENDED');
  }
}

/** What was decided while it was under way counts first; only what a schedule charges is tried again. */
async function whatNext(
  transaction: Transaction,
  agreement: AgreementRow,
  charge: ChargeRow,
  outcome: Outcome,
  retryDays: readonly number[],
): Promise<{ kind: 'RETRY'; at: Date } | { kind: 'GIVE_UP'; because: GiveUpCause }> {
  if (charge.giveUpAs) return { kind: 'GIVE_UP', because: charge.giveUpAs };
  if (outcome.isCanceled) return { kind: 'GIVE_UP', because: 'CANCELED' };
  const next = afterFailure(await failedTry(transaction, agreement, charge, outcome, retryDays));
  const isPlanned = charge.kind === 'SCHEDULED' || charge.kind === 'FIRST_PART';
  const isOver = next.kind === 'RETRY' || next.because === 'RETRIES_EXHAUSTED';
  return !isPlanned && isOver ? { kind: 'GIVE_UP', because: 'DECLINED' } : next;
}

/** Ends a charge that is not under way; by its cause the agreement stops, or goes on with the next. */
export function giveUp(transaction: Transaction, file: AgreementFile, charge: ChargeRow, because: GiveUpCause): void {
  const { agreement } = file;
  charge.status = nextState(CHARGE_TRANSITIONS, charge.status, charge.status === 'PAID' ? 'returnPayment' : 'giveUp');
  charge.gaveUpBecause = because;
  charge.giveUpAs = null;
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
  if (cause)
    advanceIfPossible(
      agreement,
      because === 'RETURNED' && agreement.status === 'COMPLETED' ? 'reclaim' : 'suspend',
      cause,
    );
  // No retry remains, and nothing else is owed by now: whatever is due next begins anew.
  else if (because !== 'NEXT_PERIOD_DUE' && !file.charges.some(isBehind)) advanceIfPossible(agreement, 'recover');
}

/** What waits is given up now, and what is under way when it comes to nothing. Answers with the orders to be closed, in the order of their locks. */
export function giveUpAll(transaction: Transaction, file: AgreementFile, because: GiveUpCause): readonly string[] {
  const open = file.charges.filter(({ status }) => status === 'OPEN');
  for (const charge of open) {
    if (charge.liveOrderId) charge.giveUpAs = because;
    else giveUp(transaction, file, charge, because);
  }
  return open.flatMap(({ liveOrderId }) => liveOrderId ?? []).toSorted();
}

/** The payer's bank took the money back: what was paid is owed again, and a person decides how it goes on. */
export function recordReturned(
  transaction: Transaction,
  file: AgreementFile,
  charge: ChargeRow,
  { isMerchants }: Outcome,
): void {
  if (charge.status !== 'PAID') return;
  if (isMerchants) file.agreement.paymentsMade = Math.max(0, file.agreement.paymentsMade - 1);
  charge.declineCode = 'returned';
  giveUp(transaction, file, charge, 'RETURNED');
  if (charge.kind === 'PAY_OFF') chargePartsAgain(file);
  transaction.publish(chargeFailed(file.agreement, charge));
}

/** Failed before, and not paid since. */
function isBehind({ status, firstFailedAt }: ChargeRow): boolean {
  return status === 'OPEN' && firstFailedAt !== null;
}

/** How often the schemes have counted a card lately; they do not count those of bank accounts. */
export async function cardTries(
  transaction: Transaction,
  { credentialId, isCard }: Pick<Outcome, 'credentialId' | 'isCard'>,
): Promise<number> {
  if (!isCard) return 0;
  const key = [transaction.operatorId, credentialId, triesSince(transaction.now)];
  const [counted] = await transaction.query<{ tries: number }>(TRIES_OF_CREDENTIAL, key);
  return counted?.tries ?? 0;
}

async function failedTry(
  transaction: Transaction,
  agreement: AgreementRow,
  charge: ChargeRow,
  outcome: Outcome,
  retryDays: readonly number[],
): Promise<FailedTry> {
  return {
    decline: outcome.decline,
    failedAt: transaction.now,
    firstFailedAt: charge.firstFailedAt ?? transaction.now,
    declines: charge.declines,
    technicalFailures: charge.technicalFailures,
    retryDays,
    cardTries: await cardTries(transaction, outcome),
    timeZone: agreement.timeZone,
  };
}
