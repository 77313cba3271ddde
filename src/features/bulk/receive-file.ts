import { createHash, type Hash } from 'node:crypto';
import { CsvRefused } from '../../platform/csv/csv-refused.js';
import { type CsvLimits, type CsvRow, type OpenCsv, openCsv } from '../../platform/csv/read-csv.js';
import { unguarded } from '../../platform/csv/write-csv.js';
import { type FileLayout, fileLayout } from './domain/file-layout.js';
import { receivedRow } from './domain/received-row.js';
import type { BulkKind } from './domain/words.js';
import { refuseDuplicates } from './refuse-duplicates.js';
import { encoded, renewUpload, storeRows } from './store-rows.js';
import type { Upload, UploadParts } from './upload.js';

/** More rows are another file; a line has all columns there are several times over. */
const LIMITS: CsvLimits = { rowsMax: 1_000_000, lineBytesMax: 131_072, cellCharsMax: 10_000, columnsMax: 200 };

/** A portion is stored when it has as many rows or bytes as this, give or take a batch. */
const PORTION_ROWS = 5_000;
const PORTION_BYTES = 4_000_000;

const RENEWED_EVERY_MS = 30_000;

/** What is known of a file that was received as a whole. */
export interface FileFacts {
  readonly sha256: string;
  readonly header: readonly string[];
  readonly separator: string;
}

/**
 * Reads a file as it arrives and stores its rows, those refused that must be.
 * Throws `CsvRefused` and `UploadCut`; what was stored by then is for the
 * caller to undo.
 */
export async function receiveFile(
  parts: UploadParts,
  upload: Upload,
  content: AsyncIterable<Uint8Array>,
): Promise<FileFacts> {
  const hash = createHash('sha256');
  const csv = await openCsv(watched(parts, upload, { content, hash }), LIMITS);
  const layout = layoutOf(upload.kind, csv);
  const batches = encodedBatches(csv, layout);
  const count = await storeAll(parts, upload, portionsOf(batches));
  if (count === 0) {
    const message = 'The file has a header and no row below it.';
    throw new CsvRefused([{ line: csv.headerLine, column: null, message }]);
  }
  await refuseDuplicates(parts, upload, layout.referenceColumn);
  return { sha256: hash.digest('hex'), header: layout.header, separator: csv.separator };
}

/** Only reads: for a file that may have been received before. */
export async function sha256Of(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

function layoutOf(kind: BulkKind, { header, headerLine: line }: OpenCsv): FileLayout {
  const layout = fileLayout(kind, header);
  if ('header' in layout) return layout;
  throw new CsvRefused(layout.map((fault) => ({ line, ...fault })));
}

function unguardedRow(row: CsvRow): CsvRow {
  return { ...row, cells: row.cells.map(unguarded) };
}

interface Arriving {
  readonly content: AsyncIterable<Uint8Array>;
  readonly hash: Hash;
}

/** The content, hashed on its way; a slow one says from time to time that it still comes. */
async function* watched(
  parts: UploadParts,
  upload: Upload,
  { content, hash }: Arriving,
): AsyncGenerator<Uint8Array, void, void> {
  const now = () => parts.units.clock.now().getTime();
  let renewedAt = now();
  for await (const chunk of content) {
    hash.update(chunk);
    if (now() - renewedAt >= RENEWED_EVERY_MS) {
      await renewUpload(parts, upload);
      renewedAt = now();
    }
    yield chunk;
  }
}

/** Some rows, ready to be stored. */
interface Portion {
  readonly encoded: readonly Buffer[];
  readonly rows: number;
}

async function* encodedBatches({ header, batches }: OpenCsv, layout: FileLayout): AsyncGenerator<Portion, void, void> {
  for await (const batch of batches) {
    const rows = batch.map((row) => receivedRow(layout, header, layout.isOfResults ? unguardedRow(row) : row));
    yield { encoded: [encoded(rows)], rows: rows.length };
  }
}

/** A batch is as much as came in one piece, which of a slow sender is little; a transaction is for many rows. */
async function* portionsOf(batches: AsyncIterable<Portion>): AsyncGenerator<Portion, void, void> {
  let portion: Buffer[] = [];
  let [rows, bytes] = [0, 0];
  for await (const batch of batches) {
    portion.push(...batch.encoded);
    rows += batch.rows;
    for (const { length } of batch.encoded) bytes += length;
    if (rows < PORTION_ROWS && bytes < PORTION_BYTES) continue;
    yield { encoded: portion, rows };
    portion = [];
    [rows, bytes] = [0, 0];
  }
  if (rows > 0) yield { encoded: portion, rows };
}

/**
 * Stores one portion while the next is read, so that the database and this
 * process work at once. Nothing is under way any more when it resolves or
 * throws. Resolves with the number of rows.
 */
async function storeAll(parts: UploadParts, upload: Upload, portions: AsyncIterable<Portion>): Promise<number> {
  let count = 0;
  let storing = Promise.resolve();
  try {
    for await (const { encoded: portion, rows } of portions) {
      await storing;
      storing = storeRows(parts, upload, portion);
      // Told by the `await` above or below, which may be a while from now.
      storing.catch(() => {});
      count += rows;
    }
  } catch (error) {
    // What failed first is told: what is stored meanwhile may fail of the same, or of being undone.
    await storing.catch(() => {});
    throw error;
  }
  await storing;
  return count;
}
