import { spawn } from 'node:child_process';
import { readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exists, giveTo, makePrivateFolder, type PostgresHome } from './embedded-postgres-home.js';

/** Messages are read by us, so they are English; nothing else of our environment (secrets) is handed on. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };

/**
 * Makes an empty database on the first start. It is made beside its place and
 * then moved there, so that a first start cut short leaves nothing that a
 * second one could take for a database.
 */
export async function makeClusterOnce(home: PostgresHome, password: string, durable: boolean): Promise<void> {
  if (await exists(path.join(home.data, 'PG_VERSION'))) return;
  if (password === '' || password.includes('\n')) throw new Error('The password of the database must be one line.');
  const already = await readdir(home.data).catch(() => []);
  if (already.length > 0) {
    throw new Error(`${home.data} holds other files and no database: choose an empty folder for the data.`);
  }

  const workshop = `${home.data}.unfinished`;
  await rm(workshop, { recursive: true, force: true });
  try {
    await makePrivateFolder(workshop, home.account);
    await initialise(home, workshop, password, durable);
    await rmdir(home.data).catch(() => undefined);
    await rename(path.join(workshop, 'data'), home.data);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** `C.UTF-8` of PostgreSQL's own sorts by code point on every machine, so indexes survive a move of the data. */
async function initialise(home: PostgresHome, workshop: string, password: string, durable: boolean): Promise<void> {
  const passwordFile = path.join(workshop, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await giveTo(passwordFile, home.account);
  await runInitdb(home, [
    `--pgdata=${path.join(workshop, 'data')}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--set=timezone=UTC',
    '--set=log_timezone=UTC',
    ...(durable ? [] : ['--no-sync']),
  ]);
}

async function runInitdb(home: PostgresHome, args: readonly string[]): Promise<void> {
  const child = spawn(path.join(home.binaries, 'bin', 'initdb'), args, {
    ...home.account,
    cwd: path.parse(home.data).root,
    env: POSTGRES_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  await new Promise<void>((resolve, reject) => {
    const failed = (why: string) => reject(new Error(`PostgreSQL could not make a database in ${home.data}: ${why}`));
    child.once('error', (error) => failed(error.message));
    child.once('close', (code) => (code === 0 ? resolve() : failed(complaint.trim() || `initdb ended with ${code}`)));
  });
}
