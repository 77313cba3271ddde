import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aBillingShop,
  agreementOf,
  bill,
  changed,
  charged,
  day,
  historyOf,
  subscribe,
} from '../../support/agreements.js';
import { chargesOf, monthly, paidAt, paymentsAt } from '../../support/charging.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

const DAY_MS = 86_400_000;
let product: Product;
let other: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  const { database, sandbox, masterKey } = product;
  other = await startProduct({ database, sandbox, masterKey });
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterEach(() => product.sandbox.control.clearFaults());

afterAll(async () => {
  await other.close();
  await product.close();
});

/** Both processes' clocks and the payment system's. */
function pass(seconds: number): void {
  product.advance(seconds);
  other.clock.advance(seconds);
}

/** To a minute past the so-manyth next midnight. */
function passDays(days: number): void {
  pass((days * DAY_MS - (product.clock.now().getTime() % DAY_MS) + 60_000) / 1000);
}

const wake = (of: Product) => of.built.jobs.wake('agreements.bill');

const each = { chargeAmount: { fixed: '20.00' } };

const daily = (more: Json = {}) => ({ ...each, schedule: { period: 'DAY' }, ...more });

describe('what is due', () => {
  it('at the ends of months keeps its day', async () => {
    const now = product.clock.now();
    const start = new Date(Date.UTC(now.getUTCFullYear() + (now.getUTCMonth() === 0 ? 0 : 1), 0, 31));
    const { agreement } = await monthly(product, shop, { schedule: { startDate: start.toISOString().slice(0, 10) } });
    expect(agreement.upcomingCharges.map(({ date }) => date.slice(5))).toEqual([
      '01-31',
      start.getUTCFullYear() % 4 === 0 ? '02-29' : '02-28',
      '03-31',
      '04-30',
    ]);
    const expected = agreement.upcomingCharges.map(({ at }) => at);
    for (const at of expected) {
      pass((Date.parse(at) - product.clock.now().getTime()) / 1000 + 60);
      await bill(product);
    }
    const { charges } = await agreementOf(shop, agreement.id);
    expect(charges.nodes.toReversed().map(({ plannedAt, status }) => [plannedAt, status])).toEqual(
      expected.map((at) => [at, 'PAID']),
    );
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('is charged once by many wakes of two processes', async () => {
    const due = await Promise.all(Array.from({ length: 12 }, () => monthly(product, shop)));
    passDays(1);
    await Promise.all([wake(product), wake(other), wake(product), wake(other)]);
    await Promise.all([wake(product), wake(other)]);
    await bill(product);
    for (const { agreement } of due) {
      expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
      expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
    }
  });

  it('is caught up once after a day without any worker', async () => {
    const { agreement } = await monthly(product, shop);
    passDays(3);
    await bill(product);
    await bill(product);
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
  });

  it('of several periods is charged each once, one after the other', async () => {
    const { agreement } = await monthly(product, shop, daily());
    passDays(5);
    await Promise.all([wake(product), wake(other), bill(product)]);
    await bill(product);
    const payments = await paymentsAt(product, shop, agreement.id);
    const charges = payments.filter(({ metadata }) => metadata.quittance_source === 'MERCHANT');
    expect(charges.map(({ status }) => status)).toEqual(Array(charges.length).fill('succeeded'));
    expect(await chargesOf(shop, agreement.id)).toEqual([1, 2, 3, 4, 5].map((n) => `PAID ${n} ×1`));
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('of several periods comes no closer together than the payer agreed to', async () => {
    const { agreement } = await monthly(
      product,
      shop,
      daily({ schedule: { period: 'DAY', interval: 3 }, terms: { minimumDaysBetweenPayments: 3 } }),
    );
    passDays(4);
    const paid: number[] = [];
    for (let passed = 0; passed < 8; passed += 1) {
      await bill(product);
      paid.push((await paidAt(product, shop, agreement.id)).length);
      passDays(1);
    }
    expect(paid).toEqual([1, 1, 1, 2, 2, 2, 3, 3]);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('of several periods is not tried all at once where the card is declined', async () => {
    const { agreement, means } = await monthly(product, shop, daily());
    product.sandbox.control.declineFrom(means, { code: 'do_not_honor' });
    passDays(6);
    await bill(product);
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1']);
    product.sandbox.control.declineFrom(means, null);
    passDays(1);
    pass(120);
    await bill(product);
    expect((await chargesOf(shop, agreement.id)).slice(0, 2)).toEqual(['PAID 1 ×2', 'PAID 2 ×1']);
    expect(await paidAt(product, shop, agreement.id)).toHaveLength(7);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('while the operator is suspended is passed over, not piled up', async () => {
    const mine = await aBillingShop(product, { timeZone: 'UTC' });
    const { agreement } = await monthly(product, mine, daily());
    passDays(1);
    await bill(product);
    await product.platform.do('suspendOperator', { operatorId: mine.operator.id }, 'operator { status }');
    for (let passed = 0; passed < 4; passed += 1) {
      passDays(1);
      await bill(product);
    }
    await product.platform.do('resumeOperator', { operatorId: mine.operator.id }, 'operator { status }');
    await bill(product);
    expect(await paidAt(product, mine, agreement.id)).toHaveLength(1);
    passDays(1);
    await bill(product);
    expect(await paidAt(product, mine, agreement.id)).toHaveLength(2);
    expect(await chargesOf(mine, agreement.id)).toEqual(['PAID 1 ×1', 'PAID 2 ×1']);
    expect((await historyOf(mine, agreement.id)).map(({ kind }) => kind)).toContain('PERIODS_SKIPPED');
    await changed(mine, 'cancelAgreement', agreement.id);
  });

  it('is charged the amounts that the forecast named, drawn ones too', async () => {
    const range = { range: { from: '10.00', to: '99.00' } };
    const { agreement } = await monthly(product, shop, { chargeAmount: range, schedule: { period: 'DAY' } });
    const named = agreement.upcomingCharges.map(({ amount }) => amount.amount);
    for (let passed = 0; passed < 4; passed += 1) {
      passDays(1);
      await bill(product);
    }
    const { charges } = await agreementOf(shop, agreement.id);
    const taken = charges.nodes.toReversed().map(({ amount }) => amount.amount);
    expect(taken.slice(0, 4)).toEqual(named);
    expect(new Set(named).size).toBeGreaterThan(1);
    await changed(shop, 'cancelAgreement', agreement.id);
  });
});

describe('an agreement ends', () => {
  it.each<[string, Json, string[]]>([
    ['numberOfPayments', { terms: { numberOfPayments: 2 }, ...daily() }, ['PAID 1 ×1', 'PAID 2 ×1']],
    [
      'its sequence',
      { chargeAmount: { sequence: ['1.00', '2.00'] }, schedule: { period: 'DAY' } },
      ['PAID 1 ×1', 'PAID 2 ×1'],
    ],
  ])('COMPLETED with %s', async (_name, input, charges) => {
    const { agreement } = await monthly(product, shop, input);
    for (let passed = 0; passed < 4; passed += 1) {
      passDays(1);
      await bill(product);
    }
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', upcomingCharges: [] });
    expect(await chargesOf(shop, agreement.id)).toEqual(charges);
  });

  it('COMPLETED with its finish date, also where the last charge is paid late', async () => {
    const { agreement, means } = await monthly(
      product,
      shop,
      daily({ schedule: { period: 'DAY', finishDate: day(product, 2) } }),
    );
    passDays(1);
    await bill(product);
    product.sandbox.control.declineFrom(means, { code: 'do_not_honor', times: 2 });
    passDays(1);
    await bill(product);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'PAST_DUE', upcomingCharges: [] });
    passDays(1);
    pass(180);
    await bill(product);
    expect((await agreementOf(shop, agreement.id)).status).toBe('PAST_DUE');
    passDays(2);
    pass(300);
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1', 'PAID 2 ×3']);
    expect((await agreementOf(shop, agreement.id)).status).toBe('COMPLETED');
  });

  it('suspended, not COMPLETED, where its last charge is never paid: it can still be charged', async () => {
    const sequence = { chargeAmount: { sequence: ['1.00', '2.00'] }, schedule: { period: 'DAY' } };
    const { agreement, means } = await monthly(product, shop, sequence);
    passDays(1);
    await bill(product);
    product.sandbox.control.declineFrom(means, { code: 'lost_card' });
    passDays(1);
    await bill(product);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'HARD_DECLINE',
    });
    product.sandbox.control.declineFrom(means, null);
    await changed(shop, 'resumeAgreement', agreement.id);
    expect(await charged(shop, 'chargeAgreement', agreement.id, { period: 2 })).toMatchObject({
      order: { status: 'CAPTURED' },
      agreement: { status: 'COMPLETED', paymentsMade: 2 },
    });
  });

  it('EXPIRED after its expiry date, which is the last day on which it is charged', async () => {
    const { agreement } = await monthly(product, shop, daily({ terms: { expiryDate: day(product, 2) } }));
    for (let passed = 0; passed < 5; passed += 1) {
      passDays(1);
      await bill(product);
    }
    const after = await agreementOf(shop, agreement.id);
    expect(['EXPIRED', 'COMPLETED']).toContain(after.status);
    expect(await paidAt(product, shop, agreement.id)).toHaveLength(2);
  });

  it('EXPIRED where it has no schedule', async () => {
    const { agreement } = await subscribe(shop, { terms: { expiryDate: day(product, 2) } });
    passDays(3);
    await bill(product);
    expect((await agreementOf(shop, agreement.id)).status).toBe('EXPIRED');
  });
});
