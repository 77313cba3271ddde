import fc from 'fast-check';
import {
  fromStripeAmount,
  stripeAmountProblem,
  toStripeAmount,
} from '../../src/features/payment-systems/stripe-amounts.js';
import { CURRENCIES, type Currency, fractionDigits } from '../../src/kernel/currency.js';
import { Money, parseDecimal } from '../../src/kernel/money.js';

function money(amount: string, currency: string): Money {
  const parsed = parseDecimal(amount, currency as Currency);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

const supported = CURRENCIES.filter(
  (currency) => stripeAmountProblem(Money.of(1n, currency))?.code !== 'CURRENCY_NOT_SUPPORTED',
);

describe('amounts as Stripe wants them', () => {
  it.each([
    ['10.50', 'USD', 1050],
    ['10.50', 'EUR', 1050],
    ['500', 'JPY', 500],
    ['1500', 'CLP', 1500],
    ['20000', 'VND', 20000],
    ['655', 'XAF', 655],
    ['100', 'BIF', 100],
    ['100', 'DJF', 100],
    ['100', 'GNF', 100],
    ['100', 'KMF', 100],
    ['100', 'KRW', 100],
    ['100', 'PYG', 100],
    ['100', 'RWF', 100],
    ['100', 'VUV', 100],
    ['100', 'XOF', 100],
    ['100', 'XPF', 100],
    ['5', 'ISK', 500],
    ['5', 'UGX', 500],
    ['1500.00', 'MGA', 1500],
    ['5.120', 'KWD', 5120],
    ['5.120', 'BHD', 5120],
    ['5.120', 'JOD', 5120],
    ['5.120', 'OMR', 5120],
    ['5.120', 'TND', 5120],
    ['175.00', 'HUF', 17500],
    ['800.45', 'TWD', 80045],
  ])('%s %s is %i', (amount, currency, units) => {
    expect(toStripeAmount(money(amount, currency))).toBe(units);
    expect(fromStripeAmount(units, currency as Currency)).toEqual(money(amount, currency));
  });

  it.each([
    ['1500.50', 'MGA'],
    ['5.124', 'KWD'],
  ])('%s %s has no exact expression and throws', (amount, currency) => {
    expect(() => toStripeAmount(money(amount, currency))).toThrow(RangeError);
  });

  it('refuses a fraction of a krona, a fraction of a unit, and what does not fit', () => {
    expect(() => fromStripeAmount(550, 'ISK' as Currency)).toThrow(RangeError);
    expect(() => fromStripeAmount(5.5, 'USD' as Currency)).toThrow(RangeError);
    expect(() => toStripeAmount(Money.of(2n ** 60n, 'USD' as Currency))).toThrow(RangeError);
    expect(() => toStripeAmount(Money.of(-1n, 'USD' as Currency))).toThrow(RangeError);
  });

  it('there and back is the same amount, in every currency that Stripe takes', () => {
    const amount = fc.tuple(fc.constantFrom(...supported), fc.bigInt({ min: 0n, max: 10n ** 12n }));
    fc.assert(
      fc.property(amount, ([currency, minor]) => {
        const rounded = Money.of(minor - (minor % 100n), currency);
        expect(fromStripeAmount(toStripeAmount(rounded), currency)).toEqual(rounded);
      }),
    );
  });
});

describe('what Stripe would refuse', () => {
  it('says which of our currencies Stripe does not take', () => {
    const refused = CURRENCIES.filter((currency) => !supported.includes(currency));
    expect(refused).toEqual('BTN CUP ERN GHS IQD IRR KPW LYD MRU SDG SSP STN SVC SYP TMT VES ZWG'.split(' '));
    expect(stripeAmountProblem(money('10.00', 'IRR'))).toEqual({
      code: 'CURRENCY_NOT_SUPPORTED',
      message: 'the payment system takes no IRR',
    });
  });

  it.each([
    ['USD', '0.50', '0.49'],
    ['AED', '2.00', '1.99'],
    ['AUD', '0.50', '0.49'],
    ['BGN', '1.00', '0.99'],
    ['BRL', '0.50', '0.49'],
    ['CAD', '0.50', '0.49'],
    ['CHF', '0.50', '0.49'],
    ['CZK', '15.00', '14.99'],
    ['DKK', '2.50', '2.49'],
    ['EUR', '0.50', '0.49'],
    ['GBP', '0.30', '0.29'],
    ['HKD', '4.00', '3.99'],
    ['HUF', '175.00', '174.99'],
    ['INR', '0.50', '0.49'],
    ['ISK', '1', '0'],
    ['JPY', '50', '49'],
    ['KWD', '0.150', '0.140'],
    ['MGA', '50.00', '49.00'],
    ['MXN', '10.00', '9.99'],
    ['MYR', '2.00', '1.99'],
    ['NOK', '3.00', '2.99'],
    ['NZD', '0.50', '0.49'],
    ['PLN', '2.00', '1.99'],
    ['RON', '2.00', '1.99'],
    ['SEK', '3.00', '2.99'],
    ['SGD', '0.50', '0.49'],
    ['THB', '10.00', '9.99'],
    ['UGX', '1', '0'],
  ])('takes %s from %s, not %s', (currency, least, less) => {
    expect(stripeAmountProblem(money(least, currency))).toBeNull();
    expect(stripeAmountProblem(money(less, currency))).toEqual({
      code: 'AMOUNT_OUT_OF_RANGE',
      message: `the payment system takes at least ${least} in ${currency}, not ${less}`,
    });
  });

  it.each([
    ['USD', '999999.99', '1000000.00'],
    ['JPY', '99999999', '100000000'],
    ['ISK', '999999', '1000000'],
    ['UGX', '999999', '1000000'],
    ['MGA', '99999999.00', '100000000.00'],
    ['KWD', '99999.990', '100000.000'],
    ['IDR', '9999999999.99', '10000000000.00'],
  ])('takes %s up to %s, not %s', (currency, most, more) => {
    expect(stripeAmountProblem(money(most, currency))).toBeNull();
    expect(stripeAmountProblem(money(more, currency))).toEqual({
      code: 'AMOUNT_OUT_OF_RANGE',
      message: `the payment system takes at most ${most} in ${currency}, not ${more}`,
    });
  });

  it.each([
    ['5.124', 'KWD', 'the payment system takes KWD in steps of 0.010, not 5.124'],
    ['1500.50', 'MGA', 'the payment system takes MGA in steps of 1.00, not 1500.50'],
  ])('%s %s is too fine', (amount, currency, message) => {
    expect(stripeAmountProblem(money(amount, currency))).toEqual({ code: 'INVALID_INPUT', message });
  });

  it('never refuses what toStripeAmount cannot express for another reason than the step', () => {
    const amount = fc.tuple(fc.constantFrom(...supported), fc.bigInt({ min: 0n, max: 10n ** 15n }));
    fc.assert(
      fc.property(amount, ([currency, minor]) => {
        const candidate = Money.of(minor, currency);
        if (stripeAmountProblem(candidate) !== null) return;
        expect(Number.isSafeInteger(toStripeAmount(candidate))).toBe(true);
        expect(fractionDigits(currency)).toBeLessThan(4);
      }),
    );
  });
});
