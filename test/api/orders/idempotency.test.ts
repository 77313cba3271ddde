import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aMerchant,
  aShop,
  type Json,
  type OrderResult,
  type Product,
  pay,
  type Shop,
  startProduct,
} from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

let keys = 0;
const newKey = () => {
  keys += 1;
  return `key-${keys}`;
};

const amount = { amount: '100.00', currency: 'USD' };

/** Every mutation of orders: something to do it to, and two inputs that differ in one thing. */
interface Case {
  readonly setUp: () => Promise<Json>;
  readonly another: Json;
  readonly send: (input: Json) => Promise<OrderResult>;
}

const MUTATIONS: Record<string, Case> = {
  createOrder: {
    setUp: async () => ({ orderNumber: newKey(), amount }),
    another: { description: 'another' },
    send: (input) => shop.createOrder(input),
  },
  'createOrder with a payment': {
    setUp: async () => ({ orderNumber: newKey(), amount, payment: pay('pm_card_visa') }),
    another: { amount: { amount: '100.01', currency: 'USD' } },
    send: (input) => shop.createOrder(input),
  },
  'createOrder that is declined': {
    setUp: async () => ({ orderNumber: newKey(), amount, payment: pay('pm_card_visa_chargeDeclined') }),
    another: { payment: pay('pm_card_visa') },
    send: (input) => shop.createOrder(input),
  },
  payOrder: {
    setUp: async () => ({ orderId: (await shop.createOrder()).order.id, payment: pay('pm_card_visa') }),
    another: { payment: pay('pm_card_mastercard') },
    send: (input) => shop.do('payOrder', input, 'order { id status operations { type } }'),
  },
  captureOrder: {
    setUp: async () => ({ orderId: (await shop.hold()).id, amount: '60.00', finalCapture: false }),
    another: { amount: '60.01' },
    send: ({ orderId, ...input }) => shop.capture(String(orderId), input),
  },
  'cancelOrder, released': {
    setUp: async () => ({ orderId: (await shop.hold()).id }),
    another: { reason: 'FRAUD' },
    send: ({ orderId, ...input }) => shop.cancel(String(orderId), input),
  },
  'cancelOrder, refunded in part': {
    setUp: async () => ({ orderId: (await shop.sale()).order.id, amount: '10.00' }),
    another: { amount: '10.01' },
    send: ({ orderId, ...input }) => shop.cancel(String(orderId), input),
  },
  increaseAuthorization: {
    setUp: async () => ({ orderId: (await shop.hold()).id, amount: '120.00' }),
    another: { amount: '130.00' },
    send: ({ orderId, amount: total, ...input }) => shop.increase(String(orderId), String(total), input),
  },
};

function moneyRequests(): number {
  return product.sandbox.control
    .requests({ accountId: shop.stripe.accountId, method: 'POST' })
    .filter(({ path }) =>
      /(\/payment_intents|\/confirm|\/capture|\/cancel|\/refunds|\/increment_authorization)$/.test(path),
    ).length;
}

describe.each(Object.entries(MUTATIONS))('%s', (_, { setUp, another, send }) => {
  it('answers the same again, and does nothing again', async () => {
    const input = { ...(await setUp()), idempotencyKey: newKey() };
    const first = await send(input);
    expect(first.order).toBeDefined();
    const sent = moneyRequests();
    expect(await send(input)).toEqual(first);
    expect(await send(Object.fromEntries(Object.entries(input).reverse()))).toEqual(first);
    expect(moneyRequests()).toBe(sent);
  });

  it('refuses another input under the same key, and a key of another mutation', async () => {
    const input = { ...(await setUp()), idempotencyKey: newKey() };
    const first = await send(input);
    expect(await send({ ...input, ...another })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', retryable: false });
    const { idempotencyKey } = input;
    expect(await shop.do('createClientToken', { orderId: first.order.id, idempotencyKey }, 'token')).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await send(input)).toEqual(first);
  });

  it('sent eight times at once is done once', async () => {
    const input = { ...(await setUp()), idempotencyKey: newKey() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(input)));
    const done = answers.filter(({ order }) => order);
    expect(done.length).toBeGreaterThan(0);
    // Whoever asks while the first is being carried out is told to come again.
    for (const each of answers)
      if (!each.order) expect(each).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE', retryable: true });
    const settled = await send(input);
    expect(new Set(done.map(({ order }) => order.id))).toEqual(new Set([settled.order.id]));
    const { operations } = await shop.order(settled.order.id);
    expect(operations.length).toBeLessThanOrEqual(2);
    for (const each of answers) if (each.order) expect(each).toEqual(settled);
  });
});

