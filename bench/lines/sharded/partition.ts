import type pg from 'pg';

const PARTITIONS = 16;

interface Made {
  readonly name: string;
  readonly definition: string;
  readonly table: string;
}

/**
 * Turns every table of operators into one that is partitioned by the operator,
 * with the same columns, keys, references, indexes, triggers, policies and
 * grants: all of it is read from the catalogue. The tables must be empty; and
 * that it succeeds is the proof that every unique key names the operator.
 * References are from partition to partition, which is the same promise because
 * both sides name the operator: those to a whole table plan all its partitions
 * for each row, and billing took four times PostgreSQL's time.
 */
export async function partitionByOperator(owner: pg.Client): Promise<number> {
  const read = async (query: string) => (await owner.query<Made>(query)).rows;
  const tables = (await read(TABLES)).map(({ name }) => name);
  const references = await read(REFERENCES);
  const keys = await read(KEYS);
  const indexes = await read(INDEXES);
  const triggers = await read(TRIGGERS);
  const policies = await read(POLICIES);
  const grants = await read(GRANTS);

  const statements = references.map(({ table, name }) => `alter table ${table} drop constraint ${name}`);
  for (const table of tables) {
    statements.push(
      `create table ${table}_new (like ${table} including defaults including constraints including storage)
       partition by hash (operator_id)`,
    );
    if (table === 'events') statements.push('alter sequence events_sequence_seq owned by none');
    statements.push(`drop table ${table}`, `alter table ${table}_new rename to ${table}`);
    for (let part = 0; part < PARTITIONS; part += 1) {
      statements.push(
        `create table ${table}_${part} partition of ${table} for values with (modulus ${PARTITIONS}, remainder ${part})`,
      );
    }
    statements.push(`alter table ${table} enable row level security`, `alter table ${table} force row level security`);
  }
  for (const { table, name, definition } of keys)
    statements.push(`alter table ${table} add constraint ${name} ${definition}`);
  for (const { table, name, definition } of references) {
    for (let part = 0; part < PARTITIONS; part += 1) {
      const toPart = definition.replace(/REFERENCES (\w+)/, `REFERENCES $1_${part}`);
      statements.push(`alter table ${table}_${part} add constraint ${name} ${toPart}`);
    }
  }
  for (const { definition } of [...indexes, ...triggers, ...policies, ...grants]) statements.push(definition);
  for (const statement of statements) await owner.query(statement);
  return tables.length;
}

const TABLES = `
  select c.relname as name, '' as definition, '' as table from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'operator_id')
  order by 1`;

const OF_OPERATORS = `('public.' || quote_ident(c.relname))::regclass in
  (select attrelid from pg_attribute where attname = 'operator_id')`;

const CONSTRAINTS = `
  select k.conname as name, pg_get_constraintdef(k.oid) as definition, c.relname as table
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace = 'public'::regnamespace and ${OF_OPERATORS}`;

const REFERENCES = `${CONSTRAINTS} and k.contype = 'f'`;
const KEYS = `${CONSTRAINTS} and k.contype in ('p', 'u')`;

const INDEXES = `
  select i.relname as name, pg_get_indexdef(i.oid) as definition, c.relname as table
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
  where c.relnamespace = 'public'::regnamespace and ${OF_OPERATORS}
    and not exists (select from pg_constraint k where k.conindid = i.oid)`;

const TRIGGERS = `
  select t.tgname as name, pg_get_triggerdef(t.oid) as definition, c.relname as table
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and ${OF_OPERATORS} and not t.tgisinternal`;

const POLICIES = `
  select policyname as name, tablename as table, format('create policy %I on %I for %s to %s %s %s', policyname, tablename,
    cmd, array_to_string(roles, ', '), 'using (' || qual || ')', 'with check (' || with_check || ')') as definition
  from pg_policies where schemaname = 'public'
    and exists (select from pg_attribute where attrelid = tablename::regclass and attname = 'operator_id')`;

const GRANTS = `
  select '' as name, c.relname as table, format('grant %s on %I to %I', g.privilege_type, c.relname, r.rolname) as definition
  from pg_class c, aclexplode(c.relacl) g join pg_roles r on r.oid = g.grantee
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and g.grantee <> c.relowner and ${OF_OPERATORS}
  union all
  select '', c.relname, format('grant %s (%I) on %I to %I', g.privilege_type, a.attname, c.relname, r.rolname)
  from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g join pg_roles r on r.oid = g.grantee
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and g.grantee <> c.relowner and ${OF_OPERATORS}`;
