import pg from 'pg';
import { type Row, run, type Statement, statement } from './sql.js';
import { TENANT_SETTING } from './tenant-scoped-entity.js';

export type CopyValue = string | number | null | readonly string[];

/** A table of the session's own, from which copied rows are brought to where they belong. Empty outside of a transaction. */
export interface Staging {
  readonly table: string;
  /** Each column with its type, in the order of the values. */
  readonly columns: Readonly<Record<string, string>>;
}

const BEGIN = statement('begin', 'begin');
const COMMIT = statement('commit', 'commit');
const ROLLBACK = statement('rollback', 'rollback');
const SCOPE = statement('scope', `select set_config('${TENANT_SETTING}', $1, true)`);

/** Which sessions have which staging tables already. */
const STAGED = new WeakMap<pg.PoolClient, Set<string>>();

/**
 * Brings rows into the database by `copy`, in one transaction of one operator,
 * and runs a statement that takes them from the staging table. PostgreSQL
 * refuses to copy into a table with row policies, which hence judge the
 * statement. The rows must be there: nothing is waited for while it runs. For
 * a plain pool, since a pipelined connection cannot copy.
 */
export async function copyThrough<Result extends Row>(
  pool: pg.Pool,
  operatorId: string,
  rows: { readonly staging: Staging; readonly encoded: readonly Buffer[] },
  then: { readonly statement: Statement; readonly parameters: readonly unknown[] },
): Promise<Result[]> {
  const client = await pool.connect();
  let broken: unknown;
  try {
    await stage(client, rows.staging);
    await run(client, BEGIN);
    try {
      await run(client, SCOPE, [operatorId]);
      await copyIn(client, rows.staging, rows.encoded);
      const result = await run<Result>(client, then.statement, then.parameters);
      await run(client, COMMIT);
      return result;
    } catch (error) {
      broken = await run(client, ROLLBACK).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      throw error;
    }
  } finally {
    client.release(broken instanceof Error ? broken : undefined);
  }
}

async function stage(client: pg.PoolClient, { table, columns }: Staging): Promise<void> {
  const staged = STAGED.get(client) ?? new Set();
  if (staged.has(table)) return;
  const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  await client.query(`create temp table ${table} (${list.join(', ')}) on commit delete rows`);
  STAGED.set(client, staged.add(table));
}

function copyIn(client: pg.PoolClient, { table, columns }: Staging, encoded: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const text = `copy pg_temp.${table} (${Object.keys(columns).join(', ')}) from stdin`;
    const settle = (error: Error | undefined) => (error ? reject(error) : resolve());
    client.query(new CopyIn(text, encoded, settle));
  });
}

/** What pg's connection has, and its types do not tell. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** pg answers a server that is ready to take rows by saying that it has none; this one has some. */
class CopyIn extends pg.Query {
  // Private to the runtime, too: the driver's own class has fields of many a name.
  readonly #encoded: readonly Buffer[];

  constructor(text: string, encoded: readonly Buffer[], settle: (error: Error | undefined) => void) {
    super(text, undefined, settle as never);
    this.#encoded = encoded;
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (const rows of this.#encoded) connection.sendCopyFromChunk(rows);
    connection.endCopyFrom();
  }
}

/**
 * Rows as `copy` takes them. Made as soon as they are known: a buffer is nothing
 * to the collector, where the rows' texts would grow old while they wait.
 */
export function encodedRows(rows: readonly (readonly CopyValue[])[]): Buffer {
  return Buffer.from(rows.map(copyLine).join(''));
}

function copyLine(values: readonly CopyValue[]): string {
  return `${values.map(copyText).join('\t')}\n`;
}

function copyText(value: CopyValue): string {
  if (value === null) return String.raw`\N`;
  if (typeof value === 'number') return String(value);
  return escaped(typeof value === 'string' ? value : `{${value.map(element).join(',')}}`);
}

/** Of an array: in quotes, so that neither an empty text nor the word NULL is taken for another thing. */
function element(text: string): string {
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, String.raw`\$&`)}"` : `"${text}"`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? '') : text;
}
