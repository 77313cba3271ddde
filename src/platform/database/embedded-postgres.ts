import { createServer } from 'node:net';
import { makeClusterOnce } from './embedded-postgres-cluster.js';
import { findPostgresHome, type PostgresHome } from './embedded-postgres-home.js';
import { takeOverDataFolder } from './embedded-postgres-lock.js';
import { spawnServer, stopServer, untilReady } from './embedded-postgres-process.js';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly password: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** False for tests: nothing waits for the disk, and after a crash the last writes, or all, are gone. */
  readonly durable?: boolean;
  readonly onLog?: (line: string) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends sessions, writes everything to the disk, and is gone when the promise resolves. */
  stop(): Promise<void>;
  /** For an `exit` handler, where nothing can be awaited; the next start repairs what was open. */
  stopImmediately(): void;
}

const HOST = '127.0.0.1';

/**
 * Tables that were empty when a connection planned its statements have plans
 * that suit nothing (any index is as good as another), and only autovacuum's
 * look at them has them planned anew: within seconds, not after a minute. In
 * that minute each order took all orders before it through another index.
 *
 * Statements that fail are not written to the log: the ORM puts values into
 * them as literals. There is no socket file, because its path may be too long.
 */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  log_min_error_statement: 'panic',
  autovacuum_naptime: '5s',
};
const SETTINGS_WITHOUT_DURABILITY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Runs a real PostgreSQL from the npm package of its programs, so that the
 * product starts on a machine that has nothing but Node. Not tried on Windows.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = await findPostgresHome(options.dataDir);
  await takeOverDataFolder(home.data, options.onLog ?? (() => undefined));
  const port = await usablePort(options.port ?? 0);
  await makeClusterOnce(home, options.password, options.durable ?? true);
  return launch(home, port, options);
}

async function launch(home: PostgresHome, port: number, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const settings = {
    ...SETTINGS,
    ...(options.durable === false ? SETTINGS_WITHOUT_DURABILITY : {}),
    ...options.settings,
    port: String(port),
  };
  const server = spawnServer(home, settings, options.onLog ?? (() => undefined));
  const url = `postgres://postgres:${encodeURIComponent(options.password)}@${HOST}:${port}/`;
  try {
    await untilReady(server, `${url}postgres`, home.data);
  } catch (error) {
    await stopServer(server);
    throw error;
  }
  return {
    url,
    port,
    pid: server.child.pid ?? 0,
    stop: () => stopServer(server),
    stopImmediately: () => void server.child.kill('SIGQUIT'),
  };
}

/** The wanted port, or a free one for 0. Asked first, because PostgreSQL's own complaint names no setting of ours. */
async function usablePort(wanted: number): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', () => {
      reject(new Error(`Port ${wanted} cannot be used: set POSTGRES_PORT to a free port, or to 0 to have one chosen.`));
    });
    probe.listen({ port: wanted, host: HOST }, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}
