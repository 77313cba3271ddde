/**
 * A spreadsheet takes a text for a formula that begins with one of these, in
 * either width, after any white space; and Excel takes what a tab or a line
 * break leads for more than a text. The same characters, and escapes that mean
 * the same, for JavaScript's and PostgreSQL's expressions. Apostrophes may lead
 * them, so that a guard can be told from an apostrophe that was there before.
 */
const WHITE = String.raw`\t\n\v\f\r \u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff`;
const BEGUN = String.raw`[${WHITE}]*[=+@\uff1d\uff0b\uff0d\uff20\-]`;
const FORMULA = String.raw`'*(?:[\t\n\r]|${BEGUN})`;
/**
 * Where lists are separated by `;`, a spreadsheet cuts our rows there, whatever
 * quotes stand around: what follows one begins a cell, too.
 */
const BEHIND = `(?='*${BEGUN})`;
const IS_FORMULA = new RegExp(`^${FORMULA}`);
const IS_GUARDED = new RegExp(`^'${FORMULA}`);
const CUT = new RegExp(`;${BEHIND}`, 'g');
const CUT_GUARDED = new RegExp(`;'${BEHIND}`, 'g');

/** A number in digits that we wrote ourselves, such as an amount: it stays one, whatever its sign. */
export interface NumberCell {
  readonly number: string;
}

export type CsvCell = string | bigint | NumberCell | null;

/** One row or the header, with its line break. Texts are quoted, and led by an apostrophe where they would be a formula. */
export function csvLine(cells: readonly CsvCell[]): string {
  return separatedLine(cells, ',');
}

/** The same for a file whose cells are separated otherwise. */
export function separatedLine(cells: readonly CsvCell[], separator: string): string {
  return `${cells.map(cellText).join(separator)}\r\n`;
}

/** A text as a cell: what `safeCellSql` makes of it in the database. */
export function safeCell(text: string): string {
  const guarded = (IS_FORMULA.test(text) ? `'${text}` : text).replace(CUT, ";'");
  return `"${guarded.replaceAll('"', '""')}"`;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return safeCell(cell);
  return typeof cell === 'bigint' ? String(cell) : cell.number;
}

/** A cell of a file that we wrote and somebody mended: what stood there before `safeCell` put its apostrophe. */
export function unguarded(cell: string): string {
  const text = IS_GUARDED.test(cell) ? cell.slice(1) : cell;
  return text.includes(";'") ? text.replace(CUT_GUARDED, ';') : text;
}

/**
 * SQL that makes a cell of the text that `expression` has, by the rule of
 * `safeCell`; of null an empty one. It is evaluated several times: a column, say.
 */
export function safeCellSql(expression: string): string {
  return `'"' || replace(coalesce(${guardedSql(expression)}, ''), '"', '""') || '"'`;
}

/**
 * The same without quotes, for `copy`, which puts them where they are needed.
 * Nearly all texts begin with a letter or a digit, and the expression, which
 * costs more than the rest of the cell, is not asked of those.
 */
export function safeTextSql(column: string): string {
  const isPlain = `(ascii(${column}) between 65 and 126 or ascii(${column}) between 48 and 57)`;
  return `case when ${isPlain} and strpos(${column}, ';') = 0 then ${column} else ${guardedSql(column)} end`;
}

function guardedSql(expression: string): string {
  const isFormula = `(${expression}) ~ '^${quoted(FORMULA)}'`;
  const uncut = `case when strpos(${expression}, ';') > 0 then regexp_replace(${expression}, ';${quoted(BEHIND)}', ';''', 'g') else (${expression}) end`;
  return `case when ${isFormula} then '''' || (${uncut}) else (${uncut}) end`;
}

/** As part of a text in SQL. */
function quoted(pattern: string): string {
  return pattern.replaceAll("'", "''");
}
