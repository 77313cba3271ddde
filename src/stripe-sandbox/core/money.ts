import { malformed, refusal } from './failure.js';

const SUPPORTED =
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'.split(
    ' ',
  );
const CURRENCIES = new Set(SUPPORTED);
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));
/** Kept as two-decimal for old integrations, though the currencies have no minor unit any more. */
const WHOLE_HUNDREDS = new Set(['isk', 'ugx']);

/** The least that may be charged, in minor units, as Stripe publishes it. */
const MINIMUM: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};
/** Stripe takes at most eight digits, and twelve of the rupiah. */
function maximumOf(currency: string): number {
  return currency === 'idr' ? 999_999_999_999 : 99_999_999;
}

const SIGNS: Readonly<Record<string, string>> = { usd: '$', eur: '€', gbp: '£', jpy: '¥', inr: '₹' };

export function decimalsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** To the nearest amount that there is of a currency: without a minor unit there are whole hundreds only. Half goes away from zero. */
export function rounded(amount: number, currency: string): number {
  const step = WHOLE_HUNDREDS.has(currency) ? 100 : 1;
  return Math.sign(amount) * Math.round(Math.abs(amount) / step) * step;
}

/** An amount as Stripe writes it in sentences: `$0.50 usd`. */
export function spoken(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return `${SIGNS[currency] ?? ''}${(amount / 10 ** decimals).toFixed(decimals)} ${currency}`;
}

export function currencyOf(given: string): string {
  const currency = given.toLowerCase();
  if (CURRENCIES.has(currency)) return currency;
  throw malformed(`Invalid currency: ${given}. Stripe currently supports these currencies: ${SUPPORTED.join(', ')}`, {
    param: 'currency',
  });
}

/** An amount as Stripe writes it in the sentences about refunds: `$0.50`, or `0.50 CHF` where it has no sign. */
export function priced(amount: number, currency: string): string {
  const sign = SIGNS[currency];
  const decimals = decimalsOf(currency);
  const number = (amount / 10 ** decimals).toFixed(decimals);
  return sign === undefined ? `${number} ${currency.toUpperCase()}` : `${sign}${number}`;
}

/** Currencies without a published minimum are held to the equivalent of $0.50, here simply by their decimals. */
function minimumOf(currency: string): number {
  const decimals = decimalsOf(currency);
  return MINIMUM[currency] ?? (decimals === 3 ? 100 : 50);
}

function refuseOddUnits(amount: number, currency: string, param: string): void {
  if (WHOLE_HUNDREDS.has(currency) && amount % 100 !== 0) {
    throw refusal(
      `Invalid ${currency.toUpperCase()} amount: ${amount}. ${currency.toUpperCase()} has no minor unit, so the amount must be evenly divisible by 100.`,
      { code: 'parameter_invalid_integer', param },
    );
  }
  if (THREE_DECIMAL.has(currency) && amount % 10 !== 0) {
    throw refusal(
      `Invalid ${currency.toUpperCase()} amount: ${amount}. The least significant digit must be 0 for three-decimal currencies.`,
      { code: 'parameter_invalid_integer', param },
    );
  }
}

function refusePositiveOnly(amount: number, param: string): void {
  if (amount >= 1) return;
  throw malformed('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param });
}

/** Refuses an amount that Stripe would not charge. */
export function checkAmount(amount: number, currency: string, param = 'amount'): void {
  refusePositiveOnly(amount, param);
  const maximum = maximumOf(currency);
  if (amount > maximum) {
    throw refusal(`Amount must be no more than ${spoken(maximum, currency)}`, { code: 'amount_too_large', param });
  }
  refuseOddUnits(amount, currency, param);
  const minimum = minimumOf(currency);
  if (amount < minimum) {
    throw refusal(`Amount must be at least ${spoken(minimum, currency)}`, { code: 'amount_too_small', param });
  }
}

/** Captures and refunds have no minimum, but the unit rules hold for them too. */
export function checkPart(amount: number, currency: string, param: string): void {
  refusePositiveOnly(amount, param);
  refuseOddUnits(amount, currency, param);
}
