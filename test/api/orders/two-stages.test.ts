import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

describe('an order in two stages', () => {
  it('holds, then captures a part and releases the rest', async () => {
    const held = await shop.hold();
    expect(held).toMatchObject({ status: 'AUTHORIZED', capturableAmount: { amount: '100.00' } });

    const { order, operation } = await shop.capture(held.id, { amount: '60.00' });
    expect(operation.status).toBe('SUCCEEDED');
    expect(order).toMatchObject({
      status: 'PARTIALLY_CAPTURED',
      capturedAmount: { amount: '60.00' },
      capturableAmount: { amount: '0.00' },
    });
  });
});
