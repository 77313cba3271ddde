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

const DIGITS = Uint8Array.from(Buffer.from('0123456789abcdefghjkmnpqrstvwxyz'));
const VALUE_OF = new Uint8Array(256);
for (const [value, digit] of [...'0123456789abcdef'].entries()) VALUE_OF[digit.charCodeAt(0)] = value;
/** Where a UUID's hexadecimal digits are among its 36 characters. */
const NIBBLES = Uint8Array.from(
  [...'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'].flatMap((each, at) => (each === '-' ? [] : [at])),
);
const UUID_BYTES = 36;
const ID_DIGITS = 26;

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const DOT = 0x2e;
/** `2026-11-22 09:00:00`, which a fraction and `+00` follow. */
const SECOND_BYTES = 19;

/**
 * Rows end as RFC 4180 wants it. It runs for every row of a million: by index,
 * without an object of its own, and without a call into the runtime for a few
 * bytes, which would cost more than the loop.
 */
class CopiedRowWriter implements RowWriter {
  readonly grows: number;
  readonly #prefixes: readonly (Uint8Array | null)[];

  constructor(leading: readonly (IdKind | 'moment')[]) {
    this.grows = 1 + 2 * leading.length;
    this.#prefixes = leading.map((each) =>
      each === 'moment' ? null : Uint8Array.from(Buffer.from(`${ID_PREFIXES[each]}_`)),
    );
  }

  write(row: Buffer, into: Buffer, start: number): number {
    let from = 0;
    let at = start;
    for (const prefix of this.#prefixes) {
      if (row[from] !== COMMA && row[from] !== LINE_FEED) {
        if (prefix) {
          at = writeId(row, from, into, writeBytes(prefix, prefix.length, into, at));
          from += UUID_BYTES;
        } else {
          at = writeMoment(row, from, into, at);
          from += SECOND_BYTES;
          while (row[from] !== COMMA && row[from] !== LINE_FEED) from += 1;
        }
      }
      if (row[from] === COMMA) {
        into[at] = COMMA;
        at += 1;
        from += 1;
      }
    }
    at += row.copy(into, at, from, row.length - 1);
    into[at] = 0x0d;
    into[at + 1] = LINE_FEED;
    return at + 2;
  }
}

function writeBytes(bytes: Uint8Array, count: number, into: Buffer, at: number): number {
  for (let index = 0; index < count; index += 1) into[at + index] = bytes[index] as number;
  return at + count;
}

/** 128 bits as 26 digits of five, of which the first has three: as bits come in by fours, so they go out. */
function writeId(row: Buffer, from: number, into: Buffer, start: number): number {
  let at = start;
  let bits = 0;
  let held = 2;
  for (let nibble = 0; nibble < 32; nibble += 1) {
    bits = ((bits << 4) | (VALUE_OF[row[from + (NIBBLES[nibble] as number)] as number] as number)) & 0x1ff;
    held += 4;
    if (held < 5) continue;
    held -= 5;
    into[at] = DIGITS[(bits >> held) & 31] as number;
    at += 1;
  }
  return start + ID_DIGITS;
}

/** To the millisecond, as the API writes it: `2026-11-22T09:00:00.120Z`. */
function writeMoment(row: Buffer, from: number, into: Buffer, start: number): number {
  for (let index = 0; index < SECOND_BYTES; index += 1) into[start + index] = row[from + index] as number;
  into[start + 10] = 0x54;
  let at = start + SECOND_BYTES;
  let fraction = from + SECOND_BYTES;
  into[at] = DOT;
  if (row[fraction] === DOT) fraction += 1;
  for (let digit = 1; digit <= 3; digit += 1) {
    const byte = row[fraction] as number;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    into[at + digit] = isDigit ? byte : 0x30;
    if (isDigit) fraction += 1;
  }
  at += 4;
  into[at] = 0x5a;
  return at + 1;
}
