import type { CsvFault } from './csv-refused.js';
import type { CutRow } from './row-cutter.js';

/** Line feeds and tabs belong to texts; what else controls is a sign of another encoding, or of harm. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}

/** Of a row with more nobody reads the rest. */
const FAULTS_MAX = 19;
/** No column of ours has a longer name; those that are not read are named by whoever made the file. */
const NAME_MAX = 100;

export interface Shape {
  readonly header: readonly string[];
  readonly separator: string;
  readonly cellCharsMax: number;
  readonly columnsMax: number;
}

/**
 * What is wrong with a row's shape: the first faults, and how many more. Of
 * cells beyond the header's nothing is said but that they are there. `mayControl`:
 * whether the block that it is from has a control character at all.
 */
export function rowFaults({ line, cells, raw }: CutRow, shape: Shape, mayControl: boolean): readonly CsvFault[] {
  const faults: CsvFault[] = [];
  const { header, separator, cellCharsMax } = shape;
  let more = 0;
  const say = (index: number | null, message: string) => {
    const column = index === null ? null : (header[index]?.slice(0, NAME_MAX) ?? null);
    if (faults.length < FAULTS_MAX) faults.push({ line, column, message });
    else more += 1;
  };
  if (cells.length !== header.length) say(null, wrongNumber(cells, header));
  const named = Math.min(cells.length, header.length);
  // By index, as all of this: it runs for every cell of a million rows.
  for (let index = 0; index < named; index += 1) {
    const cell = cells[index] ?? '';
    if (cell.length > cellCharsMax) say(index, `has ${cell.length} characters, at most ${cellCharsMax} are accepted.`);
    if (mayControl) sayControl(cell, (message) => say(index, message));
  }
  const stray = raw !== null && cells.some((cell) => cell.includes('"')) ? strayQuote(raw, separator) : null;
  if (stray !== null) {
    say(
      stray,
      'has a quote in it, but does not begin with one: put the cell in quotes, and write those inside of it twice.',
    );
  }
  if (more > 0) faults.push({ line, column: null, message: `and ${more} more` });
  return faults;
}

function wrongNumber(cells: readonly string[], header: readonly string[]): string {
  const counts = `The row has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${header.length}.`;
  if (cells.length < header.length) return counts;
  const areEmpty = cells.slice(header.length).every((cell) => cell === '');
  return areEmpty
    ? `${counts} Take away the separators at its end.`
    : `${counts} A cell in which the separator stands must be in quotes.`;
}

function sayControl(cell: string, say: (message: string) => void): void {
  const [character] = CONTROL.exec(cell) ?? [];
  if (character === undefined) return;
  const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  say(`has the control character ${code}${character === '\0' ? ' (NUL)' : ''}, which no text may have.`);
}

const CELL: Readonly<Record<string, RegExp>> = { ',': wholeCell(','), ';': wholeCell(';') };

function wholeCell(separator: string): RegExp {
  return new RegExp(`(?:"(?:[^"]|"")*"[^\\S\\n]*|[^"${separator}\\n]*)(${separator}|\\n|$)`, 'y');
}

/** The first cell that has a quote without being in quotes. Other readers take such a cell for another one than ours does. */
function strayQuote(raw: string, separator: string): number | null {
  const cell = CELL[separator] ?? wholeCell(separator);
  cell.lastIndex = 0;
  for (let index = 0; ; index += 1) {
    const match = cell.exec(raw);
    if (!match) return index;
    if (match[1] !== separator) return null;
  }
}

/**
 * Cells of a row with faults as they may be kept and shown: without what the
 * database refuses, and no part of the whole block that was read with them,
 * which would stay in memory as long as they do. None where one is too long.
 */
export function presentable(cells: readonly string[], { cellCharsMax, columnsMax }: Shape): readonly string[] {
  if (cells.some((cell) => cell.length > cellCharsMax)) return [];
  return cells.slice(0, columnsMax).map((cell) => {
    const shown = cell.replace(new RegExp(CONTROL.source, 'g'), '\ufffd');
    return Buffer.from(shown).toString();
  });
}
