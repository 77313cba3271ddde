import { aHeldOrder, anOrder, IN_A_WEEK, NOON, paymentSeen, REFUSED, UNKNOWN } from './builders.js';

const REFUSAL = { kind: 'failed', why: REFUSED } as const;
const CAPTURED = paymentSeen('CAPTURED');

describe('a capture', () => {
  it('of all', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensCapture(100n), CAPTURED);
    expect(held.order).toMatchObject({ status: 'CAPTURED', dueAt: null });
    expect(held.operations).toEqual(['PAYMENT 100 SUCCEEDED', 'CAPTURE 100 SUCCEEDED']);
  });

  it('of a part lets the rest go', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensCapture(60n), paymentSeen('CAPTURED', { captured: 60n }));
    expect(held.order.status).toBe('PARTIALLY_CAPTURED');
    expect(held.amounts).toEqual({ authorized: 100n, captured: 60n, voided: 40n, refunded: 0n });
  });

  it('after a partial cancel takes what was left and lets nothing more go', async () => {
    const held = await aHeldOrder();
    await held.opensCancellation(40n);
    await held.holdAnswered(await held.opensCapture(60n), paymentSeen('CAPTURED', { captured: 60n }));
    expect(held.amounts).toEqual({ authorized: 100n, captured: 60n, voided: 40n, refunded: 0n });
  });

  it('one after another, until the last', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(
      await held.opensCapture(60n, false),
      paymentSeen('HELD', { captured: 60n, multicapture: true }),
    );
    expect(held.order).toMatchObject({ status: 'PARTIALLY_CAPTURED', multicapture: true, captureBefore: IN_A_WEEK });
    await held.holdAnswered(await held.opensCapture(40n), CAPTURED);
    expect(held.order.status).toBe('CAPTURED');
  });

  it.each([
    ['UNKNOWN', UNKNOWN],
    ['FAILED', REFUSAL],
    ['DECLINED', { kind: 'declined', why: REFUSED } as const],
    ['UNKNOWN', paymentSeen('HELD')],
    ['UNKNOWN', paymentSeen('CAPTURED', { captured: 59n })],
    ['UNKNOWN', paymentSeen('CANCELED')],
  ])('that is not shown to be done takes nothing: it is %s', async (status, outcome) => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensCapture(60n), outcome);
    expect(held.transactions).toEqual(['AUTHORIZATION 100 SUCCEEDED', `CAPTURE 60 ${status}`]);
    expect(held.order).toMatchObject({ status: 'AUTHORIZED', captured: 0n, voided: 0n });
  });

  it('counts once, however often and late it is told', async () => {
    const held = await aHeldOrder();
    const capture = await held.opensCapture(60n, false);
    const told = paymentSeen('HELD', { captured: 60n, multicapture: true });
    await held.holdAnswered(capture, UNKNOWN);
    await held.holdAnswered(capture, told);
    const once = structuredClone(held.file);
    for (const outcome of [told, UNKNOWN, REFUSAL, paymentSeen('HELD', { captured: 100n })]) {
      await held.holdAnswered(capture, outcome);
    }
    expect(held.file).toEqual(once);
  });

  it('adds up when the hold had been raised and captured elsewhere just before', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensCapture(100n), paymentSeen('CAPTURED', { of: 150n, captured: 150n }));
    expect(held.amounts).toEqual({ authorized: 150n, captured: 150n, voided: 0n, refunded: 0n });
  });

  // Found while this test was written; mended when the line fails to fail.
  it('tells apart what was captured elsewhere beside it, so that the history explains the sum', async () => {
    const held = await aHeldOrder();
    const more = paymentSeen('HELD', { captured: 80n, multicapture: true });
    await held.holdAnswered(await held.opensCapture(60n, false), more);
    expect(held.operations).toEqual(['PAYMENT 100 SUCCEEDED', 'CAPTURE 60 SUCCEEDED', 'CAPTURE 20 SUCCEEDED']);
  });
});

