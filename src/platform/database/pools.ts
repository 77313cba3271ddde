import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import pg from 'pg';
import { TENANT_SETTING } from './tenant-scoped-entity.js';

/**
 * The scope of a session that nobody has scoped: an operator that cannot exist.
 * Set at connect so that a policy compares with it instead of failing on an
 * empty setting, and so that what a transaction set falls back to it.
 */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Start-up options of every connection of ours: no scope, and limits on what a stuck statement may hold up. */
export const SESSION_OPTIONS = [
  `-c ${TENANT_SETTING}=${NOBODY}`,
  '-c statement_timeout=30s',
  '-c lock_timeout=10s',
  '-c idle_in_transaction_session_timeout=60s',
].join(' ');

/** What sessions of this product's processes are called, and those of this one: who looks at the database sees whose each is. */
export const PROCESSES = 'quittance ';
const PROCESS = `${PROCESSES}${hostname()}:${process.pid}`.slice(0, 63);

/** Amounts are bigint everywhere; pg would give int8 as a string. Per pool, since libraries share the global table. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format)),
};

/**
 * Sends what is asked for in one turn of the event loop in one write. pg writes
 * each statement by itself, and of an order, which takes some twenty, those
 * system calls were a quarter of all CPU of Node.
 */
class GatheringClient extends pg.Client {
  // pg's `query` has many forms; all of them write before they return.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  override query(...asked: any[]): any {
    const { stream } = (this as unknown as { readonly connection: { readonly stream: Writable } }).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return (super.query as (...asked: unknown[]) => unknown).apply(this, asked);
  }
}

/** A pool whose connections send statements without waiting for the answer to the one before. */
export function pipelinedPool(url: string, max: number): pg.Pool {
  return newPool({ connectionString: url, max, options: SESSION_OPTIONS, pipeline: true, Client: GatheringClient });
}

/** A plain pool, for LISTEN, cursors and COPY, which cannot be pipelined. */
export function plainPool(url: string, max: number): pg.Pool {
  return newPool({ connectionString: url, max, options: SESSION_OPTIONS });
}

function newPool(config: pg.PoolConfig & { pipeline?: boolean }): pg.Pool {
  const pool = new pg.Pool({ application_name: PROCESS, ...config, types: TYPES });
  // An idle connection that the server closes must not end the process; the pool makes another.
  pool.on('error', () => {});
  // Nor one that is lent: the pool stops listening then, and whoever has it hears of it by its statements, which fail.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

/** By then whoever had it has had the failure of its statement, and has given it back if it ever will. */
const GIVEN_BACK_MS = 1_000;

/**
 * Takes back connections that were lost while they were lent. Kysely gives one
 * back after its rollback, which on a lost connection fails: each would be
 * missing from the ORM's pool for ever, and with the last one all would wait.
 */
export function takeBackLost(pool: pg.Pool): void {
  const lent = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => void lent.add(client));
  pool.on('release', (_error, client) => void lent.delete(client));
  pool.on('connect', (client) => {
    const takeBack = () => {
      if (!lent.has(client)) return;
      client.release(true);
      // Whoever gives it back after all would be refused, and that would hide what went wrong.
      client.release = () => {};
    };
    client.once('end', () => {
      if (lent.has(client)) setTimeout(takeBack, GIVEN_BACK_MS).unref();
    });
  });
}
