import type { EntityClass, MigrationObject } from '@mikro-orm/postgresql';
import pg from 'pg';
import { openOrm } from './orm.js';
import { APP_ROLE, SYSTEM_ROLE } from './roles.js';

export interface Schema {
  readonly entities: readonly EntityClass<object>[];
  readonly migrations: readonly MigrationObject[];
}

export interface RolePasswords {
  readonly app: string;
  readonly system: string;
}

/** Any number: it only has to be the same in every process that migrates. */
const MIGRATION_LOCK = 7_283_645;

/**
 * Brings the database at `ownerUrl` up to date and lets the two roles of the
 * product log in. Several processes may start at once: they take turns, and
 * those that come later find nothing to do.
 */
export async function migrate(ownerUrl: string, schema: Schema, passwords: RolePasswords): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const orm = await openOrm({ url: ownerUrl, poolMax: 2, ...schema });
    await orm.migrator.up().finally(() => orm.close(true));
    await letIn(owner, APP_ROLE, passwords.app);
    await letIn(owner, SYSTEM_ROLE, passwords.system);
  } finally {
    await owner.end();
  }
}

/** Composite references live in migrations only: entities hold ids, and the ORM would drop what it does not know. */
const HAND_WRITTEN = /^alter table "\w+" drop constraint "\w+_reference";$/;

/** The DDL that would bring the database to what the entities say; empty when the migrations are complete. */
export async function pendingSchemaChanges(ownerUrl: string, schema: Schema): Promise<string> {
  const orm = await openOrm({ url: ownerUrl, poolMax: 2, ...schema });
  try {
    const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false });
    return sql
      .split('\n')
      .filter((line) => line.trim() !== '' && !HAND_WRITTEN.test(line))
      .join('\n');
  } finally {
    await orm.close(true);
  }
}

/** The URL with which a role reaches the same database. */
export function urlFor(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

async function letIn(owner: pg.Client, role: string, password: string): Promise<void> {
  await owner.query(`alter role ${role} login password ${owner.escapeLiteral(password)}`);
}
