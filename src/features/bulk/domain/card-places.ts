import { containsCardNumber } from '../../../kernel/card-number.js';

/** The shortest text that can spell 13 digits, where one character stands for two of them. */
const CARD_CHARS_MIN = 7;

/** All of them begin with as many. */
const GROUP_DIGITS = 4;
/** The groups of digits in which cards of four, and of three, groups are printed. */
const PRINTED: readonly (readonly number[])[] = [
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
];

const DIGITS = /^\d+$/;

/**
 * Which cells of a row have a card number, or a group of one, from the left. A number that was
 * split over neighbouring cells is known by its printed groups alone: any other
 * split looks like an order's number beside an agreement's, of which one in ten
 * that begins as a card would be one by chance.
 */
export function cardPlaces(cells: readonly string[]): readonly number[] {
  const places = new Set<number>();
  // By index: it runs for every cell of a million rows.
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index] ?? '';
    if (cell.length >= CARD_CHARS_MIN && containsCardNumber(cell)) places.add(index);
    if (cell.length !== GROUP_DIGITS) continue;
    for (const lengths of PRINTED) {
      if (isPrintedAt(cells, index, lengths)) for (const group of lengths.keys()) places.add(index + group);
    }
  }
  return [...places];
}

/** Whether digits of neighbouring cells are a card in any way: for a row that is refused anyway, and loses but its cells. */
export function mayBeSplitCard(cells: readonly string[]): boolean {
  return containsCardNumber(cells.map((cell) => (DIGITS.test(cell) ? cell : 'x')).join(' '));
}

function isPrintedAt(cells: readonly string[], start: number, lengths: readonly number[]): boolean {
  const groups = cells.slice(start, start + lengths.length);
  const isAlike = groups.every((group, place) => group.length === lengths[place] && DIGITS.test(group));
  // At the end of a row there are fewer groups, which have too few digits.
  return isAlike && containsCardNumber(groups.join(''));
}
