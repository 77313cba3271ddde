import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});
afterAll(() => product.close());

async function pageOf(orderId: string): Promise<string> {
  const { order } = await shop.ask<{ order: { paymentPageUrl: string } }>(
    'query ($id: ID!) { order(id: $id) { paymentPageUrl } }',
    { id: orderId },
  );
  return order.paymentPageUrl;
}

describe('where a payment link leads', () => {
  it('says what is to be paid, and that paying there is not built yet', async () => {
    const { order } = await shop.createOrder({ amount: { amount: '12.50', currency: 'EUR' } });
    const page = await fetch(await pageOf(order.id));
    const text = await page.text();
    expect(page.status).toBe(501);
    expect(text).toContain(`Order ${order.orderNumber} (${order.billNumber}) over 12.50 EUR is CREATED`);
    expect(text).toContain('not built yet');
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/plain; charset=utf-8',
    });
  });

  it('says of a paid order that there is nothing to pay', async () => {
    const { order } = await shop.createOrder();
    const url = await pageOf(order.id);
    await shop.payOrder(order.id);
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('CAPTURED: there is nothing to pay'),
    ]);
    expect(await pageOf(order.id)).toBeNull();
  });

  it('knows no link that was altered', async () => {
    const { order } = await shop.createOrder();
    const url = await pageOf(order.id);
    const other = (await shop.createOrder()).order.id;
    for (const wrong of [`${url}x`, url.slice(0, -1), url.replace(order.id, other), `${product.url}/pay/x`]) {
      const page = await fetch(wrong);
      expect([page.status, await page.text()]).toEqual([404, 'This link is not valid. Ask the shop for a new one.\n']);
    }
  });
});
