import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cancelOrder } from '../../../src/features/orders/cancel-order.js';
import { captureOrder } from '../../../src/features/orders/capture-order.js';
import type { Carriers } from '../../../src/features/orders/carrier.js';
import { createOrder } from '../../../src/features/orders/create-order.js';
import { increaseAuthorization } from '../../../src/features/orders/increase-authorization.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { aShop, type OrderView, type Product, type Shop, startProduct } from '../../support/product.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';
import { booksAgree, booksOf, ordersOf } from './books.js';
import { callerOf, carriersWith, Died, dyingAt, gatewayOf, newOrder, type Point, requestOf } from './dying.js';
import type { Errand } from './dying-process.js';

jest.setTimeout(30_000);

/** What a process was doing when it died, and what must be there after another one has come by. */
interface Death {
  readonly doing: string;
  readonly at: Point;
  readonly before?: (shop: Shop) => Promise<OrderView>;
  readonly act: (carriers: Carriers, shop: Shop, orderId: string) => Promise<unknown>;
  readonly ends: object;
  /** How often each call may have had an effect at the payment system. */
  readonly made: { readonly payments: number; readonly charges: number; readonly refunds: number };
}

const idOf = (shop: Shop) => uuidOf('merchant', shop.id) ?? '';

const ONE = { payments: 1, charges: 1, refunds: 0 };
const SOLD = { status: 'CAPTURED', capturedAmount: { amount: '100.00' } };
const CLOSED = { status: 'DECLINED', capturedAmount: { amount: '0.00' } };

const sell =
  (more = {}) =>
  (carriers: Carriers, shop: Shop) =>
    createOrder(carriers, callerOf(shop), newOrder(idOf(shop), more), requestOf(idOf(shop), 'createOrder'));

const store = sell({ saveCredential: true, payer: { reference: 'p', email: 'p@example.com' } });

const declined = sell({
  payment: {
    source: 'INTERNET',
    storedOnFile: null,
    credential: { token: 'pm_card_visa_chargeDeclined', externalCustomerId: null },
  },
});

const capture = (carriers: Carriers, shop: Shop, orderId: string) =>
  captureOrder(
    carriers,
    callerOf(shop),
    { orderId, amount: '60.00', final: true },
    requestOf(idOf(shop), 'captureOrder'),
  );

const cancel = (amount: string | null) => (carriers: Carriers, shop: Shop, orderId: string) =>
  cancelOrder(carriers, callerOf(shop), { orderId, amount, reason: 'MERCHANT' }, requestOf(idOf(shop), 'cancelOrder'));

const raise = (carriers: Carriers, shop: Shop, orderId: string) =>
  increaseAuthorization(
    carriers,
    callerOf(shop),
    { orderId, total: '120.00' },
    requestOf(idOf(shop), 'increaseAuthorization'),
  );

const held = (shop: Shop) => shop.hold();
const sold = async (shop: Shop) => (await shop.sale()).order;
const partlyCaptured = async (shop: Shop) => {
  const { id } = await shop.hold();
  return (await shop.capture(id, { amount: '60.00', finalCapture: false })).order;
};

const BOTH = {
  status: 'PARTIALLY_REFUNDED',
  capturedAmount: { amount: '60.00' },
  refundedAmount: { amount: '30.00' },
  capturableAmount: { amount: '0.00' },
};

const DEATHS: readonly Death[] = [
  { doing: 'a sale: claimed, not sent', at: 'before preparePayment', act: sell(), ends: SOLD, made: ONE },
  { doing: 'a sale: prepared, not remembered', at: 'after preparePayment', act: sell(), ends: SOLD, made: ONE },
  { doing: 'a sale: remembered, not confirmed', at: 'before confirmPayment', act: sell(), ends: SOLD, made: ONE },
  { doing: 'a sale: confirmed, not recorded', at: 'after confirmPayment', act: sell(), ends: SOLD, made: ONE },
  { doing: 'a sale that stores: no customer yet', at: 'before createCustomer', act: store, ends: SOLD, made: ONE },
  { doing: 'a sale that stores: customer not kept', at: 'after createCustomer', act: store, ends: SOLD, made: ONE },
  { doing: 'a decline: not closed', at: 'before voidPayment', act: declined, ends: CLOSED, made: ONE },
  { doing: 'a decline: closed, not recorded', at: 'after voidPayment', act: declined, ends: CLOSED, made: ONE },
  ...(['before', 'after'] as const).flatMap((when): Death[] => [
    {
      doing: `a capture, ${when} it`,
      at: `${when} capture`,
      before: held,
      act: capture,
      ends: { status: 'PARTIALLY_CAPTURED', capturedAmount: { amount: '60.00' }, capturableAmount: { amount: '0.00' } },
      made: ONE,
    },
    {
      doing: `a raise, ${when} it`,
      at: `${when} raiseHold`,
      before: held,
      act: raise,
      ends: { status: 'AUTHORIZED', capturableAmount: { amount: '120.00' } },
      made: ONE,
    },
    {
      doing: `a void, ${when} it`,
      at: `${when} voidPayment`,
      before: held,
      act: cancel(null),
      ends: { status: 'CANCELED', capturableAmount: { amount: '0.00' } },
      made: ONE,
    },
    {
      doing: `a refund, ${when} it`,
      at: `${when} refund`,
      before: sold,
      act: cancel('30.00'),
      ends: { status: 'PARTIALLY_REFUNDED', refundedAmount: { amount: '30.00' } },
      made: { ...ONE, refunds: 1 },
    },
    {
      doing: `a void and a refund, ${when} the void`,
      at: `${when} voidPayment`,
      before: partlyCaptured,
      act: cancel('70.00'),
      ends: BOTH,
      made: { ...ONE, refunds: 1 },
    },
    {
      doing: `a void and a refund, ${when} the refund`,
      at: `${when} refund`,
      before: partlyCaptured,
      act: cancel('70.00'),
      ends: BOTH,
      made: { ...ONE, refunds: 1 },
    },
  ]),
];

