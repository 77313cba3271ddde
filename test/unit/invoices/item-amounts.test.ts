import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainDecimal, scaled } from '../../../src/features/invoices/domain/exact-decimal.js';
import { itemAmounts, sumOf, taxOf } from '../../../src/features/invoices/domain/item-amounts.js';
import { CURRENCIES, type Currency, fractionDigits } from '../../../src/kernel/currency.js';

const [EUR, JPY, KWD, ISK] = ['EUR', 'JPY', 'KWD', 'ISK'] as Currency[] as [Currency, Currency, Currency, Currency];

const amounts = (quantity: string, unitPrice: string, taxRate: string | null, currency = EUR) =>
  itemAmounts({ quantity, unitPrice, taxRate }, currency);

describe('what an item comes to', () => {
  it.each([
    ['3', '10.00', null, EUR, 3000n, 0n],
    ['1', '0.005', null, EUR, 1n, 0n],
    ['1', '0.0049999', null, EUR, 0n, 0n],
    ['1234567', '0.00015', '19', EUR, 18519n, 3519n],
    ['0.333333', '100', '8.1', EUR, 3333n, 270n],
    ['1', '0.5', '10', JPY, 1n, 0n],
    ['1', '15', '10', JPY, 15n, 2n],
    ['7', '1.0005', '5', KWD, 7004n, 350n],
    ['1', '12.5', '24', ISK, 13n, 3n],
    ['1000000000000', '0.00000001', '0', EUR, 1000000n, 0n],
    ['1000000000000', '1000000000000000', '100', KWD, 10n ** 30n, 10n ** 30n],
  ] as const)('%s × %s with %s %% in %s', (quantity, unitPrice, taxRate, currency, net, tax) => {
    expect(amounts(quantity, unitPrice, taxRate, currency)).toEqual({ net, tax });
  });

  it('says no tax where no rate is said, and none at a rate of nothing', () => {
    expect(taxOf(12_345n, null)).toBe(0n);
    expect(taxOf(12_345n, '0')).toBe(0n);
    expect(taxOf(12_345n, '0.0000')).toBe(0n);
  });
});

describe('the sum of items', () => {
  it('is of nets and taxes, each by itself', () => {
    const parts = [
      { net: 100n, tax: 19n },
      { net: 50n, tax: 0n },
      { net: 3n, tax: 1n },
    ];
    expect(sumOf(parts)).toEqual({ net: 153n, tax: 20n });
    expect(sumOf([])).toEqual({ net: 0n, tax: 0n });
  });
});

/** A decimal text of so many digits at most on both sides, with and without zeros that say nothing. */
function decimals(wholeMax: number, digits: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(wholeMax), fc.integer({ min: 0, max: digits }), fc.nat(10 ** digits - 1))
    .map(([whole, shown, fraction]) => {
      const text = String(fraction).padStart(digits, '0').slice(0, shown);
      return text === '' ? String(whole) : `${whole}.${text}`;
    });
}

const items = fc.record({
  quantity: decimals(1_000_000, 6),
  unitPrice: decimals(100_000, 8),
  taxRate: fc.option(decimals(99, 4)),
});

describe('rounding, for every currency', () => {
  const currencies = fc.constantFrom(...CURRENCIES);

  it('is off by half a unit at most, and half goes up', () => {
    fc.assert(
      fc.property(items, currencies, (item, currency) => {
        const { net, tax } = itemAmounts(item, currency);
        // In units of 10^-14, where both are whole.
        const exact = scaled(item.quantity, 6) * scaled(item.unitPrice, 8);
        const unit = 10n ** BigInt(14 - fractionDigits(currency));
        const off = net * unit - exact;
        expect(2n * off <= unit && 2n * off > -unit).toBe(true);
        const exactTax = net * scaled(item.taxRate ?? '0', 4);
        const taxOff = tax * 1_000_000n - exactTax;
        expect(taxOff * 2n <= 1_000_000n && taxOff * 2n > -1_000_000n).toBe(true);
      }),
    );
  });

  it('adds up: by item, by tax rate and in all, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(items, { maxLength: 30 }), currencies, (list, currency) => {
        const each = list.map((item) => ({
          ...itemAmounts(item, currency),
          rate: item.taxRate && plainDecimal(item.taxRate),
        }));
        const lines = [...Map.groupBy(each, ({ rate }) => rate).values()].map(sumOf);
        expect(sumOf(lines)).toEqual(sumOf(each));
        expect(sumOf(each.toReversed())).toEqual(sumOf(each));
      }),
    );
  });

  it('takes no notice of zeros that say nothing, as the database writes them', () => {
    fc.assert(
      fc.property(items, currencies, ({ quantity, unitPrice, taxRate }, currency) => {
        const kept = (text: string, digits: number) => {
          const [whole, fraction = ''] = text.split('.');
          return `${whole}.${fraction.padEnd(digits, '0')}`;
        };
        const asKept = {
          quantity: kept(quantity, 6),
          unitPrice: kept(unitPrice, 8),
          taxRate: taxRate && kept(taxRate, 4),
        };
        expect(itemAmounts(asKept, currency)).toEqual(itemAmounts({ quantity, unitPrice, taxRate }, currency));
        expect(plainDecimal(asKept.unitPrice)).toBe(plainDecimal(unitPrice));
      }),
    );
  });

  it('never makes less of more', () => {
    fc.assert(
      fc.property(items, items, currencies, (a, b, currency) => {
        const [x, y] = [a, b].map(({ quantity, unitPrice }) => scaled(quantity, 6) * scaled(unitPrice, 8)) as [
          bigint,
          bigint,
        ];
        const [one, other] = [itemAmounts(a, currency).net, itemAmounts(b, currency).net];
        expect(x <= y ? one <= other : one >= other).toBe(true);
      }),
    );
  });
});

describe('a plain decimal', () => {
  it.each([
    ['10.50000000', 2, '10.50'],
    ['10.00000000', 2, '10.00'],
    ['10.00000000', 0, '10'],
    ['0.00015000', 2, '0.00015'],
    ['19.0000', 0, '19'],
    ['8.1000', 0, '8.1'],
    ['000', 0, '0'],
    ['007.5', 0, '7.5'],
    ['100', 0, '100'],
    ['100', 3, '100.000'],
  ])('of %s with at least %s digits', (text, digits, plain) => {
    expect(plainDecimal(text, digits)).toBe(plain);
  });
});
