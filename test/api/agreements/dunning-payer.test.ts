import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import { aBillingShop, afterDays, agreementOf, bill, changed, charged, subscribe } from '../../support/agreements.js';
import { chargesOf, eventsOf, meansBehind, monthly, paidAt, paymentsAt, toMidnight } from '../../support/charging.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

interface Waiting {
  readonly agreementId: string;
  readonly means: string;
  readonly orderId: string;
  readonly clientSecret: string;
  readonly paymentPageUrl: string | null;
}

/** A monthly agreement whose first charge waits for its payer. */
async function waiting(input: Json = {}): Promise<Waiting> {
  const { agreement, means } = await monthly(product, shop, input);
  product.sandbox.control.declineFrom(means, { code: 'authentication_required' });
  await toMidnight(product);
  const [event] = await eventsOf(product, agreement.id, 'agreement.charge_needs_payer');
  const orderId = String(event?.orderId);
  const { order } = await shop.ask<{ order: { status: string; paymentPageUrl: string | null; nextAction: Json } }>(
    'query ($id: ID!) { order(id: $id) { status paymentPageUrl nextAction { clientSecret redirectUrl } } }',
    { id: orderId },
  );
  expect(order).toMatchObject({ status: 'REQUIRES_ACTION', nextAction: { clientSecret: expect.any(String) } });
  const { clientSecret } = order.nextAction;
  return {
    agreementId: agreement.id,
    means,
    orderId,
    clientSecret: String(clientSecret),
    paymentPageUrl: order.paymentPageUrl,
  };
}

/** As the payer's browser does it: with the publishable key and the client secret. */
async function confirm({ clientSecret }: Waiting, paymentMethod: string): Promise<string> {
  const intentId = clientSecret.split('_secret_')[0] ?? '';
  const browser = sdk(product.sandbox, shop.stripe.publishableKey);
  const params = { client_secret: clientSecret, payment_method: paymentMethod, return_url: 'https://shop.example/' };
  const confirmed = await browser.paymentIntents
    .confirm(intentId, params)
    .catch(({ message }: Error) => ({ status: message }));
  await bill(product);
  return confirmed.status;
}

