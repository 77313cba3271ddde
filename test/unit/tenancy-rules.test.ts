import { describe, expect, it } from '@jest/globals';
import { operatorIdFor } from '../../src/features/tenancy/create-operator.js';
import { retryDaysFault } from '../../src/features/tenancy/domain/retry-policy.js';
import {
  DEFAULT_SOURCES,
  sourcesFault,
  TRANSACTION_SOURCES,
} from '../../src/features/tenancy/domain/transaction-source.js';
import { Merchant } from '../../src/features/tenancy/merchant.entity.js';
import { newUuid, publicId, uuidOf } from '../../src/kernel/ids.js';

describe('retry policies', () => {
  it.each([[[]], [[1]], [[1, 3, 5, 7]], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 30]]])('may be %j', (days) => {
    expect(retryDaysFault(days)).toBeNull();
  });

  it('are refused with what is wrong', () => {
    expect(retryDaysFault([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).toBe('must have at most 10 days, not 11');
    expect(retryDaysFault([1, 31])).toBe('each day must be a whole number from 1 to 30, not 31');
    expect(retryDaysFault([2, 2])).toBe('the days must ascend');
  });

  it.each([[[0]], [[31]], [[1.5]], [[3, 1]], [[2, 2]], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]], [[Number.NaN]]])(
    'may not be %j',
    (days) => {
      expect(retryDaysFault(days)).not.toBeNull();
    },
  );
});

describe('allowed sources', () => {
  it('leave out by default what needs a terminal or an agreement', () => {
    expect(TRANSACTION_SOURCES.filter((source) => !DEFAULT_SOURCES.includes(source))).toEqual([
      'CARD_PRESENT',
      'PAYER_PRESENT',
      'MERCHANT',
    ]);
    expect(sourcesFault(DEFAULT_SOURCES)).toBeNull();
    expect(sourcesFault(['MERCHANT'])).toBeNull();
  });

  it('name what cannot be allowed', () => {
    expect(sourcesFault([])).toMatch('at least one');
    expect(sourcesFault(['INTERNET', 'CARD_PRESENT', 'PAYER_PRESENT'])).toMatch(
      /^CARD_PRESENT and PAYER_PRESENT cannot/,
    );
  });
});

describe('a merchant that is changed', () => {
  const NOON = new Date('2026-11-21T12:00:00Z');
  const LATER = new Date('2026-11-21T13:00:00Z');
  const aMerchant = () => new Merchant(newUuid(), 'Tea', 'UTC', ['INTERNET'], NOON);

  it('says what is different, and when', () => {
    const merchant = aMerchant();
    expect(
      merchant.change({ name: 'Coffee', timeZone: 'UTC', allowedSources: ['INTERNET'], callbackUrl: null }, LATER),
    ).toEqual(['name']);
    expect(merchant).toMatchObject({ name: 'Coffee', updatedAt: LATER, createdAt: NOON });
  });

  it('stays as it is when nothing differs or nothing is given', () => {
    const merchant = aMerchant();
    expect(merchant.change({ name: undefined, retryPolicyDays: [1, 3, 5, 7] }, LATER)).toEqual([]);
    expect(merchant).toMatchObject({ name: 'Tea', updatedAt: NOON });
  });
});

describe('the id of an operator to be made', () => {
  it('follows from the idempotency key, and is a UUID like any other', () => {
    const id = operatorIdFor({ owner: 'platform', key: 'k' });
    expect(id).toBe(operatorIdFor({ owner: 'platform', key: 'k' }));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf('operator', publicId('operator', id))).toBe(id);
  });

  it('is new where no key is given', () => {
    expect(operatorIdFor({ owner: 'platform', key: undefined })).not.toBe(
      operatorIdFor({ owner: 'platform', key: null }),
    );
  });
});
