import { describe, expect, it } from '@jest/globals';
import { cardPlaces, mayBeSplitCard } from '../../../src/features/bulk/domain/card-places.js';

describe('the cells of a row that have a card number', () => {
  it('have it whole, in whatever script, from the left', () => {
    expect(cardPlaces(['x', '4242424242424242', '', '5555 5555 5555 4444'])).toEqual([1, 3]);
    // 14 digits in 7 characters: none that is shorter can be a card.
    expect(cardPlaces(['㉚㊹㉔㉜㉟㉑㉖'])).toEqual([0]);
  });

  it.each([[['4242', '4242', '4242', '4242']], [['3782', '822463', '10005']], [['3622', '720627', '1667']]])(
    'have it in the groups that are printed: %j',
    (groups) => {
      expect(cardPlaces(groups)).toEqual([...groups.keys()]);
      expect(cardPlaces(['4242', ...groups, '4242424242424242'])).toEqual(
        groups.length === 4 ? [0, 1, 2, 3, 4, 5] : [1, 2, 3, 4],
      );
      expect(cardPlaces(groups.slice(0, -1))).toEqual([]);
      expect(cardPlaces(groups.toSpliced(-1, 1, `${groups.at(-1)}0`))).toEqual([]);
    },
  );

  it('are none where it is split otherwise, as an order may stand beside an agreement', () => {
    expect(cardPlaces(['4242', '42424242', '4242', '7'])).toEqual([]);
    expect(cardPlaces(['4242', '4242', '4242', '424x'])).toEqual([]);
    expect(cardPlaces(['42424242', '42424242'])).toEqual([]);
  });
});

describe('a row that is refused anyway', () => {
  it('may have a card in the digits of its neighbouring cells, however they are split', () => {
    expect(mayBeSplitCard(['42424242', '42424242'])).toBe(true);
    expect(mayBeSplitCard(['42424242', 'x', '42424242'])).toBe(false);
    expect(mayBeSplitCard(['42424242', '', '42424242'])).toBe(false);
    expect(mayBeSplitCard(['42424242', '42424242a'])).toBe(false);
    expect(mayBeSplitCard(['a42424242', '42424242'])).toBe(false);
  });
});
