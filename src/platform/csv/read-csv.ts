import type { CsvFault } from './csv-refused.js';

export { type CsvFault, CsvRefused } from './csv-refused.js';

/** What a file may have. All of them bound memory; none of them is about what the cells mean. */
export interface CsvLimits {
  /** Rows below the header. */
  readonly rowsMax: number;
  /** UTF-8 bytes of one row, line breaks inside quotes included. */
  readonly lineBytesMax: number;
  readonly cellCharsMax: number;
  readonly columnsMax: number;
}

export interface CsvRow {
  /** The line in which the row begins. The header is line 1, unless a line `sep=;` or empty lines stand above it. */
  readonly line: number;
  /** As many as the header has, unless `faults` says otherwise. */
  readonly cells: readonly string[];
  /** What is wrong with the row's own shape; empty for nearly all rows. */
  readonly faults: readonly CsvFault[];
}

export interface OpenCsv {
  /** Names of the columns, trimmed, none empty, none twice. */
  readonly header: readonly string[];
  readonly separator: ',' | ';';
  /** Rows in the file's order, some thousand at a time. To be read once; throws `CsvRefused`, and what the source throws. */
  readonly batches: AsyncIterable<readonly CsvRow[]>;
}

/** Reads as far as the header. Throws `CsvRefused` where there is none. */
export async function openCsv(_source: AsyncIterable<Uint8Array>, _limits: CsvLimits): Promise<OpenCsv> {
  throw new Error('not yet');
}
