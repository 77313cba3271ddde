import fc from 'fast-check';
import { csvLine, safeCell, unguarded } from '../../../src/platform/csv/write-csv.js';
import { read } from './files.js';
import { FORMULAS, HARMLESS } from './nasty-cells.js';

describe('a cell', () => {
  it.each(FORMULAS)('that would be a formula is led by an apostrophe: %j', (text) => {
    expect(safeCell(text)).toBe(`"'${text.replaceAll('"', '""')}"`);
  });

  it.each(HARMLESS)('that is a text stays as it is: %j', (text) => {
    expect(safeCell(text)).toBe(`"${text.replaceAll('"', '""')}"`);
  });

  it.each([
    ['x;=1', "x;'=1"],
    ['x; -1;b', "x;' -1;b"],
    [";'=1", ";''=1"],
    ['=1;+2;', "'=1;'+2;"],
    ['a;b;1', 'a;b;1'],
  ])('is guarded where a spreadsheet of another country cuts it: %j', (text, guarded) => {
    expect(safeCell(text)).toBe(`"${guarded}"`);
    expect(unguarded(guarded)).toBe(text);
  });

  it('that is a number of ours stays one, whatever its sign', () => {
    expect(csvLine(['-12.50', { number: '-12.50' }, -3n, null, 'a"b'])).toBe(`"'-12.50",-12.50,-3,,"a""b"\r\n`);
  });
});

describe('what was written and read again', () => {
  it.each([...FORMULAS, ...HARMLESS])('is what it was: %j', (text) => {
    expect(unguarded(safeCell(text).slice(1, -1).replaceAll('""', '"'))).toBe(text);
  });

  it('is what it was, for any rows', async () => {
    const begin = fc.constantFrom(
      '',
      ';=',
      ";'=",
      '; -',
      ';',
      'x;＝',
      "'",
      "''",
      '=',
      ' =',
      '＝',
      '\t',
      '"',
      ',',
      ';',
      'x',
    );
    const cell = fc.tuple(begin, fc.string({ unit: 'grapheme' })).map(([first, rest]) => first + shown(rest));
    const row = fc.tuple(cell, cell);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), async (rows, size) => {
        const file = [['a', 'b'], ...rows].map(csvLine).join('');
        const back = await read(file, size);
        const filled = rows.filter((cells) => cells.some((each) => unguardedOf(each).trim() !== ''));
        expect(back.rows.map(({ cells }) => cells.map(unguarded))).toEqual(filled);
      }),
      { numRuns: 200 },
    );
  });
});

/** Without what no cell may have, and with one kind of line break: the reader makes one of all. */
function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

function unguardedOf(text: string): string {
  return safeCell(text).slice(1, -1);
}
