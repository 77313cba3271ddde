import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, afterDays, agreementOf, bill, changed, day, subscribe } from '../../support/agreements.js';
import { eventsOf, meansBehind, monthly, paidAt } from '../../support/charging.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

const comings = (id: string) => eventsOf(product, id, 'agreement.charge_coming');
const expirings = (id: string) => eventsOf(product, id, 'agreement.card_expiring');

const inDays = (days: number, more: Json = {}) => ({ schedule: { startDate: day(product, days), ...more } });

/** The card's last month: that of today, or of so many months later. */
function lastMonth(monthsLater = 0): { expMonth: number; expYear: number } {
  const now = product.clock.now();
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + monthsLater, 1));
  return { expMonth: end.getUTCMonth() + 1, expYear: end.getUTCFullYear() };
}

async function endingCard(means: string, monthsLater = 0): Promise<void> {
  product.sandbox.control.renewCard(means, lastMonth(monthsLater));
  await bill(product);
}

describe('a coming charge', () => {
  it('is announced three days before, once', async () => {
    const { agreement } = await monthly(product, shop, inDays(10));
    const told: number[] = [];
    for (let passed = 0; passed < 12; passed += 1) {
      told.push((await comings(agreement.id)).length);
      await afterDays(product, 1);
      await bill(product);
    }
    const first = told.indexOf(1);
    expect([7, 8]).toContain(first);
    expect(told.slice(first)).toEqual(Array(12 - first).fill(1));
    expect(await comings(agreement.id)).toEqual([
      expect.objectContaining({ number: 1, amount: '20.00', currency: 'USD', chargeAt: agreement.nextChargeAt }),
    ]);
    await afterDays(product, 26);
    expect((await comings(agreement.id)).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('is announced where a charge is behind', async () => {
    const { agreement, means } = await monthly(product, shop, inDays(1, { period: 'WEEK' }));
    await bill(product);
    product.sandbox.control.declineFrom(means, { code: 'do_not_honor' });
    await afterDays(product, 6);
    await bill(product);
    expect((await agreementOf(shop, agreement.id)).status).toBe('PAST_DUE');
    expect((await comings(agreement.id)).map(({ number }) => number)).toEqual([1, 2]);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('of every day is not announced', async () => {
    const { agreement } = await monthly(product, shop, inDays(1, { period: 'DAY' }));
    await afterDays(product, 3);
    expect(await comings(agreement.id)).toEqual([]);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('of a suspended agreement is not announced', async () => {
    const { agreement } = await monthly(product, shop, inDays(10));
    await changed(shop, 'suspendAgreement', agreement.id);
    await afterDays(product, 9);
    expect(await comings(agreement.id)).toEqual([]);
  });
});

describe('a card that ends before the next charge', () => {
  it('is told of with that charge, once', async () => {
    const { agreement, means } = await monthly(product, shop, inDays(62));
    await endingCard(means);
    await afterDays(product, 60);
    await bill(product);
    await afterDays(product, 1);
    expect(await expirings(agreement.id)).toEqual([expect.objectContaining({ ...expiry(lastMonthBefore(61)) })]);
    await afterDays(product, 3);
    expect(await expirings(agreement.id)).toHaveLength(1);
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
  });

  it('is told of for an instalment plan', async () => {
    const made = await subscribe(shop, {
      terms: { type: 'INSTALLMENT' },
      installments: { total: '10.00', parts: 2, firstPartNow: true },
      schedule: { period: 'MONTH', startDate: day(product, 62), localTime: '00:00' },
    });
    await endingCard(await meansBehind(product, shop, made.order));
    await afterDays(product, 61);
    expect(await comings(made.agreement.id)).toHaveLength(1);
    expect(await expirings(made.agreement.id)).toHaveLength(1);
  });

  it('is told of by the last of daily charges', async () => {
    const { agreement, means } = await monthly(product, shop, inDays(1, { period: 'DAY' }));
    await endingCard(means);
    for (let passed = 0; passed < 33; passed += 1) await afterDays(product, 1);
    expect(await expirings(agreement.id)).toHaveLength(1);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('is not told of where it ends later, nor where the network renewed it', async () => {
    const { agreement, means } = await monthly(product, shop, inDays(40));
    await endingCard(means);
    await endingCard(means, 24);
    await afterDays(product, 39);
    expect(await comings(agreement.id)).toHaveLength(1);
    expect(await expirings(agreement.id)).toEqual([]);
  });
});

function lastMonthBefore(days: number): { expMonth: number; expYear: number } {
  const then = new Date(product.clock.now().getTime() - days * 86_400_000);
  return { expMonth: then.getUTCMonth() + 1, expYear: then.getUTCFullYear() };
}

function expiry({ expMonth, expYear }: { expMonth: number; expYear: number }): Json {
  return { expiryMonth: expMonth, expiryYear: expYear };
}
