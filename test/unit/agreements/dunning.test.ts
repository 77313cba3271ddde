import fc from 'fast-check';
import {
  type AfterFailure,
  afterFailure,
  CARD_TRIES_MAX,
  type FailedTry,
  isResubmission,
  type RetryAdvice,
  TRIES_COUNTED_MS,
} from '../../../src/features/agreements/domain/dunning.js';
import { clockAt, ZONES } from './reference-calendar.js';

const HOUR_MS = 60 * 60 * 1000;
const FIRST = new Date('2026-03-06T14:00:00Z');
const POLICY = [1, 3, 5, 7];

function hours(count: number): Date {
  return new Date(FIRST.getTime() + count * HOUR_MS);
}

/** The first decline of a charge, for want of funds, in a zone without summer time. */
function aFailure(those: Partial<FailedTry>): FailedTry {
  return {
    decline: { code: 'insufficient_funds', advice: null },
    failedAt: FIRST,
    firstFailedAt: FIRST,
    declines: 1,
    technicalFailures: 0,
    retryDays: POLICY,
    cardTries: 1,
    timeZone: 'Asia/Kathmandu',
    ...those,
  };
}

function declinedWith(code: string, advice: RetryAdvice | null = null): AfterFailure {
  return afterFailure(aFailure({ decline: { code, advice } }));
}

function retryAt(at: Date): AfterFailure {
  return { kind: 'RETRY', at };
}

const TECHNICAL = { decline: null, declines: 0 };

describe('a charge that was declined', () => {
  it.each<[string, Partial<FailedTry>, Date]>([
    ['once: tried again a day later', {}, hours(24)],
    ['twice: three days after the first', { declines: 2, failedAt: hours(24) }, hours(72)],
    ['four times: seven days after the first', { declines: 4, failedAt: hours(120) }, hours(168)],
    ['after an outage: on the next day to come', { declines: 2, failedAt: hours(100) }, hours(120)],
    ['and twice more by hand: each of them used up a day', { declines: 3, failedAt: hours(2) }, hours(120)],
    ['by a policy of its own', { retryDays: [2] }, hours(48)],
    ['after technical failures: by the policy', { technicalFailures: 2, failedAt: hours(2) }, hours(24)],
    ['with advice to try later', { decline: { code: 'try_again_later', advice: 'TRY_AGAIN_LATER' } }, hours(24)],
    ['one try before the limit of the schemes', { cardTries: CARD_TRIES_MAX - 1 }, hours(24)],
  ])('%s', (_, those, at) => {
    expect(afterFailure(aFailure(those))).toEqual(retryAt(at));
  });

  it.each<[string, Partial<FailedTry>, string]>([
    ['after the last day of the policy', { declines: 5, failedAt: hours(168) }, 'RETRIES_EXHAUSTED'],
    ['when all days have passed', { declines: 1, failedAt: hours(168) }, 'RETRIES_EXHAUSTED'],
    ['at once, where the policy has no days', { retryDays: [] }, 'RETRIES_EXHAUSTED'],
    ['at the limit of the schemes', { cardTries: CARD_TRIES_MAX }, 'SCHEME_LIMIT'],
    ['on advice', { decline: { code: 'do_not_honor', advice: 'DO_NOT_TRY_AGAIN' } }, 'NOT_TO_BE_TRIED_AGAIN'],
    ['when the details are wrong', { decline: { code: 'declined', advice: 'CONFIRM_CARD_DATA' } }, 'HARD_DECLINE'],
    [
      'when the card is lost, whatever is advised',
      { decline: { code: 'lost_card', advice: 'TRY_AGAIN_LATER' } },
      'HARD_DECLINE',
    ],
  ])('is given up %s', (_, those, because) => {
    expect(afterFailure(aFailure(those))).toEqual({ kind: 'GIVE_UP', because });
  });

  it('is tried again at the same time of day, though clocks have moved', () => {
    const at = afterFailure(aFailure({ retryDays: [2], timeZone: 'America/New_York' }));
    expect(at).toEqual(retryAt(new Date('2026-03-08T13:00:00Z')));
  });
});

describe('a charge that could not be carried out', () => {
  it.each<[string, Partial<FailedTry>, Date]>([
    ['once: an hour later', { technicalFailures: 1 }, hours(1)],
    ['three times: another hour later', { technicalFailures: 3, failedAt: hours(2) }, hours(3)],
    ['four times: by the policy, whose days are all left', { technicalFailures: 4, failedAt: hours(3) }, hours(24)],
    ['on the first day of the policy: on the next', { technicalFailures: 5, failedAt: hours(24) }, hours(72)],
    ['after a decline: an hour later', { declines: 1, technicalFailures: 1, failedAt: hours(24) }, hours(25)],
  ])('%s', (_, those, at) => {
    expect(afterFailure(aFailure({ ...TECHNICAL, ...those }))).toEqual(retryAt(at));
  });

  it('is given up after the last day of the policy', () => {
    const last = aFailure({ ...TECHNICAL, technicalFailures: 8, failedAt: hours(168) });
    expect(afterFailure(last)).toEqual({ kind: 'GIVE_UP', because: 'RETRIES_EXHAUSTED' });
  });

  it('is not tried beyond the limit of the schemes either', () => {
    const often = aFailure({ ...TECHNICAL, technicalFailures: 1, cardTries: CARD_TRIES_MAX });
    expect(afterFailure(often)).toEqual({ kind: 'GIVE_UP', because: 'SCHEME_LIMIT' });
  });
});

