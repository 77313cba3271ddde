import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type Carriers, expireAttempt, type OrderFile } from '../orders/index.js';
import { heldAccountOf } from '../payment-systems/index.js';
import { type AgreementFile, type ChargeRow, chargingSchedule, isEnded, isInForce } from './agreement-rows.js';
import { CREDENTIAL_FOR_AGREEMENT, HAS_OPEN_ORDER, OPERATOR_IS_SUSPENDED } from './agreements-sql.js';
import { announce } from './announce-charges.js';
import { advance, advanceIfPossible, changeAgreement, note } from './change-agreement.js';
import { earliestAllowed } from './domain/catch-up.js';
import type { SuspensionCause } from './domain/words.js';
import { withFreeNumbers } from './free-numbers.js';
import {
  HOUR_MS,
  isBefore,
  isPayingOff,
  isUnknown,
  liveAttempts,
  lookAgain,
  makeRoom,
  makeRoomForPlan,
  NOTHING,
  SOON_MS,
  type Turn,
} from './make-room.js';
import { type CredentialForCharge, chargeMeans, isAtSchemeLimit, newCharge, openAttempt } from './open-attempt.js';
import { amountOfNumber, endOf, lastPaymentOn, noticeAt, skipTo } from './plan.js';
import { giveUpAll } from './record-outcome.js';

/**
 * Does what is due of one agreement that needs a closer look than a batch
 * takes: it is behind, at its end, waits for its payer, or its operator is
 * suspended. Resolves with the attempt to be carried out.
 */
export async function attendAgreement(
  { units }: Pick<Carriers, 'units'>,
  operatorId: string,
  agreementId: string,
): Promise<OrderFile | null> {
  const { result } = await withFreeNumbers((isNumberTaken) =>
    units.sql(operatorId, (transaction) =>
      changeAgreement(transaction, agreementId, null, (file) => attend(transaction, file, isNumberTaken)),
    ),
  );
  // By itself, because an order's lock comes before its agreement's.
  const { toExpire } = result;
  if (toExpire.length > 0) {
    await units.sql(operatorId, async (transaction) => {
      for (const orderId of toExpire) await expireAttempt(transaction, orderId);
    });
  }
  return result.order;
}

async function attend(transaction: Transaction, file: AgreementFile, isNumberTaken: boolean): Promise<Turn> {
  const { agreement } = file;
  const { now, operatorId } = transaction;
  if (isEnded(agreement)) return NOTHING;
  if (agreement.status === 'PENDING') return abandonIfLate(transaction, file);
  const ends = endOf(agreement);
  if (ends && ends <= now) return end(transaction, file);
  if (!isInForce(agreement)) return NOTHING;
  if (await isOperatorSuspended(transaction)) return skip(transaction, file);
  const account = await heldAccountOf(transaction, operatorId, agreement.accountId);
  // New keys are a matter of hours, and nobody's bank has said no: what is due then is charged then.
  if (account.status === 'KEYS_REJECTED') return lookAgain(file, later(now, HOUR_MS));
  if (account.status === 'DISCONNECTED') return stop(transaction, file, 'NOT_ALLOWED', 'its account is disconnected');
  return chargeDue(transaction, file, isNumberTaken);
}

/** Nothing was sent. What is refused now is refused on every tick: a person has to look. */
function stop(transaction: Transaction, { agreement }: AgreementFile, cause: SuspensionCause, why: string): Turn {
  advance(agreement, 'suspend', cause);
  note(transaction, agreement.id, 'STATUS', `The charge was refused and nothing was sent: ${why}`);
  return NOTHING;
}

async function abandonIfLate(transaction: Transaction, file: AgreementFile): Promise<Turn> {
  const { agreement } = file;
  const { operatorId, now } = transaction;
  if (!agreement.pendingUntil || agreement.pendingUntil > now) return NOTHING;
  const [order] = await transaction.query<{ open: boolean }>(HAS_OPEN_ORDER, [operatorId, agreement.id]);
  if (order?.open) {
    agreement.pendingUntil = later(now, HOUR_MS);
    return NOTHING;
  }
  advance(agreement, 'abandon');
  return { ...NOTHING, toExpire: giveUpAll(transaction, file, 'AGREEMENT_ENDED') };
}

/** The payer's consent ends with the day: what was not charged by then is not charged any more. */
function end(transaction: Transaction, file: AgreementFile): Turn {
  const { agreement } = file;
  if (agreement.nextChargeAt && agreement.nextChargeAt <= transaction.now) {
    const text = `What fell due from ${agreement.nextChargeAt.toISOString()} on was not charged before ${agreement.expiryDate} was over, until which the payer agreed to charges`;
    note(transaction, agreement.id, 'PERIODS_SKIPPED', text);
  }
  const toExpire = giveUpAll(transaction, file, 'AGREEMENT_ENDED');
  advanceIfPossible(agreement, 'expire');
  return { ...NOTHING, toExpire };
}

