import fc from 'fast-check';
import { originalOf } from '../../../src/features/ledger/domain/original.js';

describe('what an exchanged movement moved in the currency of its payment', () => {
  it('is what was said where something else is awaited', () => {
    expect(originalOf({ amount: 307n, original: 5_993n }, { whole: 10_000n, awaited: 10_000n, movements: 1 })).toBe(
      5_993n,
    );
    expect(originalOf({ amount: 512n, original: 10_000n }, { whole: 9_900n, awaited: 9_900n, movements: 1 })).toBe(
      10_000n,
    );
  });

  it('is the rest that is awaited where rounding is all that lies between', () => {
    expect(originalOf({ amount: 307n, original: 5_993n }, { whole: 6_000n, awaited: 6_000n, movements: 1 })).toBe(
      6_000n,
    );
    expect(originalOf({ amount: 205n, original: 4_002n }, { whole: 10_000n, awaited: 4_007n, movements: 2 })).toBe(
      4_007n,
    );
    expect(originalOf({ amount: -179n, original: -3_494n }, { whole: 5_000n, awaited: -3_500n, movements: 2 })).toBe(
      -3_500n,
    );
    expect(originalOf({ amount: 0n, original: 0n }, { whole: 100n, awaited: 0n, movements: 2 })).toBe(0n);
  });

  it('is the rest up to a unit for each movement and a ten thousandth of the whole, and no farther', () => {
    // 5000 / 1000 + 1 = 6 for each of two, and 1 for the rate's last digit.
    const movement = { amount: 1_000n, original: 5_000n };
    const of = (awaited: bigint) => originalOf(movement, { whole: 10_000n, awaited, movements: 2 });
    expect([of(5_013n), of(5_014n), of(4_987n), of(4_986n)]).toEqual([5_013n, 5_000n, 4_987n, 5_000n]);
    // Of the larger of the two: a refund may be more than was captured by a rate of its own.
    const large = (awaited: bigint) =>
      originalOf({ amount: 100_000n, original: 100_000n }, { whole: 10_000n, awaited, movements: 1 });
    expect([large(100_012n), large(100_013n)]).toEqual([100_012n, 100_000n]);
  });

  it('comes to what was captured, for any parts and any rate', () => {
    const parts = fc.array(fc.integer({ min: 5_000, max: 900_000 }), { minLength: 1, maxLength: 6 });
    const rates = fc.double({ min: 0.003, max: 400, noNaN: true });
    fc.assert(
      fc.property(parts, rates, (amounts, exact) => {
        const rate = Number(exact.toPrecision(5));
        const captured = BigInt(amounts.reduce((sum, each) => sum + each, 0));
        let told = 0n;
        for (const [index, part] of amounts.entries()) {
          const settled = Math.max(1, Math.round(part * exact));
          const movement = { amount: BigInt(settled), original: BigInt(Math.round(settled / rate)) };
          told += originalOf(movement, { whole: captured, awaited: captured - told, movements: index + 1 });
        }
        expect(told).toBe(captured);
      }),
    );
  });
});
