import type { Column } from './column.js';
import { CHARGE_COLUMNS } from './columns-of-charges.js';
import { CREATE_COLUMNS } from './columns-of-new-agreements.js';
import { UPDATE_COLUMNS } from './columns-of-updates.js';
import type { BulkKind } from './words.js';

export type { CellKind, Column } from './column.js';

const FAMILY = '<key>';

const COLUMNS: Readonly<Record<BulkKind, readonly Column[]>> = {
  CREATE_AGREEMENTS: CREATE_COLUMNS,
  CHARGE_AGREEMENTS: CHARGE_COLUMNS,
  UPDATE_AGREEMENTS: UPDATE_COLUMNS,
};

/** In the order in which the docs show them. There is none for card data, and never will be. */
export function columnsOf(kind: BulkKind): readonly Column[] {
  return COLUMNS[kind];
}

/** The merchant's own name of a row, by which it is done once. */
export function referenceColumn(kind: BulkKind): string {
  return {
    CREATE_AGREEMENTS: 'terms.reference',
    CHARGE_AGREEMENTS: 'orderNumber',
    UPDATE_AGREEMENTS: 'changeReference',
  }[kind];
}

/** The column that a name in a header is for; null where there is none. */
export function columnNamed(kind: BulkKind, name: string): Column | null {
  const column = columnsOf(kind).find((each) => {
    const prefix = familyPrefix(each);
    return prefix === null ? each.name === name : name.startsWith(prefix) && name.length > prefix.length;
  });
  return column ?? null;
}

/** What the names of a family's columns begin with: "metadata."; null for a column that is one. */
export function familyPrefix({ name }: Pick<Column, 'name'>): string | null {
  return name.endsWith(FAMILY) ? name.slice(0, -FAMILY.length) : null;
}

/** Where a column's cell goes: the fields of the input from the top down. A key of a family is one field, dots and all. */
export function pathOf(column: Pick<Column, 'name'>, name: string): readonly string[] {
  const prefix = familyPrefix(column);
  return prefix === null ? name.split('.') : [...prefix.slice(0, -1).split('.'), name.slice(prefix.length)];
}
