import { daysLater } from '../../../kernel/calendar.js';
import { later } from '../../../kernel/clock.js';
import { neverHelps } from './hard-declines.js';

export type RetryAdvice = 'TRY_AGAIN_LATER' | 'CONFIRM_CARD_DATA' | 'DO_NOT_TRY_AGAIN';

/** The card schemes fine whoever tries one card more often than this in 30 days, for whatever agreement. */
export const CARD_TRIES_MAX = 15;
export const TRIES_COUNTED_MS = 30 * 24 * 60 * 60 * 1000;

const TECHNICAL_RETRIES_MAX = 3;
const TECHNICAL_RETRY_AFTER_MS = 60 * 60 * 1000;

/** A try of a period's charge that failed, and what came before it. */
export interface FailedTry {
  /** Null: the payment system did not carry the request out, so nobody's bank has said no. */
  readonly decline: { readonly code: string; readonly advice: RetryAdvice | null } | null;
  readonly failedAt: Date;
  /** When the first try of this period failed, perhaps this one. */
  readonly firstFailedAt: Date;
  /** Tries of this period that were declined, this one included. */
  readonly declines: number;
  /** Tries of this period that were not carried out, this one included. */
  readonly technicalFailures: number;
  /** The merchant's policy: days after the first failure, rising. */
  readonly retryDays: readonly number[];
  /** Tries of this card in the last 30 days that came to nothing, under all agreements; 0 for a bank account. */
  readonly cardTries: number;
  readonly timeZone: string;
}

export type GiveUpReason = 'HARD_DECLINE' | 'RETRIES_EXHAUSTED' | 'SCHEME_LIMIT' | 'NOT_TO_BE_TRIED_AGAIN';

export type AfterFailure =
  | { readonly kind: 'RETRY'; readonly at: Date }
  | { readonly kind: 'GIVE_UP'; readonly because: GiveUpReason };

/** Whether and when a charge that failed is tried again. */
export function afterFailure(failed: FailedTry): AfterFailure {
  const because = finalBecause(failed);
  if (because !== null) return { kind: 'GIVE_UP', because };

  const at = isWorthAnHour(failed) ? later(failed.failedAt, TECHNICAL_RETRY_AFTER_MS) : nextRetryDay(failed);
  return at === null ? { kind: 'GIVE_UP', because: 'RETRIES_EXHAUSTED' } : { kind: 'RETRY', at };
}

/** A merchant-initiated charge that is made again for want of funds must be marked as such. */
export function isResubmission(lastDeclineCode: string | null): boolean {
  return lastDeclineCode === 'insufficient_funds';
}

function finalBecause({ decline, cardTries }: FailedTry): GiveUpReason | null {
  if (decline !== null && neverHelps(decline.code)) return 'HARD_DECLINE';
  if (decline?.advice === 'DO_NOT_TRY_AGAIN') return 'NOT_TO_BE_TRIED_AGAIN';
  // The payer is not there to confirm them, and the same details get the same answer.
  if (decline?.advice === 'CONFIRM_CARD_DATA') return 'HARD_DECLINE';
  return cardTries >= CARD_TRIES_MAX ? 'SCHEME_LIMIT' : null;
}

function isWorthAnHour({ decline, technicalFailures }: FailedTry): boolean {
  return decline === null && technicalFailures <= TECHNICAL_RETRIES_MAX;
}

/**
 * Each decline uses up one day of the policy, and so does time: after an outage the
 * days that were missed are not made up for, or tries would follow each other at once.
 */
function nextRetryDay({ firstFailedAt, failedAt, declines, retryDays, timeZone }: FailedTry): Date | null {
  const left = retryDays.slice(Math.max(0, declines - 1));
  const times = left.map((days) => daysLater(firstFailedAt, days, timeZone));
  return times.find((at) => at.getTime() > failedAt.getTime()) ?? null;
}
