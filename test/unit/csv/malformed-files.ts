/** Text, or bytes where the file is none. */
export type MalformedFile = readonly [what: string, file: string | Uint8Array, refusal: string];

const bytes = (...all: number[]) => Uint8Array.from(all);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const utf32 = (text: string) => Buffer.concat([...text].map((each) => Buffer.from([each.charCodeAt(0), 0, 0, 0])));
const latin1 = (text: string) => Buffer.from(text, 'latin1');

const NAME_COLUMNS = 'The first line must name the columns.';
const SAVE_AS = 'Save it as "CSV UTF-8".';
const NEVER_CLOSED = 'A quote is opened in this line and never closed.';
const GOES_ON =
  'A quoted cell that begins in this line goes on behind its closing quote. Inside of quotes, a quote is written twice.';

/** Files of which nothing can be read, or nothing any more from some line on. */
export const REFUSED: readonly MalformedFile[] = [
  ['nothing', '', `line 1: The file is empty. ${NAME_COLUMNS}`],
  ['a byte order mark alone', '\ufeff', `line 1: The file is empty. ${NAME_COLUMNS}`],
  ['empty lines alone', '\n\r\n \n', `line 1: Only empty lines are there. ${NAME_COLUMNS}`],
  ['separators alone', ',,\n,,\n', `line 1: There is no header. ${NAME_COLUMNS}`],
  ['a line sep= alone', 'sep=;\n', `line 2: There is no header. ${NAME_COLUMNS}`],
  [
    'a line sep= of another separator',
    'sep=|\na|b\n',
    'line 1: The separator must be , or ; but this line names another one.',
  ],
  [
    'tabs between columns',
    'a\tb\n1\t2\n',
    'line 1: The header has one column. Columns are separated by , or ; and not by tabs or bars.',
  ],
  [
    'bars between columns',
    'a|b\n1|2\n',
    'line 1: The header has one column. Columns are separated by , or ; and not by tabs or bars.',
  ],
  ['a column without a name', 'a,,c\n1,2,3\n', 'line 1: Column 2 of the header has no name.'],
  ['a header with a separator at its end', 'a,b,\n1,2,\n', 'line 1: Column 3 of the header has no name.'],
  ['a column twice', 'a,b,a\n', 'line 1: Column 3 of the header has the name "a" again.'],
  ['a column twice, but for spaces', 'a, a \n', 'line 1: Column 2 of the header has the name "a" again.'],
  [
    'all of that',
    'a,,a\n',
    'line 1: Column 2 of the header has no name. line 1: Column 3 of the header has the name "a" again.',
  ],
  [
    'more columns than are accepted',
    `${Array.from({ length: 21 }, (_, n) => `c${n}`).join(',')}\n`,
    'line 1: The header has 21 columns, at most 20 are accepted.',
  ],
  [
    'a name of a column that is too long',
    `a,${'b'.repeat(1_001)}\n`,
    'line 1: Column 2 of the header has a name of 1001 characters, at most 1000 are accepted.',
  ],
  ['NUL in the header', 'ab,c\0d\n1,2\n', 'line 1: Column 2 of the header has a control character in its name.'],
  [
    'a row in place of the header',
    'ord-1,4242424242424242\n',
    'line 1: Column 2 of the header is a card number: the first line must name the columns.',
  ],
  ['a quote left open in the header', '"a,b\n1,2\n', `line 1: ${NEVER_CLOSED}`],
  ['a quote left open in the last row', 'a,b\n1,2\n"3,4\n5,6\n', `line 3: ${NEVER_CLOSED}`],
  ['a quote left open in a later cell', 'a,b\n"1\n2","3\n4\n', `line 3: ${NEVER_CLOSED}`],
  ['a quote left open behind empty lines', 'a,b\r\n\r\n\r\n1,"', `line 4: ${NEVER_CLOSED}`],
  ['text behind a closing quote', 'a,b\n"1"x,2\n', `line 2: ${GOES_ON}`],
  ['a quote inside of quotes that is not written twice', 'a,b\n1,2\n"5" pipe","2"\n', `line 3: ${GOES_ON}`],
  ['text behind a closing quote in the header', '"a"b,c\n1,2\n', `line 1: ${GOES_ON}`],
  ['quotes for another separator than the header has', 'a,b\n"1";"2"\n', `line 2: ${GOES_ON}`],
  [
    'a row that is too long',
    `a,b\n1,2\n3,${'x'.repeat(10_000)}\n5,6\n`,
    'line 3: The row that begins in this line has more than 10000 bytes.',
  ],
  [
    'a row that is too long by its bytes',
    `a,b\n3,${'ü'.repeat(5_000)}\n`,
    'line 2: The row that begins in this line has more than 10000 bytes.',
  ],
  [
    'a quote that is closed too late',
    `a,b\n"1",2\n3,"${'x\n'.repeat(5_000)}"\n`,
    'line 3: A quote is opened in this line and not closed before the row has more than 10000 bytes.',
  ],
  [
    'a header that is too long',
    'a'.repeat(10_001),
    'line 1: The row that begins in this line has more than 10000 bytes.',
  ],
  [
    'Latin-1',
    latin1('a,b\n1,2\nM\xfcnchen,3\n'),
    `line 3: The file is not UTF-8 from byte 9 on, which is 0xFC. ${SAVE_AS}`,
  ],
  [
    'UTF-8 and Latin-1 mixed',
    Buffer.concat([Buffer.from('a,b\r\nMünchen,1\r\n'), latin1('K\xf6ln,2\r\n')]),
    `line 3: The file is not UTF-8 from byte 18 on, which is 0xF6. ${SAVE_AS}`,
  ],
  [
    'a character that is a mark of what cannot be read, and one that cannot',
    Buffer.concat([Buffer.from('a\n\ufffd\r'), bytes(0xff)]),
    `line 3: The file is not UTF-8 from byte 6 on, which is 0xFF. ${SAVE_AS}`,
  ],
  [
    'a character cut in two at the end',
    Buffer.from('a,b\n1,😀').subarray(0, -1),
    `line 2: The file is not UTF-8 from byte 6 on, which is 0xF0. ${SAVE_AS}`,
  ],
  [
    'half of a pair in UTF-8',
    Buffer.concat([Buffer.from('a\n'), bytes(0xed, 0xa0, 0x80)]),
    `line 2: The file is not UTF-8 from byte 2 on, which is 0xED. ${SAVE_AS}`,
  ],
  ['UTF-16 with its mark', utf16('\ufeffa,b\n1,2\n'), `line 1: The file is in UTF-16. ${SAVE_AS}`],
  ['UTF-16 the other way round', utf16('\ufeffa,b\n1,2\n').swap16(), `line 1: The file is in UTF-16. ${SAVE_AS}`],
  ['UTF-16 without its mark', utf16('a,b\n1,2\n'), `line 1: The file is in UTF-16. ${SAVE_AS}`],
  ['UTF-32 with its mark', utf32('\ufeffa,b\n'), `line 1: The file is in UTF-32. ${SAVE_AS}`],
  ['UTF-32 without its mark', utf32('a,b\n'), `line 1: The file is in UTF-32. ${SAVE_AS}`],
  [
    'a workbook',
    bytes(0x50, 0x4b, 0x03, 0x04, 0x14, 0, 6, 0),
    `line 1: The file is a workbook (.xlsx, .ods) or another zip. ${SAVE_AS}`,
  ],
  [
    'a workbook of the old kind',
    bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1),
    `line 1: The file is a workbook of the old kind (.xls). ${SAVE_AS}`,
  ],
  ['a compressed file', bytes(0x1f, 0x8b, 8, 0), `line 1: The file is compressed (gzip). ${SAVE_AS}`],
  ['a PDF', Buffer.from('%PDF-1.7\n'), `line 1: The file is a PDF. ${SAVE_AS}`],
];

