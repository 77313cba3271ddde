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
  historyOf,
} from '../../support/agreements.js';
import {
  asOwner,
  chargesOf,
  debit,
  declined,
  eventsOf,
  monthly,
  paidAt,
  paymentsAt,
  toMidnight,
  tomorrow,
} from '../../support/charging.js';
import { eventually } from '../../support/eventually.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

const DAY = 86_400;
let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

const delay = (seconds: number) => product.sandbox.control.setDebitDelay(shop.stripe.accountId, seconds);
const charge = (id: string, input = {}) => charged(shop, 'chargeAgreement', id, input);
const resume = (id: string) => changed(shop, 'resumeAgreement', id);

/** The payer's bank takes the oldest payment back. */
async function takeBack(id: string): Promise<string> {
  const paid = (await paymentsAt(product, shop, id)).find(({ status }) => status === 'succeeded');
  const { id: disputeId } = product.sandbox.control.createDispute(String(paid?.latest_charge));
  await bill(product);
  return disputeId;
}

async function lastPaymentOf(reference: string): Promise<string | null> {
  const sql = 'select last_payment_on::text as on from agreements where reference = $1';
  const [row] = await asOwner<{ on: string | null }>(product, sql, [reference]);
  return row?.on ?? null;
}

describe('a debit', () => {
  it('that comes back after the last payment can be collected', async () => {
    delay(1);
    const { agreement } = await monthly(product, shop, { ...debit('pm_success_de'), terms: { numberOfPayments: 1 } });
    await toMidnight(product);
    await afterDays(product, 0.1);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', paymentsMade: 1 });
    await takeBack(agreement.id);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'PAYMENT_RETURNED',
      paymentsMade: 0,
    });
    expect(await resume(agreement.id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
    expect(await charge(agreement.id, { period: 1 })).toMatchObject({ order: { status: 'PROCESSING' } });
    await afterDays(product, 0.1);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', paymentsMade: 1 });
  });

  it('that was charged again is recorded when its dispute is won after all', async () => {
    delay(1);
    const { agreement } = await monthly(product, shop, { ...debit('pm_success_de'), terms: { numberOfPayments: 3 } });
    await toMidnight(product);
    await afterDays(product, 0.1);
    const disputeId = await takeBack(agreement.id);
    await resume(agreement.id);
    await charge(agreement.id, { period: 1 });
    await afterDays(product, 0.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
    product.sandbox.control.resolveDispute(disputeId, 'won');
    await bill(product);
    const after = await agreementOf(shop, agreement.id);
    expect(after).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    expect(after.orders.nodes.map(({ status }) => status)).toEqual(['CAPTURED', 'CAPTURED', 'VERIFIED']);
  });

  it('that is won back before it was charged again is paid, and takes no other attempt', async () => {
    delay(1);
    const { agreement } = await monthly(product, shop, debit('pm_success_de'));
    await toMidnight(product);
    await afterDays(product, 0.1);
    product.sandbox.control.resolveDispute(await takeBack(agreement.id), 'won');
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
    const held = await asOwner(
      product,
      'select charge_released from orders where charge_id is not null and agreement_id = (select id from agreements where reference = $1)',
      [agreement.reference],
    );
    expect(held).toEqual([{ charge_released: false }]);
  });

  it('that is paid though all payments were made is recorded, and told in the history', async () => {
    delay(2 * DAY);
    const { agreement } = await monthly(product, shop, { ...debit('pm_success_de'), terms: { numberOfPayments: 1 } });
    await toMidnight(product);
    await asOwner(product, 'update agreements set payments_made = 1 where reference = $1', [agreement.reference]);
    await afterDays(product, 2.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', paymentsMade: 1 });
    const notes = (await historyOf(shop, agreement.id)).map(({ note }) => note);
    expect(notes).toContain('A payment more than the 1 that were agreed was made; it may have to be refunded');
  });

  it('by which the payer began and that comes back stops the agreement', async () => {
    delay(1);
    const { agreement } = await monthly(product, shop, { ...debit('pm_success_de'), firstAmount: '10.00' });
    await afterDays(product, 0.01);
    expect((await agreementOf(shop, agreement.id)).status).toBe('ACTIVE');
    await takeBack(agreement.id);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'PAYMENT_RETURNED',
    });
  });

  it('that fails at last leaves an agreement that was suspended by hand uncompleted', async () => {
    delay(2 * DAY);
    const schedule = { finishDate: tomorrow(product) };
    const { agreement, means } = await monthly(product, shop, { ...debit('pm_success_de'), schedule });
    product.sandbox.control.declineFrom(means, { code: 'debit_not_authorized' });
    await toMidnight(product);
    await changed(shop, 'suspendAgreement', agreement.id);
    await afterDays(product, 2.1);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      charges: { nodes: [{ status: 'FAILED', gaveUpBecause: 'HARD_DECLINE' }] },
    });
  });

  it('that takes days holds back none of the periods that were missed', async () => {
    delay(5 * DAY);
    const { agreement } = await monthly(product, shop, { ...debit('pm_success_de'), schedule: { period: 'DAY' } });
    product.advance(3.1 * DAY);
    for (let round = 0; round < 3; round += 1) await afterDays(product, 0.001);
    expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1', 'OPEN 2 ×1', 'OPEN 3 ×1']);
    await changed(shop, 'cancelAgreement', agreement.id);
    const { charges } = await agreementOf(shop, agreement.id);
    expect(charges.nodes.map(({ status, gaveUpBecause }) => [status, gaveUpBecause])).toEqual(
      charges.nodes.map(() => ['OPEN', null]),
    );
  });

  it('counts on the day on which it was sent, and never before a later payment', async () => {
    delay(3 * DAY);
    const { agreement } = await monthly(product, shop, { ...debit('pm_success_de'), schedule: { period: 'DAY' } });
    await toMidnight(product);
    const sentOn = day(product);
    await toMidnight(product);
    expect(await lastPaymentOf(agreement.reference)).toBeNull();
    const [first, second] = await paymentsAt(product, shop, agreement.id);
    product.sandbox.control.settleDebit(String(second?.id));
    await bill(product);
    expect(await lastPaymentOf(agreement.reference)).toBe(day(product));
    product.sandbox.control.settleDebit(String(first?.id));
    await bill(product);
    expect(await lastPaymentOf(agreement.reference)).toBe(day(product));
    expect(day(product) > sentOn).toBe(true);
    await changed(shop, 'cancelAgreement', agreement.id);
  });
});

