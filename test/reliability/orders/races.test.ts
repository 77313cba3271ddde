import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aShop, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { booksAgree } from './books.js';
import { chance, racing, SEED } from './disorder.js';

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

const requestsTo = (path: string) =>
  one.sandbox.control.requests({ accountId: shop.stripe.accountId, path, method: 'POST' }).length;

const TRIAL = Array.from({ length: TRIALS }, (_, trial) => trial);

describe.each(TRIAL)(`${RACERS} racers, trial %#`, () => {
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
  async function lostCapture() {
    const { id } = await shop.hold();
    const { accountId } = shop.stripe;
    one.sandbox.control.setWebhookFaults({ lose: 1 });
    one.sandbox.control.addFault({ kind: 'error_503', path: '/capture$', count: 1, accountId });
    await shop.capture(id, { amount: '40.00', finalCapture: false });
    expect((await shop.order(id)).operations.at(-1)?.status).toBe('UNKNOWN');
    one.sandbox.control.clearRequests();
    advance(6);
    return id;
  }

  const reconcile = (product: Product) => product.built.jobs.wake('orders.reconcile');

  it('settle what is unknown once, though two of them look at once', async () => {
    const id = await lostCapture();
    await Promise.all([reconcile(one), reconcile(other), reconcile(one), reconcile(other)]);
    expect((await shop.order(id)).capturedAmount.amount).toBe('40.00');
    expect(requestsTo('/capture$')).toBe(1);
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
