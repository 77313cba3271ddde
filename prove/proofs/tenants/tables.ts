import { createHash } from 'node:crypto';
import type pg from 'pg';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { plainPool } from '../../../src/platform/database/pools.js';
import { Catalogue } from '../../../test/support/catalogue.js';
import { TEST_PASSWORDS } from '../../../test/support/test-passwords.js';

/** What belongs to nobody, and why it may: the list of migrations, and the clock's own tables. */
const NOBODYS = /^(migrations|agenda\w*|_agenda\w*)$/;

export interface TablesFound {
  readonly tables: number;
  readonly filled: number;
  readonly tried: number;
  readonly violations: readonly string[];
}

/** Tries every table as the application's role: unscoped, and as one of the operators upon the rows of another. */
export async function tryTables(databaseUrl: string, operatorIds: readonly string[]): Promise<TablesFound> {
  const catalogue = await Catalogue.open(databaseUrl);
  const app = plainPool(urlFor(databaseUrl, 'quittance_app', TEST_PASSWORDS.app), 1);
  const violations: string[] = [];
  try {
    const tables = await tenantTables(catalogue, violations);
    const attempts = new Attempts(catalogue, app, violations);
    for (const table of tables) await attempts.on(table, operatorIds);
    return { tables: tables.length, filled: attempts.filled, tried: attempts.tried, violations };
  } finally {
    await app.end();
    await catalogue.close();
  }
}

/** Whose rows are whose is said by the same column in all of them, but for the operators themselves. */
function columnOf(table: string): string {
  return table === 'operators' ? 'id' : 'operator_id';
}

async function tenantTables(catalogue: Catalogue, violations: string[]): Promise<string[]> {
  const all = await catalogue.rows<{ name: string; guarded: boolean; policies: number; first: string | null }>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as guarded,
       (select count(*)::int from pg_policies p where p.tablename = c.relname and p.cmd = 'ALL') as policies,
       (select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as first
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  );
  const theirs = all.filter(({ name }) => !NOBODYS.test(name));
  for (const { name, guarded, policies, first } of theirs) {
    if (!guarded) violations.push(`${name} has no row-level security that its owner is under, too`);
    if (policies !== 1) violations.push(`${name} has ${policies} policies that let rows be seen and written`);
    if (first !== columnOf(name)) violations.push(`the primary key of ${name} begins with ${first}`);
  }
  return theirs.map(({ name }) => name);
}

class Attempts {
  filled = 0;
  tried = 0;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly app: pg.Pool,
    private readonly violations: string[],
  ) {}

  async on(table: string, operatorIds: readonly string[]): Promise<void> {
    const column = columnOf(table);
    const unscoped = await this.app.query(`select * from ${table}`);
    if (unscoped.rowCount) this.violations.push(`${table} shows ${unscoped.rowCount} rows to nobody`);
    const counts = await this.catalogue.rows<{ id: string; count: number }>(
      `select ${column} as id, count(*)::int as count from ${table} group by 1`,
    );
    const has = new Map(counts.map(({ id, count }) => [id, count]));
    if (operatorIds.every((id) => has.get(id))) this.filled += 1;
    for (const id of operatorIds) {
      await this.#reads(table, id, has.get(id) ?? 0);
      for (const other of operatorIds.filter((each) => each !== id)) await this.#writes(table, id, other);
    }
  }

  async #reads(table: string, id: string, expected: number): Promise<void> {
    this.tried += 1;
    const sql = `select count(*)::int as count, count(*) filter (where ${columnOf(table)} <> $1)::int as strange from ${table}`;
    const [row] = await this.#scoped(id, (client) => client.query<{ count: number; strange: number }>(sql, [id]));
    if (row?.strange !== 0 || row.count !== expected) {
      this.violations.push(
        `${table} shows ${row?.count} rows to ${id}, ${row?.strange} of them others', and not its ${expected}`,
      );
    }
  }

  async #writes(table: string, id: string, other: string): Promise<void> {
    const column = columnOf(table);
    const [row] = await this.catalogue.rows<{ row: object }>(
      `select to_jsonb(t) as row from ${table} t where ${column} = $1 limit 1`,
      [other],
    );
    const columns = await this.#writable(table);
    const insert = row
      ? `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, $1)`
      : await this.catalogue.insertOf(table, other);
    const statements: readonly (readonly [string, string, unknown[]])[] = [
      ['inserted', insert, row ? [row.row] : []],
      ['updated', `update ${table} set ${column} = ${column} where ${column} = $1`, [other]],
      ['deleted', `delete from ${table} where ${column} = $1`, [other]],
      ['gave away', `update ${table} set ${column} = $1 where ${column} <> $1`, [other]],
    ];
    for (const [what, sql, values] of statements) {
      this.tried += 1;
      const done = await this.#scoped(id, (client) => client.query(sql, values)).then(
        (_, count = this.#affected) => count,
        () => 0,
      );
      if (done > 0) this.violations.push(`${id} ${what} ${done} rows in ${table} that are ${other}'s`);
    }
  }

  async #writable(table: string): Promise<string> {
    const columns = await this.catalogue.rows<{ name: string }>(
      `select quote_ident(attname) as name from pg_attribute where attrelid = $1::regclass and attnum > 0
       and not attisdropped and attgenerated = '' and attidentity = ''`,
      [table],
    );
    return columns.map(({ name }) => name).join(', ');
  }

  #affected = 0;

  /** In the scope of one operator, rolled back afterwards. */
  async #scoped<Row extends object>(id: string, work: (client: pg.PoolClient) => Promise<pg.QueryResult<Row>>) {
    const client = await this.app.connect();
    try {
      await client.query('begin');
      await client.query("select set_config('quittance.operator_id', $1, true)", [id]);
      const { rows, rowCount } = await work(client);
      this.#affected = rowCount ?? 0;
      return rows;
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
}

/** What changes without anybody having changed anything. */
const VOLATILE: Readonly<Record<string, string>> = { api_keys: 'last_used_at' };

/** All that every operator has, in short: the same as long as nothing of it changes. */
export async function fingerprints(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  const catalogue = await Catalogue.open(databaseUrl);
  try {
    const found = new Map<string, string>();
    for (const table of [...(await catalogue.tenantTables()), 'operators']) {
      const rows = await catalogue.rows<{ id: string; hash: string }>(
        `select ${columnOf(table)} as id, string_agg(md5((to_jsonb(t) - $1)::text), '' order by md5((to_jsonb(t) - $1)::text)) as hash
         from ${table} t group by 1`,
        [VOLATILE[table] ?? ''],
      );
      for (const { id, hash } of rows) found.set(`${table} of ${id}`, createHash('md5').update(hash).digest('hex'));
    }
    return found;
  } finally {
    await catalogue.close();
  }
}

/** Where the two differ. */
export function changesBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
}
