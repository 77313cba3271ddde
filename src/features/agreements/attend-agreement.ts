import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type Carriers, expireAttempt, type OrderFile } from '../orders/index.js';
import { type AgreementFile, type ChargeRow, isEnded, isInForce, scheduleOf } from './agreement-rows.js';
import { HAS_OPEN_ORDER, LIVE_ATTEMPTS, OPERATOR_IS_SUSPENDED } from './agreements-sql.js';
import { announce } from './billing-batch.js';
import { advance, advanceIfPossible, changeAgreement, note } from './change-agreement.js';
import { replan } from './domain/numbering.js';
import { type ChargeMeans, chargeMeans, newCharge, openAttempt } from './open-attempt.js';
import { amountOfNumber, endOf } from './plan.js';
import { completeIfDone, giveUp } from './record-outcome.js';

const SOON_MS = 30_000;
const HOUR_MS = 60 * 60 * 1000;

/** What an agreement's turn came to: an attempt to carry out, or one to close because the next period is due. */
interface Turn {
  readonly order: OrderFile | null;
  readonly toExpire: string | null;
}

const NOTHING: Turn = { order: null, toExpire: null };

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
  const { result } = await units.sql(operatorId, (transaction) =>
    changeAgreement(transaction, agreementId, null, (file) => attend(transaction, file)),
  );
  // By itself, because an order's lock comes before its agreement's.
  const { toExpire } = result;
  if (toExpire) await units.sql(operatorId, (transaction) => expireAttempt(transaction, toExpire));
  return result.order;
}

async function attend(transaction: Transaction, file: AgreementFile): Promise<Turn> {
  const { agreement } = file;
  const { now } = transaction;
  if (isEnded(agreement)) return NOTHING;
  if (agreement.status === 'PENDING') return abandonIfLate(transaction, file);
  const ends = endOf(agreement);
  if (ends && ends <= now) return end(transaction, file);
  if (!isInForce(agreement)) return NOTHING;
  if (await isOperatorSuspended(transaction)) return skip(transaction, file);
  try {
    return await chargeDue(transaction, file);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // Nothing was sent. What the rules refuse now they refuse on every tick: a person has to look.
    const cause = error.code === 'CREDENTIAL_UNUSABLE' ? 'CREDENTIAL_UNUSABLE' : 'NOT_ALLOWED';
    advance(agreement, 'suspend', cause);
    note(transaction, agreement.id, 'STATUS', `The charge was refused and nothing was sent: ${error.message}`);
    return NOTHING;
  }
}

async function abandonIfLate(transaction: Transaction, { agreement }: AgreementFile): Promise<Turn> {
  const { operatorId, now } = transaction;
  if (!agreement.pendingUntil || agreement.pendingUntil > now) return NOTHING;
  const [order] = await transaction.query<{ open: boolean }>(HAS_OPEN_ORDER, [operatorId, agreement.id]);
  if (order?.open) agreement.pendingUntil = later(now, HOUR_MS);
  else advance(agreement, 'abandon');
  return NOTHING;
}

/** The payer's consent ends with the day: what was not charged by then is not charged any more. */
function end(transaction: Transaction, file: AgreementFile): Turn {
  const { agreement, charges } = file;
  for (const charge of charges) {
    if (charge.status === 'OPEN' && !charge.liveOrderId) giveUp(transaction, file, charge, 'AGREEMENT_ENDED');
  }
  advanceIfPossible(agreement, 'expire');
  return NOTHING;
}

/** What falls due while the operator is suspended is not charged later: periods are passed over without using up their numbers. */
function skip(transaction: Transaction, file: AgreementFile): Turn {
  const { agreement } = file;
  const schedule = scheduleOf(agreement);
  if (schedule && agreement.nextChargeAt && agreement.nextChargeAt <= transaction.now) {
    skipTo(file, transaction.now);
    note(transaction, agreement.id, 'PERIODS_SKIPPED', 'Not charged, because the operator is suspended');
  }
  file.notBefore = later(transaction.now, HOUR_MS);
  return NOTHING;
}

/** The next number falls on the first date after `after`; its own is not used up. */
export function skipTo({ agreement }: AgreementFile, after: Date): void {
  const schedule = scheduleOf(agreement);
  if (!schedule) return;
  const { nextNumber } = agreement;
  Object.assign(agreement, replan(schedule, { nextNumber, after, lastDate: null }));
}

async function chargeDue(transaction: Transaction, file: AgreementFile): Promise<Turn> {
  const { now } = transaction;
  const { agreement, charges } = file;
  const nextIsDue = agreement.nextChargeAt !== null && agreement.nextChargeAt <= now;
  const open = charges.filter(({ status }) => status === 'OPEN');
  if (nextIsDue) {
    const blocked = await makeRoom(transaction, file, open);
    if (blocked) return blocked;
    const amount = amountOfNumber(agreement, agreement.nextNumber);
    if (amount === null) throw new Error(`agreement ${agreement.id} has no amount for period ${agreement.nextNumber}`);
    const means = await chargeMeans(transaction, agreement);
    const plannedAt = agreement.nextChargeAt ?? now;
    const charge = newCharge(file, { kind: 'SCHEDULED', number: agreement.nextNumber, amount, plannedAt }, now);
    return { ...NOTHING, order: openAttempt(transaction, file, charge, means) };
  }
  const retry = open.find(({ retryAt, liveOrderId }) => !liveOrderId && retryAt && retryAt <= now);
  if (retry) {
    const means: ChargeMeans = await chargeMeans(transaction, agreement);
    return { ...NOTHING, order: openAttempt(transaction, file, retry, means) };
  }
  announce(transaction, agreement);
  completeIfDone(file);
  return NOTHING;
}

type LiveAttempt = { id: string; status: string; paymentStatus: string | null };

/**
 * Before the next period is charged the one before it is given up: a payer who
 * is behind is not charged twice at once. One that waits for the payer is
 * closed at the payment system first, one whose outcome is not known is waited
 * for, one that a bank takes days over goes on beside. Parts of an instalment
 * plan are owed whatever comes after them.
 */
async function makeRoom(
  transaction: Transaction,
  file: AgreementFile,
  open: readonly ChargeRow[],
): Promise<Turn | null> {
  const { operatorId, now } = transaction;
  const live = open.filter(({ liveOrderId }) => liveOrderId).map(({ liveOrderId }) => liveOrderId);
  const attempts = live.length > 0 ? await transaction.query<LiveAttempt>(LIVE_ATTEMPTS, [operatorId, live]) : [];
  const waiting = attempts.find(({ status }) => status === 'REQUIRES_ACTION');
  const unknown = attempts.some(({ paymentStatus }) => paymentStatus === 'PENDING' || paymentStatus === 'UNKNOWN');
  if (waiting || unknown) {
    for (const charge of open) if (charge.liveOrderId === waiting?.id) charge.gaveUpBecause = 'NEXT_PERIOD_DUE';
    file.notBefore = later(now, SOON_MS);
    return { order: null, toExpire: waiting?.id ?? null };
  }
  if (file.agreement.type === 'INSTALLMENT') return null;
  for (const charge of open) if (!charge.liveOrderId) giveUp(transaction, file, charge, 'NEXT_PERIOD_DUE');
  return null;
}

async function isOperatorSuspended(transaction: Transaction): Promise<boolean> {
  const [operator] = await transaction.query<{ suspended: boolean }>(OPERATOR_IS_SUSPENDED, [transaction.operatorId]);
  return operator?.suspended ?? true;
}
