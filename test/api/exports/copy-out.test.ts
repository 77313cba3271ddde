import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { copiedRows, idColumn, momentColumn, plainColumn, textColumn } from '../../../src/platform/csv/copied-rows.js';
import { type CopyOutOptions, copyOut } from '../../../src/platform/database/copy-out.js';
import { plainPool } from '../../../src/platform/database/pools.js';
import { eventually } from '../../support/eventually.js';

const NAME = `copy-out-${process.pid}`;
let pool: pg.Pool;
let watcher: pg.Client;

beforeAll(async () => {
  const url = new URL(process.env.TEST_POSTGRES_URL ?? '');
  watcher = new pg.Client({ connectionString: url.href });
  await watcher.connect();
  url.searchParams.set('application_name', NAME);
  pool = plainPool(url.href, 2);
});

afterAll(async () => {
  await Promise.all([pool.end(), watcher.end()]);
});

const ROWS = copiedRows([
  idColumn('id', 'order', 'id'),
  idColumn('payerId', 'payer', 'payer'),
  momentColumn('at', 'at'),
  momentColumn('until', 'until'),
  textColumn('note', 'note'),
]);

function copied(from: string, parameters: CopyOutOptions['query']['parameters'] = [], more: object = {}) {
  const query = { text: `select ${ROWS.list} from ${from}`, parameters };
  return copyOut(pool, { operatorId: newUuid(), query, head: ROWS.head, writer: ROWS.writer, ...more });
}

const NUMBERS = copiedRows([plainColumn('n', 'n')]);

/** Some 100 bytes for each number. */
function numbers(sql: string, more: object = {}): Promise<Readable> {
  const query = { text: `select n || repeat('x', 100) from ${sql}`, parameters: [] };
  return copyOut(pool, { operatorId: newUuid(), query, head: NUMBERS.head, writer: NUMBERS.writer, ...more });
}

async function sessions(): Promise<{ state: string; xid: string | null }[]> {
  const { rows } = await watcher.query(
    `select state, backend_xid::text as xid from pg_stat_activity where application_name = $1`,
    [NAME],
  );
  return rows;
}

const active = async () => (await sessions()).filter(({ state }) => state !== 'idle');

describe('copying out', () => {
  it('writes ids and moments as the API does, and texts that no spreadsheet runs', async () => {
    const [id, payer] = [newUuid(), newUuid()];
    const values = `(values ($1::uuid, $2::uuid, $3::timestamptz, '2026-11-22 09:00+00'::timestamptz, $4),
      ('00000000-0000-0000-0000-000000000000', null, '2026-11-22 09:00:00.1+02', null, null),
      ('ffffffff-ffff-ffff-ffff-ffffffffffff', null, '2026-11-22 09:00:00.123456+00', null, 'a "b", c'),
      ($1::uuid, $2::uuid, null, null, '')) as t (id, payer, at, until, note)`;
    const at = new Date('2026-11-22T09:00:00.120Z');
    const csv = await text(await copied(values, [id, payer, at, "='\\ $1"]));
    expect(csv.split('\r\n')).toEqual([
      'id,payerId,at,until,note',
      `${publicId('order', id)},${publicId('payer', payer)},2026-11-22T09:00:00.120Z,2026-11-22T09:00:00.000Z,'='\\ $1`,
      'ord_00000000000000000000000000,,2026-11-22T07:00:00.100Z,,',
      'ord_7zzzzzzzzzzzzzzzzzzzzzzzzz,,2026-11-22T09:00:00.123Z,,"a ""b"", c"',
      `${publicId('order', id)},${publicId('payer', payer)},,,""`,
      '',
    ]);
  });

  it('takes parameters for what they are, whatever is in them', async () => {
    const nasty = [`'; drop table x; --`, `\\'`, '$1', `a"b`, 'ü'];
    const list = '(select n::text from unnest($1) as t (n) union all values ($2), ($3::text), ($4::text)) as t (n)';
    const query = { text: `select n from ${list}`, parameters: [nasty, nasty[0] ?? '', 5n, true] };
    const csv = await text(await copyOut(pool, { operatorId: newUuid(), query, head: '', writer: NUMBERS.writer }));
    const lines = [...nasty, nasty[0], '5', 'true'].map((each) => (each?.includes('"') ? '"a""b"' : each));
    expect(csv.trimEnd().split('\r\n')).toEqual(lines);
    await expect(copied('(select 1) as t', ['a\0'])).rejects.toThrow();
  });

  it('gives the header alone where there are no rows', async () => {
    expect(await text(await numbers('generate_series(1, 0) as t (n)'))).toBe('n\r\n');
  });

  it('fails before anything is sent where the query is refused, and gives the connection back', async () => {
    for (let time = 0; time < 3; time += 1) await expect(numbers('nowhere as t (n)')).rejects.toThrow('nowhere');
    expect(await text(await numbers('generate_series(1, 1) as t (n)'))).toContain('1xxx');
  });

  it('writes no faster than it is read, and takes no transaction id', async () => {
    const rows = await numbers('generate_series(1, 500000) as t (n)');
    let bytes = 0;
    let most = 0;
    for await (const block of rows) {
      if (bytes === 0) {
        await eventually(async () => expect(await active()).toEqual([{ state: 'active', xid: null }]));
      }
      bytes += (block as Buffer).length;
      most = Math.max(most, rows.readableLength);
    }
    expect(bytes).toBeGreaterThan(50_000_000);
    expect(most).toBeLessThan(1_000_000);
    await eventually(async () => expect(await active()).toEqual([]));
  });

  it('ends when its reader goes away', async () => {
    const rows = await numbers('generate_series(1, 5000000) as t (n)');
    await once(rows, 'readable');
    expect(await active()).toHaveLength(1);
    rows.destroy();
    await eventually(async () => expect(await active()).toEqual([]));
  });

  it('gives a reader up who takes nothing any more', async () => {
    const rows = await numbers('generate_series(1, 5000000) as t (n)', { patienceMs: 50 });
    const [error] = (await once(rows, 'error')) as [Error];
    expect(error.message).toContain('takes nothing any more');
    await eventually(async () => expect(await active()).toEqual([]));
  });

  it('fails in the middle, and not as if it had come to its end', async () => {
    const rows = await numbers('(select 1 / (300000 - n) as n from generate_series(1, 400000) as t (n)) as t');
    await expect(text(rows)).rejects.toThrow('division by zero');
    expect(await text(await numbers('generate_series(1, 1) as t (n)'))).toContain('1xxx');
  });

  it('changes nothing', async () => {
    const query = { text: `select nextval('pg_temp.x')`, parameters: [] };
    await expect(copyOut(pool, { operatorId: newUuid(), query, head: '', writer: NUMBERS.writer })).rejects.toThrow();
    const write = { text: 'insert into pg_description values (0, 0, 0, $1) returning 1', parameters: ['x'] };
    await expect(
      copyOut(pool, { operatorId: newUuid(), query: write, head: '', writer: NUMBERS.writer }),
    ).rejects.toThrow('read-only');
  });
});
