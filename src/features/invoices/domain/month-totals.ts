import type { Currency } from '../../../kernel/currency.js';
import type { InvoiceStatus } from './words.js';

/** What the invoices of a month in one currency and status come to, or the credit notes of them; in minor units. */
export interface MonthPart {
  readonly currency: Currency;
  readonly status: InvoiceStatus | 'CREDIT_NOTES';
  readonly count: number;
  readonly total: bigint;
  readonly due: bigint;
  readonly creditApplied: bigint;
  /** Taken off what was owed by credit notes. */
  readonly lessened: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
}

export interface Counted {
  readonly count: number;
  readonly total: bigint;
}

/** A month in one currency. */
export interface MonthTotals {
  readonly currency: Currency;
  readonly of: Readonly<Record<MonthPart['status'] | 'CLOSED', Counted>>;
  readonly due: bigint;
  readonly creditApplied: bigint;
  readonly collected: bigint;
  readonly refunded: bigint;
  /** Of the money that was asked for, what came: "0.9731", rounded down. Null where none was asked for. */
  readonly collectedShare: string | null;
}

const CLOSED: readonly MonthPart['status'][] = ['OPEN', 'PAID', 'PAST_DUE', 'UNCOLLECTIBLE', 'VOID'];
const OWED: readonly MonthPart['status'][] = ['OPEN', 'PAST_DUE'];

/** Parts put together per currency, in the order of their codes. */
export function monthTotals(parts: readonly MonthPart[]): readonly MonthTotals[] {
  const byCurrency = [...Map.groupBy(parts, ({ currency }) => currency)];
  return byCurrency
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, ofCurrency]) => totalsIn(currency, ofCurrency));
}

function totalsIn(currency: Currency, parts: readonly MonthPart[]): MonthTotals {
  const within = (statuses: readonly MonthPart['status'][]) => parts.filter(({ status }) => statuses.includes(status));
  const closed = within(CLOSED);
  const asked = closed.filter(({ status }) => status !== 'VOID');
  const collected = sum(closed, 'paid');
  const of = (...statuses: readonly MonthPart['status'][]): Counted => {
    const those = within(statuses);
    return { count: those.reduce((all, { count }) => all + count, 0), total: sum(those, 'total') };
  };
  return {
    currency,
    of: {
      ...{ DRAFT: of('DRAFT'), OPEN: of('OPEN'), PAID: of('PAID'), PAST_DUE: of('PAST_DUE'), VOID: of('VOID') },
      ...{ UNCOLLECTIBLE: of('UNCOLLECTIBLE'), CREDIT_NOTES: of('CREDIT_NOTES'), CLOSED: of(...CLOSED) },
    },
    due: sum(within(OWED), 'due'),
    creditApplied: sum(asked, 'creditApplied'),
    collected,
    refunded: sum(closed, 'refunded'),
    collectedShare: shareOf(collected, sum(asked, 'total') - sum(asked, 'creditApplied') - sum(asked, 'lessened')),
  };
}

function sum(parts: readonly MonthPart[], field: 'total' | 'due' | 'creditApplied' | 'lessened' | 'paid' | 'refunded') {
  return parts.reduce((all, part) => all + part[field], 0n);
}

const SHARE_DIGITS = 4;

/** Rounded down, so that only all of it is shown as all of it. */
export function shareOf(part: bigint, whole: bigint): string | null {
  if (whole <= 0n) return null;
  const unit = 10n ** BigInt(SHARE_DIGITS);
  const share = (part * unit) / whole;
  return `${share / unit}.${String(share % unit).padStart(SHARE_DIGITS, '0')}`;
}