/** What falls due while the operator is suspended is not charged later: periods are passed over without using up their numbers. */
function skip(transaction: Transaction, file: AgreementFile): Turn {
  const { agreement } = file;
  if (chargingSchedule(agreement) && agreement.nextChargeAt && agreement.nextChargeAt <= transaction.now) {
    skipTo(file, transaction.now);
    note(transaction, agreement.id, 'PERIODS_SKIPPED', 'Not charged, because the operator is suspended');
  }
  file.notBefore = later(transaction.now, HOUR_MS);
  return NOTHING;
}

async function chargeDue(transaction: Transaction, file: AgreementFile, isNumberTaken: boolean): Promise<Turn> {
  const { now } = transaction;
  const { agreement, charges } = file;
  const open = charges.filter(({ status }) => status === 'OPEN');
  const attempts = await liveAttempts(transaction, open);
  if (isPayingOff(open)) return makeRoomForPlan(file, open, attempts, now);
  const nextIsDue = agreement.nextChargeAt !== null && agreement.nextChargeAt <= now;
  const isHeldBack = nextIsDue && open.some((charge) => isBefore(charge, agreement));
  if (nextIsDue && !isHeldBack) {
    const blocked = makeRoom(transaction, file, open, attempts);
    return blocked ?? attempt(transaction, file, () => nextPeriod(file, now), isNumberTaken);
  }
  const retry = open.find(({ retryAt, liveOrderId }) => !liveOrderId && retryAt && retryAt <= now);
  if (retry) {
    if (attempts.some(isUnknown)) return lookAgain(file, later(now, SOON_MS));
    const at = allowedFrom(file, now);
    if (at <= now) return attempt(transaction, file, () => retry, isNumberTaken);
    retry.retryAt = at;
  }
  if (isHeldBack) return lookAgain(file, sooner(later(now, HOUR_MS), open));
  await announceComing(transaction, file);
  return NOTHING;
}

function sooner(at: Date, open: readonly ChargeRow[]): Date {
  const retries = open.flatMap(({ retryAt }) => retryAt ?? []);
  return new Date(Math.min(at.getTime(), ...retries.map((retry) => retry.getTime())));
}

/** The period that is due next. */
function nextPeriod(file: AgreementFile, now: Date): ChargeRow {
  const { agreement } = file;
  const number = agreement.nextNumber;
  const amount = amountOfNumber(agreement, number);
  if (amount === null) throw new Error(`agreement ${agreement.id} has no amount for period ${number}`);
  return newCharge(file, { kind: 'SCHEDULED', number, amount, plannedAt: agreement.nextChargeAt ?? now }, now);
}

/** An attempt at a charge, or the end of all attempts where the rules refuse it. A charge that was not made uses up no period. */
async function attempt(
  transaction: Transaction,
  file: AgreementFile,
  choose: () => ChargeRow,
  isNumberTaken: boolean,
): Promise<Turn> {
  const { agreement, charges } = file;
  const { nextNumber } = agreement;
  const known = charges.length;
  try {
    const means = await chargeMeans(transaction, agreement);
    if (isAtSchemeLimit(means)) {
      return stop(transaction, file, 'SCHEME_LIMIT', `the card was declined ${means.failedTries} times in 30 days`);
    }
    return { ...NOTHING, order: openAttempt(transaction, file, choose(), means, { isNumberTaken }) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    charges.length = known;
    agreement.nextNumber = nextNumber;
    const cause = error.code === 'CREDENTIAL_UNUSABLE' ? 'CREDENTIAL_UNUSABLE' : 'NOT_ALLOWED';
    return stop(transaction, file, cause, error.message);
  }
}

/** A payment in between may have come closer than the payer agreed to. */
function allowedFrom(file: AgreementFile, now: Date): Date {
  const { minimumDays, timeZone } = file.agreement;
  return earliestAllowed(now, { lastPaymentDate: lastPaymentOn(file), minimumDays, timeZone });
}

async function announceComing(transaction: Transaction, { agreement }: AgreementFile): Promise<void> {
  const at = noticeAt(agreement);
  if (!at || at > transaction.now) return;
  const key = [transaction.operatorId, agreement.credentialId];
  const [credential] = await transaction.query<CredentialForCharge>(CREDENTIAL_FOR_AGREEMENT, key);
  announce(transaction, agreement, credential);
}

async function isOperatorSuspended(transaction: Transaction): Promise<boolean> {
  const [operator] = await transaction.query<{ suspended: boolean }>(OPERATOR_IS_SUSPENDED, [transaction.operatorId]);
  return operator?.suspended ?? true;
}
