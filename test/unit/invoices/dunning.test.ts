import { describe, expect, it } from '@jest/globals';
import { chargeStopFor, triesAfter } from '../../../src/features/invoices/domain/dunning.js';
import { CHARGE_STOPS } from '../../../src/features/invoices/domain/words.js';

const NOON = new Date('2026-11-22T12:00:00Z');
const LATER = new Date('2026-11-23T12:00:00Z');

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
