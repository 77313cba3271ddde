import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aBillingShop, afterDays, agreementOf, bill, charged, day, subscribe } from '../../support/agreements.js';
import { type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

it('charges a monthly agreement at its time, once per period', async () => {
  const { agreement, order, message } = await subscribe(shop, {
    chargeAmount: { fixed: '20.00' },
    schedule: { period: 'MONTH', interval: 1, startDate: day(product, 1), localTime: '00:00' },
  });
  expect(message).toBeUndefined();
  expect(order).toMatchObject({ status: 'VERIFIED' });
  expect(agreement).toMatchObject({ status: 'ACTIVE', nextChargeAt: expect.any(String) });
  await afterDays(product, 1.5);
  await bill(product);
  const after = await agreementOf(shop, agreement.id);
  expect(after.charges.nodes).toMatchObject([{ number: 1, status: 'PAID', attempts: 1 }]);
  expect(after).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
});

it('charges when asked', async () => {
  const { agreement } = await subscribe(shop, { firstAmount: '5.00', payment: pay('pm_card_visa') });
  expect(await charged(shop, 'chargeAgreement', agreement.id, { amount: '7.50' })).toMatchObject({
    order: { status: 'CAPTURED', source: 'MERCHANT', storedOnFile: 'STORED' },
    agreement: { paymentsMade: 1 },
  });
});
