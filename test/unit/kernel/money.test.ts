import fc from 'fast-check';
import { CURRENCIES, type Currency, fractionDigits } from '../../../src/kernel/currency.js';
import { MINOR_UNITS_MAX, Money, parseDecimal } from '../../../src/kernel/money.js';

const USD = 'USD' as Currency;
const EUR = 'EUR' as Currency;
const JPY = 'JPY' as Currency;
const KWD = 'KWD' as Currency;

const currency = fc.constantFrom(...CURRENCIES);
const minorUnits = fc.bigInt({ min: -MINOR_UNITS_MAX, max: MINOR_UNITS_MAX });

describe('an amount read from a decimal', () => {
  it.each([
    ['10.50', USD, 1050n],
    ['10.5', USD, 1050n],
    ['10', USD, 1000n],
    ['0.01', USD, 1n],
    ['0', USD, 0n],
    ['-0', USD, 0n],
    ['-0.00', USD, 0n],
    ['-3.20', USD, -320n],
    ['007', USD, 700n],
    ['500', JPY, 500n],
    ['1.234', KWD, 1234n],
    ['1.2', KWD, 1200n],
    ['10000000000000', USD, 10n ** 15n],
    ['1000000000000000', JPY, 10n ** 15n],
  ])('is exact: %s %s', (text, code, minor) => {
    expect(parseDecimal(text, code)).toEqual(Money.of(minor, code));
  });

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    '+1',
    '1e3',
    '1E3',
    '0x10',
    '1_000',
    '1,000',
    '1,5',
    '.5',
    '5.',
    '1.2.3',
    '--1',
    '-',
  ])('is none in %j', (text) => expect(parseDecimal(text, USD)).toContain('is not a decimal number'));

  it.each(['NaN', 'Infinity', '∞', '１２', '١٢', '1\u00a0000', '−1'])(
    'knows only the ten digits: none in %j',
    (text) => {
      expect(parseDecimal(text, USD)).toContain('is not a decimal number');
    },
  );

  it('is none in 31 digits, and the answer does not repeat them all', () => {
    const fault = parseDecimal('9'.repeat(31), USD);
    expect(fault).toContain('is not a decimal number');
    expect(parseDecimal('9'.repeat(10_000), USD)).toHaveLength(
      `"${'9'.repeat(40)}" is not a decimal number such as "10.50"`.length,
    );
    expect(parseDecimal(`1.${'0'.repeat(31)}`, USD)).toContain('is not a decimal number');
  });

  it.each([
    ['10.005', USD, '"10.005" has 3 fraction digits; USD has at most 2'],
    ['10.000', USD, '"10.000" has 3 fraction digits; USD has at most 2'],
    ['10.5', JPY, '"10.5" has 1 fraction digits; JPY has none'],
    ['10.0', JPY, '"10.0" has 1 fraction digits; JPY has none'],
    ['1.2345', KWD, '"1.2345" has 4 fraction digits; KWD has at most 3'],
  ])('has no more fraction digits than the currency: %s %s', (text, code, fault) => {
    expect(parseDecimal(text, code)).toBe(fault);
  });

  it.each([
    ['1000000000000000000', USD, '10000000000000.00 USD'],
    ['-1000000000000000000', USD, '10000000000000.00 USD'],
    ['10000000000000.01', USD, '10000000000000.00 USD'],
    ['1000000000000001', JPY, '1000000000000000 JPY'],
    ['9'.repeat(30), KWD, '1000000000000.000 KWD'],
  ])('has an end: %s %s', (text, code, largest) => {
    expect(parseDecimal(text, code)).toBe(`"${text}" is more than the largest amount, ${largest}`);
  });

  it('takes exactly the fraction digits of every currency', () => {
    for (const code of CURRENCIES) {
      const digits = fractionDigits(code);
      const text = digits === 0 ? '1' : `1.${'0'.repeat(digits - 1)}7`;
      expect(parseDecimal(text, code)).toEqual(Money.of(digits === 0 ? 1n : 10n ** BigInt(digits) + 7n, code));
      expect(parseDecimal(digits === 0 ? '1.1' : `${text}1`, code)).toContain('fraction digits');
    }
  });

  it('never throws, whatever the text', () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.-+e ') }));
    fc.assert(
      fc.property(anything, currency, (text, code) => {
        const amount = parseDecimal(text, code);
        if (amount instanceof Money) expect(text).toMatch(/^-?[0-9]+(\.[0-9]+)?$/);
      }),
    );
  });
});

