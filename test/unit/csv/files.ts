import { CsvRefused, type CsvRow, openCsv } from '../../../src/platform/csv/read-csv.js';

export const LIMITS = { rowsMax: 1_000_000, lineBytesMax: 10_000, cellCharsMax: 1_000, columnsMax: 20 };

export interface ReadFile {
  readonly header: readonly string[];
  readonly separator: string;
  readonly rows: readonly CsvRow[];
}

/** The file whole, its bytes handed over so many at a time. */
export async function read(file: string | Uint8Array, size = 65_536, limits = LIMITS): Promise<ReadFile> {
  return readAll(pieces(Buffer.from(file), size), limits);
}

export async function readAll(source: AsyncIterable<Uint8Array>, limits = LIMITS): Promise<ReadFile> {
  const { header, separator, batches } = await openCsv(source, limits);
  const rows: CsvRow[] = [];
  for await (const batch of batches) rows.push(...batch);
  return { header, separator, rows };
}

/** What a file is refused with, as text; what it holds when it is not. */
export async function refusalOf(file: string | Uint8Array, size = 65_536, limits = LIMITS): Promise<unknown> {
  return read(file, size, limits).catch((error: unknown) => {
    if (!(error instanceof CsvRefused)) throw error;
    return error.message;
  });
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The same bytes again and again, made as they are asked for; `taken` says how many were. */
export function endless(head: string, repeated: string, bytes: number) {
  const chunk = Buffer.from(repeated.repeat(Math.ceil(65_536 / repeated.length)));
  const source = {
    taken: 0,
    closed: false,
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from(head);
        for (; source.taken < bytes; source.taken += chunk.length) yield chunk;
      } finally {
        source.closed = true;
      }
    },
  };
  return source;
}
