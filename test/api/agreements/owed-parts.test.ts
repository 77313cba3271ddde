import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AgreementResult,
  aBillingShop,
  afterDays,
  agreementOf,
  bill,
  changed,
  charged,
  day,
  replaceCredential,
  subscribe,
} from '../../support/agreements.js';
import {
  chargesOf,
  debit,
  eventsOf,
  meansBehind,
  paidAt,
  paymentsAt,
  toMidnight,
  tomorrow,
} from '../../support/charging.js';
import { type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

/** A purchase of 100.00 in three parts, one a day from tomorrow on. */
async function plan(input: Json = {}, more: Json = {}): Promise<AgreementResult & { means: string }> {
  const { schedule, ...rest } = more;
  const made = await subscribe(shop, {
    terms: { type: 'INSTALLMENT' },
    installments: { total: '100.00', parts: 3, firstPartNow: false, ...input },
    schedule: { period: 'DAY', startDate: tomorrow(product), localTime: '00:00', ...(schedule as Json) },
    ...rest,
  });
  if (!made.agreement) throw new Error(`${made.code}: ${made.message}`);
  return { ...made, means: await meansBehind(product, shop, made.order) };
}

/** A plan by debits that are settled within the hour. */
async function debitPlan(): Promise<AgreementResult & { means: string }> {
  product.sandbox.control.setDebitDelay(shop.stripe.accountId, 1);
  return plan({}, debit('pm_success_de'));
}

async function parts(id: string): Promise<string> {
  const { installments } = await agreementOf(shop, id);
  return (installments ?? []).map(({ status }) => status).join(' ');
}

async function nextDay(): Promise<void> {
  await toMidnight(product);
  await afterDays(product, 0.1);
}

/** The bank takes back the debit that paid so much. */
async function takeBack(id: string, amount: number): Promise<void> {
  const paid = (await paymentsAt(product, shop, id)).find((each) => each.amount === amount);
  product.sandbox.control.createDispute(String(paid?.latest_charge));
  await bill(product);
}

const charge = (id: string, input: Json = {}) => charged(shop, 'chargeAgreement', id, input);
const payOff = (id: string) => charged(shop, 'payOffAgreement', id);
const resume = (id: string) => changed(shop, 'resumeAgreement', id);

describe('a part that was paid off', () => {
  it('is never charged again, though another one comes back after the plan is completed', async () => {
    const { agreement, means } = await debitPlan();
    await nextDay();
    product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
    await nextDay();
    expect(await parts(agreement.id)).toBe('PAID OPEN PLANNED');
    await payOff(agreement.id);
    await afterDays(product, 0.1);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');

    await takeBack(agreement.id, 3334);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'PAYMENT_RETURNED',
    });
    expect(await parts(agreement.id)).toBe('FAILED PAID_OFF PAID_OFF');
    await resume(agreement.id);
    expect(await charge(agreement.id, { period: 2 })).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: 'period 2 was paid already',
    });
    await bill(product);
    await afterDays(product, 0.1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2', 'FAILED 2 ×1', 'PAID PAY_OFF ×1']);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 6666, 3334]);
  });

  it('is owed again when that payment comes back, and the schedule goes on with it', async () => {
    const { agreement } = await debitPlan();
    await nextDay();
    await payOff(agreement.id);
    await afterDays(product, 0.1);
    expect(await parts(agreement.id)).toBe('PAID PAID_OFF PAID_OFF');
    await takeBack(agreement.id, 6666);
    expect((await agreementOf(shop, agreement.id)).status).toBe('SUSPENDED');
    expect(await parts(agreement.id)).toBe('PAID PLANNED PLANNED');
    await resume(agreement.id);
    for (let passed = 0; passed < 3; passed += 1) await nextDay();
    expect(await parts(agreement.id)).toBe('PAID PAID PAID');
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });
});

describe('a plan', () => {
  it('whose parts were put off past its finish date is charged to the last', async () => {
    const { agreement } = await plan({}, { schedule: { finishDate: day(product, 3) } });
    await toMidnight(product);
    await changed(shop, 'suspendAgreement', agreement.id);
    for (let passed = 0; passed < 4; passed += 1) await toMidnight(product);
    expect(await resume(agreement.id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
    for (let passed = 0; passed < 3; passed += 1) await toMidnight(product);
    expect(await parts(agreement.id)).toBe('PAID PAID PAID');
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });

  it('goes on beside a part that waits for its payer, and stops at its end where the merchant cancelled that', async () => {
    const { agreement, means } = await plan();
    product.sandbox.control.declineFrom(means, { code: 'authentication_required', times: 1 });
    await toMidnight(product);
    const [event] = await eventsOf(product, agreement.id, 'agreement.charge_needs_payer');
    await toMidnight(product);
    expect((await shop.order(String(event?.orderId))).status).toBe('REQUIRES_ACTION');
    expect(await parts(agreement.id)).toBe('OPEN PAID PLANNED');

    await shop.cancel(String(event?.orderId));
    await toMidnight(product);
    expect(await parts(agreement.id)).toBe('FAILED PAID PAID');
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'SUSPENDED', suspendedBecause: 'REQUESTED' });
    await resume(agreement.id);
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2', 'PAID 2 ×1', 'PAID 3 ×1']);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });

  it('is charged no other amount than its part', async () => {
    const { agreement } = await plan();
    expect(await charge(agreement.id, { period: 1, amount: '1.00' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await charge(agreement.id, { period: 1, amount: '33.34' })).toMatchObject({ order: { status: 'CAPTURED' } });
  });

  it('that is suspended is paid off all the same, and charged nothing else', async () => {
    const { agreement, means } = await plan();
    product.sandbox.control.declineFrom(means, { code: 'lost_card' });
    await toMidnight(product);
    expect((await agreementOf(shop, agreement.id)).status).toBe('SUSPENDED');
    product.sandbox.control.declineFrom(means, null);
    for (const period of [1, 2, 99]) {
      expect(await charge(agreement.id, { period })).toMatchObject({
        code: 'ILLEGAL_TRANSITION',
        message: 'cannot charge an agreement that is SUSPENDED',
      });
    }
    expect(await payOff(agreement.id)).toMatchObject({
      order: { status: 'CAPTURED', amount: { amount: '100.00' } },
      agreement: { status: 'COMPLETED' },
    });
    expect(await paidAt(product, shop, agreement.id)).toEqual([10000]);
  });

  it('whose first part was declined in person is charged for it at once when it is established by a check', async () => {
    const { agreement } = await plan({ firstPartNow: true }, { payment: pay('pm_card_visa_chargeDeclined') }).catch(
      (error: Error) => {
        throw error;
      },
    );
    expect(agreement.status).toBe('PENDING');
    expect(await parts(agreement.id)).toBe('OPEN PLANNED PLANNED');
    expect(await replaceCredential(shop, agreement.id)).toMatchObject({ order: { status: 'VERIFIED' } });
    await bill(product);
    expect(await parts(agreement.id)).toBe('PAID PLANNED PLANNED');
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    for (let passed = 0; passed < 3; passed += 1) await toMidnight(product);
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 3333, 3333]);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });
});
