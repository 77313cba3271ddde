import { PostgresBackend } from '@agendajs/postgres-backend';
import type { AgendaBackend } from 'agenda';
import pg from 'pg';
import { APP_ROLE } from '../database/roles.js';

/** Where Agenda keeps its clockwork: which job is due when, and who has taken that tick. */
export type AgendaStore =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'mongodb'; readonly url: string };

/** Agenda's tables are not the product's: they stay out of its schema, its row policies and its migrations. */
const SCHEMA = 'agenda';

/** Any number, but not that of the migrations. */
const PREPARE_LOCK = 7_283_646;

/**
 * Makes or updates Agenda's tables as the owner, with the very statements of
 * the installed version, so that the role that runs the product owns nothing.
 */
export async function prepareAgendaTables(ownerUrl: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2, options: `-c search_path=${SCHEMA}` });
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [PREPARE_LOCK]);
    await client.query(`create schema if not exists ${SCHEMA}`);
    await new PostgresBackend({ pool, ensureSchema: true, disableNotifications: true }).connect();
    await client.query(`grant usage on schema ${SCHEMA} to ${APP_ROLE}`);
    await client.query(`grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${APP_ROLE}`);
  } finally {
    client.release(true);
    await pool.end();
  }
}

export interface OpenStore {
  readonly backend: AgendaBackend;
  close(): Promise<void>;
}

/**
 * Connects first and hands Agenda a backend that is connected: its constructor
 * connects without anybody listening, and a refused connection would end the
 * process as an unhandled rejection.
 */
export async function openAgendaStore(store: AgendaStore): Promise<OpenStore> {
  const { backend, close } = store.kind === 'postgres' ? postgresStore(store.url) : await mongoStore(store.url);
  try {
    await backend.connect();
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  backend.connect = async () => {};
  return { backend, close };
}

/** Its own NOTIFY is off: it would send four of them per tick, and our wake-ups need no database. */
function postgresStore(url: string): OpenStore {
  const options = `-c search_path=${SCHEMA} -c statement_timeout=30s -c lock_timeout=10s`;
  const pool = new pg.Pool({ connectionString: url, max: 2, options });
  pool.on('error', () => {});
  return {
    backend: new PostgresBackend({ pool, ensureSchema: false, disableNotifications: true }),
    close: () => pool.end(),
  };
}

/** The driver is read only where it is used: it would cost every other process 20 MB. */
async function mongoStore(url: string): Promise<OpenStore> {
  const { MongoBackend } = await import('@agendajs/mongo-backend');
  const options = { serverSelectionTimeoutMS: 5_000 };
  const backend = new MongoBackend({ address: url, options, collection: 'quittance_jobs' });
  return { backend, close: () => backend.disconnect() };
}
