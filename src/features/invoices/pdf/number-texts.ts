import { type Currency, fractionDigits } from '../../../kernel/currency.js';
import type { Money } from '../../../kernel/money.js';
import type { Language } from '../../orders/index.js';

/** As they are written where our payers are. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', ro: 'ro-MD', ru: 'ru-MD' };

const DECIMAL = /^-?\d{1,30}(?:\.(\d{1,30}))?$/;

/** How one document writes numbers and days: by the habit of its language, in its currency. */
export interface NumberTexts {
  /** Beside other amounts, under a heading that names the currency: "1,234.50". */
  readonly plain: (amount: Money) => string;
  /** By itself: "MDL 1,234.50". The code, because a "$" is of twenty countries. */
  readonly full: (amount: Money) => string;
  /** A price, with more digits than the currency has where it was given so. */
  readonly price: (decimal: string) => string;
  readonly quantity: (decimal: string) => string;
  readonly percent: (decimal: string) => string;
  /** A day `2026-11-22` in words. */
  readonly day: (day: string) => string;
  /** A month `2026-11` in words. */
  readonly month: (month: string) => string;
}

/**
 * The formatters are given decimal texts, never numbers: no digit is ever
 * rounded. A hundred items share them, for making one takes as long as using it often.
 */
export function numberTexts(language: Language, currency: Currency): NumberTexts {
  const locale = LOCALES[language];
  const digits = fractionDigits(currency);
  const format = formats(locale);
  return {
    plain: (amount) => format(amount.toDecimal(), digits, {}),
    full: (amount) => format(amount.toDecimal(), digits, { style: 'currency', currency, currencyDisplay: 'code' }),
    price: (decimal) => givenDecimal(decimal, (given) => format(decimal, Math.max(digits, given), {})),
    quantity: (decimal) => givenDecimal(decimal, (given) => format(decimal, given, {})),
    percent: (decimal) =>
      givenDecimal(decimal, (given) => format(`${decimal}E-2`, given, { style: 'percent' }), `${decimal} %`),
    day: dateFormat(locale, { dateStyle: 'long' }),
    month: dateFormat(locale, { month: 'long', year: 'numeric' }),
  };
}

type Format = (decimal: string, digits: number, options: Intl.NumberFormatOptions) => string;

function formats(locale: string): Format {
  const made = new Map<string, Intl.NumberFormat>();
  return (decimal, digits, options) => {
    const key = `${options.style ?? 'decimal'} ${digits}`;
    const known = made.get(key);
    const format =
      known ??
      new Intl.NumberFormat(locale, { ...options, minimumFractionDigits: digits, maximumFractionDigits: digits });
    if (!known) made.set(key, format);
    return format.format(decimal as Intl.StringNumericLiteral);
  };
}

/** What is no decimal text is printed as it came: a document shows what was billed, or says nothing. */
function givenDecimal(text: string, format: (digits: number) => string, otherwise = text): string {
  const match = DECIMAL.exec(text);
  return match ? format(match[1]?.length ?? 0) : otherwise;
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): (date: string) => string {
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  return (date) => {
    const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
    return format.format(new Date(Date.UTC(year, month - 1, day)));
  };
}