describe('an amount written as a decimal', () => {
  it.each([
    [0n, USD, '0.00'],
    [5n, USD, '0.05'],
    [-5n, USD, '-0.05'],
    [-1050n, USD, '-10.50'],
    [7n, JPY, '7'],
    [-7n, JPY, '-7'],
    [7n, KWD, '0.007'],
  ])('%d %s', (minor, code, text) => {
    expect(Money.of(minor, code).toDecimal()).toBe(text);
    expect(`${Money.of(minor, code)}`).toBe(`${text} ${code}`);
  });

  it('is read back as the same amount in every currency', () => {
    fc.assert(
      fc.property(minorUnits, (minor) => {
        for (const code of CURRENCIES) {
          const amount = Money.of(minor, code);
          expect(parseDecimal(amount.toDecimal(), code)).toEqual(amount);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('amounts together', () => {
  const ONE = Money.of(100n, USD);

  it('add, subtract and compare', () => {
    fc.assert(
      fc.property(minorUnits, minorUnits, (left, right) => {
        const [one, other] = [Money.of(left, USD), Money.of(right, USD)];
        expect(one.plus(other).minus(other)).toEqual(one);
        expect(one.isGreaterThan(other)).toBe(left > right);
        expect(one.minus(one)).toEqual(Money.zero(USD));
      }),
    );
    expect(Money.zero(USD).isZero()).toBe(true);
    expect(ONE.isZero()).toBe(false);
  });

  it.each(['plus', 'minus', 'isGreaterThan'] as const)('are of one currency to %s', (operation) => {
    expect(() => ONE[operation](Money.of(100n, EUR))).toThrow(
      expect.objectContaining({ code: 'CURRENCY_MISMATCH', message: 'cannot combine USD with EUR' }),
    );
  });
});

describe('an amount split', () => {
  const weights = fc.array(fc.bigInt({ min: 1n, max: 1000n }), { minLength: 1, maxLength: 12 });

  const shares = (minor: bigint, ...parts: bigint[]) =>
    Money.of(minor, USD)
      .allocate(parts)
      .map((part) => part.minor);

  it('never loses or invents a unit, and no share is more than a unit off its proportion', () => {
    fc.assert(
      fc.property(minorUnits, weights, (minor, parts) => {
        const total = parts.reduce((sum, weight) => sum + weight, 0n);
        const split = shares(minor, ...parts);
        expect(split.reduce((sum, share) => sum + share, 0n)).toBe(minor);
        for (const [index, share] of split.entries()) {
          const off = share * total - minor * (parts[index] ?? 0n);
          expect(off <= total && off >= -total).toBe(true);
        }
      }),
    );
  });

  it('gives the odd units to the first parts', () => {
    expect(shares(100n, 1n, 1n, 1n)).toEqual([34n, 33n, 33n]);
    expect(shares(-100n, 1n, 1n, 1n)).toEqual([-34n, -33n, -33n]);
    expect(shares(2n, 1n, 1n, 1n, 1n)).toEqual([1n, 1n, 0n, 0n]);
  });

  it('needs something to split by', () => {
    expect(() => shares(100n)).toThrow(
      new RangeError('allocate() needs weights that are not negative, and one that is more than zero'),
    );
    expect(() => shares(100n, 0n, 0n)).toThrow(RangeError);
    expect(() => shares(100n, 1n, -1n)).toThrow(RangeError);
  });

  // Faults found while this test was written; each is mended when its line fails to fail.
  it('gives nothing to a part without weight', () => {
    expect(shares(1n, 0n, 1n, 1n)).toEqual([0n, 1n, 0n]);
  });

  it('refuses a negative weight: with one, units are invented', () => {
    expect(() => shares(1n, -1n, -1n, -1n, 5n)).toThrow(RangeError);
  });
});
