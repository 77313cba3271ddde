import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aShop, type Json, type OrderView, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { booksAgree, dashboard, rowsOf } from './books.js';
import { chance, SEED } from './disorder.js';

jest.setTimeout(30_000);

let product: Product;
let shop: Shop;
const random = chance(SEED);

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterEach(async () => {
  product.sandbox.control.clearFaults();
  product.sandbox.control.setWebhookFaults({});
  await product.settle();
  expect(await booksAgree(product, shop)).toEqual([]);
});

afterAll(() => product.close());

/** An order that waits for its payer's authentication. */
async function waiting(input: Json = {}): Promise<OrderView & { readonly paymentId: string; readonly secret: string }> {
  const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required'), ...input });
  expect(order).toMatchObject({ status: 'REQUIRES_ACTION', nextAction: { clientSecret: expect.any(String) } });
  const paymentId = order.operations[0]?.transactions[0]?.externalId ?? '';
  return { ...order, paymentId, secret: order.nextAction?.clientSecret ?? '' };
}

const answer = (paymentId: string, outcome: 'succeed' | 'fail') =>
  product.sandbox.control.completeAuthentication(shop.stripe.accountId, paymentId, outcome);

const statusAtStripe = async (paymentId: string) =>
  (await dashboard(product, shop).paymentIntents.retrieve(paymentId)).status;

/** What the payer's browser could still do with the client secret; the SDK for servers does not know that parameter. */
const payInTheBrowser = ({ paymentId, secret }: { paymentId: string; secret: string }) => {
  const parameters = { client_secret: secret, payment_method: 'pm_card_visa', return_url: 'https://shop.test/' };
  return dashboard(product, shop, shop.stripe.publishableKey).paymentIntents.confirm(paymentId, parameters);
};

const statusEvents = (orderNumber: string, status: string) =>
  rowsOf(
    product,
    shop,
    `select e.sequence from events e where e.operator_id = $1 and $2::uuid is not null and e.type = 'order.status_changed'
       and e.payload->>'orderNumber' = '${orderNumber}' and e.payload->>'status' = '${status}'`,
  );

