import { describe, expect, it } from '@jest/globals';
import { agreementChoice, type Candidate } from '../../../src/features/invoices/domain/agreement-choice.js';
import type { Currency } from '../../../src/kernel/currency.js';

const USD = 'USD' as Currency;
const EUR = 'EUR' as Currency;
const day = (date: number) => new Date(Date.UTC(2026, 10, date));

function candidate(id: string, more: Partial<Candidate> = {}): Candidate {
  return { id, status: 'ACTIVE', type: 'UNSCHEDULED', currency: USD, hasSchedule: false, createdAt: day(1), ...more };
}

const chosen = (candidates: Candidate[], agreementId: string | null = null) => {
  const choice = agreementChoice({ currency: USD, agreementId }, candidates);
  return choice.kind === 'AGREEMENT' ? choice.id : choice.why;
};

describe('the agreement that an invoice is charged under', () => {
  it.each<[string, Candidate[], string]>([
    ['the only one', [candidate('a')], 'a'],
    ['the newest', [candidate('a'), candidate('b', { createdAt: day(3) }), candidate('c', { createdAt: day(2) })], 'b'],
    ['of one moment the one that sorts last', [candidate('a'), candidate('b')], 'b'],
    ['one that is behind is in force', [candidate('a', { status: 'PAST_DUE' })], 'a'],
    ['an older one that fits', [candidate('a'), candidate('b', { hasSchedule: true, createdAt: day(3) })], 'a'],
  ])('%s', (_, candidates, id) => {
    expect(chosen(candidates)).toBe(id);
    expect(chosen(candidates.toReversed())).toBe(id);
  });

  it.each<[string, Partial<Candidate>]>([
    ['suspended', { status: 'SUSPENDED' }],
    ['pending', { status: 'PENDING' }],
    ['ended', { status: 'CANCELED' }],
    ['scheduled', { hasSchedule: true }],
    ['a plan', { type: 'INSTALLMENT' }],
    ['in another currency', { currency: EUR }],
  ])('is none that is %s', (_, more) => {
    expect(chosen([candidate('a', more)])).toBe('the payer has no agreement in force in USD without a schedule');
  });

  it('is told with why there is none', () => {
    expect(agreementChoice({ currency: USD, agreementId: null }, [])).toEqual({
      kind: 'NONE',
      why: 'the payer has no agreement in force in USD without a schedule',
    });
    expect(agreementChoice({ currency: USD, agreementId: 'n' }, [])).toEqual({
      kind: 'NONE',
      why: "the agreement is not this payer's",
    });
    expect(agreementChoice({ currency: USD, agreementId: 'n' }, [candidate('n', { status: 'EXPIRED' })])).toEqual({
      kind: 'NONE',
      why: 'the agreement that it is to be charged under is EXPIRED',
    });
  });

  it('is the named one, also with a schedule, as long as it is in force', () => {
    const named = candidate('n', { hasSchedule: true });
    expect(chosen([candidate('a', { createdAt: day(9) }), named], 'n')).toBe('n');
    expect(chosen([{ ...named, status: 'SUSPENDED' }], 'n')).toMatch(/SUSPENDED/);
    expect(chosen([], 'n')).toMatch(/not this payer's/);
  });
});
