import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { kill, pid as ownPid, platform } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const POLL_MS = 20;
const DYING_POLLS_MAX = 50;
const FAST_STOP_POLLS_MAX = 500;
const IMMEDIATE_STOP_POLLS_MAX = 250;

/** The server carries its launcher's process id in its name, so that the next launcher can tell whose it is. */
export function clusterName(launcherPid: number): string {
  return `quittance-${launcherPid}`;
}

/**
 * Two servers on one data folder would destroy it, so PostgreSQL refuses the
 * second. A server whose launcher lives is somebody's, and we refuse, too, in
 * words that help; one whose launcher died hard is stopped, and its place
 * taken. A lock file left by a crash is PostgreSQL's own business.
 */
export async function takeOverDataFolder(data: string, onLog: (line: string) => void): Promise<void> {
  const server = await serverOn(data);
  if (!server) return;
  const launcher = Number(/cluster_name=quittance-(\d+)/.exec(server.command)?.[1] ?? 0);
  if (launcher === 0 || (await staysAlive(launcher))) throw inUse(data, server.pid, launcher);

  onLog(`stopping PostgreSQL (process ${server.pid}), left behind by process ${launcher}`);
  kill(server.pid, 'SIGINT');
  if (await isGone(data, FAST_STOP_POLLS_MAX)) return;
  kill(server.pid, 'SIGQUIT');
  if (await isGone(data, IMMEDIATE_STOP_POLLS_MAX)) return;
  throw new Error(`PostgreSQL (process ${server.pid}) still uses ${data} and does not stop: end it by hand.`);
}

function inUse(data: string, server: number, launcher: number): Error {
  const starter = launcher === ownPid ? 'this very process' : `process ${launcher}, which is still running`;
  const by = launcher === 0 ? '' : `, started by ${starter}`;
  return new Error(
    `The database in ${data} is in use by PostgreSQL (process ${server})${by}: stop that first, or set QUITTANCE_DATA_DIR to another folder.`,
  );
}

/** The live server on this folder. The process id alone proves nothing: it may have been given to another program. */
async function serverOn(data: string): Promise<{ readonly pid: number; readonly command: string } | null> {
  const lock = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(lock, 10);
  if (!(pid > 0)) return null;
  const command = await commandLine(pid);
  return command.includes('postgres') && command.includes(data) ? { pid, command } : null;
}

/** Empty for a process that is gone, and for one that ended and nobody has buried yet. */
async function commandLine(pid: number): Promise<string> {
  if (platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.replaceAll('\0', ' ');
  }
  const listed = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => null);
  return listed?.stdout ?? '';
}

async function isGone(data: string, pollsMax: number): Promise<boolean> {
  for (let poll = 0; poll < pollsMax; poll++) {
    if (!(await serverOn(data))) return true;
    await pause(POLL_MS);
  }
  return false;
}

/**
 * A launcher that was just killed may be there for a moment yet, and one that
 * nobody buried keeps its process id; neither has a command line for long.
 */
async function staysAlive(launcher: number): Promise<boolean> {
  for (let poll = 0; poll < DYING_POLLS_MAX; poll++) {
    if (launcher === ownPid) return true;
    if ((await commandLine(launcher)) === '') return false;
    await pause(POLL_MS);
  }
  return true;
}
