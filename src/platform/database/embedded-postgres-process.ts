import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import path from 'node:path';
import { pid as ownPid, platform } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { POSTGRES_ENVIRONMENT } from './embedded-postgres-cluster.js';
import type { Account, PostgresHome } from './embedded-postgres-home.js';
import { clusterName } from './embedded-postgres-lock.js';

/** A running process of PostgreSQL, the shell that outlives us for it, and the last lines of its log. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly watchdog: ChildProcess | null;
  readonly lines: readonly string[];
}

const READY_POLL_MS = 15;
/** Repairing after a crash may take long; a server that is still at it is not broken. */
const READY_MAX_MS = 120_000;
const CONNECT_MAX_MS = 2_000;
const LAST_LINES_MAX_MS = 200;
const FAST_STOP_MAX_MS = 5_000;
const LOG_LINES_KEPT = 20;

/**
 * The server gets a process group of its own: Ctrl-C in a terminal goes to
 * the whole group, and Node wants to finish its transactions first.
 */
export function spawnServer(
  home: PostgresHome,
  settings: Readonly<Record<string, string>>,
  onLog: (line: string) => void,
): ServerProcess {
  const named = { ...settings, cluster_name: clusterName(ownPid) };
  const args = Object.entries(named).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(path.join(home.binaries, 'bin', 'postgres'), ['-D', home.data, ...args], {
    ...home.account,
    cwd: path.parse(home.data).root,
    env: POSTGRES_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: platform !== 'win32',
  });
  child.unref();
  const lines = keepLog(child, onLog);
  return { child, watchdog: startWatchdog(child, home.account), lines };
}

/** Also hears the error of a program that could not be started, which would otherwise end Node. */
function keepLog(child: ChildProcess, onLog: (line: string) => void): readonly string[] {
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > LOG_LINES_KEPT) lines.shift();
    onLog(line);
  };
  child.once('error', (error) => keep(error.message));
  const pipe = child.stderr as Socket;
  pipe.unref();
  createInterface({ input: pipe }).on('line', keep);
  return lines;
}

/**
 * When Node dies without a word (SIGKILL, out of memory), the system closes
 * its end of a pipe; a shell that waits at the other end then stops the
 * server. Where there is no shell, the next start stops it.
 */
function startWatchdog(server: ChildProcess, account: Account): ChildProcess | null {
  if (platform === 'win32' || server.pid === undefined) return null;
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0"', String(server.pid)], {
    ...account,
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.once('error', () => undefined);
  watchdog.unref();
  const pipe = watchdog.stdin as Socket;
  pipe.on('error', () => undefined);
  pipe.unref();
  server.once('exit', () => watchdog.kill('SIGKILL'));
  return watchdog;
}

/** Resolves when a session can be opened with this password; throws, in a sentence, when that will not come. */
export async function untilReady(server: ServerProcess, url: string, data: string): Promise<void> {
  const deadline = performance.now() + READY_MAX_MS;
  while (performance.now() < deadline) {
    if (hasEnded(server.child)) throw await startFailure(server, data);
    const refusal = await refusalOf(url);
    if (refusal === null) return;
    if (refusal === '28P01') {
      throw new Error(
        `The database in ${data} was made with another password: use that one, or set QUITTANCE_DATA_DIR to another folder.`,
      );
    }
    await pause(READY_POLL_MS);
  }
  throw new Error(`PostgreSQL did not start within ${READY_MAX_MS / 1000} s. ${lastWords(server)}`);
}

async function refusalOf(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MAX_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function startFailure(server: ServerProcess, data: string): Promise<Error> {
  await Promise.race([once(server.child, 'close').catch(() => undefined), pause(LAST_LINES_MAX_MS)]);
  return new Error(`PostgreSQL did not start on ${data}. ${lastWords(server)}`);
}

function lastWords(server: ServerProcess): string {
  return server.lines.join('\n').trim();
}

/**
 * Sessions are ended and everything is written to the disk; a server that is
 * stuck is cut off, which loses nothing. The shell is waited for, too: in a
 * container nobody else would bury it.
 */
export async function stopServer({ child, watchdog }: ServerProcess): Promise<void> {
  const cutOff = setTimeout(() => child.kill('SIGQUIT'), FAST_STOP_MAX_MS);
  await end(child, 'SIGINT');
  clearTimeout(cutOff);
  if (watchdog) await end(watchdog, 'SIGKILL');
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.ref();
  child.kill(signal);
  await ended;
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
