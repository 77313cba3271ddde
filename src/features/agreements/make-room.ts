import { later } from '../../kernel/clock.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { OrderFile } from '../orders/index.js';
import type { AgreementFile, AgreementRow, ChargeRow } from './agreement-rows.js';
import { LIVE_ATTEMPTS } from './agreements-sql.js';
import { giveUp } from './record-outcome.js';

export const SOON_MS = 30_000;
export const HOUR_MS = 60 * 60 * 1000;

/** What an agreement's turn came to: an attempt to carry out, or those to close where they wait for their payer. */
export interface Turn {
  readonly order: OrderFile | null;
  readonly toExpire: readonly string[];
}

export const NOTHING: Turn = { order: null, toExpire: [] };

export function lookAgain(file: AgreementFile, at: Date): Turn {
  file.notBefore = at;
  return NOTHING;
}

/**
 * Periods that were missed come one after the other: only one that falls due
 * after the last was claimed takes its place, or a card that is declined would
 * be tried as often as periods were missed, all at once. When it failed does not
 * count: one that waited for its payer fails as late as the next falls due.
 */
export function isBefore({ number, createdAt, firstFailedAt }: ChargeRow, { nextChargeAt }: AgreementRow): boolean {
  return number !== null && nextChargeAt !== null && firstFailedAt !== null && nextChargeAt <= createdAt;
}

export function isPayingOff(open: readonly ChargeRow[]): boolean {
  return open.some(({ kind, liveOrderId }) => kind === 'PAY_OFF' && liveOrderId !== null);
}

/** The rest of a plan is being paid at once, and its parts are in it. Only one that waits for its payer is not waited for. */
export function makeRoomForPlan(
  file: AgreementFile,
  open: readonly ChargeRow[],
  attempts: readonly LiveAttempt[],
  now: Date,
): Turn {
  const { nextChargeAt } = file.agreement;
  const rest = open.find(({ kind }) => kind === 'PAY_OFF');
  const waiting = attempts.find((attempt) => isWaiting(attempt) && attempt.id === rest?.liveOrderId);
  if (!waiting || !nextChargeAt || nextChargeAt > now) return lookAgain(file, later(now, HOUR_MS));
  return closeWaiting(file, open, waiting, now);
}

export type LiveAttempt = { id: string; status: string; paymentStatus: string | null };

export async function liveAttempts(
  transaction: Transaction,
  open: readonly ChargeRow[],
): Promise<readonly LiveAttempt[]> {
  const live = open.flatMap(({ liveOrderId }) => liveOrderId ?? []);
  return live.length > 0 ? transaction.query<LiveAttempt>(LIVE_ATTEMPTS, [transaction.operatorId, live]) : [];
}

function isWaiting({ status }: LiveAttempt): boolean {
  return status === 'REQUIRES_ACTION';
}

export function isUnknown({ paymentStatus }: LiveAttempt): boolean {
  return paymentStatus === 'PENDING' || paymentStatus === 'UNKNOWN';
}

/**
 * Before the next period is charged the one before it is given up: a payer who
 * is behind is not charged twice at once. One that waits for the payer is
 * closed at the payment system first, one whose outcome is not known is waited
 * for, one that a bank takes days over goes on beside. Parts of an instalment
 * plan are owed whatever comes after them, so that each may wait for its payer.
 */
export function makeRoom(
  transaction: Transaction,
  file: AgreementFile,
  open: readonly ChargeRow[],
  attempts: readonly LiveAttempt[],
): Turn | null {
  const { now } = transaction;
  const isPlan = file.agreement.type === 'INSTALLMENT';
  const waiting = isPlan ? undefined : attempts.find(isWaiting);
  if (waiting) return closeWaiting(file, open, waiting, now);
  if (attempts.some(isUnknown)) return lookAgain(file, later(now, SOON_MS));
  if (isPlan) return null;
  for (const charge of open) if (!charge.liveOrderId) giveUp(transaction, file, charge, 'NEXT_PERIOD_DUE');
  return null;
}

function closeWaiting(file: AgreementFile, open: readonly ChargeRow[], { id }: LiveAttempt, now: Date): Turn {
  for (const charge of open) if (charge.liveOrderId === id) charge.giveUpAs = 'NEXT_PERIOD_DUE';
  file.notBefore = later(now, SOON_MS);
  return { order: null, toExpire: [id] };
}
