import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { FAST_FOLDERS, fastFolder } from './fast-folder.js';

export interface DatabaseServer {
  readonly url: string;
  stop(): Promise<void>;
}

const FOLDER = /^quittance-test-(\d+)-/;
/**
 * Each test process keeps a few pools open; the log is kept short, because it
 * may be in memory. Connections live for seconds: PostgreSQL would plan each
 * statement anew for the first five times, which is most of what it has to do
 * here, and then for good, as it does here at once. Whoever connects does not
 * have to hash a password four thousand times that everybody may know.
 */
const SETTINGS = {
  max_connections: '300',
  shared_buffers: '128MB',
  max_wal_size: '256MB',
  plan_cache_mode: 'force_generic_plan',
  scram_iterations: '1',
};

/** One server for a whole run: the one at `url` when there is one already, else its own, gone without a trace afterwards. */
export async function startDatabaseServer(url: string | undefined): Promise<DatabaseServer> {
  if (url) return { url: url.endsWith('/') ? url : `${url}/`, stop: async () => undefined };
  await removeLeftovers();
  const folder = await fastFolder(`quittance-test-${process.pid}-`);
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'data'),
    password: randomBytes(12).toString('hex'),
    durable: false,
    settings: SETTINGS,
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A run that was killed could not clean up: its server stopped by itself, its 40 MB stayed. */
async function removeLeftovers(): Promise<void> {
  for (const parent of FAST_FOLDERS) {
    for (const name of await readdir(parent).catch(() => [])) {
      const pid = Number(FOLDER.exec(name)?.[1] ?? 0);
      if (pid > 0 && !isAlive(pid)) await rm(path.join(parent, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
