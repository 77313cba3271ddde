import fc from 'fast-check';
import { CsvRefused } from '../../../src/platform/csv/csv-refused.js';
import { type CutRow, RowCutter } from '../../../src/platform/csv/row-cutter.js';

/** What a text is made of that may part rows and cells, or seem to. */
const text = fc
  .array(fc.constantFrom('a', 'bc', ',', ';', '"', '""', '\n', ' ', '"x"', '"\n"', '"a,b",', 'ü', '😀'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

/** The rows of a text that comes in pieces, or what it is refused with and which rows came before. */
function cut(pieces: readonly string[], bytesMax: number): readonly unknown[] {
  const cutter = new RowCutter(',', bytesMax, 1);
  const rows: unknown[] = [];
  const take = (all: readonly CutRow[]) => rows.push(...all.map(({ line, cells }) => ({ line, cells })));
  try {
    for (const piece of pieces) take(cutter.rowsOf(piece, false));
    take(cutter.rowsOf('', true));
  } catch (error) {
    if (!(error instanceof CsvRefused)) throw error;
    return [error.message];
  }
  // A line break at the end of a text is followed by a row of nothing, or is not.
  return rows.filter((row) => JSON.stringify((row as CutRow).cells) !== '[""]');
}

/** How many blanks are walked while a text is cut: what the parser looks for behind each quote. */
function blanksWalked(text: string): number {
  let walked = 0;
  const { trim } = String.prototype;
  const counting = function (this: string) {
    const trimmed = trim.call(this);
    walked += this.length - trimmed.length;
    return trimmed;
  };
  try {
    Object.defineProperty(String.prototype, 'trim', { value: counting, configurable: true, writable: true });
    cut([text], 131_072);
  } finally {
    Object.defineProperty(String.prototype, 'trim', { value: trim, configurable: true, writable: true });
  }
  return walked;
}

describe('rows', () => {
  it.each([
    ['one row', '\n1,2\n'],
    ['a row that is not whole', ''],
  ])('with stray quotes and many blanks take no more work than they have characters: %s', (_what, after) => {
    const crafted = `"${'a"'.repeat(30_000)}${' '.repeat(60_000)},1${after}`;
    expect(blanksWalked(crafted)).toBeLessThan(2 * crafted.length);
    expect(cut([crafted], 131_072)).toEqual(cut([crafted.replace(/ +/, ' ')], 131_072));
  });

  it('are the same, with their lines, wherever their text is cut', () => {
    const cuts = fc.array(fc.nat({ max: 120 }), { maxLength: 6 });
    const limit = fc.constantFrom(12, 40, 1_000);
    fc.assert(
      fc.property(text, cuts, limit, (whole, at, bytesMax) => {
        const places = [0, ...at.filter((each) => each < whole.length).toSorted((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end));
        expect(pieces.join('')).toBe(whole);
        expect(cut(pieces, bytesMax)).toEqual(cut([whole], bytesMax));
        expect(cut([...whole], bytesMax)).toEqual(cut([whole], bytesMax));
      }),
      // A row of exactly the limit, with a quote that only a later piece brings.
      { numRuns: 2_000, examples: [['bc😀bc😀\n""', [12], 12]] },
    );
  });

  it('are what RFC 4180 says, of files that keep to it', () => {
    const cell = fc.array(fc.constantFrom('a', ',', '"', '\n', ' ', 'ü'), { maxLength: 5 }).map((all) => all.join(''));
    const rowsOfCells = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rowsOfCells, fc.nat({ max: 60 }), (rows, at) => {
        const quoted = (each: string) => (/[",\n]/.test(each) ? `"${each.replaceAll('"', '""')}"` : each);
        const lines = rows.map((cells) => `${cells.map(quoted).join(',')}\n`);
        const whole = lines.join('');
        const begins = lines.map((_, index) => 1 + (lines.slice(0, index).join('').match(/\n/g) ?? []).length);
        const expected = rows.map((cells, index) => ({ line: begins[index], cells }));
        expect(cut([whole.slice(0, at), whole.slice(at)], 1_000)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
