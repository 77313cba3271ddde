import { chmod, mkdtemp, readFile, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const MEMORY = '/dev/shm';
/** A few databases with their logs; the largest test writes 0.6 GB. */
const ROOM = 3 * 1024 ** 3;

/**
 * A new folder for a database, passable for PostgreSQL's own user, or its data
 * would be moved elsewhere and left there. In memory where there is room: a
 * copy of the template waits for the disk, on a busy one half a second.
 */
export async function fastFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(path.join((await hasRoomInMemory()) ? MEMORY : tmpdir(), prefix));
  await chmod(folder, 0o755);
  return folder;
}

/** Wherever `fastFolder` may have made one. */
export const FAST_FOLDERS: readonly string[] = [...new Set([tmpdir(), MEMORY])];

/** Containers often have 64 MB there, or let no program run from there, which root's copy of the server must. */
async function hasRoomInMemory(): Promise<boolean> {
  if (process.platform !== 'linux' || process.availableMemory() < 2 * ROOM) return false;
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  if (bavail * bsize < ROOM) return false;
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '');
  const options = new RegExp(`^\\S+ ${MEMORY} \\S+ (\\S+)`, 'm').exec(mounts)?.[1]?.split(',') ?? ['noexec'];
  return !options.includes('noexec') && !options.includes('ro');
}
