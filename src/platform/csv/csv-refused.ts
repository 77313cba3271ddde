/** What is wrong at one place of a file, in words for who sent it. */
export interface CsvFault {
  /** The line in which an editor finds it; the header is usually line 1. */
  readonly line: number;
  /** The column by its name in the header; null where the whole row or file is meant. */
  readonly column: string | null;
  readonly message: string;
}

/** A file that cannot be read as a whole, or no further: where its rows begin and end is not known any more. */
export class CsvRefused extends Error {
  override readonly name = 'CsvRefused';

  constructor(readonly faults: readonly CsvFault[]) {
    super(faults.map(({ line, message }) => `line ${line}: ${message}`).join(' '));
  }
}
