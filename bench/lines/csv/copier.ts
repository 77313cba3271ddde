import pg from 'pg';
import { type CopyQuery, copyText } from '../../../src/platform/database/copy-out.js';
import { run, statement } from '../../../src/platform/database/sql.js';
import { TENANT_SETTING } from '../../../src/platform/database/tenant-scoped-entity.js';
import { cpuMicros, serve, settings } from '../../support/children.js';

/** The anchors: the same rows by bare COPY, in and out. Nothing is parsed, checked or made of them. */
export interface CopierSettings {
  /** As the owner, for PostgreSQL lets nobody else copy into a table with row policies. */
  readonly ownerUrl: string;
  readonly appUrl: string;
}

interface CopyOutOrder {
  readonly out: CopyQuery;
  readonly operatorId: string;
}

interface CopyInOrder {
  readonly into: string;
  /** Made before the clock runs; `#` in them is their number. */
  readonly lines: { readonly count: number; readonly before: string; readonly after: string };
}

export type CopyOrder = CopyOutOrder | CopyInOrder;

export interface Copied {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuMicros: number;
}

interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

class Copy extends pg.Query {
  count = 0;
  bytes = 0;

  constructor(
    text: string,
    private readonly chunks: readonly Buffer[],
    settle: (error: Error | undefined) => void,
  ) {
    super(text, undefined, settle as never);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (const chunk of this.chunks) connection.sendCopyFromChunk(chunk);
    connection.endCopyFrom();
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.count += 1;
    this.bytes += chunk.length;
  }
}

const { ownerUrl, appUrl } = settings<CopierSettings>();
const owner = new pg.Client(ownerUrl);
const app = new pg.Client(appUrl);
await Promise.all([owner.connect(), app.connect()]);

serve<CopyOrder>({}, (order) => ('out' in order ? copyOut(order) : copyIn(order)));

async function copyOut({ out, operatorId }: CopyOutOrder): Promise<Copied> {
  await app.query('begin read only');
  await run(app, statement('scope', `select set_config('${TENANT_SETTING}', $1, true)`), [operatorId]);
  await app.query("set local timezone = 'UTC'; set local statement_timeout = 0");
  const copied = await copy(app, copyText(out), []);
  await app.query('commit');
  return copied;
}

async function copyIn({ into, lines }: CopyInOrder): Promise<Copied> {
  const chunks: Buffer[] = [];
  for (let from = 0; from < lines.count; from += 500) {
    const numbers = Array.from({ length: Math.min(500, lines.count - from) }, (_, index) => from + index);
    chunks.push(
      Buffer.from(numbers.map((n) => `${lines.before}${n + 2}${lines.after.replaceAll('#', `${n}`)}\n`).join('')),
    );
  }
  const copied = await copy(owner, `copy ${into} from stdin`, chunks);
  return { ...copied, rows: lines.count };
}

async function copy(client: pg.Client, text: string, chunks: readonly Buffer[]): Promise<Copied> {
  const [startedAt, cpuBefore] = [performance.now(), cpuMicros()];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const query = new Copy(text, chunks, (error) => (error ? reject(error) : resolve()));
  client.query(query);
  await promise;
  const seconds = (performance.now() - startedAt) / 1000;
  return { rows: query.count, bytes: query.bytes, seconds, cpuMicros: cpuMicros() - cpuBefore };
}
