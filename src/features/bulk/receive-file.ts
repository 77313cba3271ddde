import { createHash, type Hash } from 'node:crypto';
import { CsvRefused } from '../../platform/csv/csv-refused.js';
import { type CsvLimits, type CsvRow, type OpenCsv, openCsv } from '../../platform/csv/read-csv.js';
import { unguarded } from '../../platform/csv/write-csv.js';
import { type FileLayout, fileLayout } from './domain/file-layout.js';
import { receivedRow } from './domain/received-row.js';
import type { BulkKind } from './domain/words.js';
import { refuseDuplicates } from './refuse-duplicates.js';
import { renewUpload, storeRows } from './store-rows.js';
import type { Upload, UploadParts } from './upload.js';

/** More rows are another file; a line has all columns there are several times over. */
const LIMITS: CsvLimits = { rowsMax: 1_000_000, lineBytesMax: 131_072, cellCharsMax: 10_000, columnsMax: 200 };

/** A portion is stored when it has as many rows or characters as this. */
const PORTION_ROWS = 5_000;
const PORTION_CHARS = 4_000_000;

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
  let count = 0;
  for await (const portion of portionsOf(csv.batches)) {
    const rows = portion.map((row) => receivedRow(layout, csv.header, layout.isOfResults ? unguardedRow(row) : row));
    await storeRows(parts, upload, rows);
    count += rows.length;
  }
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

/** A batch is as much as came in one piece, which of a slow sender is little; a transaction is for many rows. */
async function* portionsOf(batches: AsyncIterable<readonly CsvRow[]>): AsyncGenerator<readonly CsvRow[], void, void> {
  let portion: CsvRow[] = [];
  let chars = 0;
  for await (const batch of batches) {
    for (const row of batch) {
      portion.push(row);
      for (const cell of row.cells) chars += cell.length;
      if (portion.length < PORTION_ROWS && chars < PORTION_CHARS) continue;
      yield portion;
      portion = [];
      chars = 0;
    }
  }
  if (portion.length > 0) yield portion;
}
