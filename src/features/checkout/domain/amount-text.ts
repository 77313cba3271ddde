import { fractionDigits } from '../../../kernel/currency.js';
import type { Money } from '../../../kernel/money.js';
import type { PageLanguage } from './language.js';

/** In the pages' languages as they are written where our payers are. */
const LOCALES: Readonly<Record<PageLanguage, string>> = { en: 'en-GB', ro: 'ro-MD', ru: 'ru-MD' };

/**
 * The amount as a payer reads it. The formatter is given the decimal text, never
 * a number: no digit of it is ever rounded. How many digits a currency has is
 * ours to say, not the library's.
 */
export function amountText(amount: Money, language: PageLanguage): string {
  const digits = fractionDigits(amount.currency);
  return new Intl.NumberFormat(LOCALES[language], {
    style: 'currency',
    currency: amount.currency,
    currencyDisplay: 'symbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount.toDecimal() as Intl.StringNumericLiteral);
}

/** A day `2027-01-31` in words. */
export function dayText(day: string, language: PageLanguage): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return formatted(new Date(Date.UTC(year, month - 1, date)), language, { dateStyle: 'long', timeZone: 'UTC' });
}

/** A moment in words, in a zone that is said with it. */
export function momentText(moment: Date, language: PageLanguage, timeZone: string): string {
  return formatted(moment, language, {
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  });
}

function formatted(moment: Date, language: PageLanguage, how: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALES[language], how).format(moment);
}

/** The name of a country by its ISO 3166 code; the code where the library knows none. */
export function countryName(code: string, language: PageLanguage): string {
  return new Intl.DisplayNames(LOCALES[language], { type: 'region', fallback: 'code' }).of(code) ?? code;
}
