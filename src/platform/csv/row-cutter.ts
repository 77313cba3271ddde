import Papa from 'papaparse';
import { CsvRefused } from './csv-refused.js';
import { lineFeedsIn } from './text-blocks.js';

/** A row as the parser cut it. */
export interface CutRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** As it stands in the file, where quotes may be in it. */
  readonly raw: string | null;
}

/** What the parser hands over: all rows at its end, or one by one where it is asked to. */
interface Parsed {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly QuoteError[];
  /** Where the row behind the last one begins. */
  readonly meta: { readonly cursor: number };
}

interface QuoteError {
  readonly code: string;
  /** Just behind the quote that opened the cell. */
  readonly index?: number | undefined;
}

interface ParseOptions {
  readonly separator: string;
  /** False: the text goes on, and its last row is not to be taken for whole. */
  readonly isLast: boolean;
  readonly preview?: number;
  readonly step?: (row: Parsed) => void;
}

/** The parser itself: the packages' own ways of streaming answer neither where a row begins nor wait for who reads. */
function parsed(text: string, { separator, isLast, preview, step }: ParseOptions): Parsed {
  const fastMode = preview === undefined && !text.includes('"');
  const cutAt = fastMode ? null : expensiveQuote(text, separator);
  const options = { delimiter: separator, newline: '\n' as const, fastMode, ...(preview && { preview }) };
  const parser = new Papa.Parser(step ? { ...options, step } : options);
  return parser.parse(cutAt === null ? text : text.slice(0, cutAt), 0, !isLast && cutAt === null);
}

/** The first row of a text, or null where it is not whole yet. */
export function firstRow(text: string, separator: string, isLast: boolean) {
  const { data, errors } = parsed(text, { separator, isLast, preview: 1 });
  return data[0] ? { cells: data[0], isMalformed: errors.length > 0 } : null;
}

/**
 * Cuts blocks of text into rows. A row that is not whole is kept and parsed
 * again with what follows it, so that blocks may end anywhere; `bytesMax`
 * bounds how much that may be.
 */
export class RowCutter {
  private rest = '';

  /** `line` is that of the first text, and later that of the first row that is not cut yet. */
  constructor(
    private readonly separator: string,
    private readonly bytesMax: number,
    private line: number,
  ) {}

  rowsOf(text: string, isLast: boolean): readonly CutRow[] {
    const input = this.rest + text;
    const rows = input.includes('"') ? this.quotedRows(input, isLast) : this.plainRows(input, isLast);
    this.refuseLong(this.rest);
    return rows;
  }

  private plainRows(input: string, isLast: boolean): readonly CutRow[] {
    const { data, meta } = parsed(input, { separator: this.separator, isLast });
    this.rest = isLast ? '' : input.slice(meta.cursor);
    return data.map((cells) => {
      const characters = cells.reduce((sum, cell) => sum + cell.length, cells.length);
      if (mayBeLonger(characters, this.bytesMax)) this.refuseLong(cells.join(this.separator));
      const row = { line: this.line, cells, raw: null };
      this.line += 1;
      return row;
    });
  }

  private quotedRows(input: string, isLast: boolean): readonly CutRow[] {
    const rows: CutRow[] = [];
    let end = 0;
    const step = ({ data: [cells = []], errors: [error], meta }: Parsed) => {
      const raw = input.slice(end, meta.cursor);
      // The line's end is not the row's, as it is not where no quotes are.
      this.refuseLong(raw.endsWith('\n') ? raw.slice(0, -1) : raw);
      if (error) refuseQuotes(error.code, this.line + lineFeedsIn(raw.slice(0, (error.index ?? end) - end)));
      rows.push({ line: this.line, cells, raw });
      this.line += lineFeedsIn(raw);
      end = meta.cursor;
    };
    parsed(input, { separator: this.separator, isLast, step });
    this.rest = isLast ? '' : input.slice(end);
    return rows;
  }

  /** Where a quote is left open, the rest of the file is one row: told is the line in which it was opened. */
  private refuseLong(raw: string): void {
    const { bytesMax, separator } = this;
    if (!mayBeLonger(raw.length, bytesMax) || Buffer.byteLength(raw) <= bytesMax) return;
    // By bytes, so that the words are the same wherever the text was cut.
    const head = Buffer.from(raw).toString('utf8', 0, bytesMax);
    const open = parsed(head, { separator, isLast: true }).errors.find(({ code }) => code === 'MissingQuotes');
    const line = this.line + lineFeedsIn(head.slice(0, open?.index ?? 0));
    const message = open
      ? `A quote is opened in this line and not closed before the row has more than ${bytesMax} bytes.`
      : `The row that begins in this line has more than ${bytesMax} bytes.`;
    throw new CsvRefused([{ line, column: null, message }]);
  }
}

/** So many blanks in a row are walked for each quote behind which a cell goes on: what a row of 128 KiB can take is two seconds. */
const MANY_BLANKS = /[^\S\n]{256}/;

/**
 * Where a text may be cut behind the first such quote, if the text has many
 * blanks in a row: the parser says the same of what is left, and says it soon.
 */
function expensiveQuote(text: string, separator: string): number | null {
  if (!MANY_BLANKS.test(text)) return null;
  const behindQuotes = new RegExp(`[^\\S\\n]*(?:(${separator}|\\n)|$)`, 'y');
  const cellEnd = new RegExp(`${separator}|\\n`, 'g');
  for (let at = 0; at < text.length; ) {
    const isQuoted = text[at] === '"';
    const close = isQuoted ? closingQuote(text, at) : at;
    if (close === null) return null;
    const end = isQuoted ? behindQuotes : cellEnd;
    end.lastIndex = isQuoted ? close + 1 : at;
    if (!end.test(text)) return isQuoted ? close + 2 : null;
    at = end.lastIndex;
  }
  return null;
}

function closingQuote(text: string, open: number): number | null {
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at === -1 ? null : at;
}

/** No character has more than three bytes for each of its code units. */
function mayBeLonger(characters: number, bytesMax: number): boolean {
  return characters * 3 > bytesMax;
}

function refuseQuotes(code: string, line: number): never {
  const message =
    code === 'MissingQuotes'
      ? 'A quote is opened in this line and never closed.'
      : 'A quoted cell that begins in this line goes on behind its closing quote. Inside of quotes, a quote is written twice.';
  throw new CsvRefused([{ line, column: null, message }]);
}
