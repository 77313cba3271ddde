import fc from 'fast-check';
import { splitInParts } from '../../../src/features/agreements/domain/installments.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { Money } from '../../../src/kernel/money.js';

function parts(minor: bigint, count: number): readonly bigint[] {
  return splitInParts(Money.of(minor, 'EUR' as Currency), count).map((part) => part.minor);
}

describe('a purchase in parts', () => {
  it.each<[bigint, number, readonly bigint[]]>([
    [1000n, 3, [334n, 333n, 333n]],
    [1001n, 3, [334n, 334n, 333n]],
    [900n, 3, [300n, 300n, 300n]],
    [5n, 1, [5n]],
    [2n, 3, [1n, 1n, 0n]],
  ])('%s in %i: the odd units are in the first parts', (total, count, expected) => {
    expect(parts(total, count)).toEqual(expected);
  });

  it('adds up to the purchase exactly, in parts that differ by one unit at most', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.integer({ min: 1, max: 999 }), (total, count) => {
        const split = parts(total, count);
        const first = split[0] ?? 0n;
        const last = split.at(-1) ?? 0n;
        expect(split).toHaveLength(count);
        expect(split.reduce((sum, part) => sum + part, 0n)).toBe(total);
        expect(first - last <= 1n).toBe(true);
        expect(split.every((part, index) => part <= (split[index - 1] ?? part))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('cannot be made in no parts', () => {
    expect(() => parts(100n, 0)).toThrow(RangeError);
  });
});
