import { LaneShares, type Occupant } from '../../../src/features/notifications/domain/lane-shares.js';

const lanes = (count: number, of: Partial<Occupant> = {}): Occupant[] =>
  Array.from({ length: count }, () => ({ operatorId: 'o', merchantId: 'm', isSlow: true, isProven: false, ...of }));

/** A full operator: four merchants with their share each. */
const crowd = (operatorId: string) =>
  [1, 2, 3, 4].flatMap((number) => lanes(16, { operatorId, merchantId: `${operatorId} ${number}` }));

describe('lanes', () => {
  it('are had by one merchant until sixteen of them are slow, or have yet to take something', () => {
    const wanted = { operatorId: 'o', merchantId: 'm' };
    expect(new LaneShares(lanes(15)).admits(wanted)).toBe(true);
    expect(new LaneShares(lanes(16)).admits(wanted)).toBe(false);
    expect(new LaneShares(lanes(16, { isSlow: false })).admits(wanted)).toBe(false);
    expect(new LaneShares(lanes(100, { isSlow: false, isProven: true })).admits(wanted)).toBe(true);
    expect(new LaneShares(lanes(16)).admits({ ...wanted, merchantId: 'n' })).toBe(true);
    expect(new LaneShares(lanes(16)).turnedAway).toEqual({
      merchantIds: ['m'],
      crowdedOperatorIds: [],
      isFull: false,
    });
  });

  it('are told of where somebody has all of theirs, and of nobody else', () => {
    expect(new LaneShares([...lanes(16), ...lanes(15, { merchantId: 'n' })]).turnedAway.merchantIds).toEqual(['m']);
  });

  it('that are slow, all but one of them taken, are not all of them', () => {
    const others = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap(crowd);
    const some = (count: number) => new LaneShares([...others, ...crowd('h').slice(0, 63), ...lanes(count)]);
    const wanted = { operatorId: 'o', merchantId: 'm' };
    expect([some(0).turnedAway.isFull, some(1).turnedAway.isFull]).toEqual([false, true]);
    expect(some(1).admits(wanted)).toBe(false);
    expect(some(1).turnedAway.merchantIds).toContain('m');
    expect(new LaneShares([...others.slice(1), ...crowd('h').slice(1), ...lanes(1)]).admits(wanted)).toBe(true);
  });

  it('of an operator that has its share are for those of its merchants that have none', () => {
    const shares = new LaneShares([...crowd('o').slice(1), ...lanes(1, { merchantId: 'n' })]);
    expect(shares.admits({ operatorId: 'o', merchantId: 'o 1' })).toBe(false);
    expect(shares.admits({ operatorId: 'o', merchantId: 'n' })).toBe(false);
    expect(shares.admits({ operatorId: 'o', merchantId: 'new' })).toBe(true);
    expect(shares.turnedAway).toEqual({
      merchantIds: ['o 1', 'o 2', 'o 3', 'o 4', 'n'],
      crowdedOperatorIds: ['o'],
      isFull: false,
    });
  });

  it('that are slow, all of them taken, keep nobody out who has none', () => {
    const shares = new LaneShares(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].flatMap(crowd));
    expect(shares.turnedAway.isFull).toBe(true);
    expect(shares.admits({ operatorId: 'quick', merchantId: 'quick' })).toBe(true);
    expect(shares.admits({ operatorId: 'quick', merchantId: null })).toBe(true);
    expect(shares.admits({ operatorId: 'a', merchantId: 'a 1' })).toBe(false);
  });

  it('that are quick are 128 of all, and those in doubt not more than half of them of one operator', () => {
    const proven = lanes(128, { isSlow: false, isProven: true });
    expect(new LaneShares(proven.slice(1)).admits({ operatorId: 'x', merchantId: 'x' })).toBe(true);
    expect(new LaneShares(proven).admits({ operatorId: 'x', merchantId: 'x' })).toBe(false);
    const doubtful = crowd('o').map((each) => ({ ...each, isSlow: false }));
    expect(new LaneShares(doubtful).admits({ operatorId: 'o', merchantId: 'new' })).toBe(false);
    expect(new LaneShares(doubtful).admits({ operatorId: 'x', merchantId: 'x' })).toBe(true);
  });

  it('whose merchant is not known yet are let in where nobody of the operator can have a full share', () => {
    expect(new LaneShares(lanes(15)).admits({ operatorId: 'o', merchantId: null })).toBe(true);
    const unknown = new LaneShares([...lanes(10), ...lanes(6, { merchantId: null })]);
    for (const merchantId of [null, 'm']) expect(unknown.admits({ operatorId: 'o', merchantId })).toBe(false);
    expect(unknown.admits({ operatorId: 'o', merchantId: 'n' })).toBe(true);
  });
});
