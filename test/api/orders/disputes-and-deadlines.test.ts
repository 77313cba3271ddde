import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { aShop, type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';

const DAY = 86_400;
let product: Product;
let shop: Shop;
let admin: pg.Client;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
  admin = new pg.Client({ connectionString: product.database.url });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await product.close();
});

interface Disputed {
  readonly status: string;
  readonly disputedAmount: { readonly amount: string };
  readonly disputes: readonly {
    id: string;
    status: string;
    amount: { amount: string };
    reason: string;
    evidenceDueAt: string;
    externalId: string;
  }[];
}

async function disputed(id: string): Promise<Disputed> {
  const { order } = await shop.ask<{ order: Disputed }>(
    `query ($id: ID!) { order(id: $id) { status disputedAmount { amount }
      disputes { id status amount { amount } reason evidenceDueAt externalId } } }`,
    { id },
  );
  return order;
}

async function aDispute(input: Json = {}): Promise<{ orderId: string; disputeId: string; externalId: string }> {
  const { order } = await shop.sale({ payment: pay('pm_card_createDispute'), ...input });
  await product.settle();
  const [dispute] = (await disputed(order.id)).disputes;
  return { orderId: order.id, disputeId: dispute?.id ?? '', externalId: dispute?.externalId ?? '' };
}

/** How often an event was told of each order. */
async function told(type: string, orderId: string): Promise<number> {
  const { rows } = await admin.query<{ count: string }>(
    `select count(*) from events where type = $1 and payload->>'orderId' = $2`,
    [type, orderId],
  );
  return Number(rows[0]?.count);
}

describe('a disputed order', () => {
  it('says so, and how much, why and until when', async () => {
    const { orderId } = await aDispute();
    expect(await disputed(orderId)).toEqual({
      status: 'DISPUTED',
      disputedAmount: { amount: '100.00' },
      disputes: [
        {
          id: expect.stringMatching(/^dsp_/),
          status: 'OPEN',
          amount: { amount: '100.00' },
          reason: 'fraudulent',
          evidenceDueAt: expect.any(String),
          externalId: expect.stringMatching(/^du_/),
        },
      ],
    });
  });

  it('refuses refunds, in part too, and plans none', async () => {
    const { orderId } = await aDispute();
    product.sandbox.control.clearRequests();
    for (const input of [{}, { amount: '10.00' }]) {
      expect(await shop.cancel(orderId, input)).toMatchObject({
        code: 'ORDER_DISPUTED',
        retryable: false,
        message: expect.stringContaining('100.00 USD'),
      });
    }
    expect(product.sandbox.control.requests({ path: '/refunds' })).toEqual([]);
    expect(await shop.plan(orderId)).toBe('');
    const { errors } = await shop.raw(
      'query ($id: ID!) { order(id: $id) { cancellationPlan(amount: "10.00") { steps { type } } } }',
      { id: orderId },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', problem: 'ORDER_DISPUTED' } }]);
    // One such order must not spoil a page of plans.
    const page = await shop.raw('{ orders { nodes { id cancellationPlan { steps { type } } } } }');
    expect(page.errors).toBeUndefined();
  });

  it('that is won is as it was, and may be refunded', async () => {
    const { orderId, externalId } = await aDispute();
    product.sandbox.control.resolveDispute(externalId, 'won');
    await product.settle();
    expect(await disputed(orderId)).toMatchObject({
      status: 'CAPTURED',
      disputedAmount: { amount: '0.00' },
      disputes: [{ status: 'WON' }],
    });
    expect((await shop.cancel(orderId)).order).toMatchObject({ status: 'REFUNDED' });
  });

  it('that is lost stays disputed, and its number stays taken', async () => {
    const { orderId, externalId } = await aDispute({ orderNumber: 'lost' });
    product.sandbox.control.resolveDispute(externalId, 'lost');
    await product.settle();
    expect(await disputed(orderId)).toMatchObject({
      status: 'DISPUTED',
      disputedAmount: { amount: '100.00' },
      disputes: [{ status: 'LOST' }],
    });
    expect(await shop.cancel(orderId)).toMatchObject({ code: 'ORDER_DISPUTED' });
    expect(await shop.createOrder({ orderNumber: 'lost' })).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
  });

  it('after a partial refund is disputed for the rest', async () => {
    const { order } = await shop.sale();
    await shop.cancel(order.id, { amount: '30.00' });
    product.sandbox.control.createDispute(await chargeOf(order.id), 'product_not_received');
    await product.settle();
    expect(await disputed(order.id)).toMatchObject({
      status: 'DISPUTED',
      disputedAmount: { amount: '70.00' },
      disputes: [{ reason: 'product_not_received' }],
    });
    expect(await shop.order(order.id)).toMatchObject({ refundedAmount: { amount: '30.00' } });
  });

  it('is found by node, as is its dispute, by its own merchant only', async () => {
    const { disputeId } = await aDispute();
    const query = 'query ($id: ID!) { node(id: $id) { __typename id } }';
    expect(await shop.ask(query, { id: disputeId })).toEqual({ node: { __typename: 'Dispute', id: disputeId } });
    expect(await (await aShop(product)).ask(query, { id: disputeId })).toEqual({ node: null });
  });

  it('while held in part still lets the rest of the hold go', async () => {
    const { id } = await shop.hold();
    await shop.capture(id, { amount: '60.00', finalCapture: false });
    product.sandbox.control.createDispute(await chargeOf(id));
    await product.settle();
    expect((await shop.order(id)).status).toBe('DISPUTED');
    expect(await shop.plan(id, '40.00')).toBe('VOID 40.00');
    expect((await shop.cancel(id, { amount: '40.00' })).operation).toMatchObject({ status: 'SUCCEEDED' });
    expect(await shop.order(id)).toMatchObject({ status: 'DISPUTED', capturableAmount: { amount: '0.00' } });
  });

  async function chargeOf(orderId: string): Promise<string> {
    const payment = (await shop.order(orderId)).operations[0]?.transactions[0]?.externalId;
    const url = `${product.sandbox.url}/v1/payment_intents/${payment}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${shop.stripe.secretKey}` } });
    return ((await response.json()) as { latest_charge: string }).latest_charge;
  }
});

