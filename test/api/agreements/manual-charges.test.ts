import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, agreementOf, bill, changed, charged, day, subscribe } from '../../support/agreements.js';
import { chargesOf, declined, monthly, paidAt, toMidnight } from '../../support/charging.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let other: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  const { database, sandbox, masterKey } = product;
  other = await startProduct({ database, sandbox, masterKey });
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(async () => {
  await other.close();
  await product.close();
});

const charge = (id: string, input: Json = {}) => charged(shop, 'chargeAgreement', id, input);

/** To a minute past midnight, without anything being done. */
function toNextDay(): void {
  const seconds = (86_400_000 - (product.clock.now().getTime() % 86_400_000) + 60_000) / 1000;
  product.advance(seconds);
  other.clock.advance(seconds);
}

describe('an agreement without a schedule', () => {
  it.each<[string, Json, Json, string]>([
    ['less than the minimum', { minimumAmount: '5.00' }, { amount: '4.99' }, 'AGREEMENT_LIMIT_EXCEEDED'],
    ['more than the maximum', { maximumAmount: '5.00' }, { amount: '5.01' }, 'AGREEMENT_LIMIT_EXCEEDED'],
    ['before it starts', { startDate: 'tomorrow' }, { amount: '5.00' }, 'AGREEMENT_LIMIT_EXCEEDED'],
    ['an amount of too many digits', {}, { amount: '5.001' }, 'INVALID_INPUT'],
    ['nothing', {}, { amount: '0' }, 'INVALID_INPUT'],
    ['less than nothing', {}, { amount: '-1.00' }, 'INVALID_INPUT'],
    ['no amount where none is agreed', {}, {}, 'INVALID_INPUT'],
    ['less than the payment system takes', {}, { amount: '0.10' }, 'AMOUNT_OUT_OF_RANGE'],
    ['a period', {}, { amount: '5.00', period: 1 }, 'ILLEGAL_TRANSITION'],
  ])('refuses %s, and nothing is sent', async (_name, terms, input, code) => {
    const startDate = terms.startDate ? { startDate: day(product, 1) } : {};
    const { agreement, message } = await subscribe(shop, { terms: { type: 'UNSCHEDULED', ...terms, ...startDate } });
    expect(message).toBeUndefined();
    expect(await charge(agreement.id, input)).toMatchObject({ code });
    expect(await chargesOf(shop, agreement.id)).toEqual([]);
    expect(await paidAt(product, shop, agreement.id)).toEqual([]);
  });

  it('takes what the window allows, at both its ends', async () => {
    const { agreement } = await subscribe(shop, {
      terms: { type: 'UNSCHEDULED', minimumAmount: '5.00', maximumAmount: '6.00' },
    });
    for (const amount of ['5.00', '6.00'])
      expect((await charge(agreement.id, { amount })).order.status).toBe('CAPTURED');
  });

  it('is charged as often as was agreed, and completes', async () => {
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED', numberOfPayments: 2 } });
    const all = await Promise.all(Array.from({ length: 6 }, () => charge(agreement.id, { amount: '5.00' })));
    for (let more = 0; more < 3; more += 1) all.push(await charge(agreement.id, { amount: '5.00' }));
    expect(all.filter(({ order }) => order?.status === 'CAPTURED')).toHaveLength(2);
    expect(await paidAt(product, shop, agreement.id)).toEqual([500, 500]);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', paymentsRemaining: 0 });
  });

  it('keeps the days between two payments', async () => {
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED', minimumDaysBetweenPayments: 2 } });
    const tried: (string | undefined)[] = [];
    for (let passed = 0; passed < 4; passed += 1) {
      const { code, order } = await charge(agreement.id, { amount: '5.00' });
      tried.push(code ?? order.status);
      await toMidnight(product);
    }
    expect(tried).toEqual(['CAPTURED', 'AGREEMENT_LIMIT_EXCEEDED', 'CAPTURED', 'AGREEMENT_LIMIT_EXCEEDED']);
  });

  it('with the key of an earlier request answers that one', async () => {
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED' } });
    const keyed = { amount: '5.00', idempotencyKey: `once-${agreement.id}` };
    const [first, again] = [await charge(agreement.id, keyed), await charge(agreement.id, keyed)];
    expect(again.order.id).toBe(first.order.id);
    expect(await charge(agreement.id, { ...keyed, amount: '6.00' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await paidAt(product, shop, agreement.id)).toEqual([500]);
  });

  it('with an order number of the merchant’s own takes it, and refuses one that is taken', async () => {
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED' } });
    const orderNumber = `mine-${agreement.id}`;
    expect((await charge(agreement.id, { amount: '5.00', orderNumber })).order).toMatchObject({
      orderNumber,
      status: 'CAPTURED',
    });
    expect(await charge(agreement.id, { amount: '5.00', orderNumber })).toMatchObject({
      code: 'DUPLICATE_ORDER_NUMBER',
    });
    expect(await paidAt(product, shop, agreement.id)).toEqual([500]);
  });

  it('of another merchant or operator does not exist', async () => {
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED' } });
    const stranger = await aBillingShop(product);
    expect(await charged(stranger, 'chargeAgreement', agreement.id, { amount: '1.00' })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it.each(['suspendAgreement', 'cancelAgreement'])('is not charged after %s', async (mutation) => {
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED' } });
    await changed(shop, mutation, agreement.id);
    expect(await charge(agreement.id, { amount: '1.00' })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});

describe('an agreement with a schedule', () => {
  it('that is asked for eight times beside two billing runs is charged the period once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { agreement } = await monthly(product, shop);
      toNextDay();
      const [answers] = await Promise.all([
        Promise.all(Array.from({ length: 8 }, () => charge(agreement.id))),
        product.built.jobs.wake('agreements.bill'),
        other.built.jobs.wake('agreements.bill'),
      ]);
      await bill(product);
      expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
      expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
      const refused = answers.filter(({ code }) => code !== undefined).map(({ code }) => code);
      expect(new Set(['OUTCOME_PENDING', 'AGREEMENT_LIMIT_EXCEEDED', ...refused]).size).toBe(2);
      await changed(shop, 'cancelAgreement', agreement.id);
    }
  });

  it('is charged a period early, once, and not again when it is due', async () => {
    const { agreement } = await monthly(product, shop);
    const early = await Promise.all([charge(agreement.id, { period: 1 }), charge(agreement.id, { period: 1 })]);
    expect(early.filter(({ order }) => order?.status === 'CAPTURED')).toHaveLength(1);
    await toMidnight(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
    expect(await charge(agreement.id, { period: 3 })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await charge(agreement.id, { period: 1 })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('is charged beside it only where that is meant', async () => {
    const { agreement } = await monthly(product, shop);
    await toMidnight(product);
    expect(await charge(agreement.id, { amount: '3.00' })).toMatchObject({ code: 'AGREEMENT_LIMIT_EXCEEDED' });
    expect((await charge(agreement.id, { amount: '3.00', outsideSchedule: true })).order.status).toBe('CAPTURED');
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1', 'PAID EXTRA ×1']);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('that is behind is tried again at once, for the amount of its period', async () => {
    const { agreement } = await declined(product, shop, 'do_not_honor', { times: 1 });
    await toMidnight(product);
    expect(await charge(agreement.id, { amount: '19.00' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await charge(agreement.id)).toMatchObject({
      order: { status: 'CAPTURED' },
      agreement: { status: 'ACTIVE' },
    });
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('has no period after its last one', async () => {
    const { agreement } = await monthly(product, shop, { schedule: { finishDate: day(product, 2) } });
    const { means } = await declined(product, shop, 'do_not_honor');
    expect(means).toMatch(/^pm_/);
    expect((await charge(agreement.id, { period: 1 })).agreement.status).toBe('COMPLETED');
    expect(await charge(agreement.id, { period: 2 })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('tried while its last period is behind has no further one either', async () => {
    const { agreement } = await declined(product, shop, 'do_not_honor', { schedule: { finishDate: day(product, 2) } });
    await toMidnight(product);
    expect(await charge(agreement.id, { period: 2, amount: '20.00' })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});
