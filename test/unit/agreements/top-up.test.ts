import fc from 'fast-check';
import { onReportedBalance } from '../../../src/features/agreements/domain/top-up.js';

function charges(threshold: bigint, balances: readonly bigint[]): readonly boolean[] {
  let isBelow = false;
  return balances.map((balance) => {
    const reported = onReportedBalance({ threshold, isBelow }, balance);
    isBelow = reported.isBelow;
    return reported.charge;
  });
}

describe('a reported balance', () => {
  it.each<[string, readonly bigint[], readonly boolean[]]>([
    ['above the threshold: nothing', [11n, 20n], [false, false]],
    ['exactly the threshold: nothing', [10n], [false]],
    ['below it at once: a charge', [9n], [true]],
    ['that goes on falling: one charge', [11n, 9n, 5n, 0n, -3n], [false, true, false, false, false]],
    ['that recovers to the threshold and falls again: another', [9n, 10n, 9n], [true, false, true]],
  ])('%s', (_, balances, expected) => {
    expect(charges(10n, balances)).toEqual(expected);
  });

  it('charges as often as the balance crosses the threshold downwards', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -5n, max: 25n })), (balances) => {
        const crossings = balances.filter((balance, index) => balance < 10n && (balances[index - 1] ?? 10n) >= 10n);
        expect(charges(10n, balances).filter(Boolean)).toHaveLength(crossings.length);
      }),
    );
  });
});
