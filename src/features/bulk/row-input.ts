import { z } from 'zod';
import { DomainError, type InputIssue, invalidInput } from '../../kernel/errors.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { type CellKind, type Column, columnNamed, columnsOf, pathOf } from './domain/columns.js';
import { plainReference } from './domain/plain-reference.js';
import type { BulkKind } from './domain/words.js';

/** A column of one file: what it is, what it is called there, and where its cells go. */
export interface FileColumn {
  readonly column: Column;
  readonly name: string;
  readonly path: readonly string[];
}

/** The columns of a file in the order of its header; null for a name that there is no column for. */
export function fileColumns(kind: BulkKind, header: readonly string[]): readonly (FileColumn | null)[] {
  return header.map((name) => {
    const column = columnNamed(kind, name);
    return column && { column, name, path: pathOf(column, name) };
  });
}

/** A row as it was read: the input of the single mutation, whatever is wrong with it, and which columns say something. */
export interface RowInput {
  readonly input: Fields;
  readonly faults: readonly InputIssue[];
  readonly given: ReadonlySet<string>;
}

type Fields = Record<string, unknown>;

/**
 * From cells to the input of the single mutation. An empty cell says nothing. A
 * cell that cannot be read is told of, and goes on as the text that it is.
 */
export function readRow(
  kind: BulkKind,
  columns: readonly (FileColumn | null)[],
  cells: readonly (string | null)[],
): RowInput {
  const input: Fields = {};
  const faults: InputIssue[] = [];
  const given = new Set<string>();
  columns.forEach((at, index) => {
    const cell = cells[index] ?? '';
    if (!at || cell === '') return;
    given.add(at.name);
    const { value, fault } = readCell(at.column, cell);
    if (fault) faults.push({ path: at.path, message: fault });
    place(input, at.path, value, faults);
  });
  for (const column of columnsOf(kind)) {
    if (column.required && !given.has(column.name)) faults.push({ path: pathOf(column, column.name), message: NEEDED });
  }
  return { input, faults, given };
}

const NEEDED = 'is needed';
const UNREAD = /received undefined$/;

/**
 * What `check` makes of the input; or all that is wrong with the row at once, of
 * its cells and of the input that they make. What is said of a cell that could
 * not be read is not said again.
 */
export function checkedRow<Wanted>({ input, faults }: RowInput, check: (input: Fields) => Wanted): Wanted {
  const told = new Set(faults.map(pathText));
  try {
    const wanted = check(input);
    if (faults.length === 0) return wanted;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const more = error.issues.filter((issue) => !told.has(pathText(issue))).map(ofEmptyCell);
    if (faults.length === 0 && more.length === 0) throw error;
    const all = invalidInput([...faults, ...more]);
    throw error.code === 'CARD_DATA_NOT_ALLOWED' ? new DomainError(error.code, all.message, all.issues) : all;
  }
  throw invalidInput(faults);
}

/** What a client of the API would have been told by its own schema. */
function ofEmptyCell({ path, message }: InputIssue): InputIssue {
  return { path, message: UNREAD.test(message) ? NEEDED : message };
}

function pathText({ path }: InputIssue): string {
  return path.join('.');
}

interface ReadCell {
  readonly value: unknown;
  readonly fault?: string;
}

/** The word that takes away what is there, in columns that may. */
const NULL = 'null';

function readCell(column: Column, cell: string): ReadCell {
  if (column.takesNull && cell === NULL) return { value: null };
  return READ[column.reads](cell);
}

const DECIMAL = /^-?\d{1,30}(?:\.\d{1,30})?$/;
const WHOLE_NUMBER = /^-?\d{1,15}$/;
const day = z.iso.date();

const READ: Readonly<Record<CellKind, (cell: string) => ReadCell>> = {
  TEXT: (cell) => ({ value: cell }),
  REFERENCE: (cell) => ({ value: plainReference(cell) }),
  DECIMAL: (cell) => read(cell, DECIMAL.test(cell) && cell, 'a decimal number such as "10.50"'),
  DECIMALS: (cell) => {
    const amounts = cell.split(' ').filter((each) => each !== '');
    const wrong = amounts.find((amount) => !DECIMAL.test(amount));
    return read(wrong ?? cell, wrong === undefined && amounts, 'decimal numbers with spaces between them, "10.50 12"');
  },
  WHOLE_NUMBER: (cell) => read(cell, WHOLE_NUMBER.test(cell) && Number(cell), 'a whole number such as "12"'),
  // Spreadsheets write them in capitals.
  BOOLEAN: (cell) =>
    read(cell, /^(?:true|false)$/i.test(cell) && { is: cell.toLowerCase() === 'true' }, 'true or false'),
  DAY: (cell) => read(cell, day.safeParse(cell).success && cell, 'a day such as "2030-01-31"'),
  MOMENT: (cell) => read(cell, momentOf(cell), 'a moment such as "2030-01-31T09:30:00Z"'),
  NULL: (cell) => read(cell, false, 'empty, or the word null, which takes all of it away'),
};

const SHOWN_MAX = 60;

/** False is what cannot be read; so a read boolean comes in a box. */
function read(
  cell: string,
  value: false | string | number | Date | readonly string[] | { is: boolean },
  expected: string,
): ReadCell {
  if (value !== false) return { value: isBoxed(value) ? value.is : value };
  const shown = cell.length > SHOWN_MAX ? `${cell.slice(0, SHOWN_MAX)}…` : cell;
  return { value: cell, fault: `must be ${expected}, not "${shown}"` };
}

function isBoxed(value: unknown): value is { is: boolean } {
  return typeof value === 'object' && value !== null && 'is' in value;
}

function momentOf(cell: string): Date | false {
  try {
    return DateTimeScalar.parseValue(cell) ?? false;
  } catch {
    return false;
  }
}

/** Defined, never assigned: a key `__proto__` is only a key. */
function place(input: Fields, path: readonly string[], value: unknown, faults: InputIssue[]): void {
  const [field = '', ...below] = path;
  const there = Object.getOwnPropertyDescriptor(input, field)?.value as unknown;
  if (below.length === 0) {
    if (value === null && there !== undefined) faults.push(groupTakenAway(field));
    define(input, field, value);
    return;
  }
  if (there === null) {
    if (!faults.some(({ path: [told, ...more] }) => told === field && more.length === 0))
      faults.push(groupTakenAway(field));
    return;
  }
  const group = typeof there === 'object' ? (there as Fields) : {};
  if (there !== group) define(input, field, group);
  place(group, below, value, faults);
}

function groupTakenAway(field: string): InputIssue {
  return { path: [field], message: 'null takes all of it away: leave its other columns empty, or this one' };
}

function define(input: Fields, field: string, value: unknown): void {
  Object.defineProperty(input, field, { value, enumerable: true, configurable: true, writable: true });
}