describe('a charge that waits to be tried again', () => {
  it('is held to the amount that was frozen, whatever was agreed on since', async () => {
    const { agreement } = await declined(product, shop, 'do_not_honor', {
      terms: { amountVariability: 'FIXED' },
      times: 1,
    });
    await toMidnight(product);
    const changes = { chargeAmount: { fixed: '35.00' }, minimumAmount: '30.00' };
    expect(await changed(shop, 'updateAgreement', agreement.id, changes)).toMatchObject({
      agreement: { status: 'PAST_DUE' },
    });
    await afterDays(product, 1.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
  });

  it('keeps its place among the payments that were agreed', async () => {
    const { agreement } = await declined(product, shop, 'do_not_honor', { terms: { numberOfPayments: 1 }, times: 1 });
    await toMidnight(product);
    expect(await charge(agreement.id, { amount: '3.00', outsideSchedule: true })).toMatchObject({
      code: 'AGREEMENT_LIMIT_EXCEEDED',
    });
    await afterDays(product, 1.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', paymentsMade: 1 });
  });
});

describe('a charge for which the bank wants to see the payer', () => {
  it('after the agreement ended is closed at once', async () => {
    const { agreement, means } = await monthly(product, shop);
    product.sandbox.control.declineFrom(means, { code: 'authentication_required' });
    product.sandbox.control.addFault({
      kind: 'slow',
      delayMs: 3000,
      method: 'POST',
      path: '/confirm$',
      accountId: shop.stripe.accountId,
      count: 1,
    });
    product.advance(1.01 * DAY);
    const billing = bill(product);
    await eventually(async () => {
      expect((await agreementOf(shop, agreement.id)).orders.nodes[0]?.status).toBe('PROCESSING');
    });
    await changed(shop, 'cancelAgreement', agreement.id);
    await billing;
    await eventually(async () => {
      await bill(product);
      expect((await agreementOf(shop, agreement.id)).orders.nodes[0]?.status).toBe('EXPIRED');
    });
    const after = await agreementOf(shop, agreement.id);
    expect(after.charges.nodes).toMatchObject([{ status: 'FAILED', gaveUpBecause: 'AGREEMENT_ENDED' }]);
    expect(await eventsOf(product, agreement.id, 'agreement.charge_needs_payer')).toEqual([]);
  });

  it('is settled by its expiry though the agreement was suspended meanwhile, and tried again when that is resumed', async () => {
    const { agreement, means } = await monthly(product, shop);
    product.sandbox.control.declineFrom(means, { code: 'authentication_required', times: 1 });
    await toMidnight(product);
    await changed(shop, 'suspendAgreement', agreement.id);
    await afterDays(product, 7.1);
    const waiting = await agreementOf(shop, agreement.id);
    expect(waiting.orders.nodes[0]?.status).toBe('EXPIRED');
    expect(waiting.charges.nodes).toMatchObject([{ status: 'OPEN', retryAt: expect.any(String) }]);
    await resume(agreement.id);
    await afterDays(product, 1.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
  });

  it('counts on the day on which the payer confirmed it', async () => {
    const { agreement, means } = await monthly(product, shop);
    product.sandbox.control.declineFrom(means, { code: 'authentication_required', times: 1 });
    await toMidnight(product);
    await afterDays(product, 2);
    const [event] = await eventsOf(product, agreement.id, 'agreement.charge_needs_payer');
    const { order } = await shop.ask<{ order: { nextAction: { clientSecret: string } } }>(
      'query ($id: ID!) { order(id: $id) { nextAction { clientSecret } } }',
      { id: event?.orderId },
    );
    const { clientSecret } = order.nextAction;
    const browser = sdk(product.sandbox, shop.stripe.publishableKey);
    const given = { payment_method: 'pm_card_mastercard', return_url: 'https://shop.example/' };
    const params = { client_secret: clientSecret, ...given };
    await browser.paymentIntents.confirm(clientSecret.split('_secret_')[0] ?? '', params);
    await bill(product);
    expect(await lastPaymentOf(agreement.reference)).toBe(day(product));
  });
});

describe('an agreement that is resumed', () => {
  it('is completed where its schedule finished meanwhile', async () => {
    const { agreement } = await monthly(product, shop, { schedule: { period: 'DAY', finishDate: day(product, 2) } });
    await toMidnight(product);
    await changed(shop, 'suspendAgreement', agreement.id);
    await afterDays(product, 3);
    expect(await resume(agreement.id)).toMatchObject({ agreement: { status: 'COMPLETED' } });
  });

  it('is refused when it has ended, though the billing run has not come to it', async () => {
    const { agreement } = await monthly(product, shop, { terms: { expiryDate: day(product, 2) } });
    await changed(shop, 'suspendAgreement', agreement.id);
    product.advance(3 * DAY);
    expect(await resume(agreement.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('ended with'),
    });
  });
});
