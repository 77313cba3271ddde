import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  availableOf,
  NO_MONEY,
  netOf,
  type OrderMoney,
  pendingOf,
  splitChange,
} from '../../../src/features/ledger/domain/order-money.js';

type Change = (money: OrderMoney) => OrderMoney;

const capture =
  (amount: bigint): Change =>
  (money) => ({
    ...money,
    captured: money.captured + amount,
    unavailable: money.unavailable + amount,
  });
const refund =
  (amount: bigint): Change =>
  (money) => ({ ...money, refunded: money.refunded + amount });
const dispute =
  (amount: bigint): Change =>
  (money) => ({ ...money, disputed: money.disputed + amount });
const available =
  (amount: bigint): Change =>
  (money) => ({ ...money, unavailable: money.unavailable - amount });

const amounts = fc.bigInt(1n, 10_000n);
const change = fc.oneof(
  amounts.map(capture),
  amounts.map(refund),
  amounts.map((amount) => refund(-amount)),
  amounts.map(dispute),
  amounts.map((amount) => dispute(-amount)),
  amounts.map(available),
);

describe('the split of an order’s net', () => {
  it('comes to the net, with no more pending than is left or not available yet', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const money = changes.reduce((sum, each) => each(sum), NO_MONEY);
        expect(pendingOf(money) + availableOf(money)).toBe(netOf(money));
        expect(pendingOf(money)).toBeGreaterThanOrEqual(0n);
        expect(pendingOf(money) <= (money.unavailable > 0n ? money.unavailable : 0n)).toBe(true);
        if (netOf(money) >= 0n) expect(availableOf(money)).toBeGreaterThanOrEqual(0n);
        else expect(pendingOf(money)).toBe(0n);
      }),
    );
  });

  it('is the same in the end in whatever order news arrives, and its steps add up to it', () => {
    const shuffled = fc
      .array(change, { maxLength: 12 })
      .chain((changes) => fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })));
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const [end, steps] = walk(one);
        const [otherEnd, otherSteps] = walk(other);
        expect(otherEnd).toEqual(end);
        expect(steps).toEqual({ pending: pendingOf(end), available: availableOf(end) });
        expect(otherSteps).toEqual(steps);
      }),
    );
  });

  it('takes a refund of the same day from what is pending', () => {
    const [money] = walk([capture(100n), refund(30n)]);
    expect([pendingOf(money), availableOf(money)]).toEqual([70n, 0n]);
  });

  it('takes one after availability from what is available', () => {
    const [money] = walk([capture(100n), available(100n), refund(30n)]);
    expect([pendingOf(money), availableOf(money)]).toEqual([0n, 70n]);
  });

  it('is below zero where more was taken back than was captured', () => {
    const [money] = walk([capture(100n), refund(60n), dispute(100n)]);
    expect([pendingOf(money), availableOf(money)]).toEqual([0n, -60n]);
  });

  it('waits for the capture where its availability is known first', () => {
    const [early] = walk([available(100n)]);
    expect([pendingOf(early), availableOf(early)]).toEqual([0n, 0n]);
    const [money] = walk([available(100n), capture(100n)]);
    expect([pendingOf(money), availableOf(money)]).toEqual([0n, 100n]);
  });
});

function walk(changes: readonly Change[]) {
  let money = NO_MONEY;
  const steps = { pending: 0n, available: 0n };
  for (const each of changes) {
    const next = each(money);
    const { pending, available } = splitChange(money, next);
    steps.pending += pending;
    steps.available += available;
    money = next;
  }
  return [money, steps] as const;
}
