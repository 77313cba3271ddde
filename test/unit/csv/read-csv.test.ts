import { openCsv } from '../../../src/platform/csv/read-csv.js';
import { endless, LIMITS, read, readAll, refusalOf } from './files.js';
import { FAULTY, REFUSED } from './malformed-files.js';

const SIZES = [1, 2, 3, 4, 5, 6, 7];

describe('a file that cannot be read', () => {
  it.each(REFUSED)('is refused in words for who sent it: %s', async (_what, file, refusal) => {
    expect(await refusalOf(file)).toBe(refusal);
    for (const size of SIZES) expect(await refusalOf(file, size)).toBe(refusal);
  });

  it('is refused with each of its faults by itself', async () => {
    await expect(read('a,,a\n')).rejects.toMatchObject({
      faults: [
        { line: 1, column: null, message: 'Column 2 of the header has no name.' },
        { line: 1, column: null, message: 'Column 3 of the header has the name "a" again.' },
      ],
    });
  });

  it('is refused where it has more rows than are accepted', async () => {
    const limits = { ...LIMITS, rowsMax: 2 };
    expect((await read('a\n1\n\n2\n\n', 65_536, limits)).rows).toHaveLength(2);
    expect(await refusalOf('a\n1\n\n2\n3\n', 1, limits)).toBe(
      'line 5: The file has more than 2 rows. Send it in parts.',
    );
  });

  it.each([
    ['a line of a gigabyte', 'a,b\n', 'x', 'line 2: The row that begins in this line has more than 10000 bytes.'],
    ['a header of a gigabyte', '', 'a,', 'line 1: The row that begins in this line has more than 10000 bytes.'],
    [
      'a quote before a gigabyte of lines',
      'a,b\n1,2\n3,"',
      'x,y\n',
      'line 3: A quote is opened in this line and not closed before the row has more than 10000 bytes.',
    ],
    [
      'ten million empty lines',
      'a,b\n1,2\n',
      '\n',
      'line 100003: More than 100000 lines are empty. Delete them and send it again.',
    ],
    [
      'ten million rows without anything',
      'a,b\n1,2\n',
      ' ,\r\n',
      'line 100003: More than 100000 lines are empty. Delete them and send it again.',
    ],
    [
      'empty lines in place of a header',
      '',
      '\n',
      'line 1: Only empty lines are there. The first line must name the columns.',
    ],
  ])('is refused after its beginning, and read no further: %s', async (_what, head, repeated, refusal) => {
    const source = endless(head, repeated, 1_000_000_000);
    await expect(readAll(source)).rejects.toThrow(refusal);
    expect(source.taken).toBeLessThan(1_000_000);
    expect(source.closed).toBe(true);
  });
});

describe('a row that is wrong by itself', () => {
  it.each(FAULTY)('has its fault, and the file goes on: %s', async (_what, row, column, message) => {
    for (const size of [65_536, ...SIZES]) {
      const { rows } = await read(`a,b,c\n0,0,0\n${row}\n"9\n9",9,9\n8,8,8`, size);
      expect(rows.map(({ line, faults }) => [line, faults])).toEqual([
        [2, []],
        [3, [{ line: 3, column, message }]],
        [4, []],
        [6, []],
      ]);
    }
  });

  it('has all of its faults', async () => {
    const { rows } = await read(`a,b\n\0,${'y'.repeat(1_001)},5"x\n`);
    expect(rows[0]?.faults.map(({ column }) => column)).toEqual([null, 'a', 'b', null]);
  });

  it('tells no more faults than somebody reads, and how many more there are', async () => {
    const limits = { ...LIMITS, columnsMax: 200 };
    const header = Array.from({ length: 100 }, (_, index) => `c${index}`).join();
    const { rows } = await read(`${header}\n${Array(100).fill('\0').join()}\n`, 65_536, limits);
    expect(rows[0]?.faults).toHaveLength(20);
    expect(rows[0]?.faults.at(-1)).toEqual({ line: 2, column: null, message: 'and 81 more' });
    const { rows: wide } = await read(`a,b\n${Array(5_000).fill('\0').join()}\n`);
    expect(wide[0]?.faults.map(({ column }) => column)).toEqual([null, 'a', 'b']);
  });

  it('is cut down to what can be stored', async () => {
    const { rows } = await read(`a,b\n\0x,y${',z'.repeat(30)}\n\0x,${'y'.repeat(1_001)}\n`);
    expect(rows[0]?.cells.slice(0, 3)).toEqual(['\ufffdx', 'y', 'z']);
    expect(rows[0]?.cells).toHaveLength(LIMITS.columnsMax);
    expect(rows[0]?.asSent.slice(0, 2)).toEqual(['\0x', 'y']);
    expect(rows[1]?.cells).toEqual([]);
  });
});