describe('an authentication', () => {
  it.each([
    ['AUTOMATIC', 'CAPTURED'],
    ['MANUAL', 'AUTHORIZED'],
  ])('that succeeds, %s', async (captureMode, status) => {
    const { id, paymentId } = await waiting({ captureMode });
    answer(paymentId, 'succeed');
    await product.settle();
    expect(await shop.order(id)).toMatchObject({ status, nextAction: null });
  });

  it('that fails declines the order, and nobody can pay it any more', async () => {
    const order = await waiting();
    answer(order.paymentId, 'fail');
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'DECLINED',
      operations: [{ status: 'DECLINED', declineCode: 'payment_intent_authentication_failure' }],
    });
    expect(await statusAtStripe(order.paymentId)).toBe('canceled');
    await expect(payInTheBrowser(order)).rejects.toThrow(/status of canceled/);
    expect((await shop.sale({ orderNumber: order.orderNumber })).order.status).toBe('CAPTURED');
  });

  it('that fails while Stripe is in trouble is closed and declined as soon as it is not', async () => {
    const order = await waiting();
    product.sandbox.control.addFault({ kind: 'error_503', path: '/cancel$', accountId: shop.stripe.accountId });
    answer(order.paymentId, 'fail');
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('REQUIRES_ACTION');
    expect(await shop.createOrder({ orderNumber: order.orderNumber })).toMatchObject({
      code: 'DUPLICATE_ORDER_NUMBER',
    });
    product.sandbox.control.clearFaults();
    product.advance(60);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'DECLINED',
      operations: [{ declineCode: 'payment_intent_authentication_failure' }],
    });
    expect(await statusAtStripe(order.paymentId)).toBe('canceled');
  });

  it('that fails is a decline, whichever event is heard of first', async () => {
    for (let trial = 0; trial < 5; trial += 1) {
      const order = await waiting();
      product.sandbox.control.setWebhookFaults({ duplicate: 1, delayMs: 20, shuffle: true });
      answer(order.paymentId, 'fail');
      await product.settle();
      expect((await shop.order(order.id)).status).toBe('DECLINED');
    }
  });

  it('that is abandoned ends with the order’s time', async () => {
    const expiresAt = new Date(product.clock.now().getTime() + 10 * 60_000).toISOString();
    const order = await waiting({ expiresAt });
    product.advance(9 * 60);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('REQUIRES_ACTION');
    product.advance(61);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({ status: 'EXPIRED', nextAction: null });
    expect(await statusAtStripe(order.paymentId)).toBe('canceled');
    await expect(payInTheBrowser(order)).rejects.toThrow(/status of canceled/);
  });

  it('that is abandoned while Stripe is in trouble ends as soon as it is not', async () => {
    const expiresAt = new Date(product.clock.now().getTime() + 120_000).toISOString();
    const order = await waiting({ expiresAt });
    product.sandbox.control.addFault({ kind: 'error_500_before', path: order.paymentId });
    product.advance(121);
    await product.settle();
    expect((await shop.order(order.id)).operations.at(-1)).toMatchObject({ type: 'CANCELLATION', status: 'UNKNOWN' });
    product.sandbox.control.clearFaults();
    product.advance(60);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({ status: 'EXPIRED' });
  });

  it('that is cancelled under way cannot be finished', async () => {
    const order = await waiting();
    expect((await shop.cancel(order.id)).order).toMatchObject({ status: 'CANCELED', nextAction: null });
    expect(() => answer(order.paymentId, 'succeed')).toThrow(/canceled/);
    await expect(payInTheBrowser(order)).rejects.toThrow(/status of canceled/);
  });

  it.each([
    ['AUTOMATIC', 'CAPTURED', 'FAILED'],
    ['MANUAL', 'CANCELED', 'SUCCEEDED'],
  ])('that the payer finished before our cancel, unheard of, %s', async (captureMode, status, cancellation) => {
    const order = await waiting({ captureMode });
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    answer(order.paymentId, 'succeed');
    const result = await shop.cancel(order.id);
    expect(result).toMatchObject({ order: { status }, operation: { status: cancellation } });
  });

  it('that the payer finishes while we cancel is one or the other', async () => {
    for (let trial = 0; trial < 6; trial += 1) {
      const order = await waiting({ captureMode: trial % 2 ? 'MANUAL' : 'AUTOMATIC' });
      const finished = new Promise<boolean>((resolve) => {
        setTimeout(() => {
          try {
            answer(order.paymentId, 'succeed');
            resolve(true);
          } catch {
            resolve(false);
          }
        }, random() * 10);
      });
      await Promise.all([shop.cancel(order.id), finished]);
      await product.settle();
      product.advance(15);
      await product.settle();
      expect(['CAPTURED', 'CANCELED']).toContain((await shop.order(order.id)).status);
    }
  });

  it('that is finished twice counts once', async () => {
    const order = await waiting();
    product.sandbox.control.setWebhookFaults({ duplicate: 1 });
    answer(order.paymentId, 'succeed');
    expect(() => answer(order.paymentId, 'succeed')).toThrow(/waits for no authentication/);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
    expect(await statusEvents(order.orderNumber, 'CAPTURED')).toHaveLength(1);
  });

  it('whose first answer was lost can still be given', async () => {
    product.sandbox.control.addFault({ kind: 'error_500_after', path: '/confirm$', count: 1 });
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required') });
    expect(order).toMatchObject({ status: 'PROCESSING', nextAction: null });
    product.advance(6);
    await product.settle();
    const found = await shop.order(order.id);
    expect(found).toMatchObject({ status: 'REQUIRES_ACTION', nextAction: { clientSecret: expect.any(String) } });
    product.sandbox.control.setWebhookFaults({});
    answer(found.operations[0]?.transactions[0]?.externalId ?? '', 'succeed');
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
  });
});
