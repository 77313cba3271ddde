import { describe, expect, it } from '@jest/globals';
import { isExpiredOn } from '../../../src/features/payers/domain/card-expiry.js';
import { nextTryAt } from '../../../src/features/payers/domain/next-try.js';

describe('a card', () => {
  it.each([
    [2, 2028, '2028-02-29', false],
    [2, 2028, '2028-03-01', true],
    [12, 2027, '2027-12-31', false],
    [12, 2027, '2028-01-01', true],
    [9, 2027, '2027-10-01', true],
    [10, 2027, '2027-09-30', false],
    [1, 2030, '2027-12-31', false],
    [1, 999, '2027-12-31', true],
    [12, 2027, '2030-01-01', true],
  ])('that shows %i/%i is on %s expired: %s', (expiryMonth, expiryYear, date, expired) => {
    expect(isExpiredOn({ expiryMonth, expiryYear }, date)).toBe(expired);
  });

  it('of which no date is known, as a bank account, never expires', () => {
    expect(isExpiredOn({ expiryMonth: null, expiryYear: null }, '9999-12-31')).toBe(false);
    expect(isExpiredOn({ expiryMonth: null, expiryYear: 2020 }, '9999-12-31')).toBe(false);
    expect(isExpiredOn({ expiryMonth: 12, expiryYear: null }, '9999-12-31')).toBe(false);
  });
});

describe('a call that fails', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it('is made again, sooner at first, and is never given up', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 50].map((tries) => (nextTryAt(tries, now).getTime() - now.getTime()) / 1000);
    expect(pauses).toEqual([5, 5, 30, 300, 1800, 21600, 21600]);
  });
});
