import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aMerchant, Client, type Product, startProduct } from '../../support/product.js';
import { aShopWithBooks, Books, inWords } from './books.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

describe('a balance', () => {
  it('is empty before the first capture, which a hold is not', async () => {
    const books = await aShopWithBooks(product);
    const order = await books.shop.hold();
    await product.settle();
    expect(await books.balance()).toEqual([]);
    expect(await books.ofOrder(order.id)).toEqual([]);
    expect((await books.shop.cancel(order.id)).order.status).toBe('CANCELED');
    await product.settle();
    expect(await books.balance()).toEqual([]);
    expect(await books.ofOrder(order.id)).toEqual([]);
    expect(await books.accounts()).toEqual([]);
  });

  it('is credited with the capture, at once', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale();
    expect(order.status).toBe('CAPTURED');
    expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees 0.00']);
    expect(await books.ofOrder(order.id)).toEqual(['CAPTURE PENDING 100.00 USD', 'CAPTURE CLEARING -100.00 USD']);
  });

  it('bears the fee of the payment system, and is available when that says', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale();
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees -3.20']);
    expect(await books.accounts()).toEqual(['CLEARING -96.80 USD']);
    product.advance(24 * 3600);
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees -3.20']);
    product.advance(24 * 3600 + 60);
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 100.00 pending 0.00 fees -3.20']);
    expect(await books.ofOrder(order.id)).toEqual([
      'CAPTURE PENDING 100.00 USD',
      'CAPTURE CLEARING -100.00 USD',
      'FEE FEES -3.20 USD',
      'FEE CLEARING 3.20 USD',
      'AVAILABILITY PENDING -100.00 USD',
      'AVAILABILITY AVAILABLE 100.00 USD',
    ]);
  });

  it('is reduced by a refund before it is available, and is never below zero by it', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale();
    await books.shop.cancel(order.id, { amount: '30.00' });
    expect(await books.balance()).toEqual(['USD available 0.00 pending 70.00 fees 0.00']);
    await product.settle();
    await books.untilAvailable();
    expect(await books.balance()).toEqual(['USD available 70.00 pending 0.00 fees -3.20']);
    expect(await books.accounts()).toEqual(['CLEARING -66.80 USD']);
  });

  it('is reduced by a refund after it was available', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale();
    await product.settle();
    await books.untilAvailable();
    await books.shop.cancel(order.id);
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 0.00 fees -3.20']);
    expect(await books.accounts()).toEqual(['CLEARING 3.20 USD']);
  });

  it('has a refund that came back again', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale({ payment: { credential: { token: 'pm_card_refundFail' } } });
    await books.shop.cancel(order.id);
    expect(await books.balance()).toEqual(['USD available 0.00 pending 0.00 fees 0.00']);
    product.advance(600);
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees -3.20']);
    expect((await books.ofOrder(order.id)).filter((each) => each.startsWith('REFUND'))).toEqual([
      'REFUND PENDING -100.00 USD',
      'REFUND CLEARING 100.00 USD',
      'REFUND_FAILED PENDING 100.00 USD',
      'REFUND_FAILED CLEARING -100.00 USD',
    ]);
    expect(await books.accounts()).toEqual(['CLEARING -96.80 USD']);
  });

  it('grows with each part that is captured', async () => {
    const books = await aShopWithBooks(product);
    const order = await books.shop.hold();
    await books.shop.capture(order.id, { amount: '60.00', finalCapture: false });
    await product.settle();
    await books.untilAvailable();
    await books.shop.capture(order.id, { amount: '40.00' });
    await product.settle();
    expect(await books.balance()).toEqual([expect.stringMatching(/^USD available 60.00 pending 40.00 fees -3.50$/)]);
    await books.untilAvailable();
    expect(await books.balance()).toEqual(['USD available 100.00 pending 0.00 fees -3.50']);
  });

  it('is kept by currency, zero-decimal ones too', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale({ amount: { amount: '5000', currency: 'JPY' } });
    await books.shop.sale({ amount: { amount: '20.00', currency: 'EUR' } });
    await product.settle();
    expect(await books.balance()).toEqual([
      'EUR available 0.00 pending 20.00 fees -0.88',
      'JPY available 0 pending 5000 fees -175',
    ]);
  });

  it('keeps a payment in its currency where the payment system settles in another', async () => {
    const books = await aShopWithBooks(product);
    product.sandbox.control.setSettlement(books.shop.stripe.accountId, { currency: 'usd', rates: { eur: 1.1 } });
    const { order } = await books.shop.sale({ amount: { amount: '100.00', currency: 'EUR' } });
    await product.settle();
    await books.untilAvailable();
    expect(await books.balance()).toEqual([
      'EUR available 100.00 pending 0.00 fees 0.00',
      'USD available 0.00 pending 0.00 fees -3.49',
    ]);
    expect(await books.accounts()).toEqual(['CLEARING -106.51 USD', 'EXCHANGE -100.00 EUR', 'EXCHANGE 110.00 USD']);
    await books.shop.cancel(order.id);
    await product.settle();
    expect(await books.accounts()).toEqual(['CLEARING 3.49 USD']);
  });
});

