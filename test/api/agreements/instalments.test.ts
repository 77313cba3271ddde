import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AgreementResult,
  aBillingShop,
  afterDays,
  agreementOf,
  bill,
  changed,
  charged,
  subscribe,
} from '../../support/agreements.js';
import { chargesOf, debit, meansBehind, paidAt, paymentsAt, toMidnight, tomorrow } from '../../support/charging.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

/** A purchase of 100.00 in three parts, one a day from tomorrow on. */
async function plan(input: Json = {}, more: Json = {}): Promise<AgreementResult & { means: string }> {
  const made = await subscribe(shop, {
    terms: { type: 'INSTALLMENT' },
    installments: { total: '100.00', parts: 3, firstPartNow: false, ...input },
    schedule: { period: 'DAY', startDate: tomorrow(product), localTime: '00:00' },
    ...more,
  });
  if (!made.agreement) throw new Error(`${made.code}: ${made.message}`);
  return { ...made, means: await meansBehind(product, shop, made.order) };
}

async function parts(id: string): Promise<string[]> {
  const { installments } = await agreementOf(shop, id);
  return (installments ?? []).map(({ number, status, amount }) => `${number} ${status} ${amount.amount}`);
}

async function statementOf(id: string): Promise<Json> {
  const { agreement } = await shop.ask<{ agreement: { installmentStatement: Json } }>(
    `query ($id: ID!) { agreement(id: $id) { installmentStatement {
      total { amount } paid { amount } due { amount } partsPaid partsDue } } }`,
    { id },
  );
  const { total, paid, due, partsPaid, partsDue } = agreement.installmentStatement as Record<
    string,
    { amount: string }
  >;
  return { total: total?.amount, paid: paid?.amount, due: due?.amount, partsPaid, partsDue };
}

const payOff = (id: string, input: Json = {}) => charged(shop, 'payOffAgreement', id, input);

describe('a plan', () => {
  it('is charged part by part, which add up exactly, and completes', async () => {
    const { agreement } = await plan();
    expect(await parts(agreement.id)).toEqual(['1 PLANNED 33.34', '2 PLANNED 33.33', '3 PLANNED 33.33']);
    await toMidnight(product);
    await toMidnight(product);
    expect(await statementOf(agreement.id)).toEqual({
      total: '100.00',
      paid: '66.67',
      due: '33.33',
      partsPaid: 2,
      partsDue: 1,
    });
    await toMidnight(product);
    expect(await parts(agreement.id)).toEqual(['1 PAID 33.34', '2 PAID 33.33', '3 PAID 33.33']);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED' });
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 3333, 3333]);
  });

  it('takes its first part in person, and the rest by schedule', async () => {
    const { agreement, order } = await plan({ firstPartNow: true });
    expect(order).toMatchObject({ status: 'CAPTURED', source: 'INTERNET' });
    const [first] = await parts(agreement.id);
    expect(first).toBe('1 PAID 33.34');
    await toMidnight(product);
    await toMidnight(product);
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 3333, 3333]);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', paymentsMade: 2 });
  });

  it('without a schedule is charged by asking, part by part', async () => {
    const { agreement } = await plan({}, { schedule: null });
    for (const period of [1, 2]) {
      expect(await charged(shop, 'chargeAgreement', agreement.id, { period })).toMatchObject({
        order: { status: 'CAPTURED' },
      });
    }
    expect(await charged(shop, 'chargeAgreement', agreement.id, { period: 2 })).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    expect(await charged(shop, 'chargeAgreement', agreement.id, { period: 4 })).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    expect(await charged(shop, 'chargeAgreement', agreement.id)).toMatchObject({
      order: { status: 'CAPTURED' },
      agreement: { status: 'COMPLETED' },
    });
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 3333, 3333]);
  });

  it('with a part that failed keeps it owed while the others go on, and completes when it is paid', async () => {
    const { agreement, means } = await plan();
    product.sandbox.control.declineFrom(means, { code: 'do_not_honor', times: 1 });
    await toMidnight(product);
    expect(await parts(agreement.id)).toEqual(['1 OPEN 33.34', '2 PLANNED 33.33', '3 PLANNED 33.33']);
    for (let passed = 0; passed < 3; passed += 1) await toMidnight(product);
    expect(await parts(agreement.id)).toEqual(['1 PAID 33.34', '2 PAID 33.33', '3 PAID 33.33']);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });

  it('whose part is given up stops, stays owed, and goes on when it is resumed', async () => {
    const { agreement, means } = await plan();
    product.sandbox.control.declineFrom(means, { code: 'lost_card' });
    await toMidnight(product);
    await toMidnight(product);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'HARD_DECLINE',
    });
    expect(await statementOf(agreement.id)).toMatchObject({ paid: '0.00', due: '100.00', partsDue: 3 });
    product.sandbox.control.declineFrom(means, null);
    await changed(shop, 'resumeAgreement', agreement.id);
    await bill(product);
    for (let passed = 0; passed < 3; passed += 1) await toMidnight(product);
    expect(await parts(agreement.id)).toEqual(['1 PAID 33.34', '2 PAID 33.33', '3 PAID 33.33']);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
    expect(await paidAt(product, shop, agreement.id)).toHaveLength(3);
  });
});

