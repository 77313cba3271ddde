import { type CsvLimits, openCsv } from '../../../src/platform/csv/read-csv.js';
import { serve } from '../../support/children.js';
import { type Memory, watchMemory } from '../../support/memory-watch.js';

export interface ReadWork {
  readonly rows: number;
  readonly quoted: boolean;
}

export interface HasRead {
  readonly rows: number;
  /** Of which faults were found. */
  readonly faults: number;
  readonly seconds: number;
  readonly memory: Memory;
}

const HEADER = 'orderNumber,payerId,amount,currency,description,schedule,interval,startOn,email,note\n';
const LIMITS: CsvLimits = { rowsMax: 2_000_000, lineBytesMax: 100_000, cellCharsMax: 1_000, columnsMax: 40 };
/** Rows of a chunk, which is made once: a file's making would cost more than its reading. */
const CHUNK_ROWS = 500;

const memory = watchMemory();

serve<ReadWork>({}, async (work) => {
  memory();
  const began = performance.now();
  const { batches } = await openCsv(file(work), LIMITS);
  let [rows, faults] = [0, 0];
  for await (const batch of batches) {
    rows += batch.length;
    for (const row of batch) faults += row.faults.length;
  }
  return { rows, faults, seconds: (performance.now() - began) / 1000, memory: memory() } satisfies HasRead;
});

async function* file({ rows, quoted }: ReadWork): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.from(Array.from({ length: CHUNK_ROWS }, (_, n) => row(n, quoted)).join(''));
  yield Buffer.from(HEADER);
  for (let made = 0; made < rows; made += CHUNK_ROWS) yield chunk;
}

function row(n: number, quoted: boolean): string {
  const note = quoted ? `"said ""yes"", and ${n}"` : `said yes ${n}`;
  return `order-${n},payer_01h45ytscbebyvny4gc8cr8ma2,${n}.50,EUR,Membership ${n},MONTHLY,1,2026-12-01,a${n}@example.com,${note}\n`;
}
