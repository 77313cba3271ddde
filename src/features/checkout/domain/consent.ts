import type { Money } from '../../../kernel/money.js';
import { TEXTS } from './all-texts.js';
import { amountText, dayText } from './amount-text.js';
import type { PageLanguage } from './language.js';
import type { ConsentTexts } from './texts.js';

/** What a payer lets a merchant do with the payment that establishes an agreement. */
export interface ConsentTerms {
  readonly inParts: boolean;
  /** What is charged as a rule; null where nothing is said of it. */
  readonly usual:
    | { readonly kind: 'FIXED'; readonly each: Money }
    | { readonly kind: 'BETWEEN'; readonly from: Money; readonly to: Money }
    | null;
  /** Whether it is always so; else the merchant may charge another amount, up to `most`. */
  readonly isFixed: boolean;
  readonly least: Money | null;
  readonly most: Money | null;
  /** Whole days between two charges at least. */
  readonly daysBetween: number | null;
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
    ...amountSentences(terms, texts, language),
    ...(total ? [texts.total(amountText(total, language))] : []),
    timeSentence(terms, texts, merchant, language),
    ...(terms.daysBetween === null ? [] : [texts.daysBetween(terms.daysBetween)]),
    texts.howToStop(merchant),
  ];
}

/** Never less than what the merchant may charge: who agrees to a usual amount is told that it may be another, and how much at most. */
function amountSentences(terms: ConsentTerms, texts: ConsentTexts, language: PageLanguage): readonly string[] {
  const { usual, isFixed, most } = terms;
  const text = (money: Money) => amountText(money, language);
  if (usual === null) return [limitSentence(terms, texts, text)];
  if (usual.kind === 'FIXED' && isFixed) return [texts.fixedAmount(text(usual.each))];
  if (usual.kind === 'BETWEEN' && isFixed) return [texts.amountBetween(text(usual.from), text(usual.to))];
  const first =
    usual.kind === 'FIXED' ? texts.usually(text(usual.each)) : texts.usuallyBetween(text(usual.from), text(usual.to));
  return [first, most ? texts.amountAtMost(text(most)) : texts.mayVary];
}

function limitSentence({ least, most }: ConsentTerms, texts: ConsentTexts, text: (money: Money) => string): string {
  if (!most) return texts.amountOpen;
  return least ? texts.amountBetween(text(least), text(most)) : texts.amountAtMost(text(most));
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
