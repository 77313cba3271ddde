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

/** What of a payment an invoice takes, and what of it came for nothing: nobody pays more than is owed. */
export function shareOf(taken: bigint, due: bigint): { readonly applied: bigint; readonly surplus: bigint } {
  const applied = taken < due ? taken : due;
  return { applied, surplus: taken - applied };
}

/** What an order that pays an invoice has given back of it: what it took beyond the invoice goes back first. */
export function refundedOf(order: { readonly captured: bigint; readonly refunded: bigint }, paid: bigint): bigint {
  const beyond = order.captured > paid ? order.captured - paid : 0n;
  const refunded = order.refunded - beyond;
  if (refunded <= 0n) return 0n;
  return refunded < paid ? refunded : paid;
}
