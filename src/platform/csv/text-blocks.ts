import { isUtf8 } from 'node:buffer';
import { CsvRefused } from './csv-refused.js';

/** What is decoded at once: some hundred rows. Of more, the young ones outlive a collection, and take five times the memory. */
const BLOCK_BYTES = 32_768;

const SAVE_AS = 'Save it as "CSV UTF-8".';

/** Beginnings of what is sent in place of a CSV. The longer of two that begin alike stands first. */
const OTHERS: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0xff, 0xfe, 0, 0], 'is in UTF-32'],
  [[0, 0, 0xfe, 0xff], 'is in UTF-32'],
  [[0xff, 0xfe], 'is in UTF-16'],
  [[0xfe, 0xff], 'is in UTF-16'],
  [[0x50, 0x4b, 0x03, 0x04], 'is a workbook (.xlsx, .ods) or another zip'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'is a workbook of the old kind (.xls)'],
  [[0x1f, 0x8b], 'is compressed (gzip)'],
  [[0x25, 0x50, 0x44, 0x46], 'is a PDF'],
];

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * The text of a file in blocks, however its bytes are cut: UTF-8 without its
 * mark, every kind of line break as a line feed. Throws `CsvRefused`.
 */
export async function* textBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const lineFeeds = onlyLineFeeds();
  let offset = 0;
  let line = 1;
  const text = (bytes: Buffer) => {
    const marked = offset === 0 && beginsWith(bytes, BYTE_ORDER_MARK);
    if (offset === 0) refuseOthers(bytes);
    if (!isUtf8(bytes)) refuseAt(bytes, { offset, line });
    const decoded = lineFeeds(bytes.toString('utf8', marked ? BYTE_ORDER_MARK.length : 0));
    offset += bytes.length;
    line += lineFeedsIn(decoded);
    return decoded;
  };
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.length; ) {
      const part = chunk.subarray(taken, taken + BLOCK_BYTES - filled);
      block.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < BLOCK_BYTES) continue;
      const whole = filled - unfinishedBytes(block);
      yield text(block.subarray(0, whole));
      block.copyWithin(0, whole);
      filled -= whole;
    }
  }
  if (filled > 0) yield text(block.subarray(0, filled));
}

function beginsWith(bytes: Uint8Array, first: readonly number[]): boolean {
  return first.every((byte, index) => bytes[index] === byte);
}

function refuseOthers(bytes: Uint8Array): void {
  const what = OTHERS.find(([first]) => beginsWith(bytes, first))?.[1] ?? withoutMark(bytes);
  if (what) throw new CsvRefused([{ line: 1, column: null, message: `The file ${what}. ${SAVE_AS}` }]);
}

/** A header's first letters are from ASCII, of which the wider encodings fill up each with zeros. */
function withoutMark(bytes: Uint8Array): string | null {
  const zeros = [...bytes.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
  if (zeros === 'x000' || zeros === '000x') return 'is in UTF-32';
  return zeros === 'x0x0' || zeros === '0x0x' ? 'is in UTF-16' : null;
}

/** How many bytes at the end are the beginning of a character whose rest is still to come. */
function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

const REPLACED = '\ufffd';
const REPLACEMENT = [0xef, 0xbf, 0xbd];

/** Decoded once more by a decoder that puts a mark where it fails; a mark that stands in the file itself is none. */
function refuseAt(bytes: Buffer, before: { readonly offset: number; readonly line: number }): never {
  const text = bytes.toString('utf8');
  let at = 0;
  let found = text.indexOf(REPLACED);
  let from = 0;
  for (; found !== -1; found = text.indexOf(REPLACED, from)) {
    at += Buffer.byteLength(text.slice(from, found));
    if (!beginsWith(bytes.subarray(at), REPLACEMENT)) break;
    at += REPLACEMENT.length;
    from = found + 1;
  }
  const line = before.line + lineFeedsIn(onlyLineFeeds()(text.slice(0, found)));
  const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  const message = `The file is not UTF-8 from byte ${before.offset + at} on, which is 0x${byte}. ${SAVE_AS}`;
  throw new CsvRefused([{ line, column: null, message }]);
}

/** Line breaks of Windows and of old Macs as line feeds, also where two blocks part a pair. */
function onlyLineFeeds(): (text: string) => string {
  let afterReturn = false;
  return (text) => {
    const rest = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    afterReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  };
}

export function lineFeedsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
