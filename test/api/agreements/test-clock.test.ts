import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AgreementView, aBillingShop, agreementOf, day, subscribe } from '../../support/agreements.js';
import { chargesOf, declined, eventsOf, meansBehind, monthly, paidAt, tomorrow } from '../../support/charging.js';
import { eventually } from '../../support/eventually.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

const DAY = 86_400;
let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

const shopInUtc = () => aBillingShop(product, { timeZone: 'UTC' });

/** Nothing but the API: the jobs that follow are woken by the product itself. */
async function advance(shop: Shop, days: number): Promise<void> {
  const moved = await shop.operator.do<{ message?: string }>(
    'advanceTestClock',
    { seconds: days * DAY },
    'operator { testClock }',
  );
  expect(moved.message).toBeUndefined();
}

async function until(shop: Shop, id: string, isSo: (agreement: AgreementView) => boolean): Promise<AgreementView> {
  let seen: AgreementView | undefined;
  await eventually(async () => {
    seen = await agreementOf(shop, id);
    if (!isSo(seen)) throw new Error(JSON.stringify({ ...seen, upcomingCharges: undefined, orders: undefined }));
  }, 15_000);
  return seen as AgreementView;
}

describe('advanceTestClock', () => {
  it('moves 400 days in steps: every month is charged once, with a notice before each', async () => {
    const shop = await shopInUtc();
    const { agreement } = await monthly(product, shop);
    for (let passed = 0; passed < 400; passed += 10) {
      const paid = (await agreementOf(shop, agreement.id)).paymentsMade;
      await advance(shop, 10);
      const due = periodsDue(agreement.upcomingCharges[0]?.at ?? '', passed + 10);
      await until(shop, agreement.id, ({ paymentsMade }) => paymentsMade === due && paymentsMade >= paid);
    }
    const { charges, paymentsMade } = await agreementOf(shop, agreement.id);
    expect(charges.nodes.map(({ number }) => number).toReversed()).toEqual(
      Array.from({ length: paymentsMade }, (_, index) => index + 1),
    );
    expect(paymentsMade).toBeGreaterThanOrEqual(13);
    expect(await paidAt(product, shop, agreement.id)).toEqual(Array(paymentsMade).fill(2000));
    const told = (await eventsOf(product, agreement.id, 'agreement.charge_coming')).map(({ number }) => number);
    expect(new Set(told).size).toBe(told.length);
  }, 120_000);

  it('catches up in one step of a year, one period after the other', async () => {
    const shop = await shopInUtc();
    const { agreement } = await monthly(product, shop);
    await advance(shop, 366);
    await until(shop, agreement.id, ({ paymentsMade }) => paymentsMade === 13);
    const charges = await chargesOf(shop, agreement.id);
    expect(charges).toEqual(charges.map((_, index) => `PAID ${index + 1} ×1`));
  });

  it('has a declined charge tried again until it suspends', async () => {
    const shop = await shopInUtc();
    const { agreement } = await declined(product, shop, 'do_not_honor');
    await advance(shop, 1);
    await until(shop, agreement.id, ({ status }) => status === 'PAST_DUE');
    for (const [days, tries] of [
      [1, 2],
      [2, 3],
      [2, 4],
      [2, 5],
    ] as const) {
      await advance(shop, days);
      await until(
        shop,
        agreement.id,
        ({ charges }) => charges.nodes[0]?.attempts === tries && charges.nodes[0].retryAt !== undefined,
      );
      await until(shop, agreement.id, ({ status }) => status === (tries === 5 ? 'SUSPENDED' : 'PAST_DUE'));
    }
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ suspendedBecause: 'RETRIES_EXHAUSTED' });
  });

  it('has an attempt that waits for its payer closed, and the agreement of an abandoned page canceled', async () => {
    const shop = await shopInUtc();
    const { agreement, means } = await monthly(product, shop);
    product.sandbox.control.declineFrom(means, { code: 'authentication_required', times: 1 });
    const abandoned = await subscribe(shop, { payment: null });
    expect(abandoned.agreement.status).toBe('PENDING');
    await advance(shop, 1);
    await until(shop, agreement.id, ({ status }) => status === 'PAST_DUE');
    await advance(shop, 1);
    await until(shop, abandoned.agreement.id, ({ status }) => status === 'CANCELED');
    await advance(shop, 7);
    await until(shop, agreement.id, ({ charges }) => charges.nodes[0]?.retryAt != null);
    await advance(shop, 2);
    await until(shop, agreement.id, ({ status, paymentsMade }) => status === 'ACTIVE' && paymentsMade === 1);
  });

  it('finishes an instalment plan, and ends what expires', async () => {
    const shop = await shopInUtc();
    const plan = await subscribe(shop, {
      terms: { type: 'INSTALLMENT' },
      installments: { total: '100.00', parts: 4, firstPartNow: true },
      schedule: { period: 'MONTH', startDate: tomorrow(product), localTime: '00:00' },
    });
    const short = await subscribe(shop, { terms: { type: 'UNSCHEDULED', expiryDate: day(product, 20) } });
    for (let passed = 0; passed < 90; passed += 15) {
      await advance(shop, 15);
    }
    await until(shop, plan.agreement.id, ({ status }) => status === 'COMPLETED');
    await until(shop, short.agreement.id, ({ status }) => status === 'EXPIRED');
    expect(await paidAt(product, shop, plan.agreement.id)).toEqual([2500, 2500, 2500, 2500]);
    expect(await meansBehind(product, shop, plan.order)).toMatch(/^pm_/);
  });

  it('moves nobody else’s agreements', async () => {
    const [shop, other] = [await shopInUtc(), await shopInUtc()];
    const [mine, theirs] = [await monthly(product, shop), await monthly(product, other)];
    await advance(shop, 40);
    await until(shop, mine.agreement.id, ({ paymentsMade }) => paymentsMade === 2);
    expect(await chargesOf(other, theirs.agreement.id)).toEqual([]);
  });
});

/** How many monthly periods from `first` on have come when the operator's clock is so many days ahead. */
function periodsDue(first: string, days: number): number {
  const now = new Date(Date.now() + days * DAY * 1000);
  const anchor = new Date(first);
  let count = 0;
  for (;;) {
    const month = new Date(Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth() + count, 1));
    const last = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0)).getUTCDate();
    month.setUTCDate(Math.min(anchor.getUTCDate(), last));
    if (month > now) return count;
    count += 1;
  }
}
