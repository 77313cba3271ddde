import type { Money } from '../../../kernel/money.js';

/**
 * One purchase in so many parts, which add up to it exactly; the odd units are in
 * the first parts. A purchase of fewer units than parts ends in parts of nothing.
 */
export function splitInParts(total: Money, parts: number): readonly Money[] {
  return total.allocate(Array.from({ length: parts }, () => 1n));
}
