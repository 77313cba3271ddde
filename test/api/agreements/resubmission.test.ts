import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import { aBillingShop, agreementOf, charged, subscribe } from '../../support/agreements.js';
import { type OrderView, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
});
afterAll(() => product.close());

it.each([
  ['insufficient_funds', true],
  ['do_not_honor', false],
])('marks a charge that is made again after %s as a resubmission: %s', async (code, marked) => {
  const { control } = product.sandbox;
  const { agreement, order: check } = await subscribe(shop, { chargeAmount: { sequence: ['10.00', '11.00'] } });
  control.declineFrom(await cardBehind(check), { code, times: 1 });
  expect(await charged(shop, 'chargeAgreement', agreement.id)).toMatchObject({ order: { status: 'DECLINED' } });

  const again = await charged(shop, 'chargeAgreement', agreement.id);
  expect(again.order.status).toBe('CAPTURED');
  const { order } = await shop.ask<{ order: { operations: { resubmission: boolean }[] } }>(
    'query ($id: ID!) { order(id: $id) { operations { resubmission } } }',
    { id: again.order.id },
  );
  expect(order.operations).toEqual([{ resubmission: marked }]);
  const made = control
    .requests({ method: 'POST', path: '/v1/payment_intents' })
    .map(({ params }) => params.metadata as Record<string, string> | undefined)
    .filter((metadata) => metadata?.quittance_agreement === agreement.id);
  expect(made.map((metadata) => metadata?.quittance_resubmission)).toEqual([undefined, marked ? 'true' : undefined]);
  expect((await agreementOf(shop, agreement.id)).charges.nodes).toMatchObject([
    { number: 1, attempts: 2, status: 'PAID' },
  ]);
});

/** The card that a check has kept, by the payment system's own id. */
async function cardBehind(check: OrderView): Promise<string> {
  const externalId = check.operations[0]?.transactions[0]?.externalId ?? '';
  const intent = await sdk(product.sandbox, shop.stripe.secretKey).setupIntents.retrieve(externalId);
  return String(intent.payment_method);
}
