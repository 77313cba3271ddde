import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aBillingShop, agreementOf, bill, day, subscribe } from '../../support/agreements.js';
import { chargesOf } from '../../support/charging.js';
import { type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

/**
 * An attempt waits for its payer for seven days, and a weekly agreement has its
 * next period due at the very moment at which it lapses: whichever is seen
 * first, the older charge gives way and no period is left behind.
 */
it.each([
  ['the lapse', ['orders.watch-deadlines', 'agreements.bill']],
  ['the period', ['agreements.bill', 'orders.watch-deadlines']],
] as const)('a waiting charge gives way to the next period, when %s is seen first', async (_first, jobs) => {
  const { agreement, order } = await subscribe(shop, {
    payment: pay('pm_card_authenticationRequired', { source: 'TELEPHONE_ORDER' }),
    chargeAmount: { fixed: '20.00' },
    schedule: { period: 'WEEK', startDate: day(product, 1), localTime: '00:00', timeZone: 'UTC' },
  });
  expect(order.status).toBe('VERIFIED');
  product.advance(secondsUntil(agreement.nextChargeAt) + 60);
  await bill(product);
  expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1']);

  product.advance(7 * 86_400 + 60);
  for (const job of [...jobs, ...jobs]) await product.built.jobs.wake(job);
  // An attempt that is being closed is looked for again a little later.
  for (let round = 0; round < 3; round += 1) {
    product.advance(40);
    await bill(product);
  }
  expect(await chargesOf(shop, agreement.id)).toEqual(['FAILED 1 ×1', 'OPEN 2 ×1']);
  const { nextChargeAt, charges } = await agreementOf(shop, agreement.id);
  expect(charges.nodes.at(-1)).toMatchObject({ number: 1, gaveUpBecause: 'NEXT_PERIOD_DUE' });
  expect(secondsUntil(nextChargeAt)).toBeGreaterThan(0);
});

function secondsUntil(at: string | null): number {
  return Math.ceil((new Date(at ?? 0).getTime() - product.clock.now().getTime()) / 1000);
}
