import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aBillingShop,
  agreementOf,
  bill,
  changed,
  charged,
  day,
  orderFor,
  subscribe,
} from '../../support/agreements.js';
import { eventsOf, meansBehind, paidAt } from '../../support/charging.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
});
afterAll(() => product.close());

const at = (orderId: string) => new PayerAtPage(product, shop, orderId);

describe('an agreement that its payer makes on a page', () => {
  it('begins with a payment, and is charged without the payer after it', async () => {
    const made = await subscribe(shop, { payment: null, firstAmount: '5.00', chargeAmount: { fixed: '20.00' } });
    expect(made).toMatchObject({ agreement: { status: 'PENDING' }, paymentPageUrl: expect.stringContaining('/pay/') });
    const payer = at(made.order.id);
    payer.pay((await payer.open({ consent: 'You agree to 20.00 USD a month.' })) ?? '');
    await product.settle();

    expect(await agreementOf(shop, made.agreement.id)).toMatchObject({
      status: 'ACTIVE',
      credential: { brand: 'visa', lastFour: '4242' },
    });
    const { order } = await charged(shop, 'chargeAgreement', made.agreement.id);
    expect(order).toMatchObject({ status: 'CAPTURED', source: 'MERCHANT' });
    expect(await paidAt(product, shop, made.agreement.id)).toEqual([500, 2000]);
  });

  it('begins with a check that takes no money', async () => {
    const made = await subscribe(shop, { payment: null, chargeAmount: { fixed: '20.00' } });
    const payer = at(made.order.id);
    const page = (await payer.open()) ?? '';
    expect(payer.pay(page, 'pm_card_visa_chargeDeclined').outcome).toBe('refused');
    await product.settle();
    expect(await agreementOf(shop, made.agreement.id)).toMatchObject({ status: 'PENDING' });

    payer.pay(page, 'pm_card_authenticationRequiredOnSetup', 'succeed');
    await product.settle();
    expect((await shop.order(made.order.id)).status).toBe('VERIFIED');
    expect(await agreementOf(shop, made.agreement.id)).toMatchObject({
      status: 'ACTIVE',
      credential: { type: 'CARD' },
    });
    expect((await charged(shop, 'chargeAgreement', made.agreement.id)).order.status).toBe('CAPTURED');
  });

  it('begins with an order that names its terms', async () => {
    const { order } = await orderFor(shop, 'createOrder', {
      orderNumber: 'with-terms',
      amount: { amount: '7.00', currency: 'USD' },
      payer: { reference: 'with-terms' },
      agreement: { type: 'UNSCHEDULED', maximumAmount: '50.00' },
    });
    const payer = at(order.id);
    payer.pay((await payer.open()) ?? '');
    await product.settle();
    expect(await agreementOf(shop, order.agreement.id)).toMatchObject({ status: 'ACTIVE' });
  });

  it('comes to nothing with its order', async () => {
    const made = await subscribe(shop, { payment: null });
    const payer = at(made.order.id);
    await payer.open();
    await shop.cancel(made.order.id);
    await product.settle();
    expect(await agreementOf(shop, made.agreement.id)).toMatchObject({ credential: null });
    expect((await shop.order(made.order.id)).status).toBe('CANCELED');
  });
});

describe('a charge for which the bank wants to see the payer', () => {
  it('is paid on a page with another card, once, and the first payment is closed before', async () => {
    const made = await subscribe(shop, {
      payment: { credential: { token: 'pm_card_visa' } },
      chargeAmount: { fixed: '20.00' },
      schedule: { period: 'MONTH', startDate: day(product, 1), timeZone: 'UTC', localTime: '00:00' },
    });
    const stripe = product.sandbox.control;
    const { agreement } = made;
    const first = await shop.order(made.order.id);

    stripe.declineFrom(await meansBehind(product, shop, first), { code: 'authentication_required' });
    product.advance(86_400);
    await bill(product);
    const [event] = await eventsOf(product, agreement.id, 'agreement.charge_needs_payer');
    const orderId = String(event?.orderId);
    const payer = at(orderId);
    payer.pay((await payer.open()) ?? '', 'pm_card_mastercard');
    await bill(product);

    expect(await shop.order(orderId)).toMatchObject({ status: 'CAPTURED', source: 'MERCHANT' });
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'ACTIVE',
      charges: { nodes: [{ status: 'PAID' }] },
      credential: { brand: 'visa' },
    });
    expect((await shop.order(orderId)).capturedAmount.amount).toBe('20.00');
  });
});

describe('terms that change while their payer reads them', () => {
  it('close the page, which is opened again with the new ones', async () => {
    const made = await subscribe(shop, { payment: null, chargeAmount: { fixed: '20.00' } });
    const payer = at(made.order.id);
    const page = (await payer.open()) ?? '';
    const { agreement } = await changed(shop, 'updateAgreement', made.agreement.id, {
      chargeAmount: { fixed: '45.00' },
    });
    expect(agreement.status).toBe('PENDING');
    expect(() => payer.pay(page)).toThrow('expired');
    expect((await shop.order(made.order.id)).status).toBe('CREATED');
    payer.pay((await payer.open()) ?? '');
    await product.settle();
    expect((await agreementOf(shop, made.agreement.id)).status).toBe('ACTIVE');
  });

  it('leave it open when they are refused, or are no terms', async () => {
    const made = await subscribe(shop, { payment: null, chargeAmount: { fixed: '20.00' } });
    const payer = at(made.order.id);
    const page = (await payer.open()) ?? '';
    expect(await changed(shop, 'updateAgreement', made.agreement.id, { chargeAmount: { fixed: '-1' } })).toMatchObject({
      code: 'INVALID_INPUT',
    });
    await changed(shop, 'updateAgreement', made.agreement.id, { metadata: { plan: 'gold' } });
    expect(payer.pay(page).outcome).toBe('complete');
  });
});
