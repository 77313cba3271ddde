import { type Currency, fractionDigits } from '../../../kernel/currency.js';
import { scaled } from './exact-decimal.js';

/** What a text of each may have after its point; the columns have the same. */
export const QUANTITY_DIGITS = 6;
export const PRICE_DIGITS = 8;
export const RATE_DIGITS = 4;

/** A rate is percent, so a hundredth of what it says. */
const PERCENT_DIGITS = 2;

/** As they are given and kept: decimal numbers without a sign. */
export interface PricedItem {
  readonly quantity: string;
  readonly unitPrice: string;
  /** Percent; null: no tax is said. */
  readonly taxRate: string | null;
}

/** In minor units. */
export interface ItemAmounts {
  readonly net: bigint;
  readonly tax: bigint;
}

/**
 * What an item comes to. Each item is rounded by itself, its net first and its
 * tax from that, so that what is printed adds up: an invoice is the sum of its
 * lines, and its tax lines are sums of theirs.
 */
export function itemAmounts({ quantity, unitPrice, taxRate }: PricedItem, currency: Currency): ItemAmounts {
  const product = scaled(quantity, QUANTITY_DIGITS) * scaled(unitPrice, PRICE_DIGITS);
  const net = rounded(product, QUANTITY_DIGITS + PRICE_DIGITS - fractionDigits(currency));
  return { net, tax: taxOf(net, taxRate) };
}

/** The tax on a net amount, both in minor units. */
export function taxOf(net: bigint, taxRate: string | null): bigint {
  return taxRate === null ? 0n : rounded(net * scaled(taxRate, RATE_DIGITS), RATE_DIGITS + PERCENT_DIGITS);
}

/** The sum of any amounts with a tax: of items, or of tax lines, which comes to the same. */
export function sumOf(parts: readonly ItemAmounts[]): ItemAmounts {
  return parts.reduce((sum, { net, tax }) => ({ net: sum.net + net, tax: sum.tax + tax }), { net: 0n, tax: 0n });
}

/** Without the last so many digits: half a unit goes away from zero, which for what is never negative is up. */
function rounded(value: bigint, digits: number): bigint {
  const unit = 10n ** BigInt(digits);
  return (2n * value + unit) / (2n * unit);
}
