import type pg from 'pg';

/**
 * For readiness: throws while the database lacks the last migration that this
 * program knows. One that a newer program has brought further is good enough.
 */
export async function assertMigrated(system: pg.Pool, migrations: readonly { readonly name: string }[]): Promise<void> {
  const last = migrations.at(-1)?.name;
  const { rowCount } = await system.query('select from migrations where name = $1', [last]);
  if (rowCount === 0) throw new Error(`the migration ${last} has not been applied`);
}