describe('an unpaid order', () => {
  const inSeconds = (seconds: number) => new Date(product.clock.now().getTime() + seconds * 1000).toISOString();

  it('is closed when its time is up, and its number is free', async () => {
    const { order } = await shop.createOrder({ expiresAt: inSeconds(120) });
    product.advance(100);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CREATED');
    product.advance(30);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'EXPIRED',
      operations: [{ type: 'CANCELLATION', status: 'SUCCEEDED', reason: null, transactions: [] }],
    });
    expect(await shop.payOrder(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect((await shop.createOrder({ orderNumber: order.orderNumber })).order).toMatchObject({ status: 'CREATED' });
  });

  it('cannot be paid past its time, even before anybody has looked', async () => {
    const { order } = await shop.createOrder({ expiresAt: inSeconds(61) });
    product.advance(70);
    expect(await shop.payOrder(order.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('expired'),
    });
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('EXPIRED');
  });

  it('that waits for the payer is closed at the payment system too', async () => {
    const { order } = await shop.sale({ payment: pay('pm_card_authenticationRequired'), expiresAt: inSeconds(90) });
    const intent = order.operations[0]?.transactions[0]?.externalId ?? '';
    await product.settle();
    product.advance(100);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'EXPIRED',
      nextAction: null,
      operations: [
        { type: 'PAYMENT', status: 'CANCELED' },
        { type: 'CANCELLATION', transactions: [{ type: 'VOID', status: 'SUCCEEDED' }] },
      ],
    });
    expect(() => product.sandbox.control.completeAuthentication(shop.stripe.accountId, intent, 'succeed')).toThrow();
  });

  it('of one stage that is paid is not closed', async () => {
    const { order } = await shop.sale({ expiresAt: inSeconds(90) });
    product.advance(200);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
  });

  it.each([
    ['less than a minute', 30],
    ['more than thirty days', 31 * DAY],
  ])('may not live for %s', async (_, seconds) => {
    expect(await shop.createOrder({ expiresAt: inSeconds(seconds) })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['expiresAt'] }],
    });
  });
});

describe('a hold', () => {
  it('lapses by itself, is announced once, and was not the same without it', async () => {
    const lapsing = await shop.hold();
    const captured = await shop.hold();
    const released = await shop.hold();
    await shop.capture(captured.id);
    await shop.cancel(released.id);
    product.advance(5 * DAY);
    await product.settle();
    expect(await told('order.capture_deadline_near', lapsing.id)).toBe(0);
    product.advance(1.5 * DAY);
    await product.settle();
    await product.settle();
    product.advance(3600);
    await product.settle();
    expect(await told('order.capture_deadline_near', lapsing.id)).toBe(1);
    expect((await shop.order(lapsing.id)).status).toBe('AUTHORIZED');
    product.advance(DAY);
    await product.settle();
    await product.settle();
    expect(await shop.order(lapsing.id)).toMatchObject({
      status: 'EXPIRED',
      captureBefore: lapsing.captureBefore,
      capturedAmount: { amount: '0.00' },
      capturableAmount: { amount: '0.00' },
    });
    expect(await told('order.capture_deadline_near', lapsing.id)).toBe(1);
    expect(await told('order.status_changed', lapsing.id)).toBe(3);
    for (const id of [captured.id, released.id]) expect(await told('order.capture_deadline_near', id)).toBe(0);
    expect(await shop.order(captured.id)).toMatchObject({ status: 'CAPTURED' });
    expect(await shop.capture(lapsing.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await shop.cancel(lapsing.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await shop.increase(lapsing.id, '120.00')).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await shop.plan(lapsing.id)).toBe('');
    expect((await shop.createOrder({ orderNumber: lapsing.orderNumber })).order).toMatchObject({ status: 'CREATED' });
  });

  it('that was captured in part keeps what was captured when the rest lapses', async () => {
    const { id } = await shop.hold();
    await shop.capture(id, { amount: '60.00', finalCapture: false });
    product.advance(8 * DAY);
    await product.settle();
    expect(await shop.order(id)).toMatchObject({
      status: 'PARTIALLY_CAPTURED',
      capturedAmount: { amount: '60.00' },
      capturableAmount: { amount: '0.00' },
      refundableAmount: { amount: '60.00' },
    });
    expect((await shop.cancel(id)).order).toMatchObject({ status: 'REFUNDED' });
  });
});
