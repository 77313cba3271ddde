import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aBillingShop, agreementOf, bill, day, historyOf, subscribe } from '../../support/agreements.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

it('charges nothing after the expiry date, and says what an outage kept from being charged before it', async () => {
  const { agreement } = await subscribe(shop, {
    terms: { expiryDate: day(product, 20) },
    chargeAmount: { fixed: '20.00' },
    schedule: { period: 'WEEK', startDate: day(product, 1), localTime: '00:00', timeZone: 'UTC' },
  });
  product.advance(30 * 86_400);
  await bill(product);
  expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'EXPIRED', paymentsMade: 0 });
  const notes = (await historyOf(shop, agreement.id)).filter(({ kind }) => kind === 'PERIODS_SKIPPED');
  expect(notes).toMatchObject([{ note: expect.stringContaining(`from ${agreement.nextChargeAt} on was not charged`) }]);
});
