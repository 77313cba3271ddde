import { Readable } from 'node:stream';
import pg from 'pg';
import { run, statement } from './sql.js';
import { TENANT_SETTING } from './tenant-scoped-entity.js';

/** A value that a query is about. Arrays are of texts. */
export type CopyParameter = string | number | bigint | boolean | Date | null | readonly string[];

/** What is copied, each parameter under its `$n`. The text is ours; a caller's words are only ever parameters. */
export interface CopyQuery {
  readonly text: string;
  readonly parameters: readonly CopyParameter[];
}

/** Turns a row as PostgreSQL writes it, its line feed included, into what is sent. */
export interface RowWriter {
  /** How many bytes longer than it came a row may become. */
  readonly grows: number;
  /** Writes at `at`, where there is room enough, and returns where it has come to. */
  write(row: Buffer, into: Buffer, at: number): number;
}

export interface CopyOutOptions {
  readonly operatorId: string;
  readonly query: CopyQuery;
  /** Stands before the first row. */
  readonly head: string;
  readonly writer: RowWriter;
  /** How long a reader may take nothing before it is given up. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 30_000;
/** However steadily a reader reads: what a snapshot still sees cannot be cleaned up meanwhile. */
const LONGEST_MS = 30 * 60_000;
const BLOCK_BYTES = 65_536;
/** So much may wait for the reader, so that neither side stands still for the other's every breath. */
const AHEAD_BYTES = 8 * BLOCK_BYTES;

const BEGIN = statement('begin_read', 'begin read only');
const COMMIT = statement('commit', 'commit');
const SCOPE = statement(
  'scope_of_copy',
  `select set_config('${TENANT_SETTING}', $1, true), set_config('statement_timeout', $2, true),
     set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true)`,
);

/**
 * The rows of a query as CSV, as they come: PostgreSQL writes no faster than
 * they are read, and no more than a block or two is in memory. In a read-only
 * transaction of one operator, as the role that row policies bind, so it takes
 * no transaction id for which readers of the event log would wait. Resolves
 * once the first row is there, so that what can fail at once does so before
 * anything is sent. A stream that is destroyed ends the copying. For a plain pool.
 */
export async function copyOut(pool: pg.Pool, options: CopyOutOptions): Promise<Readable> {
  const client = await pool.connect();
  const ignore = () => {};
  client.on('error', ignore);
  const release = (error?: Error) => {
    client.off('error', ignore);
    client.release(error);
  };
  try {
    await run(client, BEGIN);
    await run(client, SCOPE, [options.operatorId, `${LONGEST_MS}ms`]);
  } catch (error) {
    release(error instanceof Error ? error : new Error('no transaction'));
    throw error;
  }
  const rows = new CopiedRows(client, release, options);
  await rows.begun;
  return rows;
}

/** What pg's connection has, and its types do not tell. */
interface CopyConnection {
  readonly stream: { pause(): void; resume(): void; destroy(): void };
}

/** pg hands on each row as one message, in the turn in which it arrives. */
class CopyOut extends pg.Query {
  constructor(
    text: string,
    private readonly onRow: (row: Buffer) => void,
    settle: (error: Error | undefined) => void,
  ) {
    super(text, undefined, settle as never);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.onRow(chunk);
  }
}

class CopiedRows extends Readable {
  /** Rejects where the query failed before its first row. */
  readonly begun: Promise<void>;
  readonly #socket: CopyConnection['stream'];
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #at: number;
  #hasEnded = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly release: (error?: Error) => void,
    private readonly options: CopyOutOptions,
  ) {
    super({ highWaterMark: AHEAD_BYTES });
    this.#socket = (client as unknown as { readonly connection: CopyConnection }).connection.stream;
    this.#at = this.#block.write(options.head);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.begun = promise;
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      resolve();
    };
    const onRow = (row: Buffer) => {
      if (!hasBegun) begin();
      this.#take(row);
    };
    const settle = (error: Error | undefined) => {
      // Nobody has the stream yet who could hear of it there.
      if (error && !hasBegun) this.once('error', reject);
      else begin();
      void this.#end(error);
    };
    client.query(new CopyOut(copyText(options.query), onRow, settle));
  }

  override _read(): void {
    clearTimeout(this.#patience);
    this.#socket.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#patience);
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      // The server notices when it next writes; there is no gentler way out of a COPY that nobody reads.
      this.#socket.destroy();
      this.release(error ?? new Error('nobody reads what is copied'));
    }
    callback(error);
  }

  #take(row: Buffer): void {
    if (this.#hasEnded) return;
    const { writer } = this.options;
    const needs = row.length + writer.grows;
    if (this.#at + needs > this.#block.length) this.#flush(needs);
    this.#at = writer.write(row, this.#block, this.#at);
  }

  #flush(needs: number): void {
    const full = this.#block.subarray(0, this.#at);
    this.#block = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, needs));
    this.#at = 0;
    if (full.length === 0 || this.push(full)) return;
    this.#socket.pause();
    clearTimeout(this.#patience);
    const giveUp = () => void this.destroy(new Error('a reader of an export takes nothing any more'));
    this.#patience = setTimeout(giveUp, this.options.patienceMs ?? PATIENCE_MS).unref();
  }

  async #end(error: Error | undefined): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const failure = error ?? (await run(this.client, COMMIT).then(() => undefined, asError));
    this.release(failure);
    if (failure) {
      this.destroy(failure);
      return;
    }
    this.#flush(0);
    this.push(null);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** What is sent. COPY takes no parameters, so each is written into its query as a literal. */
export function copyText({ text, parameters }: CopyQuery): string {
  const query = text.replace(/\$(\d+)/g, (_, number: string) => literal(parameters[Number(number) - 1]));
  return `copy (${query}) to stdout (format csv)`;
}

function literal(value: CopyParameter | undefined): string {
  if (value === undefined) throw new Error('a parameter of a copy is missing');
  if (value === null) return 'null';
  if (typeof value === 'string') return textLiteral(value);
  if (value instanceof Date) return `${textLiteral(value.toISOString())}::timestamptz`;
  return typeof value === 'object' ? `array[${value.map(textLiteral).join(', ')}]::text[]` : String(value);
}

function textLiteral(text: string): string {
  if (text.includes('\0')) throw new Error('a parameter of a copy has a NUL');
  return pg.escapeLiteral(text);
}
