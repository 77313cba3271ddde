import { type CsvFault, CsvRefused } from './csv-refused.js';
import { beginningOf, columnNames, type Separator, separatorOf } from './header.js';
import { type CutRow, RowCutter } from './row-cutter.js';
import { hasControlCharacter, presentable, rowFaults, type Shape } from './row-faults.js';
import { textBlocks } from './text-blocks.js';

export { type CsvFault, CsvRefused } from './csv-refused.js';

/** What a file may have. All of them bound memory; none of them is about what the cells mean. */
export interface CsvLimits {
  /** Rows below the header; empty ones do not count. */
  readonly rowsMax: number;
  /** UTF-8 bytes of one row, line breaks inside quotes included. */
  readonly lineBytesMax: number;
  readonly cellCharsMax: number;
  readonly columnsMax: number;
}

export interface CsvRow {
  /** The line in which the row begins. The header is line 1, unless a line `sep=;` or empty lines stand above it. */
  readonly line: number;
  /**
   * Without faults, as many as the header has. With faults: those that there are, with U+FFFD in place of control
   * characters, so that they can be stored; none where one is longer than is accepted, since of whatever stands in it
   * there would be a piece.
   */
  readonly cells: readonly string[];
  /** All of the row as it came: to be judged at once, and neither kept nor shown. */
  readonly asSent: readonly string[];
  /** What is wrong with the row's own shape; empty for nearly all rows. */
  readonly faults: readonly CsvFault[];
}

export interface OpenCsv {
  /** Names of the columns, trimmed, none empty, none twice. */
  readonly header: readonly string[];
  /** Where the header stands: line 1, unless a line `sep=;` or empty lines are above it. */
  readonly headerLine: number;
  readonly separator: Separator;
  /** Rows in the file's order, some hundred at a time, and never more than 5,000. To be read once; throws `CsvRefused`, and what the source throws. */
  readonly batches: AsyncIterable<readonly CsvRow[]>;
}

/** Rows of a batch: what is then checked and stored in one go. */
const BATCH_MAX = 5_000;

/** Lines without anything in them that are skipped. A sheet whose columns were emptied can have a million of them. */
const EMPTY_MAX = 100_000;

/**
 * Reads a file as far as its header, and hands on its rows as they are asked
 * for. However large it is, no more than a block and a row of it are in memory.
 * Throws `CsvRefused` where there is no header.
 */
export async function openCsv(source: AsyncIterable<Uint8Array>, limits: CsvLimits): Promise<OpenCsv> {
  const texts = textBlocks(source);
  try {
    const first = await texts.next();
    let begun = beginningOf(first.value ?? '');
    let isLast = first.done === true;
    let separator = separatorOf(begun, isLast);
    while (separator === null && !isLast && begun.text.length <= limits.lineBytesMax) {
      const next = await texts.next();
      isLast = next.done === true;
      begun = { ...begun, text: begun.text + (next.value ?? '') };
      separator = separatorOf(begun, isLast);
    }
    const cutter = new RowCutter(separator ?? ',', limits.lineBytesMax, begun.line);
    const rows = cutter.rowsOf(begun.text, isLast);
    const at = rows.findIndex((row) => !isEmpty(row));
    const headerLine = rows[at]?.line ?? begun.line;
    const header = columnNames(rows[at]?.cells ?? [], headerLine, limits);
    const shape = { ...limits, header, separator: separator ?? ',' };
    const blocks = cutBlocks(texts, cutter, { rows: rows.slice(at + 1), text: begun.text, isLast });
    return { header, headerLine, separator: shape.separator, batches: batchesOf(blocks, shape) };
  } catch (error) {
    await texts.return();
    throw error;
  }
}

interface CutBlock {
  readonly rows: readonly CutRow[];
  /** Whether a control character is anywhere in what the rows were cut from: of most files not one cell is looked at. */
  readonly mayControl: boolean;
}

interface Begun {
  readonly rows: readonly CutRow[];
  readonly text: string;
  readonly isLast: boolean;
}

async function* cutBlocks(
  texts: AsyncGenerator<string, void, void>,
  cutter: RowCutter,
  begun: Begun,
): AsyncGenerator<CutBlock, void, void> {
  try {
    let { isLast } = begun;
    let before = hasControlCharacter(begun.text);
    yield { rows: begun.rows, mayControl: before };
    while (!isLast) {
      const { value, done } = await texts.next();
      const text = value ?? '';
      isLast = done === true;
      const here = hasControlCharacter(text);
      yield { rows: cutter.rowsOf(text, isLast), mayControl: here || before };
      before = here;
    }
  } finally {
    await texts.return();
  }
}

async function* batchesOf(
  blocks: AsyncIterable<CutBlock>,
  shape: Shape & CsvLimits,
): AsyncGenerator<readonly CsvRow[], void, void> {
  const counted = { rows: 0, empty: 0 };
  for await (const { rows, mayControl } of blocks) {
    for (let from = 0; from < rows.length; from += BATCH_MAX) {
      const batch = rows.slice(from, from + BATCH_MAX).filter((row) => counts(row, counted, shape.rowsMax));
      if (batch.length > 0) yield batch.map((row) => checked(row, shape, mayControl));
    }
  }
}

function checked(row: CutRow, shape: Shape, mayControl: boolean): CsvRow {
  const faults = rowFaults(row, shape, mayControl);
  const { line, cells } = row;
  return { line, cells: faults.length === 0 ? cells : presentable(cells, shape), asSent: cells, faults };
}

/** Whether the row is one at all. Throws `CsvRefused` where it is one too many of its kind. */
function counts(row: CutRow, counted: { rows: number; empty: number }, rowsMax: number): boolean {
  const isRow = !isEmpty(row);
  if (isRow) counted.rows += 1;
  else counted.empty += 1;
  if (counted.rows > rowsMax) refuse(row.line, `The file has more than ${rowsMax} rows. Send it in parts.`);
  if (counted.empty > EMPTY_MAX)
    refuse(row.line, `More than ${EMPTY_MAX} lines are empty. Delete them and send it again.`);
  return isRow;
}

function isEmpty({ cells }: CutRow): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function refuse(line: number, message: string): never {
  throw new CsvRefused([{ line, column: null, message }]);
}
