import { aHeldOrder, aPaidOrder, paymentSeen, REFUSED, refundSeen, UNKNOWN } from './builders.js';

const REFUSAL = { kind: 'failed', why: REFUSED } as const;
const seen = (...of: Parameters<typeof refundSeen>) => ({ kind: 'seen', snapshot: refundSeen(...of) }) as const;

describe('a refund', () => {
  it('counts from the moment the payment system takes it on', async () => {
    const paid = await aPaidOrder();
    const refund = await paid.opensCancellation(30n);
    expect(paid.order).toMatchObject({ status: 'CAPTURED', refunded: 0n });
    await paid.refundAnswered(refund, seen('PENDING', 30n));
    expect(paid.order).toMatchObject({ status: 'PARTIALLY_REFUNDED', refunded: 30n });
    expect(paid.operations).toEqual(['PAYMENT 100 SUCCEEDED', 'CANCELLATION 30 PROCESSING']);
    await paid.refundAnswered(refund, seen('SUCCEEDED', 30n));
    expect(paid.order).toMatchObject({ status: 'PARTIALLY_REFUNDED', refunded: 30n });
  });

  it.each([
    ['while it was pending', 'PENDING'],
    ['after it had succeeded', 'SUCCEEDED'],
  ] as const)('that fails %s is put right, and the merchant is told once', async (_, state) => {
    const paid = await aPaidOrder();
    const refund = await paid.opensCancellation(100n);
    await paid.refundAnswered(refund, seen(state, 100n));
    expect(paid.order.status).toBe('REFUNDED');
    expect(await paid.refundAnswered(refund, seen('FAILED', 100n))).toEqual({
      amount: 100n,
      reason: 'lost_or_stolen_card',
    });
    expect(paid.order).toMatchObject({ status: 'CAPTURED', refunded: 0n });
    for (const late of ['FAILED', 'PENDING', 'SUCCEEDED'] as const) {
      expect(await paid.refundAnswered(refund, seen(late, 100n))).toBeNull();
    }
    expect(paid.order.refunded).toBe(0n);
    expect(paid.operations).toEqual(['PAYMENT 100 SUCCEEDED', 'CANCELLATION 100 FAILED']);
  });

  it.each([
    ['refused', REFUSAL, 'FAILED'],
    ['lost', UNKNOWN, 'UNKNOWN'],
    ['canceled at once', seen('CANCELED', 30n), 'FAILED'],
  ] as const)('that was %s gives nothing back, and nobody is told that it came back', async (_, outcome, status) => {
    const paid = await aPaidOrder();
    expect(await paid.refundAnswered(await paid.opensCancellation(30n), outcome)).toBeNull();
    expect(paid.order).toMatchObject({ status: 'CAPTURED', refunded: 0n });
    expect(paid.transactions).toEqual(['SALE 100 SUCCEEDED', `REFUND 30 ${status}`]);
  });

  it('is not undone by a refusal or a loss that comes after', async () => {
    const paid = await aPaidOrder();
    const refund = await paid.opensCancellation(30n);
    await paid.refundAnswered(refund, seen('SUCCEEDED', 30n));
    const once = structuredClone(paid.file);
    for (const late of [REFUSAL, UNKNOWN, seen('PENDING', 30n), seen('SUCCEEDED', 30n)])
      await paid.refundAnswered(refund, late);
    expect(paid.file).toEqual(once);
  });

  it('and a release are one cancellation with an outcome each', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(
      await held.opensCapture(60n, false),
      paymentSeen('HELD', { captured: 60n, multicapture: true }),
    );
    const both = await held.opensCancellation(null);
    await held.holdAnswered(both, paymentSeen('CANCELED', { captured: 60n }));
    expect(held.operations.at(-1)).toBe('CANCELLATION 100 PENDING');
    await held.refundAnswered(both, seen('SUCCEEDED', 60n));
    expect(held.order).toMatchObject({ status: 'REFUNDED', voided: 40n, refunded: 60n });

    await held.refundAnswered(both, seen('FAILED', 60n));
    expect(held.operations.at(-1)).toBe('CANCELLATION 100 PARTIALLY_SUCCEEDED');
    expect(held.order).toMatchObject({ status: 'PARTIALLY_CAPTURED', voided: 40n, refunded: 0n });
  });

  it('waits while nobody knows whether the rest was released', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(
      await held.opensCapture(60n, false),
      paymentSeen('HELD', { captured: 60n, multicapture: true }),
    );
    await held.holdAnswered(await held.opensCancellation(null), UNKNOWN);
    expect(held.transactions.slice(2)).toEqual(['VOID 40 UNKNOWN', 'REFUND 60 PENDING']);
    expect(held.operations.at(-1)).toBe('CANCELLATION 100 UNKNOWN');
  });

  it('and more captures go on beside each other: 60 of 100, 20 back, 40 more', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(
      await held.opensCapture(60n, false),
      paymentSeen('HELD', { captured: 60n, multicapture: true }),
    );
    await held.refundSeenElsewhere(refundSeen('SUCCEEDED', 20n));
    expect(held.order.status).toBe('PARTIALLY_REFUNDED');
    await held.holdAnswered(await held.opensCapture(40n), paymentSeen('CAPTURED'));
    expect(held.order.status).toBe('PARTIALLY_REFUNDED');
    expect(held.amounts).toEqual({ authorized: 100n, captured: 100n, voided: 0n, refunded: 20n });
  });
});

describe('a refund made elsewhere', () => {
  it('becomes an operation of the order, once', async () => {
    const paid = await aPaidOrder();
    for (let times = 0; times < 3; times++) await paid.refundSeenElsewhere(refundSeen('PENDING', 30n));
    expect(paid.operations).toEqual(['PAYMENT 100 SUCCEEDED', 'CANCELLATION 30 PROCESSING']);
    expect(paid.order.refunded).toBe(30n);
  });
});