describe('payOffAgreement', () => {
  it('charges all that is left at once, and completes the plan', async () => {
    const { agreement } = await plan();
    await toMidnight(product);
    expect(await payOff(agreement.id)).toMatchObject({
      order: { status: 'CAPTURED', amount: { amount: '66.66' } },
      agreement: { status: 'COMPLETED' },
    });
    expect(await parts(agreement.id)).toEqual(['1 PAID 33.34', '2 PAID_OFF 33.33', '3 PAID_OFF 33.33']);
    expect(await statementOf(agreement.id)).toMatchObject({ paid: '100.00', due: '0.00' });
    await toMidnight(product);
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 6666]);
    expect((await payOff(agreement.id)).code).toBe('ILLEGAL_TRANSITION');
  });

  it('declined leaves the plan as it was', async () => {
    const { agreement, means } = await plan();
    product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
    expect(await payOff(agreement.id)).toMatchObject({
      order: { status: 'DECLINED' },
      agreement: { status: 'ACTIVE' },
    });
    expect(await parts(agreement.id)).toEqual(['1 PLANNED 33.34', '2 PLANNED 33.33', '3 PLANNED 33.33']);
    for (let passed = 0; passed < 3; passed += 1) await toMidnight(product);
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 3333, 3333]);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });

  it('takes a part that is behind with it, and it is not tried again', async () => {
    const { agreement, means } = await plan();
    product.sandbox.control.declineFrom(means, { code: 'do_not_honor', times: 1 });
    await toMidnight(product);
    expect((await agreementOf(shop, agreement.id)).status).toBe('PAST_DUE');
    expect(await payOff(agreement.id)).toMatchObject({
      order: { amount: { amount: '100.00' } },
      agreement: { status: 'COMPLETED' },
    });
    expect(await parts(agreement.id)).toEqual(['1 PAID_OFF 33.34', '2 PAID_OFF 33.33', '3 PAID_OFF 33.33']);
    await afterDays(product, 3);
    expect(await paidAt(product, shop, agreement.id)).toEqual([10000]);
  });

  it('eight times at once pays once', async () => {
    const { agreement } = await plan();
    const answers = await Promise.all(Array.from({ length: 8 }, () => payOff(agreement.id)));
    expect(answers.filter(({ order }) => order?.status === 'CAPTURED')).toHaveLength(1);
    expect(await paidAt(product, shop, agreement.id)).toEqual([10000]);
  });

  it('waits for a part that a bank is at, and no part is charged while the rest is being paid', async () => {
    const { agreement } = await plan({}, debit('pm_success_de'));
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, 3 * 86_400);
    await toMidnight(product);
    expect(await payOff(agreement.id)).toMatchObject({ code: 'OUTCOME_PENDING' });
    const [first] = await paymentsAt(product, shop, agreement.id);
    product.sandbox.control.settleDebit(first?.id ?? '');
    await bill(product);
    expect(await payOff(agreement.id)).toMatchObject({ order: { status: 'PROCESSING', amount: { amount: '66.66' } } });
    expect(await payOff(agreement.id)).toMatchObject({ code: 'OUTCOME_PENDING' });
    expect(await charged(shop, 'chargeAgreement', agreement.id, { period: 2 })).toMatchObject({
      code: 'OUTCOME_PENDING',
    });
    await toMidnight(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1', 'OPEN PAY_OFF ×1']);
    await afterDays(product, 3);
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 6666]);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, null);
  });

  it('that the bank refuses late lets the plan go on', async () => {
    const { agreement, means } = await plan({}, debit('pm_success_de'));
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, 2 * 86_400);
    product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
    expect((await payOff(agreement.id)).order.status).toBe('PROCESSING');
    await afterDays(product, 2.5);
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, 1);
    for (let passed = 0; passed < 5; passed += 1) await toMidnight(product);
    expect(await paidAt(product, shop, agreement.id)).toEqual([3334, 3333, 3333]);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, null);
  });

  it('is for plans only', async () => {
    const { agreement } = await subscribe(shop);
    expect((await payOff(agreement.id)).code).toBe('ILLEGAL_TRANSITION');
  });
});
