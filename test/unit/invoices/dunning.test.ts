import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chargeStopFor, refundedOf, shareOf, triesAfter } from '../../../src/features/invoices/domain/dunning.js';
import { CHARGE_STOPS } from '../../../src/features/invoices/domain/words.js';

const NOON = new Date('2026-11-22T12:00:00Z');
const LATER = new Date('2026-11-23T12:00:00Z');
const minor = fc.bigInt({ min: 0n, max: 10n ** 15n });

describe('a try that failed', () => {
  const none = { declines: 0, technicalFailures: 0, firstFailedAt: null };

  it('is counted as a decline only where a bank has said no', () => {
    const once = triesAfter(none, { wasDeclined: true, at: NOON });
    expect(once).toEqual({ declines: 1, technicalFailures: 0, firstFailedAt: NOON });
    const twice = triesAfter(once, { wasDeclined: false, at: LATER });
    expect(twice).toEqual({ declines: 1, technicalFailures: 1, firstFailedAt: NOON });
  });

  it('ends in words that invoices know', () => {
    const causes = ['HARD_DECLINE', 'NOT_TO_BE_TRIED_AGAIN', 'RETRIES_EXHAUSTED', 'SCHEME_LIMIT'] as const;
    expect(causes.map(chargeStopFor)).toEqual(['HARD_DECLINE', 'HARD_DECLINE', 'RETRIES_EXHAUSTED', 'SCHEME_LIMIT']);
    const refusals = ['NOT_IN_FORCE', 'CREDENTIAL_UNUSABLE', 'TERMS'] as const;
    expect(refusals.map(chargeStopFor)).toEqual(['NO_AGREEMENT', 'CREDENTIAL_UNUSABLE', 'REFUSED_BY_TERMS']);
    for (const because of [...causes, ...refusals]) expect(CHARGE_STOPS).toContain(chargeStopFor(because));
  });
});

describe('money that came', () => {
  it('is for what is owed, and the rest goes back: nothing is lost, and nobody pays more', () => {
    fc.assert(
      fc.property(minor, minor, (taken, due) => {
        const { applied, surplus } = shareOf(taken, due);
        expect(applied + surplus).toBe(taken);
        expect(applied <= due && applied >= 0n && surplus >= 0n).toBe(true);
        expect(surplus === 0n || applied === due).toBe(true);
      }),
    );
  });

  it('that goes back is what was too much first, and then of the invoice, never more than it took', () => {
    expect(refundedOf({ captured: 100n, refunded: 30n }, 100n)).toBe(30n);
    expect(refundedOf({ captured: 100n, refunded: 30n }, 60n)).toBe(0n);
    expect(refundedOf({ captured: 100n, refunded: 55n }, 60n)).toBe(15n);
    fc.assert(
      fc.property(minor, minor, minor, (captured, refunded, paid) => {
        const back = refundedOf({ captured, refunded }, paid);
        expect(back >= 0n && back <= paid && back <= refunded).toBe(true);
      }),
    );
  });
});
