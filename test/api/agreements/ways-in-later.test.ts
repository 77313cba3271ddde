import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, agreementOf, orderFor, subscribe } from '../../support/agreements.js';
import { type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const TERMS = { type: 'RECURRING', amountVariability: 'VARIABLE' };

describe('an agreement without a payment', () => {
  it('waits for its payer on the payment page, and is begun by payOrder', async () => {
    const made = await subscribe(shop, { payment: undefined, firstAmount: '5.00', terms: { reference: 'by-page' } });
    expect(made).toMatchObject({
      agreement: { status: 'PENDING', reference: 'by-page' },
      order: { status: 'CREATED', orderNumber: 'by-page-first' },
      paymentPageUrl: expect.stringContaining(product.url),
    });
    expect(await orderFor(shop, 'payOrder', { orderId: made.order.id, payment: pay('pm_card_visa') })).toMatchObject({
      order: { status: 'CAPTURED', agreement: { id: made.agreement.id, status: 'ACTIVE' } },
    });
  });

  it('may be a check as well', async () => {
    const made = await subscribe(shop, { payment: undefined });
    expect(made.order).toMatchObject({ status: 'CREATED', amount: { amount: '0.00' } });
    expect(await orderFor(shop, 'payOrder', { orderId: made.order.id, payment: pay('pm_card_visa') })).toMatchObject({
      order: { status: 'VERIFIED', agreement: { status: 'ACTIVE' } },
    });
  });

  it('keeps to it: its order establishes no second one', async () => {
    const made = await subscribe(shop, { payment: undefined, firstAmount: '5.00' });
    const paid = { orderId: made.order.id, payment: pay('pm_card_visa'), agreement: TERMS };
    expect(await orderFor(shop, 'payOrder', paid)).toMatchObject({ code: 'AGREEMENT_MISMATCH' });
  });
});

describe('an order with terms of an agreement', () => {
  const amount = { amount: '30.00', currency: 'USD' };

  it('establishes it with its payment', async () => {
    const { order } = await orderFor(shop, 'createOrder', {
      orderNumber: 'with-terms',
      amount,
      payer: { reference: 'with-terms' },
      payment: pay('pm_card_visa'),
      agreement: { ...TERMS, reference: 'of-an-order' },
    });
    expect(order).toMatchObject({
      status: 'CAPTURED',
      storedOnFile: 'TO_BE_STORED',
      agreement: { reference: 'of-an-order', status: 'ACTIVE' },
    });
  });

  it('establishes it with a payment made later', async () => {
    const { order } = await shop.createOrder({
      orderNumber: 'terms-later',
      amount,
      payer: { reference: 'terms-later' },
    });
    const paid = await orderFor(shop, 'payOrder', {
      orderId: order.id,
      payment: pay('pm_card_visa'),
      agreement: { ...TERMS, reference: 'by-pay-order' },
    });
    expect(paid.order).toMatchObject({
      status: 'CAPTURED',
      agreement: { reference: 'by-pay-order', status: 'ACTIVE' },
    });
  });

  it('may be held, and suspends the agreement when the hold is let go', async () => {
    const { order } = await orderFor(shop, 'createOrder', {
      orderNumber: 'held-with-terms',
      amount,
      captureMode: 'MANUAL',
      payer: { reference: 'held-with-terms' },
      payment: pay('pm_card_visa'),
      agreement: TERMS,
    });
    expect(order).toMatchObject({ status: 'AUTHORIZED', agreement: { status: 'ACTIVE' } });
    await shop.cancel(order.id);
    expect(await agreementOf(shop, order.agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'FIRST_PAYMENT_UNDONE',
    });
  });

  it('needs a payer', async () => {
    const given = { amount, payment: pay('pm_card_visa'), agreement: TERMS };
    expect(await orderFor(shop, 'createOrder', { ...given, orderNumber: 'no-payer' })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['payer'] }],
    });
  });

  it('tells faults of the terms by where they stand in its own input', async () => {
    const agreement = { type: 'RECURRING', minimumAmount: '5.001', startDate: '2020-01-01' };
    const given = {
      orderNumber: 'bad-terms',
      amount,
      payer: { reference: 'p' },
      payment: pay('pm_card_visa'),
      agreement,
    };
    const created = await orderFor(shop, 'createOrder', given);
    const paths = ['agreement.minimumAmount', 'agreement.amountVariability', 'agreement.startDate'];
    expect(created.issues.map(({ path }) => path.join('.'))).toEqual(paths);
    const { order } = await shop.createOrder({ payer: { reference: 'p' } });
    const paid = await orderFor(shop, 'payOrder', { orderId: order.id, payment: pay('pm_card_visa'), agreement });
    expect(paid.issues.map(({ path }) => path.join('.'))).toEqual(paths);
    expect(await shop.order(order.id)).toMatchObject({ status: 'CREATED' });
  });
});
