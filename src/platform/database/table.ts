import { type Statement, statement } from './sql.js';

/** What differs from the rule that a field `dueAt` is the column `due_at`. */
interface ColumnOptions {
  readonly column?: string;
  /** How the column is read: dates as text, because a driver's own date has a time and a zone. */
  readonly as?: string;
  /** Never different from what it was inserted with; a key that is not written is not locked against references either. */
  readonly fixed?: boolean;
}

/**
 * The statements of a table whose rows are written whole, made from one list of
 * its fields, so that no column is forgotten in one of them. Rows travel as one
 * JSON value each: for what is changed with thought, not for hot ways.
 */
export class Table<Row extends { readonly id: string }> {
  /** For a select: every column under its field's name. */
  readonly columns: string;
  readonly insert: Statement;
  readonly update: Statement;
  readonly #casts: ReadonlyMap<string, string | undefined>;
  readonly #names: readonly (readonly [field: keyof Row & string, column: string])[];

  constructor(table: string, fields: Readonly<Record<keyof Row & string, ColumnOptions | null>>) {
    const names = Object.keys(fields) as (keyof Row & string)[];
    this.#names = names.map((field) => [field, fields[field]?.column ?? snakeCase(field)]);
    this.#casts = new Map(names.map((field) => [field, fields[field]?.as]));
    this.columns = this.columnsOf('');
    const columns = this.#names.map(([, column]) => column);
    const changing = this.#names
      .filter(([field]) => field !== 'id' && !fields[field]?.fixed)
      .map(([, column]) => column);
    this.insert = statement(
      `${table}_insert`,
      `insert into ${table} (operator_id, ${columns.join(', ')})
       select $1, ${columns.map((column) => `r.${column}`).join(', ')}
       from jsonb_populate_recordset(null::${table}, $2::text::jsonb) as r`,
    );
    this.update = statement(
      `${table}_update`,
      `update ${table} t set ${changing.map((column) => `${column} = r.${column}`).join(', ')}
       from jsonb_populate_recordset(null::${table}, $2::text::jsonb) as r where t.operator_id = $1 and t.id = r.id`,
    );
  }

  /** The same with the table's name in the select, where several have columns of one name. */
  columnsOf(alias: string): string {
    const prefix = alias && `${alias}.`;
    const cast = (field: string) => (this.#casts.get(field) ? `::${this.#casts.get(field)}` : '');
    return this.#names.map(([field, column]) => `${prefix}${column}${cast(field)} as "${field}"`).join(', ');
  }

  /** The parameters of `insert` and `update`. */
  parameters(operatorId: string, rows: readonly Row[]): readonly unknown[] {
    const records = rows.map((row) => Object.fromEntries(this.#names.map(([field, column]) => [column, row[field]])));
    return [operatorId, JSON.stringify(records, (_, value) => (typeof value === 'bigint' ? value.toString() : value))];
  }
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
