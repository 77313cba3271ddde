import { describe, expect, it } from '@jest/globals';
import { isInMotion, lookAgainAfter, pageState } from '../../../src/features/checkout/domain/page-state.js';
import { contentSecurityPolicy } from '../../../src/features/checkout/page-answer.js';
import { ORDER_STATUSES } from '../../../src/features/orders/domain/order-status.js';

const HERE = { cameBack: false, isOpening: false, wasClosed: false };
const BACK = { ...HERE, cameBack: true };

describe('how an order is shown', () => {
  it('is known for every status, and only an unpaid one can be paid', () => {
    const shown = Object.fromEntries(ORDER_STATUSES.map((status) => [status, pageState(status, HERE)]));
    expect(shown).toEqual({
      CREATED: 'PAYABLE',
      PROCESSING: 'PROCESSING',
      REQUIRES_ACTION: 'PAYABLE',
      AUTHORIZED: 'HELD',
      PARTIALLY_CAPTURED: 'PAID',
      CAPTURED: 'PAID',
      PARTIALLY_REFUNDED: 'PAID',
      REFUNDED: 'REFUNDED',
      CANCELED: 'CANCELED',
      DECLINED: 'DECLINED',
      EXPIRED: 'EXPIRED',
      VERIFIED: 'CHECKED',
      DISPUTED: 'DISPUTED',
    });
  });

  it('asks who has come back to wait only while a payment is under way, and calls none what nobody could have paid', () => {
    const confirming = ORDER_STATUSES.filter((status) => pageState(status, BACK) === 'CONFIRMING');
    expect(confirming).toEqual(['REQUIRES_ACTION']);
    expect(pageState('CREATED', BACK)).toBe('PAYABLE');
    for (const status of ORDER_STATUSES) {
      expect(pageState(status, { ...BACK, isOpening: true })).not.toBe('PROCESSING');
    }
    const opening = ORDER_STATUSES.filter((status) => pageState(status, { ...HERE, isOpening: true }) === 'OPENING');
    expect(opening).toEqual(['PROCESSING']);
    expect(['OPENING', 'CONFIRMING', 'PROCESSING', 'PAID'].map((state) => isInMotion(state as never))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('tells of a time that has run out only where it has', () => {
    const ended = ORDER_STATUSES.filter((status) => pageState(status, { ...HERE, wasClosed: true }) === 'CLOSED');
    expect(ended).toEqual(['EXPIRED']);
  });

  it('is looked at again ever more rarely, and then no more', () => {
    const pauses = Array.from({ length: 8 }, (_, looks) => lookAgainAfter(looks) ?? 0);
    expect(pauses).toEqual([3, 5, 10, 20, 30, 60, 120, 300]);
    expect([lookAgainAfter(8), lookAgainAfter(1_000_000)]).toEqual([null, null]);
  });
});

describe('the policy of the pages', () => {
  it('lets forms lead on to the payment systems, and sockets to us', () => {
    const policy = contentSecurityPolicy({
      publicUrl: 'https://pay.example/billing',
      paymentOrigins: ['https://checkout.stripe.com', 'https://cards.shop.example'],
    });
    expect(policy).toContain("form-action 'self' https://checkout.stripe.com https://cards.shop.example;");
    expect(policy).toContain("connect-src 'self' wss://pay.example;");
    expect(policy).not.toContain('unsafe');
  });
});
