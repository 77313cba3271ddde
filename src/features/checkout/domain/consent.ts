import type { Money } from '../../../kernel/money.js';
import { TEXTS } from './all-texts.js';
import { amountText, dayText } from './amount-text.js';
import type { PageLanguage } from './language.js';
import type { ConsentTexts } from './texts.js';

/** What a payer lets a merchant do with the payment that establishes an agreement. */
export interface ConsentTerms {
  readonly inParts: boolean;
  readonly amount:
    | { readonly kind: 'FIXED'; readonly each: Money }
    | { readonly kind: 'BETWEEN'; readonly from: Money; readonly to: Money }
    | { readonly kind: 'AT_MOST'; readonly each: Money }
    | { readonly kind: 'OPEN' };
  /** Of all parts together; null where nobody can say. */
  readonly total: Money | null;
  /** Null: whenever the merchant asks. */
  readonly every: { readonly unit: 'DAY' | 'WEEK' | 'MONTH' | 'YEAR'; readonly interval: number } | null;
  /** Days: `2027-01-31`. */
  readonly from: string | null;
  readonly until: string | null;
  readonly payments: number | null;
}

/** The terms in sentences, each of which stands alone: who may charge, how much, how often, until when, how to stop. */
export function consentSentences(terms: ConsentTerms, merchant: string, language: PageLanguage): readonly string[] {
  const texts = TEXTS[language].consent;
  const { inParts, total } = terms;
  return [
    inParts ? texts.installments(merchant) : texts.permission(merchant),
    amountSentence(terms, texts, language),
    ...(total ? [texts.total(amountText(total, language))] : []),
    timeSentence(terms, texts, merchant, language),
    texts.howToStop(merchant),
  ];
}

function amountSentence({ amount }: ConsentTerms, texts: ConsentTexts, language: PageLanguage): string {
  switch (amount.kind) {
    case 'FIXED':
      return texts.fixedAmount(amountText(amount.each, language));
    case 'BETWEEN':
      return texts.amountBetween(amountText(amount.from, language), amountText(amount.to, language));
    case 'AT_MOST':
      return texts.amountAtMost(amountText(amount.each, language));
    case 'OPEN':
      return texts.amountOpen;
  }
}

/** "Every month, from 1 January 2027, 12 times at most." */
function timeSentence(terms: ConsentTerms, texts: ConsentTexts, merchant: string, language: PageLanguage): string {
  const { every, from, until, payments } = terms;
  const parts = [
    every ? texts.every[every.unit](every.interval) : texts.whenNeeded(merchant),
    from && texts.from(dayText(from, language)),
    until && texts.until(dayText(until, language)),
    payments !== null && texts.payments(payments),
    until === null && payments === null && texts.untilStopped,
  ].filter((part) => typeof part === 'string' && part !== '');
  const text = parts.join(', ');
  return `${text.charAt(0).toLocaleUpperCase(language)}${text.slice(1)}.`;
}