type FaultyRow = readonly [what: string, row: string, column: string | null, message: string];

/** Rows that are wrong by themselves, of the columns a, b and c; the file goes on behind them. */
export const FAULTY: readonly FaultyRow[] = [
  ['too few cells', '1,2', null, 'The row has 2 cells, the header has 3.'],
  ['one cell', '1', null, 'The row has 1 cell, the header has 3.'],
  [
    'too many cells',
    '1,2,3,4',
    null,
    'The row has 4 cells, the header has 3. A cell in which the separator stands must be in quotes.',
  ],
  [
    'separators at its end',
    '1,2,3,,',
    null,
    'The row has 5 cells, the header has 3. Take away the separators at its end.',
  ],
  ['another separator', '1;2;3', null, 'The row has 1 cell, the header has 3.'],
  ['NUL', '1,\0,3', 'b', 'has the control character U+0000 (NUL), which no text may have.'],
  ['an escape sequence', '\u001b[31m,2,3', 'a', 'has the control character U+001B, which no text may have.'],
  ['a control character of Latin-1', '1,2,\u0085', 'c', 'has the control character U+0085, which no text may have.'],
  ['a cell that is too long', `1,${'x'.repeat(1_001)},3`, 'b', 'has 1001 characters, at most 1000 are accepted.'],
  [
    'a quote in the middle of a cell',
    '1,5" pipe,3',
    'b',
    'has a quote in it, but does not begin with one: put the cell in quotes, and write those inside of it twice.',
  ],
  [
    'a quote behind a space',
    '"1", "2",3',
    'b',
    'has a quote in it, but does not begin with one: put the cell in quotes, and write those inside of it twice.',
  ],
];