describe('a key', () => {
  it('of another merchant, the operator or live mode is another key', async () => {
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    const input = { orderNumber: newKey(), amount, idempotencyKey: newKey() };
    const ours = await shop.createOrder(input);
    const theirs = await neighbour.createOrder(input);
    expect(theirs.order.id).not.toBe(ours.order.id);
    const byOperator = await shop.operator.do<OrderResult>(
      'createOrder',
      { ...input, orderNumber: newKey(), merchantId: shop.id },
      'order { id }',
    );
    expect(byOperator.order.id).not.toBe(ours.order.id);
    expect((await shop.createOrder(input)).order.id).toBe(ours.order.id);
  });

  it('of a refused request is free: nothing was stored', async () => {
    const idempotencyKey = newKey();
    const orderNumber = newKey();
    const refused = { orderNumber, amount: { amount: '0.01', currency: 'USD' }, idempotencyKey };
    expect(await shop.createOrder(refused)).toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    expect(await shop.createOrder(refused)).toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    expect((await shop.createOrder({ orderNumber, amount, idempotencyKey })).order).toMatchObject({ orderNumber });
    expect(await shop.createOrder(refused)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('of a refused capture is free for the same capture once it can be done', async () => {
    const { order } = await shop.createOrder({ captureMode: 'MANUAL' });
    const input = { amount: '10.00', idempotencyKey: newKey() };
    expect(await shop.capture(order.id, input)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await shop.payOrder(order.id);
    expect(await shop.capture(order.id, input)).toMatchObject({ operation: { status: 'SUCCEEDED' } });
  });

  it('that is repeated after the order went on answers what became of it', async () => {
    const input = {
      orderNumber: newKey(),
      amount,
      captureMode: 'MANUAL',
      payment: pay('pm_card_visa'),
      idempotencyKey: newKey(),
    };
    const { order } = await shop.createOrder(input);
    await shop.capture(order.id);
    expect((await shop.createOrder(input)).order).toMatchObject({ id: order.id, status: 'CAPTURED' });
  });

  it('after a decline does not pay again; another key does', async () => {
    const input = {
      orderNumber: newKey(),
      amount,
      payment: pay('pm_card_visa_chargeDeclined'),
      idempotencyKey: newKey(),
    };
    const declined = await shop.createOrder(input);
    expect(declined.order.status).toBe('DECLINED');
    expect((await shop.createOrder(input)).order.id).toBe(declined.order.id);
    const other = await shop.createOrder({ ...input, idempotencyKey: newKey() });
    expect(other.order.id).not.toBe(declined.order.id);
  });

  it('absent, empty values and defaults written out are told apart or not as the input is', async () => {
    const input = { orderNumber: newKey(), amount, idempotencyKey: newKey() };
    const first = await shop.createOrder(input);
    expect((await shop.createOrder({ ...input, captureMode: 'AUTOMATIC', saveCredential: false })).order.id).toBe(
      first.order.id,
    );
    expect(await shop.createOrder({ ...input, captureMode: 'MANUAL' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('of 255 characters is taken', async () => {
    const input = { orderNumber: newKey(), amount, idempotencyKey: 'k'.repeat(255) };
    const first = await shop.createOrder(input);
    expect(await shop.createOrder(input)).toEqual(first);
  });
});