describe('a charge for which the bank wants to see the payer', () => {
  it('waits for the payer, and tells of it', async () => {
    const { agreementId, orderId, paymentPageUrl } = await waiting();
    expect(await agreementOf(shop, agreementId)).toMatchObject({ status: 'PAST_DUE', paymentsMade: 0 });
    expect(await chargesOf(shop, agreementId)).toEqual(['OPEN 1 ×1']);
    expect(paymentPageUrl).toMatch(/^http/);
    expect(await eventsOf(product, agreementId, 'agreement.charge_needs_payer')).toMatchObject([
      { orderId, number: 1, amount: '20.00', currency: 'USD' },
    ]);
    expect(await charged(shop, 'chargeAgreement', agreementId)).toMatchObject({ code: 'OUTCOME_PENDING' });
    await changed(shop, 'cancelAgreement', agreementId);
    await bill(product);
    expect(await chargesOf(shop, agreementId)).toEqual(['FAILED 1 ×1']);
  });

  it('is paid by that very payment when the payer confirms it, and the agreement recovers', async () => {
    const open = await waiting();
    expect(await confirm(open, open.means)).toBe('requires_action');
    const intentId = open.clientSecret.split('_secret_')[0] ?? '';
    product.sandbox.control.completeAuthentication(shop.stripe.accountId, intentId, 'succeed');
    await bill(product);
    expect(await agreementOf(shop, open.agreementId)).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    expect(await chargesOf(shop, open.agreementId)).toEqual(['PAID 1 ×1']);
    expect((await paymentsAt(product, shop, open.agreementId)).map(({ id, status }) => [id, status])).toEqual([
      [intentId, 'succeeded'],
    ]);
  });

  it('stays open while the payer tries cards that are declined', async () => {
    const open = await waiting();
    for (const token of ['pm_card_visa_chargeDeclined', 'pm_card_visa_chargeDeclinedInsufficientFunds']) {
      await confirm(open, token);
      expect((await shop.order(open.orderId)).status).toBe('REQUIRES_ACTION');
    }
    await confirm(open, open.means);
    const intentId = open.clientSecret.split('_secret_')[0] ?? '';
    product.sandbox.control.completeAuthentication(shop.stripe.accountId, intentId, 'fail');
    await bill(product);
    expect((await shop.order(open.orderId)).status).toBe('REQUIRES_ACTION');
    expect(await confirm(open, 'pm_card_mastercard')).toBe('succeeded');
    expect((await shop.order(open.orderId)).status).toBe('CAPTURED');
    expect(await agreementOf(shop, open.agreementId)).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    expect(await paidAt(product, shop, open.agreementId)).toEqual([2000]);
    expect(await eventsOf(product, open.agreementId, 'agreement.charge_needs_payer')).toHaveLength(1);
  });

  it('that is not confirmed in time is closed at the payment system, and tried again', async () => {
    const open = await waiting();
    await afterDays(product, 7.1);
    expect((await shop.order(open.orderId)).status).toBe('EXPIRED');
    const [payment] = await paymentsAt(product, shop, open.agreementId);
    expect(payment?.status).toBe('canceled');
    expect(await chargesOf(shop, open.agreementId)).toEqual(['OPEN 1 ×1']);
    product.sandbox.control.declineFrom(open.means, null);
    await afterDays(product, 1.1);
    expect(await chargesOf(shop, open.agreementId)).toEqual(['PAID 1 ×2']);
    expect(await agreementOf(shop, open.agreementId)).toMatchObject({ status: 'ACTIVE' });
  });

  it('is closed, and given up, where the next period falls due first', async () => {
    const open = await waiting({ schedule: { period: 'DAY' } });
    product.sandbox.control.declineFrom(open.means, null);
    await toMidnight(product);
    expect((await shop.order(open.orderId)).status).toBe('EXPIRED');
    expect(await chargesOf(shop, open.agreementId)).toEqual(['FAILED 1 ×1', 'PAID 2 ×1']);
    const { status, charges } = await agreementOf(shop, open.agreementId);
    expect(status).toBe('ACTIVE');
    expect(charges.nodes.at(-1)?.gaveUpBecause).toBe('NEXT_PERIOD_DUE');
    expect(await paidAt(product, shop, open.agreementId)).toEqual([2000]);
    await changed(shop, 'cancelAgreement', open.agreementId);
  });

  it('that is confirmed at the very moment in which it is closed is paid, and the next period is charged too', async () => {
    const open = await waiting({ schedule: { period: 'DAY' } });
    product.sandbox.control.declineFrom(open.means, null);
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    const [intentId = ''] = open.clientSecret.split('_secret_');
    const params = { client_secret: open.clientSecret, payment_method: open.means };
    await sdk(product.sandbox, shop.stripe.publishableKey).paymentIntents.confirm(intentId, params);
    await toMidnight(product);
    product.sandbox.control.setWebhookFaults({});
    await bill(product);
    expect((await shop.order(open.orderId)).status).toBe('CAPTURED');
    expect(await chargesOf(shop, open.agreementId)).toEqual(['PAID 1 ×1', 'PAID 2 ×1']);
    expect(await paidAt(product, shop, open.agreementId)).toEqual([2000, 2000]);
    expect(await agreementOf(shop, open.agreementId)).toMatchObject({ status: 'ACTIVE', paymentsMade: 2 });
    await changed(shop, 'cancelAgreement', open.agreementId);
  });

  it('that the merchant cancels is given up, and the agreement is behind with nothing', async () => {
    const open = await waiting();
    await shop.cancel(open.orderId);
    await bill(product);
    expect(await agreementOf(shop, open.agreementId)).toMatchObject({
      status: 'ACTIVE',
      charges: { nodes: [{ status: 'FAILED', gaveUpBecause: 'CANCELED' }] },
    });
  });
});

describe('a charge that is asked for', () => {
  it('waits for its payer too, and is not tried again', async () => {
    const made = await subscribe(shop, { terms: { type: 'UNSCHEDULED' } });
    const means = await meansBehind(product, shop, made.order);
    product.sandbox.control.declineFrom(means, { code: 'authentication_required', times: 1 });
    const { order } = await charged(shop, 'chargeAgreement', made.agreement.id, { amount: '9.00' });
    expect(order).toMatchObject({ status: 'REQUIRES_ACTION', nextAction: { clientSecret: expect.any(String) } });
    await afterDays(product, 7.1);
    expect(await agreementOf(shop, made.agreement.id)).toMatchObject({
      status: 'ACTIVE',
      charges: { nodes: [{ status: 'FAILED', gaveUpBecause: 'DECLINED' }] },
    });
  });
});

describe('a charge that the payment system does not carry out', () => {
  it('is tried again after an hour, and uses up nothing of the policy', async () => {
    const { agreement } = await monthly(product, shop);
    const fault = {
      kind: 'error_503',
      method: 'POST',
      path: '/payment_intents$',
      accountId: shop.stripe.accountId,
    } as const;
    product.sandbox.control.addFault(fault);
    await toMidnight(product);
    product.advance(24 * 3600);
    await bill(product);
    product.sandbox.control.clearFaults();
    await afterDays(product, 0.1);
    await afterDays(product, 0.1);
    expect((await chargesOf(shop, agreement.id)).at(-1)).toMatch(/^PAID 1/);
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
  });
});
