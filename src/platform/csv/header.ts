import { containsCardNumber } from '../../kernel/card-number.js';
import { CsvRefused } from './csv-refused.js';
import { firstRow } from './row-cutter.js';
import { hasControlCharacter } from './row-faults.js';
import { lineFeedsIn } from './text-blocks.js';

const SEPARATORS = [',', ';'] as const;
export type Separator = (typeof SEPARATORS)[number];

const NAME_COLUMNS = 'The first line must name the columns.';

/** Where the header begins. */
export interface Beginning {
  readonly text: string;
  readonly line: number;
  /** What a line `sep=;` says, as Excel writes and reads it. */
  readonly named: Separator | null;
}

/** A file's first block without what may stand above the header. Throws `CsvRefused`. */
export function beginningOf(block: string): Beginning {
  const [above = ''] = /^(?:\s*\n)?/.exec(block) ?? [];
  const text = block.slice(above.length);
  const line = 1 + lineFeedsIn(above);
  if (text.trim() === '')
    refuse(1, `${block === '' ? 'The file is empty.' : 'Only empty lines are there.'} ${NAME_COLUMNS}`);
  const [whole = '', separator] = /^"?sep=(.)"?(?:\n|$)/i.exec(text) ?? [];
  if (separator === undefined) return { text, line, named: null };
  const named = SEPARATORS.find((each) => each === separator);
  if (!named) refuse(line, 'The separator must be , or ; but this line names another one.');
  return { text: text.slice(whole.length), line: line + 1, named };
}

/** By which of the separators the header has more cells; null while it is not whole. */
export function separatorOf({ text, named }: Beginning, isLast: boolean): Separator | null {
  const rows = (named ? [named] : SEPARATORS).flatMap((separator) => {
    const row = firstRow(text, separator, isLast);
    return row ? [{ ...row, separator }] : [];
  });
  const [best] = rows.toSorted(
    (a, b) => Number(a.isMalformed) - Number(b.isMalformed) || b.cells.length - a.cells.length,
  );
  return best?.separator ?? null;
}

interface HeaderLimits {
  readonly columnsMax: number;
  readonly cellCharsMax: number;
}

/** The names of the columns. Throws `CsvRefused` with all that is wrong with them. */
export function columnNames(cells: readonly string[], line: number, limits: HeaderLimits): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  if (names.length > limits.columnsMax) {
    refuse(line, `The header has ${names.length} columns, at most ${limits.columnsMax} are accepted.`);
  }
  if (names.every((name) => name === '')) refuse(line, `There is no header. ${NAME_COLUMNS}`);
  if (names.length === 1 && /[\t|]/.test(names[0] ?? '')) {
    refuse(line, 'The header has one column. Columns are separated by , or ; and not by tabs or bars.');
  }
  const faults = names.flatMap((name, index) => {
    const why = faultOf(name, names.indexOf(name) < index, limits);
    return why ? [{ line, column: null, message: `Column ${index + 1} of the header ${why}` }] : [];
  });
  if (faults.length > 0) throw new CsvRefused(faults);
  return names;
}

/** Where the first line is not a header but a row, its cells are no names and may be what nobody is to see. */
function faultOf(name: string, isRepeated: boolean, { cellCharsMax }: HeaderLimits): string | null {
  if (name === '') return 'has no name.';
  if (name.length > cellCharsMax)
    return `has a name of ${name.length} characters, at most ${cellCharsMax} are accepted.`;
  if (hasControlCharacter(name)) return 'has a control character in its name.';
  if (containsCardNumber(name)) return 'is a card number: the first line must name the columns.';
  return isRepeated ? `has the name ${JSON.stringify(name.slice(0, 60))} again.` : null;
}

function refuse(line: number, message: string): never {
  throw new CsvRefused([{ line, column: null, message }]);
}
