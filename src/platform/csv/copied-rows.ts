import { CURRENCIES, type Currency, fractionDigits } from '../../kernel/currency.js';
import { ID_PREFIXES, type IdKind } from '../../kernel/ids.js';
import type { RowWriter } from '../database/copy-out.js';
import { safeTextSql } from './write-csv.js';

/** Of a row that PostgreSQL writes by COPY: what is made of it in the database, and what here, where it is ten times faster. */
export interface CopiedColumn {
  readonly name: string;
  readonly sql: string;
  /** A UUID that becomes a public id, or a moment in ISO 8601; both may be null. They stand before all others. */
  readonly here?: IdKind | 'moment';
}

export const idColumn = (name: string, kind: IdKind, sql: string): CopiedColumn => ({ name, sql, here: kind });

export const momentColumn = (name: string, sql: string): CopiedColumn => ({ name, sql, here: 'moment' });

/** What somebody may have typed: no spreadsheet runs it. `sql` is a column, which is named several times. */
export const textColumn = (name: string, sql: string): CopiedColumn => ({ name, sql: safeTextSql(sql) });

/** A word, number or day of our own, which needs no care. */
export const plainColumn = (name: string, sql: string): CopiedColumn => ({ name, sql });

/** In major units, with as many fraction digits as the currency has. */
export const amountColumn = (name: string, sql: string, currency = 'currency'): CopiedColumn => ({
  name,
  sql: amountSql(sql, currency),
});

const having = (digits: number) =>
  CURRENCIES.filter((each: Currency) => fractionDigits(each) === digits).map((each) => `'${each}'`);

/** A multiplication, because of two numerics that has as many digits as both, and costs a quarter of a division. */
export function amountSql(minor: string, currency: string): string {
  return (
    `case when ${currency} in (${having(0).join(', ')}) then ${minor}::numeric ` +
    `when ${currency} in (${having(3).join(', ')}) then ${minor} * 0.001 else ${minor} * 0.01 end`
  );
}

/** The select list and the header of columns, and what writes their rows. */
export interface CopiedRows {
  readonly list: string;
  readonly head: string;
  readonly writer: RowWriter;
}

export function copiedRows(columns: readonly CopiedColumn[]): CopiedRows {
  const leading = columns.flatMap(({ here }) => (here ? [here] : []));
  if (columns.slice(0, leading.length).some(({ here }) => !here)) throw new Error('ids and moments come first');
  return {
    list: columns.map(({ sql }) => sql).join(', '),
    head: `${columns.map(({ name }) => name).join(',')}\r\n`,
    writer: new CopiedRowWriter(leading),
  };
}

const DIGITS = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz');
/** Where a UUID's hexadecimal digits are among its 36 characters. */
const NIBBLES = [...'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'].flatMap((each, at) => (each === '-' ? [] : [at]));
const VALUE_OF = new Uint8Array(256);
for (const [value, digit] of [...'0123456789abcdef'].entries()) VALUE_OF[digit.charCodeAt(0)] = value;

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const DOT = 0x2e;
const UUID_BYTES = 36;
/** `2026-11-22 09:00:00`, which a fraction and `+00` follow. */
const SECOND_BYTES = 19;

/** Rows end as RFC 4180 wants it. It runs for every row of a million, by index and without an object of its own. */
class CopiedRowWriter implements RowWriter {
  readonly grows: number;
  readonly #prefixes: readonly (Buffer | null)[];

  constructor(leading: readonly (IdKind | 'moment')[]) {
    this.grows = 1 + 2 * leading.length;
    this.#prefixes = leading.map((each) => (each === 'moment' ? null : Buffer.from(`${ID_PREFIXES[each]}_`)));
  }

  write(row: Buffer, into: Buffer, start: number): number {
    let [from, at] = [0, start];
    for (const prefix of this.#prefixes) {
      if (row[from] !== COMMA && row[from] !== LINE_FEED) {
        at = prefix ? writeId(row, from, into, at, prefix) : writeMoment(row, from, into, at);
        while (row[from] !== COMMA && row[from] !== LINE_FEED) from += 1;
      }
      if (row[from] === COMMA) {
        into[at] = COMMA;
        at += 1;
        from += 1;
      }
    }
    const end = row.length - 1;
    at += row.copy(into, at, from, end);
    into[at] = 0x0d;
    into[at + 1] = LINE_FEED;
    return at + 2;
  }
}

/** 128 bits as 26 digits of 5: three bits, five bits, and then six times twenty. */
function writeId(row: Buffer, from: number, into: Buffer, start: number, prefix: Buffer): number {
  let at = start + prefix.copy(into, start);
  const value = (nibble: number) => VALUE_OF[row[from + (NIBBLES[nibble] ?? 0)] ?? 0] ?? 0;
  const first = (value(0) << 4) | value(1);
  into[at] = DIGITS[first >> 5] ?? 0;
  into[at + 1] = DIGITS[first & 31] ?? 0;
  at += 2;
  for (let nibble = 2; nibble < NIBBLES.length; nibble += 5) {
    let bits = 0;
    for (let each = nibble; each < nibble + 5; each += 1) bits = (bits << 4) | value(each);
    into[at] = DIGITS[bits >> 15] ?? 0;
    into[at + 1] = DIGITS[(bits >> 10) & 31] ?? 0;
    into[at + 2] = DIGITS[(bits >> 5) & 31] ?? 0;
    into[at + 3] = DIGITS[bits & 31] ?? 0;
    at += 4;
  }
  return at;
}

/** To the millisecond, as the API writes it: `2026-11-22T09:00:00.120Z`. */
function writeMoment(row: Buffer, from: number, into: Buffer, start: number): number {
  row.copy(into, start, from, from + SECOND_BYTES);
  into[start + 10] = 0x54;
  let at = start + SECOND_BYTES;
  into[at] = DOT;
  let fraction = from + SECOND_BYTES;
  const hasFraction = row[fraction] === DOT;
  for (let digit = 1; digit <= 3; digit += 1) {
    fraction += 1;
    const isDigit = hasFraction && (row[fraction] ?? 0) >= 0x30 && (row[fraction] ?? 0) <= 0x39;
    if (!isDigit) fraction -= 1;
    into[at + digit] = isDigit ? (row[fraction] ?? 0) : 0x30;
  }
  at += 4;
  into[at] = 0x5a;
  return at + 1;
}

export { UUID_BYTES };
