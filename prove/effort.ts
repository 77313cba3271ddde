import pg from 'pg';
import { postgresCpuMicros } from '../bench/support/postgres-cpu.js';
import { type Figure, told } from './proof.js';

/** What something costs a database and this process: steadier on a busy machine than how long it takes. */
export interface Effort {
  readonly transactions: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

/** Up to now, as whoever owns the database is told. */
export async function effortUntilNow(databaseUrl: string): Promise<Effort> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string; pid: string }>(
      `select xact_commit + xact_rollback as count, split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid
       from pg_stat_database where datname = current_database()`,
    );
    const { user, system } = process.cpuUsage();
    const postgresMicros = postgresCpuMicros(Number(rows[0]?.pid));
    return { transactions: Number(rows[0]?.count), nodeMicros: user + system, postgresMicros };
  } finally {
    await client.end();
  }
}

/** What each of so many things has cost since. */
export function effortFigures(what: string, count: number, before: Effort, after: Effort): readonly Figure[] {
  const each = (cost: keyof Effort) => (after[cost] - before[cost]) / count;
  return [
    told(`transactions for a ${what}`, each('transactions').toFixed(1)),
    told(`CPU for a ${what}, Node`, `${Math.round(each('nodeMicros'))} µs`),
    told(`CPU for a ${what}, PostgreSQL`, `${Math.round(each('postgresMicros'))} µs`),
  ];
}
