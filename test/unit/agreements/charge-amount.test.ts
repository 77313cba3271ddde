import fc from 'fast-check';
import {
  amountOfPeriod,
  type ChargeAmount,
  chargeAmountFaults,
  lastNumber,
} from '../../../src/features/agreements/domain/charge-amount.js';
import { drawUpTo } from '../../../src/features/agreements/domain/seeded-draw.js';
import { MINOR_UNITS_MAX } from '../../../src/kernel/money.js';

const SEED = 'agr_01h2xcejqtf2nbrexx3vqjhp41';

function sequence(...amounts: bigint[]): ChargeAmount {
  return { mode: 'SEQUENCE', amounts };
}

describe('a fixed amount', () => {
  it('is the same for every period, without an end', () => {
    const fixed: ChargeAmount = { mode: 'FIXED', amount: 1050n };
    expect([1, 2, 5000].map((number) => amountOfPeriod(fixed, number, SEED))).toEqual([1050n, 1050n, 1050n]);
    expect(lastNumber(fixed)).toBeNull();
  });
});

describe('a sequence of amounts', () => {
  it('is taken in turn and then used up', () => {
    const amounts = sequence(100n, 250n, 75n);
    expect([1, 2, 3, 4].map((number) => amountOfPeriod(amounts, number, SEED))).toEqual([100n, 250n, 75n, null]);
    expect(lastNumber(amounts)).toBe(3);
  });
});

describe('an amount drawn from a range', () => {
  const bound = fc.bigInt({ min: 1n, max: MINOR_UNITS_MAX });
  const range = fc.tuple(bound, bound).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));

  it('is within it, and the same whenever it is asked for', () => {
    fc.assert(
      fc.property(range, fc.nat(100_000), fc.string(), ({ from, to }, number, seed) => {
        const amount = amountOfPeriod({ mode: 'RANGE', from, to }, number, seed) ?? -1n;
        expect(amount >= from && amount <= to).toBe(true);
        expect(amountOfPeriod({ mode: 'RANGE', from, to }, number, seed)).toBe(amount);
      }),
    );
  });

  it('is the same in every later version: a forecast may have been shown', () => {
    const drawn = [1, 2, 3, 4].map((number) => amountOfPeriod({ mode: 'RANGE', from: 500n, to: 1500n }, number, SEED));
    expect(drawn).toMatchInlineSnapshot(`
     [
       922n,
       820n,
       1152n,
       605n,
     ]
    `);
    expect(lastNumber({ mode: 'RANGE', from: 500n, to: 1500n })).toBeNull();
  });

  it('is the only one there is when both ends are the same', () => {
    expect(amountOfPeriod({ mode: 'RANGE', from: 7n, to: 7n }, 3, SEED)).toBe(7n);
  });

  it('is another for another period or agreement', () => {
    const range: ChargeAmount = { mode: 'RANGE', from: 1n, to: MINOR_UNITS_MAX };
    const amounts = [amountOfPeriod(range, 1, 'a'), amountOfPeriod(range, 2, 'a'), amountOfPeriod(range, 1, 'b')];
    expect(new Set(amounts).size).toBe(3);
    const draws = ['a:1', 'a:2', 'a:11', 'b:1'].map((key) => drawUpTo(MINOR_UNITS_MAX, key));
    expect(new Set(draws).size).toBe(draws.length);
  });

  // Chi-square with 6 degrees of freedom: 22.5 is passed by one honest set of draws in a thousand, and these are fixed.
  it.each(['a', 'b', 'c'])('is as often one as another: agreement %s', (seed) => {
    const counts = new Array<number>(7).fill(0);
    for (let number = 1; number <= 7000; number += 1) {
      const index = Number(drawUpTo(6n, `${seed}:${number}`));
      counts[index] = (counts[index] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(22.5);
  });

  it('favours no half of a range that 64 bits do not divide into', () => {
    const max = 2n ** 65n / 3n;
    const draws = Array.from({ length: 400 }, (_, number) => drawUpTo(max, `${SEED}:${number}`));
    expect(draws.every((draw) => draw >= 0n && draw <= max)).toBe(true);
    const lower = draws.filter((draw) => draw < max / 2n).length;
    expect(lower).toBeGreaterThan(150);
    expect(lower).toBeLessThan(250);
  });

  it.each([-1n, 2n ** 64n])('cannot be drawn up to %s', (max) => {
    expect(() => drawUpTo(max, SEED)).toThrow(`max: ${max} is not from 0 to ${2n ** 64n - 1n}`);
  });
});

describe('faults of a charge amount', () => {
  it.each<[string, ChargeAmount]>([
    ['one unit', { mode: 'FIXED', amount: 1n }],
    ['the most there is', { mode: 'FIXED', amount: MINOR_UNITS_MAX }],
    ['a range of one', { mode: 'RANGE', from: 5n, to: 5n }],
    ['a sequence of one', sequence(1n)],
    ['a sequence of 999', sequence(...new Array<bigint>(999).fill(1n))],
  ])('none: %s', (_, chargeAmount) => {
    expect(chargeAmountFaults(chargeAmount)).toEqual([]);
  });

  it.each<[string, ChargeAmount, readonly string[]]>([
    ['nothing', { mode: 'FIXED', amount: 0n }, ['fixed: must be from 1 to 1000000000000000 minor units, not 0']],
    [
      'too much',
      { mode: 'FIXED', amount: MINOR_UNITS_MAX + 1n },
      ['fixed: must be from 1 to 1000000000000000 minor units, not 1000000000000001'],
    ],
    [
      'a range that is turned round and begins below nothing',
      { mode: 'RANGE', from: 6n, to: -5n },
      [
        'range.to: must be from 1 to 1000000000000000 minor units, not -5',
        'range.from: must not be more than to, -5 minor units, but is 6',
      ],
    ],
    [
      'a range from nothing',
      { mode: 'RANGE', from: 0n, to: 5n },
      ['range.from: must be from 1 to 1000000000000000 minor units, not 0'],
    ],
    ['an empty sequence', sequence(), ['sequence: must have 1 to 999 amounts, not 0']],
    [
      'a long sequence',
      sequence(...new Array<bigint>(1000).fill(1n)),
      ['sequence: must have 1 to 999 amounts, not 1000'],
    ],
    [
      'two of a sequence',
      sequence(0n, 5n, -1n),
      [
        'sequence.0: must be from 1 to 1000000000000000 minor units, not 0',
        'sequence.2: must be from 1 to 1000000000000000 minor units, not -1',
      ],
    ],
  ])('%s', (_, chargeAmount, expected) => {
    const faults = chargeAmountFaults(chargeAmount);
    expect(faults.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(expected);
  });
});
