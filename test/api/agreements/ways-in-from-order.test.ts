import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aBillingShop,
  agreementOf,
  authenticate,
  changed,
  charged,
  fromOrder,
  replaceCredential,
  subscribe,
} from '../../support/agreements.js';
import { aMerchant, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { add, stored } from '../payers/stored-cards.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const SAVED = { saveCredential: true, payer: { reference: 'came-back' } };

describe('an agreement from an earlier order', () => {
  it('takes over what the order was paid with', async () => {
    const { order } = await shop.sale(SAVED);
    const { agreement } = await fromOrder(shop, order.id, { terms: { type: 'UNSCHEDULED', reference: 'from-order' } });
    expect(agreement).toMatchObject({
      reference: 'from-order',
      status: 'ACTIVE',
      credential: { lastFour: '4242' },
      paymentsMade: 0,
      orders: { nodes: [{ id: order.id }] },
    });
    const first = await shop.ask(
      `{ agreement(reference: "from-order") { firstTransactionAt firstTransactionReference } order(id: "${order.id}") { createdAt agreement { id } } }`,
    );
    expect(first).toMatchObject({
      agreement: { firstTransactionReference: order.billNumber },
      order: { agreement: { id: agreement.id } },
    });
    expect(await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' })).toMatchObject({
      order: { status: 'CAPTURED', source: 'MERCHANT' },
    });
  });

  it('takes a hold for a first transaction, and is suspended when it is let go', async () => {
    const held = await shop.hold(SAVED);
    const { agreement } = await fromOrder(shop, held.id);
    expect(agreement).toMatchObject({ status: 'ACTIVE' });
    await shop.cancel(held.id);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'FIRST_PAYMENT_UNDONE',
    });
  });

  it('whose hold was let go is not resumed before its payer has made another first transaction', async () => {
    const held = await shop.hold(SAVED);
    const { agreement } = await fromOrder(shop, held.id);
    await shop.cancel(held.id);
    expect(await changed(shop, 'resumeAgreement', agreement.id)).toMatchObject({ code: 'NEW_CIT_REQUIRED' });
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'SUSPENDED' });
    await replaceCredential(shop, agreement.id, { payment: pay('pm_card_visa_chargeDeclined') });
    expect(await changed(shop, 'resumeAgreement', agreement.id)).toMatchObject({ code: 'NEW_CIT_REQUIRED' });
    await replaceCredential(shop, agreement.id, { payment: stored(agreement.credential?.id ?? '') });
    expect(await changed(shop, 'resumeAgreement', agreement.id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });

  it('stays when a hold is captured, in part too, or its money is given back later', async () => {
    const held = await shop.hold(SAVED);
    const { agreement } = await fromOrder(shop, held.id);
    await shop.capture(held.id, { amount: '60.00' });
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'ACTIVE' });
    await shop.cancel(held.id, { amount: '10.00' });
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'ACTIVE' });
  });

  it('takes a check for a first transaction', async () => {
    const { order } = await add(shop);
    expect(await fromOrder(shop, order.id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });

  it('takes a part-refunded order, and none that was refunded in full', async () => {
    const { order } = await shop.sale(SAVED);
    const { order: other } = await shop.sale(SAVED);
    await shop.cancel(order.id, { amount: '10.00' });
    await shop.cancel(other.id);
    expect(await fromOrder(shop, order.id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
    expect(await fromOrder(shop, other.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('is refused where the means of payment was not kept, or is not any more', async () => {
    const { order } = await shop.sale({ payer: { reference: 'not-kept' } });
    expect(await fromOrder(shop, order.id)).toMatchObject({ code: 'NEW_CIT_REQUIRED' });
    const kept = await add(shop);
    await shop.do(
      'removeStoredCredential',
      { storedCredentialId: kept.storedCredential?.id },
      'storedCredential { id }',
    );
    expect(await fromOrder(shop, kept.order.id)).toMatchObject({ code: 'NEW_CIT_REQUIRED' });
  });

  it('is refused for an order that was itself charged without the payer', async () => {
    const { agreement } = await subscribe(shop);
    const { order } = await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(await fromOrder(shop, order.id)).toMatchObject({ code: 'NEW_CIT_REQUIRED' });
  });

  it('is refused for the first order of another agreement: a series keeps to one', async () => {
    const { order } = await subscribe(shop, { firstAmount: '3.00' });
    expect(await fromOrder(shop, order.id)).toMatchObject({ code: 'AGREEMENT_MISMATCH' });
    const { order: sold } = await shop.sale(SAVED);
    await fromOrder(shop, sold.id);
    expect(await fromOrder(shop, sold.id)).toMatchObject({ code: 'AGREEMENT_MISMATCH' });
  });

  it('waits for the outcome of the order', async () => {
    const { order } = await shop.sale({ ...SAVED, payment: pay('pm_card_authenticationRequired') });
    expect(await fromOrder(shop, order.id)).toMatchObject({ code: 'OUTCOME_PENDING', retryable: true });
    await authenticate(product, shop, order);
    expect(await fromOrder(shop, order.id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });

  it('is refused for an order that nobody paid', async () => {
    const { order: open } = await shop.createOrder(SAVED);
    const { order: declined } = await shop.sale({ ...SAVED, payment: pay('pm_card_visa_chargeDeclined') });
    for (const { id } of [open, declined])
      expect(await fromOrder(shop, id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('is begun by one order once, though asked for twice at the same moment', async () => {
    const { order } = await shop.sale(SAVED);
    const answers = await Promise.all([1, 2, 3].map(() => fromOrder(shop, order.id)));
    expect(answers.filter(({ agreement }) => agreement)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'AGREEMENT_MISMATCH')).toHaveLength(2);
  });

  it('has a schedule and amounts like any other, and every limit of theirs', async () => {
    const { order } = await shop.sale(SAVED);
    const refused = await fromOrder(shop, order.id, {
      terms: { type: 'RECURRING', maximumAmount: '5' },
      chargeAmount: { fixed: '9.00' },
      schedule: { period: 'MONTH', startDate: '2020-01-01' },
    });
    expect(refused.issues.map(({ path }) => path.join('.')).sort()).toEqual([
      'chargeAmount',
      'schedule.startDate',
      'terms.amountVariability',
    ]);
    const installments = await fromOrder(shop, order.id, { terms: { type: 'INSTALLMENT' } });
    expect(installments.issues).toMatchObject([{ path: ['terms', 'type'] }]);
    const parts = { terms: { type: 'INSTALLMENT' }, chargeAmount: { sequence: ['5.00', '4.99'] } };
    const { agreement } = await fromOrder(shop, order.id, parts);
    expect(agreement.installments).toMatchObject([{ status: 'PLANNED' }, { status: 'PLANNED' }]);
  });

  it('of another merchant or operator is as unknown as one that never was', async () => {
    const { order } = await shop.sale(SAVED);
    const never = `${order.id.slice(0, -6)}zzzzzz`;
    const stranger = await aBillingShop(product);
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    for (const each of [stranger, neighbour]) {
      const told = await fromOrder(each, order.id);
      expect(told).toEqual(await fromOrder(each, never));
      expect(told).toEqual(await fromOrder(each, 'rubbish'));
      expect(told).toMatchObject({ code: 'NOT_FOUND', message: 'no such order' });
    }
    expect(await fromOrder(shop, order.id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });

  it('is made once per idempotency key', async () => {
    const { order } = await shop.sale(SAVED);
    const asked = { idempotencyKey: 'from-order-once' };
    const [first, second] = await Promise.all([1, 2].map(() => fromOrder(shop, order.id, asked)));
    expect(second?.agreement.id).toBe(first?.agreement.id);
    await changed(shop, 'cancelAgreement', first?.agreement.id ?? '');
    expect(await fromOrder(shop, order.id, asked)).toMatchObject({
      agreement: { id: first?.agreement.id, status: 'CANCELED' },
    });
    expect(await fromOrder(shop, order.id, { ...asked, terms: { type: 'UNSCHEDULED' } })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});
