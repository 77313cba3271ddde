import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cancelOrder } from '../../../src/features/orders/cancel-order.js';
import { captureOrder } from '../../../src/features/orders/capture-order.js';
import type { Carriers } from '../../../src/features/orders/carrier.js';
import { createOrder } from '../../../src/features/orders/create-order.js';
import { increaseAuthorization } from '../../../src/features/orders/increase-authorization.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { aShop, type OrderView, type Product, type Shop, startProduct } from '../../support/product.js';
import { booksAgree, booksOf, ordersOf } from './books.js';
import { callerOf, carriersWith, Died, dyingAt, gatewayOf, newOrder, type Point, requestOf } from './dying.js';

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

const KEY = 'once';
const ONE = { payments: 1, charges: 1, refunds: 0 };
const SOLD = { status: 'CAPTURED', capturedAmount: { amount: '100.00' } };
const CLOSED = { status: 'DECLINED', capturedAmount: { amount: '0.00' } };

const sell =
  (more = {}) =>
  (carriers: Carriers, shop: Shop) =>
    createOrder(carriers, callerOf(shop), newOrder(shop, more), requestOf(shop, 'createOrder', KEY));

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
    requestOf(shop, 'captureOrder', KEY),
  );

const cancel = (amount: string | null) => (carriers: Carriers, shop: Shop, orderId: string) =>
  cancelOrder(carriers, callerOf(shop), { orderId, amount, reason: 'MERCHANT' }, requestOf(shop, 'cancelOrder', KEY));

const raise = (carriers: Carriers, shop: Shop, orderId: string) =>
  increaseAuthorization(
    carriers,
    callerOf(shop),
    { orderId, total: '120.00' },
    requestOf(shop, 'increaseAuthorization', KEY),
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
    await act(carriersWith(product, gatewayOf(product, shop)), shop, uuidOf('order', orderId) ?? '');
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
  const again = await act(carriersWith(product, gatewayOf(product, shop)), shop, uuid).catch(caught);
  // Nobody takes over before the process has had its time.
  await product.built.jobs.wake('orders.reconcile');
  const stillOpen = await shop.cancel(orderId);
  return { shop, death, orderId, stillOpen, again };
}

async function onlyOrder(shop: Shop): Promise<string> {
  const { orders } = await shop.ask<{ orders: { nodes: { id: string }[] } }>('{ orders(first: 1) { nodes { id } } }');
  return orders.nodes[0]?.id ?? '';
}