interface Aftermath {
  readonly shop: Shop;
  readonly death: unknown;
  readonly orderId: string;
  readonly stillOpen: unknown;
  readonly again: unknown;
}

/** A real process, killed as it hangs. */
async function killedAt(product: Product, shop: Shop, hangsAt: Point): Promise<NodeJS.Signals | null> {
  const errand: Errand = {
    databaseUrl: urlFor(product.database.url, 'quittance_app', TEST_PASSWORDS.app),
    sandboxUrl: product.sandbox.url,
    secretKey: shop.stripe.secretKey,
    operatorId: uuidOf('operator', shop.operator.id) ?? '',
    merchantId: idOf(shop),
    hangsAt,
  };
  const script = path.resolve('test/reliability/orders/dying-process.mjs');
  const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(errand)], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  child.kill('SIGKILL');
  const [, signal] = await exit;
  return signal as NodeJS.Signals | null;
}

describe('a process that is killed', () => {
  const POINTS: readonly Point[] = ['after preparePayment', 'after confirmPayment'];

  it('leaves a payment that the next one finishes, once', async () => {
    const product = await startProduct();
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    const shops = await Promise.all(POINTS.map(() => aShop(product)));
    const signals = await Promise.all(POINTS.map((point, index) => killedAt(product, shops[index] as Shop, point)));
    expect(signals).toEqual(['SIGKILL', 'SIGKILL']);
    for (const shop of shops) {
      expect((await ordersOf(product, shop)).map(({ status }) => status)).toEqual(['PROCESSING']);
    }
    product.advance(92);
    await product.settle();
    for (const shop of shops) {
      expect((await ordersOf(product, shop)).map(({ status }) => status)).toEqual(['CAPTURED']);
      expect(await booksAgree(product, shop)).toEqual([]);
      expect((await booksOf(product, shop)).charges).toHaveLength(1);
    }
    await product.close();
  });
});

describe('a process that dies while it does something', () => {
  let product: Product;
  const aftermaths = new Map<string, Aftermath>();

  beforeAll(async () => {
    product = await startProduct();
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    await Promise.all(DEATHS.map(async (death) => aftermaths.set(death.doing, await dieOf(product, death))));
    product.advance(92);
    // Two processes find it at once.
    const second = await startProduct({
      database: product.database,
      sandbox: product.sandbox,
      masterKey: product.masterKey,
    });
    second.clock.advance(92);
    await Promise.all([product.settle(), second.settle()]);
    await second.close();
    product.advance(60);
    await product.settle();
  }, 60_000);

  afterAll(() => product.close());

  it.each(DEATHS)('$doing', async ({ doing, ends, made, act }) => {
    const { shop, death, orderId, stillOpen, again } = aftermaths.get(doing) as Aftermath;
    expect(death).toBeInstanceOf(Died);
    expect(stillOpen).toMatchObject({ code: 'OUTCOME_PENDING' });
    expect(again).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });

    expect(await shop.order(orderId)).toMatchObject(ends);
    expect(await booksAgree(product, shop)).toEqual([]);
    const books = await booksOf(product, shop);
    expect({
      payments: books.payments.length,
      charges: books.charges.length,
      refunds: books.refunds.length,
    }).toEqual(made);
    expect(books.customers.length).toBeLessThanOrEqual(1);

    // The caller who never had an answer asks again, with the same key.
    await act(carriersWith(product.built.units, gatewayOf(product, shop)), shop, uuidOf('order', orderId) ?? '');
    expect(await booksAgree(product, shop)).toEqual([]);
    expect((await booksOf(product, shop)).refunds.length).toBe(made.refunds);
    expect(await ordersOf(product, shop)).toHaveLength(1);
  });
});

async function dieOf(product: Product, { at, act, before }: Death): Promise<Aftermath> {
  const shop = await aShop(product);
  const made = await before?.(shop);
  const uuid = (made && uuidOf('order', made.id)) ?? '';
  const caught = (error: unknown) => error;
  const death = await act(dyingAt(product, shop, at), shop, uuid).catch(caught);
  const orderId = made?.id ?? (await onlyOrder(shop));
  const again = await act(carriersWith(product.built.units, gatewayOf(product, shop)), shop, uuid).catch(caught);
  // Nobody takes over before the process has had its time.
  await product.built.jobs.wake('orders.reconcile');
  const stillOpen = await shop.cancel(orderId);
  return { shop, death, orderId, stillOpen, again };
}

async function onlyOrder(shop: Shop): Promise<string> {
  const { orders } = await shop.ask<{ orders: { nodes: { id: string }[] } }>('{ orders(first: 1) { nodes { id } } }');
  return orders.nodes[0]?.id ?? '';
}