describe('a file that can be read', () => {
  const rows = [
    { line: 2, cells: ['1', 'ü😀'], asSent: ['1', 'ü😀'], faults: [] },
    { line: 3, cells: ['two\nlines, and "quotes"', ''], asSent: ['two\nlines, and "quotes"', ''], faults: [] },
    { line: 5, cells: [' spaces ', '=1+1'], asSent: [' spaces ', '=1+1'], faults: [] },
  ];
  const text = 'a, b \n1,ü😀\n"two\nlines, and ""quotes""",\n spaces ,=1+1\n';

  it.each([
    ['as it is', text],
    ['with a byte order mark', `\ufeff${text}`],
    ['with line breaks of Windows', text.replaceAll('\n', '\r\n')],
    ['with line breaks of old Macs', text.replaceAll('\n', '\r')],
    ['with all kinds of line breaks', text.replace('\n', '\r').replace(/\n$/, '\r\n')],
    ['without a line break at its end', text.slice(0, -1)],
    ['with empty lines at its end', `${text}\n\r\n,\n   \n`],
    ['with everything in quotes', '"a","b"\r\n"1","ü😀"\r\n"two\r\nlines, and ""quotes""",""\r\n" spaces ","=1+1"\r\n'],
    ['with spaces behind quotes', text.replace('""",', '"""  ,')],
  ])('gives the same rows, however it is cut: %s', async (_what, file) => {
    for (const size of [65_536, ...SIZES]) {
      expect(await read(file, size)).toEqual({ header: ['a', 'b'], separator: ',', rows });
    }
  });

  it.each([
    ['a;b', ';', ['a', 'b']],
    ['a,b;c;d', ';', ['a,b', 'c', 'd']],
    ['"a;x","b;y"', ',', ['a;x', 'b;y']],
    ['"a,x";"b,y"', ';', ['a,x', 'b,y']],
    ['a', ',', ['a']],
    ['"a\nb",c', ',', ['a\nb', 'c']],
  ])('has the separator of which its header has more: %j', async (header, separator, names) => {
    expect(await read(`${header}\n`)).toEqual({ header: names, separator, rows: [] });
    expect(await read(header, 1)).toEqual({ header: names, separator, rows: [] });
  });

  it.each(['sep=;\n', '"sep=;"\r\n', 'SEP=;\r'])(
    'may begin with a line of Excel, as lines are counted there: %j',
    async (first) => {
      const { header, rows: read2 } = await read(`\ufeff${first}a,x;b\n1;2\n`, 3);
      expect([header, read2]).toEqual([['a,x', 'b'], [{ line: 3, cells: ['1', '2'], asSent: ['1', '2'], faults: [] }]]);
    },
  );

  it('may have empty lines anywhere, which count as lines', async () => {
    const { header, rows: found } = await read('\n \n\na,b\n\n1,2\n,\n3,4\n');
    expect(header).toEqual(['a', 'b']);
    expect(found.map(({ line }) => line)).toEqual([6, 8]);
  });

  it('keeps its rows whole over the blocks that it is read in', async () => {
    const cells = (n: number) => [`row ${n}`, `"ü😀",\n${'z'.repeat(n % 50)}`, n % 3 === 0 ? '' : `\t${n}`];
    const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const count = 2_000;
    const body = Array.from({ length: count }, (_, n) => cells(n).map(quoted).join(',')).join('\r\n');
    // Every place in a row, a pair or a character comes to stand at the border of a block.
    for (let shift = 0; shift < 8; shift += 1) {
      const { rows: found } = await read(`a,b,${'c'.repeat(1 + shift)}\r\n${body}`, 60_000 + shift);
      expect(found).toHaveLength(count);
      const wrong = found.findIndex(
        (row, n) => row.line !== 2 + 2 * n || row.faults.length > 0 || row.cells.join('|') !== cells(n).join('|'),
      );
      expect(wrong).toBe(-1);
    }
  });

  it('is handed over in batches, as it is asked for', async () => {
    const source = endless('a,b\n', '1,2\n', 10_000_000);
    const { batches } = await openCsv(source, { ...LIMITS, rowsMax: 10_000_000 });
    const sizes: number[] = [];
    for await (const batch of batches) if (sizes.push(batch.length) === 20) break;
    expect(Math.max(...sizes)).toBe(5_000);
    expect(source.taken).toBeLessThan(1_000_000);
    expect(source.closed).toBe(true);
  });

  it('ends where its source does', async () => {
    const broken = (async function* () {
      yield Buffer.from(`a,b\n${'1,2\n'.repeat(100_000)}`);
      throw new Error('cut off');
    })();
    const { batches } = await openCsv(broken, LIMITS);
    const all = async () => {
      for await (const batch of batches) expect(batch.length).toBeGreaterThan(0);
    };
    await expect(all()).rejects.toThrow('cut off');
  });
});
