import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, subscribe } from '../../support/agreements.js';
import { outcomes, sent } from '../../support/bulk-rows.js';
import { asOwner } from '../../support/charging.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
  await subscribe(shop, { terms: { reference: 'one' } });
});
afterAll(() => product.close());

describe('rows of one agreement', () => {
  it('are charged one after another, in the order of the file', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({
      orderNumber: `many-${String(index).padStart(2, '0')}`,
      agreementReference: 'one',
      amount: '1.00',
      outsideSchedule: 'true',
    }));
    const done = await sent(product, shop, 'chargeAgreements', rows);
    expect(outcomes(done)).toEqual(rows.map((_, index) => `${index + 2} SUCCEEDED`));
    const orders = await asOwner<{ name: string; status: string }>(
      product,
      `select order_number as name, status from orders where order_number like 'many-%' order by id`,
    );
    expect(orders.map(({ name, status }) => `${name} ${status}`)).toEqual(
      rows.map(({ orderNumber }) => `${orderNumber} CAPTURED`),
    );
  });

  it('are changed one after another: of two changes the later row stays', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      changeReference: `in-order-${index}`,
      agreementReference: 'one',
      'metadata.at': `in-order ${index}`,
    }));
    const done = await sent(product, shop, 'updateAgreements', rows);
    expect(done.operation.counts).toMatchObject({ succeeded: 30 });
    const [kept] = await asOwner<{ at: string }>(
      product,
      `select metadata ->> 'at' as at from agreements where reference = 'one'`,
    );
    expect(kept?.at).toBe('in-order 29');
  });
});
