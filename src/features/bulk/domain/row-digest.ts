import type { CellKind } from './column.js';
import { plainReference } from './plain-reference.js';

/** A column as its file names it, and how its cells are read. */
interface NamedColumn {
  readonly name: string;
  readonly column: { readonly reads: CellKind };
}

/**
 * What the digest of a row is taken of: what its named cells say, in the order of
 * their names. An empty cell says nothing, and spelling says nothing either: a
 * spreadsheet saves 4.00 as 4 and true as TRUE.
 */
export function digestText(columns: readonly (NamedColumn | null)[], cells: readonly (string | null)[]): string {
  const said = columns.flatMap((at, index) => {
    const cell = at ? spelled(at.column.reads, cells[index] ?? '') : '';
    return at && cell !== '' ? [[at.name, cell] as const] : [];
  });
  return JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function spelled(reads: CellKind, cell: string): string {
  switch (reads) {
    case 'REFERENCE':
      return plainReference(cell);
    case 'DECIMAL':
    case 'WHOLE_NUMBER':
      return number(cell);
    case 'DECIMALS':
      return cell
        .split(' ')
        .filter((each) => each !== '')
        .map(number)
        .join(' ');
    case 'BOOLEAN':
      return cell.toLowerCase();
    default:
      return cell;
  }
}

/** Nothing that is read as a number is longer. */
const DIGITS_MAX = 62;
const DECIMAL = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/;

/** Without the zeros that change nothing; what is no number as it is. */
function number(cell: string): string {
  const [, sign, whole, fraction] = (cell.length <= DIGITS_MAX && DECIMAL.exec(cell)) || [];
  return whole === undefined ? cell : `${sign}${whole}${fraction ? `.${fraction}` : ''}`;
}
