import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

describe('an order in two stages', () => {
  it('holds, and says until when', async () => {
    const held = await shop.hold();
    expect(held).toMatchObject({
      status: 'AUTHORIZED',
      authorizedAmount: { amount: '100.00' },
      capturedAmount: { amount: '0.00' },
      capturableAmount: { amount: '100.00' },
      source: 'INTERNET',
      storedOnFile: 'NOT_STORED',
      operations: [
        { type: 'PAYMENT', status: 'SUCCEEDED', transactions: [{ type: 'AUTHORIZATION', status: 'SUCCEEDED' }] },
      ],
    });
    const days = (Date.parse(held.captureBefore ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7.1);
  });

  it('is captured whole when no amount is said', async () => {
    const { order, operation } = await shop.capture((await shop.hold()).id);
    expect(operation).toMatchObject({ status: 'SUCCEEDED', amount: { amount: '100.00' } });
    expect(order).toMatchObject({
      status: 'CAPTURED',
      capturedAmount: { amount: '100.00' },
      capturableAmount: { amount: '0.00' },
    });
  });

  it('is captured in part, and the rest of the hold is released', async () => {
    const { order } = await shop.capture((await shop.hold()).id, { amount: '60.00' });
    expect(order).toMatchObject({
      status: 'PARTIALLY_CAPTURED',
      capturedAmount: { amount: '60.00' },
      capturableAmount: { amount: '0.00' },
      refundableAmount: { amount: '60.00' },
    });
    const [capture] = product.sandbox.control
      .requests({ accountId: shop.stripe.accountId, path: '/capture$' })
      .slice(-1);
    expect(capture?.params).toMatchObject({ amount_to_capture: '6000' });
  });

  it('is captured in several parts where the payment system offers it', async () => {
    const { id } = await shop.hold();
    expect((await shop.capture(id, { amount: '30.00', finalCapture: false })).order).toMatchObject({
      status: 'PARTIALLY_CAPTURED',
      capturableAmount: { amount: '70.00' },
    });
    expect((await shop.capture(id, { amount: '30.00', finalCapture: false })).order).toMatchObject({
      capturedAmount: { amount: '60.00' },
      capturableAmount: { amount: '40.00' },
    });
    expect((await shop.capture(id)).order).toMatchObject({ status: 'CAPTURED', capturedAmount: { amount: '100.00' } });
  });

  it('refuses a second part where the payment system offers one capture', async () => {
    const plain = await aShop(product, { multicapture: false });
    const { id } = await plain.hold();
    expect(await plain.capture(id, { amount: '30.00', finalCapture: false })).toMatchObject({
      code: 'MULTICAPTURE_UNAVAILABLE',
    });
    expect(await plain.order(id)).toMatchObject({ status: 'AUTHORIZED' });
  });

  it('captures once, however often it is asked', async () => {
    const { id } = await shop.hold();
    await shop.capture(id);
    expect(await shop.capture(id)).toMatchObject({
      operation: { status: 'SUCCEEDED' },
      order: { capturedAmount: { amount: '100.00' } },
    });
    expect(await shop.capture(id, { amount: '100.00' })).toMatchObject({ operation: { status: 'SUCCEEDED' } });
    expect((await shop.order(id)).operations).toHaveLength(2);
    expect(await shop.capture(id, { amount: '1.00' })).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
  });

  it('refuses to capture more than is held, or nothing', async () => {
    const { id } = await shop.hold();
    expect(await shop.capture(id, { amount: '100.01' })).toMatchObject({
      code: 'AMOUNT_EXCEEDS_AVAILABLE',
      message: expect.stringContaining('100.00 USD'),
    });
    for (const amount of ['0', '-1', '10.005', 'ten', '']) {
      expect(await shop.capture(id, { amount })).toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path: ['amount'] }],
      });
    }
  });
});

