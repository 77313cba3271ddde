import { type InputRules, paymentRequestOf } from '../../../src/features/orders/index.js';
import { newOrderOf, paymentWantedOf } from '../../../src/features/orders/order-inputs.js';
import type { Principal } from '../../../src/features/tenancy/index.js';
import type { DomainError } from '../../../src/kernel/errors.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { requestHash } from '../../../src/platform/idempotency/idempotent-request.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const RULES: InputRules = { httpUrlsAllowed: false, cardDataAccepted: true, now: () => NOW, nowOf: () => NOW };
const TOKENS_ONLY: InputRules = { ...RULES, cardDataAccepted: false };
const CARD = { number: '4242424242424242', expiryMonth: 11, expiryYear: 2026, cvc: '737', holderName: 'Ada Payer' };

const merchantId = newUuid();
const principal: Principal = {
  kind: 'MERCHANT',
  operatorId: newUuid(),
  merchantId,
  mode: 'TEST',
  scopes: new Set(['orders:write']),
  keyId: newUuid(),
  orderId: null,
};

const orderId = publicId('order', newUuid());
const paying = (credential: object, rest: object = {}, rules = RULES) =>
  paymentWantedOf({ orderId, payment: { credential, ...rest } } as never, rules).payment;

function refusal(work: () => unknown) {
  try {
    work();
  } catch (error) {
    const { code, message, issues } = error as DomainError;
    return { code, message, paths: issues.map(({ path }) => path.join('.')), all: JSON.stringify({ message, issues }) };
  }
  throw new Error('it was not refused');
}

describe('card data', () => {
  it('is taken where a deployment takes it, as it was given', () => {
    expect(paying({ card: CARD }).credential).toEqual({ card: CARD });
    const { cvc: _cvc, holderName: _name, ...bare } = CARD;
    expect(paying({ card: bare }).credential).toEqual({ card: { ...bare, cvc: null, holderName: null } });
  });

  it('is refused where none is taken, before anything else is looked at', () => {
    const refused = refusal(() => paying({ card: { ...CARD, number: '' } }, { source: 'NONE' }, TOKENS_ONLY));
    expect(refused).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED', paths: [] });
  });

  it('has all its faults told at once, and nothing of itself', () => {
    const bad = {
      number: '4242424242424243',
      expiryMonth: 13,
      expiryYear: 1977,
      cvc: '73',
      holderName: 'A\u0000da Payer',
    };
    const refused = refusal(() => paying({ card: bad }, { mandate: { acceptedAt: new Date('2027-01-01') } }));
    expect(refused.code).toBe('INVALID_INPUT');
    expect(refused.paths).toEqual([
      ...['number', 'expiryMonth', 'expiryYear', 'cvc', 'holderName'].map((name) => `payment.credential.card.${name}`),
      'payment.mandate.acceptedAt',
    ]);
    for (const value of ['4242', '1977', '73', 'Payer']) expect(refused.all).not.toContain(value);
  });

  it.each([
    ['a mistyped digit', { number: '4242424242424241' }, 'number'],
    ['two digits exchanged', { number: '4242424242424224' }, 'number'],
    ['spaces', { number: '4242 4242 4242 4242' }, 'number'],
    ['a month that has ended', { expiryMonth: 10 }, 'expiryYear'],
    ['a year that has ended', { expiryYear: 2025 }, 'expiryYear'],
    ['a short code', { cvc: '12' }, 'cvc'],
  ])('with %s is refused', (_, change, at) => {
    const refused = refusal(() => paying({ card: { ...CARD, ...change } }));
    expect(refused.paths).toEqual([`payment.credential.card.${at}`]);
    for (const value of Object.values({ ...CARD, ...change })) expect(refused.all).not.toContain(String(value));
  });

  it('is valid to the end of its month in the last time zone', () => {
    const at = (now: string) => ({ ...RULES, now: () => new Date(now) });
    expect(() => paying({ card: CARD }, {}, at('2026-12-01T11:59:59Z'))).not.toThrow();
    expect(() => paying({ card: CARD }, {}, at('2026-12-01T12:00:00Z'))).toThrow('expired');
  });

  it('does not change the hash of a request, and everything else does', () => {
    const input = (card: object, rest: object = {}) => ({ orderId, payment: { credential: { card } }, ...rest });
    const hash = (given: object) => requestHash(paymentRequestOf(principal, 'payOrder', given));
    expect(hash(input(CARD))).toBe(hash(input({ ...CARD, number: '4000056655665556' })));
    expect(hash(input(CARD))).not.toBe(hash(input(CARD, { orderId: 'another' })));
  });
});

