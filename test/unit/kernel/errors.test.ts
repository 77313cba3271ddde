import { describe, expect, it } from '@jest/globals';
import { DomainError, invalidInput, notFound, PROBLEM_CODES, unreachable } from '../../../src/kernel/errors.js';

describe('a refusal', () => {
  it('says whether the same request may get past it later, unless it is told otherwise', () => {
    const codes = Object.keys(PROBLEM_CODES) as (keyof typeof PROBLEM_CODES)[];
    expect(codes.filter((code) => new DomainError(code, '').retryable)).toEqual([
      'OUTCOME_PENDING',
      'PAYMENT_SYSTEM_UNAVAILABLE',
      'IDEMPOTENCY_KEY_IN_USE',
    ]);
    expect(new DomainError('PAYMENT_SYSTEM_UNAVAILABLE', '', [], false).retryable).toBe(false);
    expect(new DomainError('NOT_FOUND', 'why')).toMatchObject({ name: 'DomainError', message: 'why', issues: [] });
  });

  it('of an input tells all of its faults', () => {
    const issues = [
      { path: ['terms', 'amount'], message: 'is missing' },
      { path: [], message: 'is none' },
    ];
    expect(invalidInput(issues)).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'terms.amount: is missing; input: is none',
      issues,
    });
  });

  it('of what is not there says what that is', () => {
    expect(notFound('order')).toMatchObject({ code: 'NOT_FOUND', message: 'no such order', retryable: false });
  });

  it('is not what a branch throws that cannot be', () => {
    expect(() => unreachable('LIVE' as never)).toThrow(new Error('unreachable: LIVE'));
  });
});
