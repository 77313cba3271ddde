import { createHash } from 'node:crypto';
import { Money } from '../../kernel/money.js';
import { type AgreementRow, chargeAmountOf, scheduleOf } from '../agreements/index.js';
import type { OrderRow } from '../orders/index.js';
import type { ConsentTerms } from './domain/consent.js';

/**
 * What the payer of an order agrees to with it; null where nothing is charged
 * later. A charge that the merchant began needs no new consent: the payer only
 * proves that they are who they said.
 */
export function consentTermsOf(agreement: AgreementRow | null, { source }: OrderRow): ConsentTerms | null {
  return agreement === null || source === 'MERCHANT' ? null : consentTerms(agreement);
}

/**
 * The terms, whatever language they are told in, as one short text: it goes
 * with the page and comes back with the payer's yes, so that nobody agrees to
 * what they have not been shown.
 */
export function termsDigest(terms: ConsentTerms): string {
  const text = JSON.stringify(terms, (_name, value: unknown) => (value instanceof Money ? value.toString() : value));
  return createHash('sha256').update(text).digest('base64url');
}

function consentTerms(agreement: AgreementRow): ConsentTerms {
  const schedule = scheduleOf(agreement);
  const inParts = agreement.type === 'INSTALLMENT';
  return {
    inParts,
    usual: usualOf(agreement),
    // Parts of a purchase are what was agreed on; else only what is said to be fixed is.
    isFixed: inParts || agreement.amountVariability === 'FIXED',
    least: agreement.minimum === null ? null : Money.of(agreement.minimum, agreement.currency),
    most: agreement.maximum === null ? null : Money.of(agreement.maximum, agreement.currency),
    daysBetween: agreement.minimumDays,
    total: inParts ? totalOf(agreement) : null,
    every: schedule
      ? { unit: schedule.period, interval: schedule.interval }
      : (FREQUENCIES[agreement.frequency ?? ''] ?? null),
    from: agreement.startDate ?? schedule?.startDate ?? null,
    until: earliest(agreement.expiryDate, schedule?.finishDate ?? null),
    payments: inParts ? agreement.chargeAmounts.length : agreement.numberOfPayments,
  };
}

/** Where no schedule says it exactly, what the payer was told. */
const FREQUENCIES: Readonly<Record<string, NonNullable<ConsentTerms['every']>>> = {
  DAILY: { unit: 'DAY', interval: 1 },
  WEEKLY: { unit: 'WEEK', interval: 1 },
  FORTNIGHTLY: { unit: 'WEEK', interval: 2 },
  MONTHLY: { unit: 'MONTH', interval: 1 },
  QUARTERLY: { unit: 'MONTH', interval: 3 },
  TWICE_YEARLY: { unit: 'MONTH', interval: 6 },
  YEARLY: { unit: 'YEAR', interval: 1 },
};

function usualOf(agreement: AgreementRow): ConsentTerms['usual'] {
  const { currency, topUpAmount } = agreement;
  const money = (minor: bigint) => Money.of(minor, currency);
  const charge = chargeAmountOf(agreement);
  if (charge?.mode === 'FIXED') return { kind: 'FIXED', each: money(charge.amount) };
  if (charge?.mode === 'RANGE') return { kind: 'BETWEEN', from: money(charge.from), to: money(charge.to) };
  if (charge?.mode === 'SEQUENCE') return ofSequence(charge.amounts.map(money));
  return topUpAmount === null ? null : { kind: 'FIXED', each: money(topUpAmount) };
}

function ofSequence(amounts: readonly Money[]): ConsentTerms['usual'] {
  const [first, ...rest] = [...amounts].sort((a, b) => (a.isGreaterThan(b) ? 1 : -1));
  const most = rest.at(-1) ?? first;
  if (!first || !most) return null;
  return most.isGreaterThan(first) ? { kind: 'BETWEEN', from: first, to: most } : { kind: 'FIXED', each: first };
}

function totalOf({ chargeAmounts, currency }: AgreementRow): Money {
  return Money.of(
    chargeAmounts.reduce((sum, amount) => sum + BigInt(amount), 0n),
    currency,
  );
}

function earliest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