describe('a dispute', () => {
  it('takes the money and a fee off, below zero if need be, and gives back what was won', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale();
    await product.settle();
    await books.untilAvailable();
    await books.settle({ amount: { amount: '100.00', currency: 'USD' }, idempotencyKey: 'all' });
    const charge = await chargeOf(books, order.id);
    const dispute = product.sandbox.control.createDispute(charge);
    await product.settle();
    expect(await books.balance()).toEqual(['USD available -100.00 pending 0.00 fees -18.20']);
    product.sandbox.control.resolveDispute(dispute.id, 'won');
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 0.00 fees -18.20']);
    expect((await books.ofOrder(order.id)).filter((each) => each.startsWith('DISPUTE'))).toEqual([
      'DISPUTE AVAILABLE -100.00 USD',
      'DISPUTE CLEARING 100.00 USD',
      'DISPUTE_REVERSAL AVAILABLE 100.00 USD',
      'DISPUTE_REVERSAL CLEARING -100.00 USD',
    ]);
  });

  it('that is lost stays off', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale();
    await product.settle();
    const dispute = product.sandbox.control.createDispute(await chargeOf(books, order.id));
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 0.00 fees -18.20']);
    product.sandbox.control.resolveDispute(dispute.id, 'lost');
    await product.settle();
    await books.untilAvailable();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 0.00 fees -18.20']);
    expect(await books.accounts()).toEqual(['CLEARING 18.20 USD']);
  });
});

describe('entries', () => {
  it('are listed newest first, by pages, each with its order and the other side of it', async () => {
    const books = await aShopWithBooks(product);
    const first = await books.shop.sale();
    const second = await books.shop.sale({ amount: { amount: '10.00', currency: 'EUR' } });
    const entries = await books.entries({}, books.shop.operator);
    expect(entries.map(inWords)).toEqual(['CAPTURE PENDING 10.00 EUR', 'CAPTURE PENDING 100.00 USD']);
    expect(entries.map(({ order }) => order?.id)).toEqual([second.order.id, first.order.id]);
    expect(entries[0]?.otherEntries).toEqual([{ account: 'CLEARING', amount: { amount: '-10.00', currency: 'EUR' } }]);
    const own = await books.entries({ currency: 'USD' });
    expect(own.map(inWords)).toEqual(['CAPTURE PENDING 100.00 USD']);
    expect(own[0]?.otherEntries).toEqual([]);
    expect(await books.entries({ account: 'FEES' })).toEqual([]);
    const { merchant } = await books.shop.ask<{
      merchant: { ledgerEntries: { pageInfo: { endCursor: string; hasNextPage: boolean } } };
    }>('query { merchant { ledgerEntries(first: 1) { pageInfo { endCursor hasNextPage } } } }');
    const { endCursor, hasNextPage } = merchant.ledgerEntries.pageInfo;
    expect(hasNextPage).toBe(true);
    const rest = await books.entries({ first: 1, after: endCursor });
    expect(rest.map(inWords)).toEqual(['CAPTURE PENDING 100.00 USD']);
  });

  it('are nobody else’s: of another merchant, operator or mode', async () => {
    const books = await aShopWithBooks(product);
    const { shop } = books;
    const { order } = await shop.sale();
    const sibling = await aMerchant(product, shop.operator, shop.stripe);
    const other = await aShopWithBooks(product);
    expect(await new Books(product, sibling).balance()).toEqual([]);
    expect(await new Books(product, sibling).entries()).toEqual([]);
    expect(await other.balance()).toEqual([]);
    expect(await other.accounts()).toEqual([]);
    const hidden = await sibling.ask('query ($id: ID!) { merchant(id: $id) { balance { currency } } }', {
      id: shop.id,
    });
    expect(hidden).toEqual({ merchant: null });
    const order2 = 'query ($id: ID!) { order(id: $id) { ledgerEntries { kind } } }';
    expect(await other.shop.ask(order2, { id: order.id })).toEqual({ order: null });
    const { secret: operatorSecret } = await product.platform.do<{ secret: string }>(
      'createApiKey',
      { name: 'live', operatorId: shop.operator.id, mode: 'LIVE' },
      'secret',
    );
    const operator = new Client(product.url, operatorSecret);
    const { secret } = await operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'live', merchantId: shop.id },
      'secret',
    );
    const live = Object.assign(Object.create(Object.getPrototypeOf(shop)), shop, { key: secret }) as typeof shop;
    expect(await books.balance(live)).toEqual([]);
    expect(await books.entries({}, live)).toEqual([]);
  });
});

async function chargeOf(books: Books, orderId: string): Promise<string> {
  const { operations } = await books.shop.order(orderId);
  const intent = operations[0]?.transactions[0]?.externalId ?? '';
  const response = await fetch(`${product.sandbox.url}/v1/payment_intents/${intent}`, {
    headers: { authorization: `Bearer ${books.shop.stripe.secretKey}` },
  });
  return ((await response.json()) as { latest_charge: string }).latest_charge;
}
