import type { ChargeStop } from './words.js';

/** How often an invoice was tried, and since when in vain. */
export interface Tries {
  readonly declines: number;
  readonly technicalFailures: number;
  readonly firstFailedAt: Date | null;
}

/** Counts a try that failed. The merchant's policy is about those that a bank declined. */
export function triesAfter(
  { declines, technicalFailures, firstFailedAt }: Tries,
  failed: { readonly wasDeclined: boolean; readonly at: Date },
): Tries & { readonly firstFailedAt: Date } {
  return {
    declines: declines + (failed.wasDeclined ? 1 : 0),
    technicalFailures: technicalFailures + (failed.wasDeclined ? 0 : 1),
    firstFailedAt: firstFailedAt ?? failed.at,
  };
}

/** Why a charge is not tried again, in the words of invoices. */
const STOPS = {
  HARD_DECLINE: 'HARD_DECLINE',
  NOT_TO_BE_TRIED_AGAIN: 'HARD_DECLINE',
  RETRIES_EXHAUSTED: 'RETRIES_EXHAUSTED',
  SCHEME_LIMIT: 'SCHEME_LIMIT',
  NOT_IN_FORCE: 'NO_AGREEMENT',
  CREDENTIAL_UNUSABLE: 'CREDENTIAL_UNUSABLE',
  TERMS: 'REFUSED_BY_TERMS',
} as const satisfies Record<string, ChargeStop>;

export function chargeStopFor(because: keyof typeof STOPS): ChargeStop {
  return STOPS[because];
}
