import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookAtPayment } from '../../../src/features/orders/index.js';
import { makeRoom } from '../../../src/features/orders/make-room.js';
import type { FaultKind } from '../../../src/stripe-sandbox/http/faults.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { booksAgree } from './books.js';
import { around, carriersWith, Died, dyingAt, gatewayOf, type Point } from './dying.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});
afterAll(() => product.close());

async function waiting(input: Record<string, unknown> = {}) {
  const { order } = await shop.createOrder(input);
  return order.id;
}

/** The next such call at the payment system goes wrong. */
function strike(kind: FaultKind, path: string): void {
  product.sandbox.control.addFault({ kind, path, method: 'POST', count: 1 });
}

/** Until the worker has come by: what a process left behind is due when it would long have answered. */
async function later(): Promise<void> {
  product.advance(120);
  await product.settle();
}

describe('a process that dies while it opens a page', () => {
  const storing = (reference: string) => ({ saveCredential: true, payer: { reference, email: 'p@example.com' } });
  it.each<readonly [Point, Record<string, unknown>]>([
    ['before openPage', {}],
    ['after openPage', {}],
    ['before createCustomer', storing('one')],
    ['after createCustomer', storing('another')],
  ])('%s: another opens it, and it is one page', async (point, input) => {
    const orderId = await waiting(input);
    const dying = new PayerAtPage(product, shop, orderId, dyingAt(product, shop, point));
    await expect(dying.open()).rejects.toBeInstanceOf(Died);
    await later();

    const payer = new PayerAtPage(product, shop, orderId);
    const page = (await payer.open()) ?? '';
    payer.pay(page);
    await product.settle();
    const order = await shop.order(orderId);
    expect(order).toMatchObject({ status: 'CAPTURED', capturedAmount: { amount: '100.00' } });
    expect(order.operations.filter(({ type }) => type === 'PAYMENT')).toHaveLength(1);
  });
});

describe('a process that dies while it closes a page', () => {
  it.each<Point>(['before closePage', 'after closePage'])('%s: the page is closed all the same', async (point) => {
    const orderId = await waiting();
    const payer = new PayerAtPage(product, shop, orderId);
    const page = (await payer.open()) ?? '';
    const dying = dyingAt(product, shop, point);
    await expect(makeRoom(dying, payer.linked(), () => true)).rejects.toBeInstanceOf(Died);
    await later();
    expect(() => payer.pay(page)).toThrow('expired');
    expect((await shop.order(orderId)).status).toBe('CREATED');
    expect((await shop.payOrder(orderId)).order.status).toBe('CAPTURED');
  });
});

describe('a payment system that does not answer', () => {
  it.each<FaultKind>(['timeout_before', 'timeout_after', 'error_500_after'])(
    'opens one page, whether it was made or not: %s',
    async (kind) => {
      const orderId = await waiting();
      const payer = new PayerAtPage(product, shop, orderId);
      strike(kind, '^/v1/checkout/sessions$');
      expect(await payer.open()).toBeNull();
      expect((await shop.order(orderId)).status).toBe('PROCESSING');
      await later();
      const page = (await payer.open()) ?? '';
      payer.pay(page);
      await product.settle();
      expect((await shop.order(orderId)).status).toBe('CAPTURED');
    },
  );

  it('says that a page could not be closed yet, and takes no payment beside it', async () => {
    const orderId = await waiting();
    const payer = new PayerAtPage(product, shop, orderId);
    const page = (await payer.open()) ?? '';
    strike('timeout_before', '/expire$');
    expect(await shop.payOrder(orderId)).toMatchObject({ code: 'OUTCOME_PENDING', retryable: true });
    payer.pay(page);
    await later();
    expect(await shop.order(orderId)).toMatchObject({ status: 'CAPTURED', capturedAmount: { amount: '100.00' } });
  });

  it('leaves an order open whose page is refused', async () => {
    const orderId = await waiting();
    const payer = new PayerAtPage(product, shop, orderId);
    expect(await payer.open({ returnUrl: 'not a URL' })).toBeNull();
    expect(await shop.order(orderId)).toMatchObject({ status: 'CREATED', operations: [{ status: 'FAILED' }] });
    expect(await payer.open()).toMatch(/^cs_/);
  });
});

describe('an answer about an attempt that was closed meanwhile', () => {
  it('says nothing of the page that was opened since', async () => {
    const { order } = await shop.createOrder({ payment: { credential: { token: 'pm_card_threeDSecure2Required' } } });
    const payer = new PayerAtPage(product, shop, order.id);
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const slow = around(gatewayOf(product, shop), async (method, run) => {
      if (method !== 'retrievePayment') return run();
      ask();
      await opened;
      return run();
    });
    const looking = lookAtPayment(carriersWith(product.built.units, slow), payer.linked());
    await asked;
    const page = (await payer.open()) ?? '';
    open();
    await looking;

    expect(await shop.order(order.id)).toMatchObject({
      status: 'REQUIRES_ACTION',
      nextAction: { redirectUrl: expect.stringContaining(page) },
    });
    payer.pay(page);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({ status: 'CAPTURED', capturedAmount: { amount: '100.00' } });
  });
});

describe('a payer and everybody else at once', () => {
  it('is paid once, whoever is quicker: 24 times page against API against cancellation', async () => {
    for (let trial = 0; trial < 24; trial += 1) {
      const orderId = await waiting();
      const payer = new PayerAtPage(product, shop, orderId);
      const page = (await payer.open()) ?? '';
      await Promise.allSettled([
        shop.payOrder(orderId),
        trial % 2 ? shop.cancel(orderId) : payer.comeBack(),
        (async () => payer.pay(page))(),
        payer.open(),
      ]);
      await product.settle();
      await later();
      const order = await shop.order(orderId);
      expect(['0.00', '100.00']).toContain(order.capturedAmount.amount);
      expect(
        order.operations.filter(({ type, status }) => type === 'PAYMENT' && status === 'SUCCEEDED').length,
      ).toBeLessThan(2);
    }
    expect(await booksAgree(product, shop)).toEqual([]);
  });
});
