import { CURRENCIES, type Currency, fractionDigits, isCurrency } from '../../../src/kernel/currency.js';

/**
 * Where `Intl` shows other digits than ISO 4217 gives: CLDR leaves out
 * fractions that no shop asks for any more, banks and payment systems do not.
 */
const SHOWN_OTHERWISE: Readonly<Record<string, { iso: number; intl: number }>> = {
  ...Object.fromEntries(
    ['AFN', 'ALL', 'COP', 'HUF', 'IDR', 'IRR', 'KPW', 'LAK', 'LBP', 'MGA', 'MMK', 'PKR', 'SOS', 'SYP', 'YER'].map(
      (code) => [code, { iso: 2, intl: 0 }],
    ),
  ),
  IQD: { iso: 3, intl: 0 },
};

/** Known to `Intl`, and no longer (or never) money that an order can be in. */
const LEFT_OUT = ['ANG', 'CUC', 'HRK', 'SLL', 'XDR', 'XSU', 'ZWL'];

function digitsOfIntl(code: string): number | undefined {
  return new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits;
}

describe('the table of currencies', () => {
  it('has the digits of Intl, but where Intl is known to differ from ISO 4217', () => {
    const differing = CURRENCIES.filter((code) => digitsOfIntl(code) !== fractionDigits(code));
    expect(
      Object.fromEntries(differing.map((code) => [code, { iso: fractionDigits(code), intl: digitsOfIntl(code) }])),
    ).toEqual(SHOWN_OTHERWISE);
  });

  it('has every currency in use that Intl knows, and no other', () => {
    const known = Intl.supportedValuesOf('currency');
    expect(known.filter((code) => !isCurrency(code))).toEqual(LEFT_OUT);
    expect(CURRENCIES.filter((code) => !known.includes(code))).toEqual([]);
  });

  it('is in order, without doubles', () => {
    expect([...new Set(CURRENCIES)].sort()).toEqual(CURRENCIES);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });

  it.each(['usd', 'Usd', ' USD', 'USD ', '', 'US', 'USDX', 'XAU', 'XTS', 'XXX', '__proto__', 'toString'])(
    'does not have %j',
    (text) => {
      expect(isCurrency(text)).toBe(false);
      expect(() => fractionDigits(text as Currency)).toThrow(new RangeError(`unknown currency ${text}`));
    },
  );
});