describe('cancelling', () => {
  it('before the capture releases the hold', async () => {
    const { id } = await shop.hold();
    expect(await shop.plan(id)).toBe('VOID 100.00');
    const { order, operation } = await shop.cancel(id, { reason: 'PAYER' });
    expect(operation.status).toBe('SUCCEEDED');
    expect(order).toMatchObject({ status: 'CANCELED', capturableAmount: { amount: '0.00' } });
    expect(order.operations.at(-1)).toMatchObject({
      type: 'CANCELLATION',
      reason: 'PAYER',
      transactions: [{ type: 'VOID', status: 'SUCCEEDED' }],
    });
  });

  it('of a part before the capture sends nothing, and lowers what is captured', async () => {
    const { id } = await shop.hold();
    expect(await shop.plan(id, '40.00')).toBe('VOID 40.00');
    product.sandbox.control.clearRequests();
    const { order } = await shop.cancel(id, { amount: '40.00' });
    expect(order).toMatchObject({ status: 'AUTHORIZED', capturableAmount: { amount: '60.00' } });
    expect(product.sandbox.control.requests({ method: 'POST' })).toEqual([]);

    expect(await shop.capture(id, { amount: '60.01' })).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
    const captured = await shop.capture(id);
    expect(captured.order).toMatchObject({ status: 'PARTIALLY_CAPTURED', capturedAmount: { amount: '60.00' } });
  });

  it('of every part before the capture ends the hold', async () => {
    const { id } = await shop.hold();
    await shop.cancel(id, { amount: '40.00' });
    expect((await shop.cancel(id, { amount: '60.00' })).order).toMatchObject({ status: 'CANCELED' });
  });

  it('after the capture refunds, again and again, up to what was captured', async () => {
    const { order } = await shop.sale();
    expect((await shop.cancel(order.id, { amount: '30.00' })).order).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      refundableAmount: { amount: '70.00' },
    });
    expect(await shop.cancel(order.id, { amount: '70.01' })).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
    expect((await shop.cancel(order.id)).order).toMatchObject({
      status: 'REFUNDED',
      refundedAmount: { amount: '100.00' },
    });
    expect(await shop.cancel(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('over held and captured amounts does both, each in its own transaction', async () => {
    const { id } = await shop.hold();
    await shop.capture(id, { amount: '60.00', finalCapture: false });
    expect(await shop.plan(id, '70.00')).toBe('VOID 40.00, REFUND 30.00');
    const { order, operation } = await shop.cancel(id, { amount: '70.00' });
    expect(operation.status).toBe('SUCCEEDED');
    expect(order).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      refundedAmount: { amount: '30.00' },
      capturableAmount: { amount: '0.00' },
    });
    expect(order.operations.at(-1)?.transactions).toMatchObject([
      { type: 'VOID', status: 'SUCCEEDED', amount: { amount: '40.00' } },
      { type: 'REFUND', status: 'SUCCEEDED', amount: { amount: '30.00' } },
    ]);
  });

  it('of an order that nobody has paid closes it', async () => {
    const { order } = await shop.createOrder();
    expect(order.status).toBe('CREATED');
    expect((await shop.cancel(order.id)).order).toMatchObject({ status: 'CANCELED' });
    expect(await shop.payOrder(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('puts the amounts right when a refund comes back', async () => {
    const { order } = await shop.sale({ payment: pay('pm_card_refundFail') });
    const { order: refunded } = await shop.cancel(order.id, { amount: '25.00' });
    expect(refunded.refundedAmount.amount).toBe('25.00');
    product.advance(3 * 86_400);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'CAPTURED',
      refundedAmount: { amount: '0.00' },
      operations: [
        { type: 'PAYMENT' },
        { type: 'CANCELLATION', status: 'FAILED', transactions: [{ type: 'REFUND', status: 'FAILED' }] },
      ],
    });
  });

  it('shows a refund that is pending, and its end', async () => {
    const { order } = await shop.sale({ payment: pay('pm_card_pendingRefund') });
    const { operation, order: after } = await shop.cancel(order.id);
    expect(operation.status).toBe('PROCESSING');
    expect(after.status).toBe('REFUNDED');
    product.advance(3 * 86_400);
    await product.settle();
    expect((await shop.order(order.id)).operations.at(-1)?.status).toBe('SUCCEEDED');
  });
});

describe('a hold', () => {
  it('is raised where the payment system offers it', async () => {
    const { id } = await shop.hold();
    const { order, operation } = await shop.increase(id, '120.00');
    expect(operation).toMatchObject({ status: 'SUCCEEDED', amount: { amount: '20.00' } });
    expect(order).toMatchObject({ status: 'AUTHORIZED', capturableAmount: { amount: '120.00' } });
    expect((await shop.capture(id)).order).toMatchObject({ status: 'CAPTURED', capturedAmount: { amount: '120.00' } });
  });

  it('cannot be raised where it does not', async () => {
    const plain = await aShop(product, { incremental_authorization: false });
    const { id } = await plain.hold();
    expect(await plain.increase(id, '120.00')).toMatchObject({ code: 'INCREMENT_UNAVAILABLE' });
  });

  it('lapses by itself, after a warning', async () => {
    const { id } = await shop.hold();
    product.advance(6.5 * 86_400);
    await product.settle();
    expect(await shop.order(id)).toMatchObject({ status: 'AUTHORIZED' });
    product.advance(0.6 * 86_400);
    await product.settle();
    expect(await shop.order(id)).toMatchObject({ status: 'EXPIRED', capturableAmount: { amount: '0.00' } });
    const { rows } = await product.system.query(
      `select type from events where subject_id = (select id from orders where false) or type = 'order.capture_deadline_near'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(await shop.capture(id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});
