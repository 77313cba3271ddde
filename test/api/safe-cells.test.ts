import pg from 'pg';
import { safeCell, safeCellSql, safeTextSql } from '../../src/platform/csv/write-csv.js';
import { FORMULAS, HARMLESS } from '../unit/csv/nasty-cells.js';

/** Where a spreadsheet of another country cuts them. */
const CUT = ['x;=1', "x; '-1;b", '=1;\u3000＋2;;@', 'a;b', ';', '{"k": "v;=1"}'];

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await client.connect();
});
afterAll(() => client.end());

describe('a cell that the database writes', () => {
  it('is the same, to the letter, as one that we write', async () => {
    const texts = [
      ...FORMULAS,
      ...HARMLESS,
      ...everyCharacter().map((each) => `${each}=1`),
      ...CUT,
      ...everyCharacter(),
    ];
    const { rows } = await client.query<{ text: string; cell: string; unquoted: string }>(
      `select text, ${safeCellSql('text')} as cell, ${safeTextSql('text')} as unquoted from unnest($1::text[]) with ordinality as t (text, n) order by n`,
      [texts],
    );
    expect(rows.map(({ text }) => text)).toEqual(texts);
    expect(rows.map(({ cell }) => cell)).toEqual(texts.map(safeCell));
    expect(rows.map(({ unquoted }) => `"${unquoted.replaceAll('"', '""')}"`)).toEqual(texts.map(safeCell));
    expect(rows.filter(({ cell }) => cell.startsWith(`"'`)).length).toBeGreaterThan(2 * FORMULAS.length);
  });

  it('is empty for null', async () => {
    const cells = `${safeCellSql('null::text')} as cell, ${safeTextSql('null::text')} as text`;
    expect((await client.query(`select ${cells}`)).rows).toEqual([{ cell: '""', text: null }]);
  });
});

/** Of the first plane, but NUL, which PostgreSQL does not store, and halves of pairs. */
function everyCharacter(): readonly string[] {
  return Array.from({ length: 0x10000 }, (_, code) => code)
    .filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff))
    .map((code) => String.fromCharCode(code));
}
