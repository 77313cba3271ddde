import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  aBillingShop,
  agreementOf,
  bill,
  changed,
  day,
  replaceCredential,
  subscribe,
} from '../../support/agreements.js';
import { chargesOf } from '../../support/charging.js';
import { type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const stripeSays = async (externalId: string | null | undefined) => {
  const kind = externalId?.startsWith('seti_') ? 'setup_intents' : 'payment_intents';
  const response = await fetch(`${product.sandbox.url}/v1/${kind}/${externalId}`, {
    headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
  });
  return ((await response.json()) as { status: string }).status;
};

it('closes a replacement that waits for its payer when a newer one is made', async () => {
  const { agreement } = await subscribe(shop);
  const payment = pay('pm_card_threeDSecure2Required');
  const { order: older } = await replaceCredential(shop, agreement.id, {
    payment,
    returnUrl: 'https://shop.example/back',
  });
  expect(older.status).toBe('REQUIRES_ACTION');
  const newer = await replaceCredential(shop, agreement.id);
  expect(newer).toMatchObject({ order: { status: 'VERIFIED' }, agreement: { credential: { lastFour: '4444' } } });
  expect(await shop.order(older.id)).toMatchObject({ status: 'EXPIRED' });
  expect(await stripeSays(older.operations[0]?.transactions[0]?.externalId)).toBe('canceled');
  expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'ACTIVE', credential: { lastFour: '4444' } });
});

it('lets nobody pay a charge of an agreement that was cancelled, from the answer on', async () => {
  const { agreement } = await subscribe(shop, {
    payment: pay('pm_card_authenticationRequired', { source: 'TELEPHONE_ORDER' }),
    chargeAmount: { fixed: '20.00' },
    schedule: { period: 'MONTH', startDate: day(product, 1), localTime: '00:00', timeZone: 'UTC' },
  });
  product.advance(2 * 86_400);
  await bill(product);
  const [waiting] = (await agreementOf(shop, agreement.id)).orders.nodes;
  expect(waiting?.status).toBe('REQUIRES_ACTION');
  const { operations } = await shop.order(waiting?.id ?? '');

  const { agreement: ended } = await changed(shop, 'cancelAgreement', agreement.id);
  expect(ended.status).toBe('CANCELED');
  expect(await stripeSays(operations[0]?.transactions[0]?.externalId)).toBe('canceled');
  expect(await shop.order(waiting?.id ?? '')).toMatchObject({ status: 'EXPIRED' });
  expect(await chargesOf(shop, agreement.id)).toEqual(['FAILED 1 ×1']);
});
