import { isResultColumn } from '../../../kernel/result-columns.js';
import { columnNamed, columnsOf, familyPrefix, referenceColumn } from './columns.js';
import { nearest } from './nearest.js';
import { BULK_KINDS, type BulkKind, MUTATION_OF_KIND } from './words.js';

/** How a file's cells lie, and which of them are kept. */
export interface FileLayout {
  /** The names of the columns that are read, in the file's order. */
  readonly header: readonly string[];
  /** Where each of them stands among the cells of a row. */
  readonly places: readonly number[];
  /** Where the row's reference is. */
  readonly referencePlace: number;
  readonly referenceColumn: string;
  /** Whether the file is one of results that we wrote: cells that a spreadsheet would run have an apostrophe of ours. */
  readonly isOfResults: boolean;
}

export interface HeaderFault {
  readonly column: string | null;
  readonly message: string;
}

/** Longer names are not looked for among ours, which are short. */
const NAME_MAX = 100;

/** The layout of a file of a kind, or all that is wrong with its header. */
export function fileLayout(kind: BulkKind, names: readonly string[]): FileLayout | readonly HeaderFault[] {
  const kept = names.flatMap((name, place) => (isResultColumn(name) ? [] : [{ name, place }]));
  const unknown = kept.filter(({ name }) => columnNamed(kind, name) === null);
  const missing = columnsOf(kind).filter(({ name, required }) => required && !names.includes(name));
  const whole = missing.length > 0 ? wholeFault(kind, unknown, names) : null;
  if (whole !== null) return [{ column: null, message: whole }];
  const faults = [
    ...unknown.map(({ name }) => unknownFault(kind, name)),
    ...missing.map(({ name }) => ({ column: name, message: `The column "${name}" is missing.` })),
  ];
  if (faults.length > 0) return faults;
  const reference = referenceColumn(kind);
  return {
    header: kept.map(({ name }) => name),
    places: kept.map(({ place }) => place),
    referencePlace: names.indexOf(reference),
    referenceColumn: reference,
    isOfResults: kept.length < names.length,
  };
}

/** A file for another mutation, or one whose first line is a row: said once, and not of each of its columns. */
function wholeFault(kind: BulkKind, unknown: readonly { name: string }[], names: readonly string[]): string | null {
  const other = BULK_KINDS.find((each) => each !== kind && names.includes(referenceColumn(each)));
  if (other) return `These are columns of ${MUTATION_OF_KIND[other]}: send the file with that mutation.`;
  const isAboutColumns =
    unknown.length < names.length || unknown.some(({ name }) => nearestColumn(kind, name) !== null);
  if (isAboutColumns) return null;
  return `No column of ${MUTATION_OF_KIND[kind]} is named here. The first line must name the columns.`;
}

function nearestColumn(kind: BulkKind, name: string): string | null {
  const known = columnsOf(kind).map((column) => familyPrefix(column) ?? column.name);
  return name.length > NAME_MAX ? null : nearest(name, known);
}

function unknownFault(kind: BulkKind, name: string): HeaderFault {
  const shown = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name;
  const near = nearestColumn(kind, name);
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  return { column: shown, message: `There is no column "${shown}".${hint}` };
}
