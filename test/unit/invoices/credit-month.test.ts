import { type MonthPart, monthTotals, shareOf } from '../../../src/features/invoices/domain/month-totals.js';
import type { Currency } from '../../../src/kernel/currency.js';

const part = (status: MonthPart['status'], some: Partial<MonthPart> = {}): MonthPart => ({
  ...{ currency: 'EUR' as Currency, status, count: 1, total: 0n, due: 0n },
  ...{ creditApplied: 0n, lessened: 0n, paid: 0n, refunded: 0n, ...some },
});

describe('a month of invoices', () => {
  it('is put together per currency, in the order of their codes', () => {
    const totals = monthTotals([part('OPEN', { currency: 'USD' as Currency }), part('PAID'), part('DRAFT')]);
    expect(totals.map(({ currency }) => currency)).toEqual(['EUR', 'USD']);
  });

  it('has closed what is not a draft, and asks for no money of what is void', () => {
    const [month] = monthTotals([
      part('DRAFT', { count: 2, total: 70n }),
      part('OPEN', { count: 3, total: 300n, due: 250n, lessened: 50n }),
      part('PAST_DUE', { total: 100n, due: 100n }),
      part('UNCOLLECTIBLE', { total: 40n, due: 40n }),
      part('VOID', { total: 900n, due: 900n }),
      part('PAID', { count: 5, total: 500n, creditApplied: 80n, lessened: 20n, paid: 400n, refunded: 60n }),
      part('CREDIT_NOTES', { count: 4, total: 110n }),
    ]);
    expect(month).toMatchObject({
      of: {
        CLOSED: { count: 11, total: 1840n },
        DRAFT: { count: 2, total: 70n },
        OPEN: { count: 3, total: 300n },
        PAID: { count: 5, total: 500n },
        PAST_DUE: { count: 1, total: 100n },
        VOID: { count: 1, total: 900n },
        UNCOLLECTIBLE: { count: 1, total: 40n },
        CREDIT_NOTES: { count: 4, total: 110n },
      },
      ...{ due: 350n, collected: 400n, refunded: 60n, creditApplied: 80n },
    });
    // 400 of (300 + 100 + 40 + 500) − 80 − 70.
    expect(month?.collectedShare).toBe('0.5063');
  });

  it('has one line a currency, in any order of its parts', () => {
    const [usd, eur, chf] = ['USD', 'EUR', 'CHF'].map((currency) => part('OPEN', { currency: currency as Currency }));
    if (!usd || !eur || !chf) throw new Error('three parts');
    const orders = [
      [usd, eur, chf, usd],
      [chf, usd, eur, chf],
      [eur, chf, usd],
    ];
    for (const parts of orders) {
      expect(monthTotals(parts).map(({ currency }) => currency)).toEqual(['CHF', 'EUR', 'USD']);
    }
  });

  it.each([
    [0n, 0n, null],
    [0n, 3n, '0.0000'],
    [1n, 3n, '0.3333'],
    [2n, 3n, '0.6666'],
    [99_999n, 100_000n, '0.9999'],
    [3n, 3n, '1.0000'],
  ])('shows %s of %s, rounded down', (some, whole, share) => expect(shareOf(some, whole)).toBe(share));
});
