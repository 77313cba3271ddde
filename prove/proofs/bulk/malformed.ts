import { gzipSync } from 'node:zlib';
import { csvOf } from '../../../test/support/bulk.js';

const HEADER = 'orderNumber,agreementReference,amount';
const GOOD = 'm-1,nobody,1.00';

/** What people and programs send instead of a file of charges. Nothing in them is to be carried out: nobody has an agreement. */
export const MALFORMED: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  'nothing at all': '',
  'a mark of its encoding and nothing else': '\ufeff',
  'lines without anything': '\r\n\r\n\r\n',
  'a header alone': csvOf(HEADER),
  'a column that does not exist': csvOf('orderNumber,agreementReference,amuont', GOOD),
  'a column twice': csvOf(`${HEADER},amount`, `${GOOD},1.00`),
  'a column too few': csvOf('orderNumber,amount', 'm-1,1.00'),
  'a column without a name': csvOf(`${HEADER},`, `${GOOD},x`),
  'a quote that is never closed': csvOf(HEADER, GOOD, '"m-2,nobody,1.00'),
  'something after a closing quote': csvOf(HEADER, GOOD, '"m-2"x,nobody,1.00'),
  'rows of all lengths': csvOf(HEADER, GOOD, 'm-2', 'm-3,nobody,1.00,more,and more', ''),
  'a zero byte': csvOf(HEADER, 'm-\u0000,nobody,1.00'),
  'bytes that are no text': bytes(csvOf(HEADER, 'm-1,'), [0xff, 0xfe, 0xc3, 0x28], ',1.00\r\n'),
  'text of two bytes a letter': new Uint8Array(Buffer.from(`\ufeff${csvOf(HEADER, GOOD)}`, 'utf16le')),
  'something that was packed': new Uint8Array(gzipSync(csvOf(HEADER, GOOD))),
  'a cell of a million letters': csvOf(HEADER, `m-1,${'n'.repeat(1_000_000)},1.00`),
  'three hundred columns': csvOf(Array.from({ length: 300 }, (_, index) => `c${index}`).join(','), GOOD),
  'a page of the web': '<!doctype html>\n<html><body>Sign in to download charges.csv</body></html>\n',
  'cells that spreadsheets run': csvOf(HEADER, '=1+1,=HYPERLINK("https://x.test"),@SUM(A1)', "+1,-1,'1"),
  'numbers that are none': csvOf(
    HEADER,
    'm-1,nobody,1e3',
    'm-2,nobody,NaN',
    'm-3,nobody,-5.00',
    'm-4,nobody,1.0000000001',
  ),
};

function bytes(before: string, middle: readonly number[], after: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...Buffer.from(before), ...middle, ...Buffer.from(after)]);
}
