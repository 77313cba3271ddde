import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, agreementOf, changed, subscribe } from '../../support/agreements.js';
import { aMerchant, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const CHARGING = { allowedSources: ['INTERNET', 'MERCHANT'] };

describe('a reference', () => {
  it('is made where none is given, and names the first order', async () => {
    const { agreement, order } = await subscribe(shop);
    expect(agreement.reference).toBe(agreement.id);
    expect(order.orderNumber).toBe(`${agreement.id}-first`);
  });

  it('is unique per merchant, and free for the next one', async () => {
    const terms = { reference: 'gym-4711' };
    const { agreement } = await subscribe(shop, { terms });
    const again = await subscribe(shop, { terms, firstOrderNumber: 'other-number' });
    expect(again).toMatchObject({ code: 'DUPLICATE_REFERENCE' });
    const neighbour = await aMerchant(product, shop.operator, shop.stripe, CHARGING);
    expect(await subscribe(neighbour, { terms })).toMatchObject({ agreement: { reference: 'gym-4711' } });
    await changed(shop, 'cancelAgreement', agreement.id);
    expect(await subscribe(shop, { terms, firstOrderNumber: 'third-number' })).toMatchObject({
      code: 'DUPLICATE_REFERENCE',
    });
  });

  it('is taken by one of two at the same moment', async () => {
    const terms = { reference: 'at-once' };
    const answers = await Promise.all(
      [1, 2, 3].map((each) => subscribe(shop, { terms, firstOrderNumber: `at-once-${each}` })),
    );
    expect(answers.map(({ code }) => code ?? 'made').sort()).toEqual([
      'DUPLICATE_REFERENCE',
      'DUPLICATE_REFERENCE',
      'made',
    ]);
  });
});

describe('the number of the first order', () => {
  it('that is taken is told by the name that it was given by', async () => {
    await shop.createOrder({ orderNumber: 'taken-4711' });
    const refused = await subscribe(shop, { firstOrderNumber: 'taken-4711' });
    expect(refused).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
    expect(refused.message).toMatch(/^firstOrderNumber: "taken-4711" belongs/);
  });

  it('that was made of a reference and is taken names both', async () => {
    await shop.createOrder({ orderNumber: 'club-7-first' });
    const refused = await subscribe(shop, { terms: { reference: 'club-7' } });
    expect(refused).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
    expect(refused.message).toMatch(/^firstOrderNumber: "club-7-first", made of terms.reference, belongs/);
  });
});

describe('an idempotency key of createAgreement', () => {
  it('makes one agreement, however often and however simultaneously', async () => {
    const asked = { payer: { reference: 'keyed' }, firstAmount: '5.00', idempotencyKey: 'create-once' };
    const answers = await Promise.all([1, 2, 3].map(() => subscribe(shop, asked)));
    const made = answers.filter(({ agreement }) => agreement);
    for (const { code } of answers) if (code) expect(code).toBe('IDEMPOTENCY_KEY_IN_USE');
    const again = await subscribe(shop, asked);
    expect(new Set([...made, again].map(({ agreement }) => agreement.id)).size).toBe(1);
    expect((await agreementOf(shop, again.agreement.id)).orders.nodes).toHaveLength(1);
    expect(await subscribe(shop, { ...asked, firstAmount: '6.00' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const neighbour = await aMerchant(product, shop.operator, shop.stripe, CHARGING);
    expect((await subscribe(neighbour, asked)).agreement.id).not.toBe(again.agreement.id);
  });
});
