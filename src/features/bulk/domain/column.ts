/**
 * How a cell is read. `NULL` is a column for a whole group, such as `schedule`,
 * which takes nothing but the word that takes the group away.
 */
export type CellKind =
  | 'TEXT'
  | 'REFERENCE'
  | 'DECIMAL'
  | 'DECIMALS'
  | 'WHOLE_NUMBER'
  | 'BOOLEAN'
  | 'DAY'
  | 'MOMENT'
  | 'NULL';

/** A column as its file may have it. Its name is the path of the single mutation's input, so that an issue's path is the column. */
export interface Column {
  /** Of a family, which has a column for each key of the merchant's own, it ends with `<key>`: `metadata.<key>`. */
  readonly name: string;
  /** Every file has the column, and every row something in it. */
  readonly required: boolean;
  readonly reads: CellKind;
  /** The word `null` in it takes away what is there; anywhere else it is a text like any other. */
  readonly takesNull: boolean;
  /** For whoever fills the file in. */
  readonly description: string;
  readonly example: string;
}

interface Said {
  readonly required?: boolean;
  readonly takesNull?: boolean;
}

/** One column: what is not said of it is the usual. */
export function column(name: string, reads: CellKind, example: string, description: string, said: Said = {}): Column {
  return { name, reads, example, description, required: said.required ?? false, takesNull: said.takesNull ?? false };
}