describe('what is paid with', () => {
  it('is exactly one thing', () => {
    const token = 'pm_1';
    const storedCredentialId = publicId('storedCredential', newUuid());
    expect(paying({ token }).credential).toEqual({ token, externalCustomerId: null });
    for (const none of [{}, { token, card: CARD }, { token, storedCredentialId }, { storedCredentialId, card: CARD }]) {
      expect(refusal(() => paying(none)).message).toContain('exactly one of token, storedCredentialId and card');
    }
    expect(refusal(() => paying({}, {}, TOKENS_ONLY)).message).toContain('exactly one of token and storedCredentialId');
  });

  it('may be a bank account, with where the mandate was accepted, or neither', () => {
    const acceptedAt = new Date('2026-11-21T11:59:00Z');
    const mandate = (given: object) => paying({ token: 'pm_1' }, { mandate: { acceptedAt, ...given } }).mandate;
    expect(mandate({})).toEqual({ acceptedAt, ipAddress: null, userAgent: null });
    const browser = { ipAddress: '2001:db8::1', userAgent: 'Browser/1.0' };
    expect(mandate(browser)).toEqual({ acceptedAt, ...browser });
    expect(refusal(() => mandate({ ipAddress: '203.0.113.7' })).paths).toEqual(['payment.mandate.userAgent']);
    expect(refusal(() => mandate({ userAgent: 'Browser/1.0' })).paths).toEqual(['payment.mandate.ipAddress']);
    expect(refusal(() => mandate({ ...browser, ipAddress: '300.1.1.1' })).paths).toEqual(['payment.mandate.ipAddress']);
    expect(paying({ token: 'pm_1' }).mandate).toBeNull();
  });

  it.each([
    ['2016-11-21T12:00:00Z', null],
    [
      '2016-11-21T11:59:59Z',
      'must be in the last 10 years, since 2016-11-21T12:00:00.000Z, not 2016-11-21T11:59:59.000Z',
    ],
    ['1970-01-01T00:00:00Z', 'not 1970-01-01T00:00:00.000Z'],
    ['2026-11-21T12:01:00Z', null],
    [
      '2026-11-21T12:01:01Z',
      'must not be in the future, later than 2026-11-21T12:00:00.000Z: 2026-11-21T12:01:01.000Z',
    ],
    ['9999-12-30T23:59:59Z', 'must not be in the future'],
  ])('has a mandate of the last ten years: %s', (acceptedAt, fault) => {
    const mandate = () => paying({ token: 'pm_1' }, { mandate: { acceptedAt: new Date(acceptedAt) } });
    if (fault === null) expect(mandate).not.toThrow();
    else {
      expect(refusal(mandate)).toMatchObject({ code: 'INVALID_INPUT', paths: ['payment.mandate.acceptedAt'] });
      expect(refusal(mandate).message).toContain(fault);
    }
  });
});

describe('an agreement that a payment establishes', () => {
  const order = (agreement: object) =>
    newOrderOf(
      principal,
      { orderNumber: 'A-1', amount: { amount: '10.00', currency: 'EUR' }, agreement } as never,
      TOKENS_ONLY,
    );

  it('is its terms, with decimals as they were written and null for what nothing was said of', () => {
    expect(order({ type: 'RECURRING', amountVariability: 'FIXED', maximumAmount: '12.5' }).agreement).toEqual({
      type: 'RECURRING',
      terms: {
        reference: null,
        amountVariability: 'FIXED',
        startDate: null,
        expiryDate: null,
        minimumAmount: null,
        maximumAmount: '12.5',
        minimumDaysBetweenPayments: null,
        numberOfPayments: null,
        frequency: null,
        retailer: null,
      },
      metadata: {},
    });
  });

  it('is refused for its form, all faults at once, each where it stands', () => {
    const refused = refusal(() =>
      order({
        type: 'RECURRING',
        reference: '',
        startDate: '2026-02-30',
        minimumAmount: '-1',
        maximumAmount: '1e3',
        minimumDaysBetweenPayments: 10_000,
        numberOfPayments: 0,
        retailer: { abbreviatedTradingName: 'x'.repeat(11), merchantCategoryCode: '57' },
        metadata: { note: 1 },
      }),
    );
    expect(refused.code).toBe('INVALID_INPUT');
    expect(refused.paths).toEqual(
      [
        ...['reference', 'startDate', 'minimumAmount', 'maximumAmount', 'minimumDaysBetweenPayments'],
        ...['numberOfPayments', 'retailer.abbreviatedTradingName', 'retailer.merchantCategoryCode', 'metadata.note'],
      ].map((path) => `agreement.${path}`),
    );
  });

  it('has no card number in any text', () => {
    for (const terms of [{ reference: '4242424242424242' }, { retailer: { tradingName: '4242 4242 4242 4242' } }]) {
      const refused = refusal(() => order({ type: 'OTHER', ...terms }));
      expect(refused).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED' });
      expect(refused.all).not.toContain('4242');
    }
  });
});
