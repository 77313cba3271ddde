import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import {
  aBillingShop,
  afterDays,
  agreementOf,
  bill,
  changed,
  charged,
  day,
  subscribe,
} from '../../support/agreements.js';
import {
  chargesOf,
  debit,
  eventsOf,
  monthly,
  paidAt,
  paymentsAt,
  type Subscribed,
  toMidnight,
} from '../../support/charging.js';
import { type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';

const DAY = 86_400;
let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

/** Its debits take five days. */
async function slow(input: Json = {}): Promise<Subscribed> {
  product.sandbox.control.setDebitDelay(shop.stripe.accountId, 5 * DAY);
  return monthly(product, shop, { ...debit('pm_success_de'), ...input });
}

async function chargeAt(agreementId: string): Promise<string> {
  const payments = await paymentsAt(product, shop, agreementId);
  return String(payments.find(({ status }) => status === 'succeeded')?.latest_charge);
}

describe('a debit', () => {
  it('is PROCESSING for days, then paid', async () => {
    const { agreement } = await slow();
    expect(agreement.credential).toMatchObject({ type: 'BANK_ACCOUNT' });
    await toMidnight(product);
    await afterDays(product, 3);
    const before = await agreementOf(shop, agreement.id);
    expect(before).toMatchObject({ status: 'ACTIVE', paymentsMade: 0 });
    expect(before.orders.nodes[0]?.status).toBe('PROCESSING');
    await afterDays(product, 2.5);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
  });

  it('that fails late is tried again by the policy', async () => {
    const { agreement, means } = await slow();
    product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
    await toMidnight(product);
    await afterDays(product, 5.5);
    expect((await agreementOf(shop, agreement.id)).status).toBe('PAST_DUE');
    await afterDays(product, 1.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×2']);
    await afterDays(product, 5.5);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
    expect((await agreementOf(shop, agreement.id)).status).toBe('ACTIVE');
  });

  it('of an account that is closed is not tried again', async () => {
    const { agreement, means } = await slow();
    product.sandbox.control.declineFrom(means, { code: 'account_closed' });
    await toMidnight(product);
    await afterDays(product, 5.5);
    const after = await agreementOf(shop, agreement.id);
    expect(after.status).toBe('SUSPENDED');
    expect(['HARD_DECLINE', 'CREDENTIAL_UNUSABLE']).toContain(after.suspendedBecause);
  });

  it('goes on beside the next period, which is charged at its time', async () => {
    const { agreement } = await slow({ schedule: { period: 'DAY', interval: 2 } });
    await toMidnight(product);
    await toMidnight(product);
    await toMidnight(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1', 'OPEN 2 ×1']);
    expect(await charged(shop, 'chargeAgreement', agreement.id, { period: 1 })).toMatchObject({
      code: 'OUTCOME_PENDING',
    });
    await changed(shop, 'cancelAgreement', agreement.id);
    await afterDays(product, 6);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1', 'PAID 2 ×1']);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'CANCELED', paymentsMade: 2 });
  });

  it('that comes back is owed again, and a person decides', async () => {
    const { agreement } = await slow();
    await toMidnight(product);
    await afterDays(product, 5.5);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
    product.sandbox.control.createDispute(await chargeAt(agreement.id));
    await bill(product);
    const after = await agreementOf(shop, agreement.id);
    expect(after).toMatchObject({ status: 'SUSPENDED', suspendedBecause: 'PAYMENT_RETURNED', paymentsMade: 0 });
    expect(after.charges.nodes).toMatchObject([
      { status: 'FAILED', gaveUpBecause: 'RETURNED', declineCode: 'returned' },
    ]);
    expect(after.orders.nodes[0]?.status).toBe('DISPUTED');
    expect(await eventsOf(product, agreement.id, 'agreement.charge_failed')).toMatchObject([
      { gaveUpBecause: 'RETURNED' },
    ]);

    await changed(shop, 'resumeAgreement', agreement.id);
    const again = await charged(shop, 'chargeAgreement', agreement.id, { period: 1 });
    expect(again).toMatchObject({ order: { status: 'PROCESSING' } });
    await afterDays(product, 5.5);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
  });

  it('that comes back as soon as it is paid is owed, not under way for ever', async () => {
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, null);
    const { agreement } = await monthly(product, shop, debit('pm_disputed_de'));
    await toMidnight(product);
    await afterDays(product, 0.1);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'PAYMENT_RETURNED',
      charges: { nodes: [{ status: 'FAILED', gaveUpBecause: 'RETURNED' }] },
    });
  });

  it('whose mandate the payer withdraws stops the agreement', async () => {
    const { agreement, means } = await slow();
    const stripe = sdk(product.sandbox, shop.stripe.secretKey);
    const intents = await stripe.setupIntents.list({ limit: 100 });
    const mandate = intents.data.find(({ payment_method }) => payment_method === means)?.mandate;
    product.sandbox.control.revokeMandate(String(mandate));
    await bill(product);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'CREDENTIAL_UNUSABLE',
    });
  });
});

describe('a part of a plan that comes back', () => {
  it('is owed again though the payer paid it in person, and is charged when the plan is resumed', async () => {
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, null);
    const { agreement, message } = await subscribe(shop, {
      ...debit('pm_success_de'),
      terms: { type: 'INSTALLMENT' },
      installments: { total: '100.00', parts: 2, firstPartNow: true },
      schedule: { period: 'MONTH', startDate: day(product, 20), localTime: '00:00' },
    });
    expect(message).toBeUndefined();
    await afterDays(product, 0.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
    product.sandbox.control.createDispute(await chargeAt(agreement.id));
    await bill(product);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'PAYMENT_RETURNED',
      paymentsMade: 0,
      installments: [{ status: 'FAILED' }, { status: 'PLANNED' }],
    });
    await changed(shop, 'resumeAgreement', agreement.id);
    await bill(product);
    await afterDays(product, 0.1);
    expect((await agreementOf(shop, agreement.id)).installments).toMatchObject([
      { status: 'PAID' },
      { status: 'PLANNED' },
    ]);
    await afterDays(product, 20);
    await afterDays(product, 0.1);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });
});

describe('a card payment', () => {
  it('that is disputed stays paid: it is argued about first', async () => {
    const { agreement } = await monthly(product, shop, { payment: pay('pm_card_createDispute') });
    await toMidnight(product);
    const after = await agreementOf(shop, agreement.id);
    expect(after.orders.nodes[0]?.status).toBe('DISPUTED');
    expect(after).toMatchObject({ status: 'ACTIVE', paymentsMade: 1, charges: { nodes: [{ status: 'PAID' }] } });
  });
});
