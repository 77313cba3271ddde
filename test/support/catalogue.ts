import pg from 'pg';

/** Reads what PostgreSQL says of the product's tables, as their owner. */
export class Catalogue {
  private constructor(private readonly owner: pg.Client) {}

  static async open(ownerUrl: string): Promise<Catalogue> {
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    return new Catalogue(owner);
  }

  close(): Promise<void> {
    return this.owner.end();
  }

  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.owner.query<Row>(sql, values)).rows;
  }

  /** Every table that belongs to operators, by the column that says so; `operators` itself not among them. */
  async tenantTables(): Promise<string[]> {
    const rows = await this.rows<{ name: string }>(`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = 'operator_id' order by 1`);
    return rows.map(({ name }) => name);
  }

  /** Lets any value in, so that one made-up row fits every table. For a database that nobody else uses. */
  async dropChecks(): Promise<void> {
    const checks = await this.rows<{ sql: string }>(`
      select format('alter table %s drop constraint %I', conrelid::regclass, conname) as sql
      from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`);
    for (const { sql } of checks) await this.owner.query(sql);
  }

  /** An insert of one made-up row of the operator, with a value for every column that demands one. */
  async insertOf(table: string, operatorId: string): Promise<string> {
    const columns = await this.rows<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef`,
      [table],
    );
    const operatorColumn = table === 'operators' ? 'id' : 'operator_id';
    const values = columns.map(({ name, type }) => (name === operatorColumn ? `'${operatorId}'` : madeUp(type)));
    return `insert into ${table} (${columns.map(({ name }) => name).join(', ')}) values (${values.join(', ')})`;
  }

  /** Writes it without asking references, which have their own tests. */
  async seed(table: string, operatorId: string): Promise<void> {
    await this.owner.query("set session_replication_role = 'replica'");
    await this.owner.query(await this.insertOf(table, operatorId));
    await this.owner.query("set session_replication_role = 'origin'");
  }
}

function madeUp(type: string): string {
  if (type.endsWith('[]')) return "'{}'";
  if (type === 'uuid') return 'gen_random_uuid()';
  if (type === 'jsonb') return "'{}'";
  if (type === 'boolean') return 'false';
  if (type === 'date' || type.startsWith('timestamp')) return 'now()';
  if (type === 'interval') return "'1 day'";
  if (/^(bigint|integer|smallint|numeric|xid8)/.test(type)) return type === 'xid8' ? "'0'" : '0';
  return "'x'";
}
