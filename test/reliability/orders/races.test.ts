import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { uuidOf } from '../../../src/kernel/ids.js';
import { aShop, type OrderResult, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { booksAgree, booksOf, ordersOf } from './books.js';
import { chance, racing, SEED, shuffled } from './disorder.js';

jest.setTimeout(30_000);

/** Two processes on one database: races between processes are no different, and must not be. */
let one: Product;
let other: Product;
let shop: Shop;

const RACERS = 8;
const TRIALS = 4;
const random = chance(SEED);

beforeAll(async () => {
  one = await startProduct();
  other = await startProduct({ database: one.database, sandbox: one.sandbox, masterKey: one.masterKey });
  shop = await aShop(one);
});

afterEach(async () => {
  one.sandbox.control.setWebhookFaults({});
  one.sandbox.control.clearFaults();
  await one.settle();
  advance(60);
  await one.settle();
  expect(await booksAgree(one, shop)).toEqual([]);
});

afterAll(async () => {
  await other.close();
  await one.close();
});

/** Both processes' clocks and the payment system's. */
function advance(seconds: number): void {
  one.advance(seconds);
  other.clock.advance(seconds);
}

/** The same merchant's client, at one process or the other. */
function at(racer: number): Shop {
  const { key, id, operator, stripe } = shop;
  return racer % 2 === 0 ? shop : new (shop.constructor as typeof Shop)(other.url, key, id, operator, stripe);
}

const codesOf = (results: readonly OrderResult[]) => results.map(({ code }) => code ?? 'done').sort();
const count = (results: readonly OrderResult[], code: string) =>
  codesOf(results).filter((each) => each === code).length;

let numbers = 0;
const aNumber = () => {
  numbers += 1;
  return `race-${numbers}`;
};

const paymentsOf = async (orderNumber: string) => {
  const orders = (await ordersOf(one, shop)).filter((order) => order.order_number === orderNumber);
  const { payments } = await booksOf(one, shop);
  return payments.filter(({ metadata }) => orders.some(({ id }) => id === metadata.quittance_order));
};

const refundedOf = async (orderId: string) => {
  const [orders, { refunds }] = await Promise.all([ordersOf(one, shop), booksOf(one, shop)]);
  const payment = orders.find(({ id }) => id === uuidOf('order', orderId))?.external_payment_id;
  return refunds.filter(({ payment_intent }) => payment_intent === payment).map(({ amount }) => amount);
};

const requestsTo = (path: string) =>
  one.sandbox.control.requests({ accountId: shop.stripe.accountId, path, method: 'POST' }).length;

const TRIAL = Array.from({ length: TRIALS }, (_, trial) => trial);

describe.each(TRIAL)(`${RACERS} racers, trial %#`, () => {
  it('make one order of one order number, and one payment', async () => {
    const orderNumber = aNumber();
    const results = await racing(RACERS, (racer) => at(racer).sale({ orderNumber }));
    expect([count(results, 'done'), count(results, 'DUPLICATE_ORDER_NUMBER')]).toEqual([1, RACERS - 1]);
    expect(await paymentsOf(orderNumber)).toHaveLength(1);
  });

  it('make one order of one idempotency key, whichever number it is', async () => {
    const orderNumber = aNumber();
    const input = { orderNumber, idempotencyKey: `key-${orderNumber}` };
    const results = await racing(RACERS, (racer) => at(racer).sale(input));
    const ids = new Set(results.filter(({ code }) => code === undefined).map(({ order }) => order.id));
    expect(ids.size).toBe(1);
    expect(codesOf(results).filter((code) => code !== 'done' && code !== 'IDEMPOTENCY_KEY_IN_USE')).toEqual([]);
    expect((await at(1).sale(input)).order.id).toBe([...ids][0]);
    expect(await paymentsOf(orderNumber)).toHaveLength(1);
  });

  it('refuse one idempotency key for two inputs', async () => {
    const idempotencyKey = aNumber();
    const results = await racing(RACERS, (racer) => at(racer).sale({ orderNumber: aNumber(), idempotencyKey }));
    expect(count(results, 'done')).toBe(1);
    expect(count(results, 'IDEMPOTENCY_KEY_REUSED')).toBe(RACERS - 1);
  });

  it('capture once', async () => {
    const { id } = await shop.hold();
    one.sandbox.control.clearRequests();
    const results = await racing(RACERS, (racer) => at(racer).capture(id));
    expect(count(results, 'done') + count(results, 'OUTCOME_PENDING')).toBe(RACERS);
    expect(count(results, 'done')).toBeGreaterThan(0);
    expect(requestsTo('/capture$')).toBe(1);
    expect((await shop.order(id)).operations).toHaveLength(2);
  });

  it('capture parts, together no more than is held', async () => {
    const { id } = await shop.hold();
    await racing(RACERS, (racer) => at(racer).capture(id, { amount: '30.00', finalCapture: false }));
    for (let more = 0; more < 4; more += 1) await shop.capture(id, { amount: '30.00', finalCapture: false });
    expect((await shop.order(id)).capturedAmount.amount).toBe('90.00');
  });

  it('capture or cancel, never both', async () => {
    const { id } = await shop.hold();
    const moves = shuffled([0, 1, 2, 3, 4, 5, 6, 7], random);
    await racing(RACERS, (racer) => ((moves[racer] ?? 0) % 2 ? at(racer).capture(id) : at(racer).cancel(id)));
    expect(['CAPTURED', 'CANCELED', 'REFUNDED']).toContain((await shop.order(id)).status);
  });

  it('refund 60 of 100 once', async () => {
    const { order } = await shop.sale();
    const results = await racing(RACERS, (racer) => at(racer).cancel(order.id, { amount: '60.00' }));
    expect(count(results, 'done')).toBe(1);
    expect(await refundedOf(order.id)).toEqual([6_000]);
    expect(await shop.cancel(order.id, { amount: '60.00' })).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
  });

  it('pay one order once', async () => {
    const orderNumber = aNumber();
    const { order } = await shop.createOrder({ orderNumber });
    const results = await racing(RACERS, (racer) => at(racer).payOrder(order.id));
    expect(count(results, 'done')).toBe(1);
    expect(await paymentsOf(orderNumber)).toHaveLength(1);
  });

  it('pay or cancel an order that waits', async () => {
    const { order } = await shop.createOrder();
    await racing(RACERS, (racer) => (racer % 3 ? at(racer).payOrder(order.id) : at(racer).cancel(order.id)));
    expect(['CAPTURED', 'CANCELED', 'REFUNDED']).toContain((await shop.order(order.id)).status);
  });

  it('raise or capture', async () => {
    const { id } = await shop.hold();
    await racing(RACERS, (racer) => (racer % 2 ? at(racer).increase(id, '130.00') : at(racer).capture(id)));
    await shop.capture(id);
    expect(['100.00', '130.00']).toContain((await shop.order(id)).capturedAmount.amount);
  });

  it('cancel while the webhooks of what came before are taken in, twice each, by two processes', async () => {
    one.sandbox.control.setWebhookFaults({ duplicate: 1, delayMs: 40, shuffle: true });
    const { id } = await shop.hold();
    const takeIn = (product: Product) => product.built.jobs.wake('payment-systems.process-inbox');
    await Promise.all([
      racing(RACERS, (racer) => at(racer).cancel(id)),
      ...[one, other, one, other].map(takeIn),
      one.sandbox.control.settleWebhooks(),
    ]);
    expect((await shop.order(id)).status).toBe('CANCELED');
  });
});

describe.each(TRIAL)('workers, trial %#', () => {
  /** An order whose capture had its answer lost. */
  async function lostCapture(kind: 'timeout_after' | 'error_503') {
    const { id } = await shop.hold();
    const { accountId } = shop.stripe;
    one.sandbox.control.setWebhookFaults({ lose: 1 });
    one.sandbox.control.addFault({ kind, path: '/capture$', count: 1, accountId });
    await shop.capture(id, { amount: '40.00', finalCapture: false });
    expect((await shop.order(id)).operations.at(-1)?.status).toBe('UNKNOWN');
    one.sandbox.control.clearRequests();
    advance(6);
    return id;
  }

  const reconcile = (product: Product) => product.built.jobs.wake('orders.reconcile');

  it('settle what is unknown once, though two of them look at once', async () => {
    const id = await lostCapture('error_503');
    await Promise.all([reconcile(one), reconcile(other), reconcile(one), reconcile(other)]);
    expect((await shop.order(id)).capturedAmount.amount).toBe('40.00');
    expect(requestsTo('/capture$')).toBe(1);
  });

  it('settle while callers go on asking', async () => {
    const id = await lostCapture('timeout_after');
    const work = [reconcile(one), reconcile(other)];
    await racing(RACERS, (racer) => at(racer).capture(id, { amount: '40.00', finalCapture: false }));
    await Promise.all(work);
    const { capturedAmount, operations } = await shop.order(id);
    expect(['40.00', '80.00']).toContain(capturedAmount.amount);
    expect(operations.length).toBe(1 + Number(capturedAmount.amount) / 40);
  });

  it('close an order that ran out of time, or see the payer pay it, never both', async () => {
    const { order } = await shop.sale({
      payment: pay('pm_card_threeDSecure2Required'),
      expiresAt: new Date(one.clock.now().getTime() + 120_000).toISOString(),
      captureMode: random() < 0.5 ? 'MANUAL' : 'AUTOMATIC',
    });
    expect(order.status).toBe('REQUIRES_ACTION');
    const payment = order.operations[0]?.transactions[0]?.externalId ?? '';
    advance(121);
    const sweep = (product: Product) => product.built.jobs.wake('orders.watch-deadlines');
    const payer = new Promise<void>((resolve) => {
      setTimeout(() => {
        try {
          one.sandbox.control.completeAuthentication(shop.stripe.accountId, payment, 'succeed');
        } catch {
          // Too late: it is closed.
        }
        resolve();
      }, random() * 12);
    });
    await Promise.all([sweep(one), sweep(other), payer]);
    await one.settle();
    advance(15);
    await one.settle();
    expect(['EXPIRED', 'CAPTURED', 'AUTHORIZED']).toContain((await shop.order(order.id)).status);
  });
});