it('a card is tried fifteen times in thirty days at most', () => {
  expect([CARD_TRIES_MAX, TRIES_COUNTED_MS]).toEqual([15, 30 * 24 * HOUR_MS]);
});

describe('a decline code', () => {
  it.each([
    'lost_card',
    'stolen_card',
    'pickup_card',
    'restricted_card',
    'revocation_of_authorization',
    'revocation_of_all_authorizations',
    'stop_payment_order',
    'debit_not_authorized',
    'payment_method_customer_decline',
    'payment_intent_mandate_invalid',
    'invalid_account',
    'invalid_account_number',
    'account_closed',
    'no_account',
    'recipient_deceased',
    'expired_card',
    'incorrect_number',
    'invalid_number',
    'invalid_expiry_month',
    'invalid_expiry_year',
    'incorrect_cvc',
    'invalid_cvc',
    'incorrect_zip',
    'testmode_decline',
    'card_not_supported',
    'currency_not_supported',
    'transaction_not_allowed',
    'fraudulent',
    'merchant_blacklist',
  ])('%s: the same means of payment cannot pay any more', (code) => {
    expect(declinedWith(code)).toEqual({ kind: 'GIVE_UP', because: 'HARD_DECLINE' });
  });

  it.each([
    'generic_decline',
    'do_not_honor',
    'insufficient_funds',
    'card_velocity_exceeded',
    'withdrawal_count_limit_exceeded',
    'call_issuer',
    'no_action_taken',
    'not_permitted',
    'try_again_later',
    'reenter_transaction',
    'issuer_not_available',
    'processing_error',
    'invalid_amount',
    'new_account_information_available',
    'service_not_allowed',
    'security_violation',
    'authentication_required',
    'approve_with_id',
    'duplicate_transaction',
    'a_code_of_next_year',
  ])('%s: another try may help', (code) => {
    expect(declinedWith(code)).toEqual(retryAt(hours(24)));
  });

  it('marks a later try as resubmission only for want of funds', () => {
    expect(isResubmission('insufficient_funds')).toBe(true);
    expect(isResubmission('do_not_honor')).toBe(false);
    expect(isResubmission(null)).toBe(false);
  });
});

describe('trying again and again', () => {
  const policy = fc
    .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 10 })
    .map((days) => days.sort((a, b) => a - b));
  /** For each try: whether it is a decline or technical, and how many minutes late it is made. */
  const course = fc.array(fc.record({ isTechnical: fc.boolean(), lateMinutes: fc.nat(4 * 24 * 60) }), {
    minLength: 40,
    maxLength: 40,
  });
  const timeZone = fc.constantFrom(...ZONES);

  it('makes one try for each day of the policy when all are declined', () => {
    fc.assert(
      fc.property(policy, timeZone, (retryDays, zone) => {
        const tries = Array.from({ length: 40 }, () => ({ isTechnical: false, lateMinutes: 0 }));
        const { times, because } = simulated(retryDays, zone, tries);
        expect(times).toHaveLength(retryDays.length + 1);
        expect(because).toBe('RETRIES_EXHAUSTED');
        for (const at of times) expect(clockAt(at, zone).slice(11)).toBe(clockAt(FIRST, zone).slice(11));
      }),
    );
  });

  it('comes to an end within the policy, with never less than an hour between, whatever fails and however late', () => {
    fc.assert(
      fc.property(policy, timeZone, course, (retryDays, zone, tries) => {
        const { planned, times, because } = simulated(retryDays, zone, tries);
        expect(because === 'RETRIES_EXHAUSTED' || because === 'SCHEME_LIMIT').toBe(true);
        expect(times.length).toBeLessThanOrEqual(CARD_TRIES_MAX);
        expect(times.length).toBeLessThanOrEqual(retryDays.length + 1 + 3);
        for (const [index, at] of planned.entries()) {
          expect(at.getTime()).toBeGreaterThan(times[index]?.getTime() ?? Number.NaN);
        }
      }),
    );
  });
});

/** The times at which tries are made until the charge is given up; `planned[i]` followed `times[i]`. */
function simulated(
  retryDays: readonly number[],
  timeZone: string,
  tries: readonly { isTechnical: boolean; lateMinutes: number }[],
): { times: readonly Date[]; planned: readonly Date[]; because: string | null } {
  const times: Date[] = [];
  const planned: Date[] = [];
  let failedAt = FIRST;
  let declines = 0;
  let technicalFailures = 0;
  for (const { isTechnical, lateMinutes } of tries) {
    times.push(failedAt);
    if (isTechnical) technicalFailures += 1;
    else declines += 1;
    const decline = isTechnical ? null : { code: 'do_not_honor', advice: null };
    const counts = { declines, technicalFailures, cardTries: times.length };
    const next = afterFailure(aFailure({ decline, failedAt, retryDays, timeZone, ...counts }));
    if (next.kind === 'GIVE_UP') return { times, planned, because: next.because };
    planned.push(next.at);
    failedAt = new Date(next.at.getTime() + lateMinutes * 60_000);
  }
  return { times, planned, because: null };
}
