import pg from 'pg';
import { canUnwrap, masterKeyIdOf } from '../platform/secrets/envelope.js';
import type { MasterKeys } from '../platform/secrets/master-keys.js';
import { StartRefusal } from './refusal.js';

/** Nobody is to wait for a start that looks: it waits no longer than this for others, and does without. */
const LOCK_TIMEOUT_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

interface Wrapped {
  readonly id: string;
  readonly dataKey: string;
}

/**
 * Refuses a start with master keys that open no operator's data key. Without
 * this it would set the passwords that follow from them, and lock out every
 * process that has the right one.
 */
export async function assertMasterKeyFits(
  { owner, app }: { readonly owner: string; readonly app: string },
  masterKeys: MasterKeys,
): Promise<void> {
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  try {
    const operators = await wrappedKeys(client, app);
    if (operators.length === 0 || operators.some(({ id, dataKey }) => canUnwrap(masterKeys, id, dataKey))) return;
    throw refusal(operators, masterKeys);
  } finally {
    await client.end();
  }
}

function refusal(operators: readonly Wrapped[], masterKeys: MasterKeys): StartRefusal {
  const missing = [...new Set(operators.map(({ dataKey }) => JSON.stringify(masterKeyIdOf(dataKey))))].join(', ');
  const given = masterKeys.all.map(({ id }) => JSON.stringify(id)).join(', ');
  return new StartRefusal(
    `The master key does not belong to this database: what its ${operators.length} operators keep secret is under ` +
      `${missing}, and the settings have ${given}. If it is lost: docs/runbook.md, "The master key is lost".`,
  );
}

/** None where there is no table yet, or where the owner cannot see them and nobody would be locked out. */
async function wrappedKeys(client: pg.Client, appUrl: string): Promise<readonly Wrapped[]> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('operators') is not null as there`);
  if (!rows[0]?.there) return [];
  const { rows: held } = await client.query<{ held: boolean }>(`select row_security_active('operators') as held`);
  if (!held[0]?.held) return readAll(client);
  // An owner that is no superuser is held to the policies, and lifting them, if for a moment, stops everybody.
  return (await logsIn(appUrl)) ? [] : readUnheld(client);
}

async function readAll(client: pg.Client): Promise<readonly Wrapped[]> {
  const { rows } = await client.query<Wrapped>('select id, data_key as "dataKey" from operators');
  return rows;
}

/** In a transaction that is never committed: to everybody else the policies are in force throughout. */
async function readUnheld(client: pg.Client): Promise<readonly Wrapped[]> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query('alter table operators no force row level security');
    return await readAll(client);
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) return [];
    throw error;
  } finally {
    await client.query('rollback');
  }
}

async function logsIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}
