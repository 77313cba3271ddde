import { describe, expect, it } from '@jest/globals';
import { requestHash } from '../../src/platform/idempotency/idempotent-request.js';

const hash = (input: object, rest: object = {}) =>
  requestHash({ owner: 'o', key: 'k', mutation: 'createOrder', input, ...rest });

describe('what makes two requests the same', () => {
  it('is not the order of their fields, at any depth', () => {
    expect(hash({ a: 1, b: { c: [1, { d: 2, e: 3 }] } })).toBe(hash({ b: { c: [1, { e: 3, d: 2 }] }, a: 1 }));
  });

  it('is not the key or its owner', () => {
    expect(hash({ a: 1, idempotencyKey: 'x' })).toBe(hash({ a: 1, idempotencyKey: 'y' }, { key: 'y', owner: 'p' }));
  });

  it('is every value, and its kind', () => {
    const inputs = [
      { a: 1 },
      { a: '1' },
      { a: null },
      { a: [1] },
      { a: { a: 1 } },
      { b: 1 },
      { a: true },
      { a: [[1]] },
    ];
    expect(new Set(inputs.map((input) => hash(input))).size).toBe(inputs.length);
    expect(hash({ a: 1 })).not.toBe(hash({ a: 1 }, { mutation: 'payOrder' }));
  });

  it('is the order of lists', () => {
    expect(hash({ a: [1, 2] })).not.toBe(hash({ a: [2, 1] }));
  });

  it('tells null, which clears, from absent, which keeps', () => {
    expect(hash({ a: undefined })).toBe(hash({}));
    expect(hash({ a: null })).not.toBe(hash({}));
  });

  it('takes moments and big numbers', () => {
    expect(hash({ at: new Date(0), minor: 10n })).not.toBe(hash({ at: new Date(1), minor: 10n }));
    expect(hash({ minor: 10n })).not.toBe(hash({ minor: 11n }));
  });

  it('is never what is to be redacted', () => {
    const redact = ['payment.credential.card'];
    const paid = (number: string) => ({ payment: { credential: { card: { number } } }, orderNumber: '1' });
    expect(hash(paid('4242424242424242'), { redact })).toBe(hash(paid('5555555555554444'), { redact }));
    expect(hash({ card: 'x' }, { redact: ['a'] })).not.toBe(hash({ card: 'y' }, { redact: ['a'] }));
  });

  it('confuses no field name with the text around it', () => {
    expect(hash({ 'a":1,"b': 1 })).not.toBe(hash({ a: 1, b: 1 }));
  });
});