describe('a release', () => {
  it('of the whole hold ends the order', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensCancellation(null), paymentSeen('CANCELED'));
    expect(held.order).toMatchObject({ status: 'CANCELED', closedAs: 'CANCELED', voided: 100n, dueAt: null });
  });

  it('of a part is done by being written down', async () => {
    const held = await aHeldOrder();
    await held.opensCancellation(40n);
    expect(held.operations).toEqual(['PAYMENT 100 SUCCEEDED', 'CANCELLATION 40 SUCCEEDED']);
    expect(held.order).toMatchObject({ status: 'AUTHORIZED', voided: 40n });
  });

  it('of the rest after a part ends the order', async () => {
    const held = await aHeldOrder();
    await held.opensCancellation(40n);
    await held.holdAnswered(await held.opensCancellation(60n), paymentSeen('CANCELED'));
    expect(held.order).toMatchObject({ status: 'CANCELED', voided: 100n });
  });

  it('of a rest leaves what was captured', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(
      await held.opensCapture(60n, false),
      paymentSeen('HELD', { captured: 60n, multicapture: true }),
    );
    await held.holdAnswered(await held.opensCancellation(40n), paymentSeen('CANCELED', { captured: 60n }));
    expect(held.order).toMatchObject({ status: 'PARTIALLY_CAPTURED', closedAs: null, captured: 60n, voided: 40n });
  });

  it('that lapsed before it was asked for is an expiry', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(
      await held.opensCancellation(null),
      paymentSeen('CANCELED', { canceledBecause: 'EXPIRED' }),
    );
    expect(held.order.status).toBe('EXPIRED');
  });

  it('that is still held is not done', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensCancellation(null), paymentSeen('HELD'));
    expect(held.order).toMatchObject({ status: 'AUTHORIZED', voided: 0n });
    expect(held.operations).toEqual(['PAYMENT 100 SUCCEEDED', 'CANCELLATION 100 UNKNOWN']);
  });

  it.each(['CANCELED', 'EXPIRED'] as const)('of a payment that waited ends the attempt: %s', async (closeAs) => {
    const waiting = await (await anOrder().isPaid()).learns(paymentSeen('NEEDS_ACTION'));
    await waiting.holdAnswered(await waiting.opensClosing(closeAs), paymentSeen('CANCELED'));
    expect(waiting.order).toMatchObject({ status: closeAs, closedAs: closeAs, authorized: 0n, voided: 0n });
    expect(waiting.payment).toMatchObject({ status: 'CANCELED', nextAction: null, finishedAt: NOON });
  });

  it('that came too late leaves the payer’s payment', async () => {
    const waiting = await (await anOrder().isPaid()).learns(paymentSeen('NEEDS_ACTION'));
    await waiting.holdAnswered(await waiting.opensClosing('EXPIRED'), REFUSAL);
    await waiting.learns(paymentSeen('CAPTURED'));
    expect(waiting.order).toMatchObject({ status: 'CAPTURED', closedAs: null });
  });

  // Faults found while this test was written; each is mended when its line fails to fail.
  it('of a hold of which a part was captured elsewhere just before does not hide that money', async () => {
    const held = await aHeldOrder();
    const canceled = paymentSeen('CANCELED', { captured: 30n });
    await held.holdAnswered(await held.opensCancellation(null), canceled);
    await held.learns(canceled);
    expect(held.order.status).toBe('PARTIALLY_CAPTURED');
    expect(held.amounts).toEqual({ authorized: 100n, captured: 30n, voided: 70n, refunded: 0n });
  });

  it('is not done while the payer can still pay', async () => {
    const waiting = await (await anOrder().isPaid()).learns(paymentSeen('NEEDS_ACTION'));
    await waiting.holdAnswered(await waiting.opensClosing('EXPIRED'), paymentSeen('NEEDS_ACTION'));
    expect(waiting.order.status).toBe('REQUIRES_ACTION');
  });
});

describe('an increase', () => {
  it('raises the hold', async () => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensIncrease(50n), paymentSeen('HELD', { of: 150n }));
    expect(held.order).toMatchObject({ status: 'AUTHORIZED', authorized: 150n });
  });

  it.each([
    ['FAILED', REFUSAL],
    ['DECLINED', { kind: 'declined', why: REFUSED } as const],
    ['UNKNOWN', paymentSeen('HELD', { of: 149n })],
  ])('that is not shown to be done leaves the hold as it was: %s', async (status, outcome) => {
    const held = await aHeldOrder();
    await held.holdAnswered(await held.opensIncrease(50n), outcome);
    expect(held.order).toMatchObject({ status: 'AUTHORIZED', authorized: 100n });
    expect(held.operations).toEqual(['PAYMENT 100 SUCCEEDED', `AUTHORIZATION_INCREASE 50 ${status}`]);
  });
});
