import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});
afterAll(() => product.close());

/** What Prometheus reads, of any process. */
async function figures(): Promise<readonly number[]> {
  const text = await fetch(`${product.url}/metrics`).then((response) => response.text());
  return ['orders_unknown', 'orders_unknown_oldest_seconds'].map((name) =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]),
  );
}

it('says when it is asked how many outcomes are not known, and for how long the oldest', async () => {
  expect(await figures()).toEqual([0, 0]);
  const { id } = await shop.hold();
  const { accountId } = shop.stripe;
  product.sandbox.control.setWebhookFaults({ lose: 1 });
  product.sandbox.control.addFault({ kind: 'error_503', path: '/capture$', accountId });
  await shop.capture(id);
  product.advance(600);
  // What was read is kept for two seconds.
  await eventually(async () => {
    const [count, oldest] = await figures();
    expect(count).toBe(1);
    expect(oldest).toBeGreaterThanOrEqual(600);
  });

  product.sandbox.control.clearFaults();
  await product.settle();
  expect((await shop.order(id)).status).toBe('CAPTURED');
  await eventually(async () => expect(await figures()).toEqual([0, 0]));
});
