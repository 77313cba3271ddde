import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { aShop, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { booksAgree } from './books.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

const DAY = 86_400;

function atStripe(): Stripe {
  const { hostname, port } = new URL(product.sandbox.url);
  return new Stripe(shop.stripe.secretKey, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 0,
  });
}

/** Every event of the payment system is lost while `work` goes on. */
async function withoutEvents(work: () => Promise<void>): Promise<void> {
  product.sandbox.control.setWebhookFaults({ lose: 1 });
  await work().finally(() => product.sandbox.control.setWebhookFaults({}));
}

describe('what no event tells', () => {
  it('of a pending refund is asked for after a day', async () => {
    await withoutEvents(async () => {
      const { order } = await shop.sale({ payment: pay('pm_card_pendingRefund') });
      expect((await shop.cancel(order.id)).operation.status).toBe('PROCESSING');
      product.advance(2 * DAY);
      await product.settle();
      expect((await shop.order(order.id)).operations.at(-1)).toMatchObject({
        type: 'CANCELLATION',
        status: 'SUCCEEDED',
      });
    });
  });

  it('of a payer who authenticated is asked for within a minute', async () => {
    await withoutEvents(async () => {
      const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required') });
      expect(order.status).toBe('REQUIRES_ACTION');
      const [intent] = (await atStripe().paymentIntents.list({ limit: 1 })).data;
      product.sandbox.control.completeAuthentication(shop.stripe.accountId, intent?.id ?? '', 'succeed');
      product.advance(60);
      await product.settle();
      expect((await shop.order(order.id)).status).toBe('CAPTURED');
    });
  });
});

describe('a payment whose making was lost', () => {
  it('is made again under its key, whatever else the account has been doing', async () => {
    product.sandbox.control.addFault({ kind: 'reset_after', method: 'POST', path: '^/v1/payment_intents$', count: 2 });
    const { order } = await shop.sale();
    expect(order.operations[0]?.status).toBe('UNKNOWN');
    product.sandbox.control.clearRequests();
    product.advance(10);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
    const lists = product.sandbox.control.requests({ method: 'GET', path: '^/v1/payment_intents$' });
    expect(lists).toEqual([]);
    await booksAgree(product, shop);
  });
});

describe('a suspended operator', () => {
  it('is not charged any more by what was begun', async () => {
    const other = await aShop(product);
    product.sandbox.control.addFault({ kind: 'reset_before', method: 'POST', path: '^/v1/payment_intents$', count: 2 });
    const { order } = await other.sale();
    expect(order.operations[0]?.status).toBe('UNKNOWN');
    await product.platform.do('suspendOperator', { operatorId: other.operator.id }, 'operator { status }');
    product.advance(10);
    await product.settle();
    await product.platform.do('resumeOperator', { operatorId: other.operator.id }, 'operator { status }');
    expect((await other.order(order.id)).status).toBe('DECLINED');
    await booksAgree(product, other);
  });
});

describe("a refund made in the payment system's console", () => {
  it('is taken in as made elsewhere, though it carries copied metadata', async () => {
    const { order } = await shop.sale();
    const paymentId = order.operations[0]?.transactions[0]?.externalId ?? '';
    const { metadata } = await atStripe().paymentIntents.retrieve(paymentId);
    await atStripe().refunds.create({ payment_intent: paymentId, amount: 4000, metadata });
    await product.settle();
    const after = await shop.order(order.id);
    expect(after).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: { amount: '40.00' } });
    expect(after.operations[0]?.transactions[0]?.externalId).toBe(paymentId);
    await booksAgree(product, shop);
  });
});

describe('disconnecting', () => {
  it('waits for what is being accepted, so that nothing is left that nobody can carry out', async () => {
    const other = await aShop(product);
    const { order } = await other.createOrder();
    const [account] = (
      await other.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
        '{ operator { paymentSystemAccounts { id } } }',
      )
    ).operator.paymentSystemAccounts;
    const [paid] = await Promise.all([
      other.payOrder(order.id),
      other.operator.do('disconnectPaymentSystem', { accountId: account?.id }, 'account { status }'),
    ]);
    await product.settle();
    const after = await other.order(order.id);
    expect(['CAPTURED', 'CREATED']).toContain(after.status);
    expect(paid.code ?? 'PAID').toMatch(/^(PAID|PAYMENT_SYSTEM_UNAVAILABLE)$/);
  });
});

async function accountOf(whose: Shop): Promise<string | undefined> {
  const { operator } = await whose.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
    '{ operator { paymentSystemAccounts { id } } }',
  );
  return operator.paymentSystemAccounts[0]?.id;
}

describe('keys that are revoked between two calls', () => {
  it('leave the payment open until there are new ones', async () => {
    const other = await aShop(product);
    await withoutEvents(async () => {
      product.sandbox.control.addFault({ kind: 'reset_after', method: 'POST', path: '/confirm$', count: 2 });
      const { order } = await other.sale();
      const { secretKey, publishableKey } = product.sandbox.control.rollKeys(other.stripe.accountId);
      product.sandbox.control.revokeKey(other.stripe.secretKey);
      other.stripe.secretKey = secretKey;
      product.advance(6);
      await product.settle();
      expect((await other.order(order.id)).operations[0]?.status).toBe('UNKNOWN');
      const rotation = { accountId: await accountOf(other), secretKey, publishableKey };
      expect(await other.operator.do('rotatePaymentSystemKeys', rotation, 'account { id }')).toMatchObject({
        account: {},
      });
      // At once, and not only when its next turn had come.
      await product.settle();
      expect((await other.order(order.id)).status).toBe('CAPTURED');
    });
    expect(await booksAgree(product, other)).toEqual([]);
  });
});

describe('an account that is disconnected', () => {
  it('leaves no order hanging', async () => {
    const other = await aShop(product);
    const sold = (await other.sale()).order;
    const [waits, lapses] = [(await other.createOrder()).order, (await other.createOrder()).order];
    await product.settle();
    const [result, ...sales] = await Promise.all([
      other.operator.do<{ code?: string }>(
        'disconnectPaymentSystem',
        { accountId: await accountOf(other) },
        'account { status }',
      ),
      ...Array.from({ length: 6 }, () => other.sale()),
    ]);
    if (result.code === undefined) {
      expect(await other.payOrder(waits.id)).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE' });
      expect(await other.cancel(sold.id)).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE' });
      expect(await other.sale()).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE' });
    } else expect(sales.filter(({ code }) => code === undefined).length).toBeGreaterThan(0);
    expect((await other.cancel(waits.id)).order?.status).toBe('CANCELED');
    product.advance(25 * 3_600);
    await product.settle();
    expect((await other.order(lapses.id)).status).toBe('EXPIRED');
    expect(await booksAgree(product, other)).toEqual([]);
  });
});

describe('details of a payer that change after an answer was lost', () => {
  it('spoil nothing', async () => {
    const other = await aShop(product);
    await withoutEvents(async () => {
      product.sandbox.control.addFault({ kind: 'reset_after', method: 'POST', path: '/v1/customers$', count: 2 });
      const sale = (email: string) => other.sale({ saveCredential: true, payer: { reference: 'p', email } });
      const first = await sale('old@example.com');
      expect(first.order.status).toBe('PROCESSING');
      product.sandbox.control.clearFaults();
      expect((await sale('new@example.com')).order.status).toBe('CAPTURED');
      product.advance(6);
      await product.settle();
      expect((await other.order(first.order.id)).status).toBe('CAPTURED');
    });
    expect(await booksAgree(product, other)).toEqual([]);
  });
});
