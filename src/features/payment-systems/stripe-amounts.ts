import { type Currency, fractionDigits } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import type { AmountProblem } from './payment-gateway.js';

/**
 * Stripe's own currency table, which is not ISO 4217: what it takes at all, in
 * which unit it wants the amount, the step, the least and the most.
 */
const SUPPORTED: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY ' +
    'COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK ' +
    'JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR ' +
    'MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS ' +
    'SRD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW'
  ).split(' '),
);

/** Sent in whole units. MGA is among them, though ISO 4217 gives it two digits. */
const ZERO_DECIMAL: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
);

/** Sent in thousandths, but the card networks take hundredths, so the last digit must be 0. */
const THREE_DECIMAL: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '));

/**
 * The least that can be charged, in Stripe's units. Published per settlement
 * currency; the second row are currencies tied to a published one. All others
 * have the equivalent of 0.50 USD after conversion, which only Stripe can tell.
 */
const MINIMUM: Readonly<Record<string, number>> = {
  ...{ USD: 50, AED: 200, AUD: 50, BGN: 100, BRL: 50, CAD: 50, CHF: 50, CZK: 1500, DKK: 250, EUR: 50, GBP: 30 },
  ...{ HKD: 400, HUF: 17500, INR: 50, JPY: 50, MXN: 1000, MYR: 200, NOK: 300, NZD: 50, PLN: 200, RON: 200, SEK: 300 },
  ...{ SGD: 50, THB: 1000, GIP: 30, FKP: 30, SHP: 30, KYD: 40, BHD: 180, JOD: 350, KWD: 150, OMR: 190 },
};

/** No currency but those above is worth more than the dollar, so 50 hundredths are never more than 0.50 USD. */
const MINIMUM_OTHERWISE = 50;

/** Eight digits; twelve for the rupiah. */
const MAXIMUM = 99_999_999;
const MAXIMUM_IDR = 999_999_999_999;

/** The amount in the unit that Stripe wants for its currency. Throws for what `stripeAmountProblem` would refuse as inexact. */
export function toStripeAmount(money: Money): number {
  const { minor, currency } = money;
  if (minor % stepMinor(currency) !== 0n) throw new RangeError(`${money} cannot be expressed in Stripe's unit`);
  const { times, by } = ratio(currency);
  const units = (minor * times) / by;
  if (units < 0n || units > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError(`${money} does not fit Stripe's amount`);
  return Number(units);
}

/** The amount that Stripe's number stands for. */
export function fromStripeAmount(units: number, currency: Currency): Money {
  if (!Number.isSafeInteger(units)) throw new RangeError(`${units} is not an amount of Stripe's`);
  const { times, by } = ratio(currency);
  const scaled = BigInt(units) * by;
  if (scaled % times !== 0n) throw new RangeError(`${units} is a fraction of the smallest ${currency}`);
  return Money.of(scaled / times, currency);
}

/** A number of Stripe's units that need not be whole, in the nearest step of its currency: half a step goes away from zero. */
export function roundedFromStripe(units: number, currency: Currency): Money {
  const { times, by } = ratio(currency);
  const step = stepMinor(currency);
  const steps = Math.round((Math.abs(units) * Number(by)) / Number(times) / Number(step));
  return Money.of(BigInt(Math.sign(units) * steps) * step, currency);
}

/** Why Stripe would not charge this amount, with the limit and the value as the caller writes them; or null. */
export function stripeAmountProblem(money: Money): AmountProblem | null {
  return currencyProblem(money) ?? stepProblem(money) ?? rangeProblem(money);
}

/** Why no amount with this one in it can be charged, however it is made up; or null. */
export function stripeExcessProblem(money: Money): AmountProblem | null {
  const unsupported = currencyProblem(money);
  if (unsupported) return unsupported;
  const most = largest(money.currency);
  return money.isGreaterThan(most) ? outOfRange(money, `at most ${most.toDecimal()}`) : null;
}

function currencyProblem({ currency }: Money): AmountProblem | null {
  if (SUPPORTED.has(currency)) return null;
  return { code: 'CURRENCY_NOT_SUPPORTED', message: `the payment system takes no ${currency}` };
}

function stepProblem(money: Money): AmountProblem | null {
  const step = stepMinor(money.currency);
  if (money.minor % step === 0n) return null;
  const unit = Money.of(step, money.currency);
  return {
    code: 'INVALID_INPUT',
    message: `the payment system takes ${money.currency} in steps of ${unit.toDecimal()}, not ${money.toDecimal()}`,
  };
}

function rangeProblem(money: Money): AmountProblem | null {
  const { currency } = money;
  const least = fromStripeAmount(MINIMUM[currency] ?? minimumOtherwise(currency), currency);
  const most = largest(currency);
  if (least.isGreaterThan(money)) return outOfRange(money, `at least ${least.toDecimal()}`);
  if (money.isGreaterThan(most)) return outOfRange(money, `at most ${most.toDecimal()}`);
  return null;
}

function outOfRange(money: Money, limit: string): AmountProblem {
  return {
    code: 'AMOUNT_OUT_OF_RANGE',
    message: `the payment system takes ${limit} in ${money.currency}, not ${money.toDecimal()}`,
  };
}

/** The largest amount with the right number of digits that is also a whole number of steps. */
function largest(currency: Currency): Money {
  const units = currency === 'IDR' ? MAXIMUM_IDR : MAXIMUM;
  const { times, by } = ratio(currency);
  const minor = (BigInt(units) * by) / times;
  return Money.of(minor - (minor % stepMinor(currency)), currency);
}

function minimumOtherwise(currency: Currency): number {
  return isWholeHundreds(currency) ? 100 : MINIMUM_OTHERWISE;
}

function stripeDigits(currency: Currency): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** ISK and UGX have no smaller unit any more, but are still sent as if they had: 5 ISK are 500. */
function isWholeHundreds(currency: Currency): boolean {
  return stripeDigits(currency) > fractionDigits(currency);
}

/** Stripe's units per minor unit, as a fraction. */
function ratio(currency: Currency): { readonly times: bigint; readonly by: bigint } {
  const shift = stripeDigits(currency) - fractionDigits(currency);
  return shift >= 0 ? { times: 10n ** BigInt(shift), by: 1n } : { times: 1n, by: 10n ** BigInt(-shift) };
}

/** The smallest difference between two amounts that Stripe takes, in minor units of ISO 4217. */
function stepMinor(currency: Currency): bigint {
  if (THREE_DECIMAL.has(currency)) return 10n;
  return ratio(currency).by;
}
