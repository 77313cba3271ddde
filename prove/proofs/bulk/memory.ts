import { readFile } from 'node:fs/promises';
import type { Member } from '../../world/member.js';

const MOST = /^VmHWM:\s+(\d+) kB$/m;
const NOW = /^process_resident_memory_bytes (\S+)$/m;

/**
 * Megabytes that a process has had in memory at most since its start, as Linux
 * counts them: whoever asks the process itself is served by it, and it leaves
 * its rows waiting meanwhile. Elsewhere what it has now.
 */
export async function mostMb({ pid, url }: Member): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  if (status !== null) return Math.round(Number(MOST.exec(status)?.[1]) / 1024);
  const metrics = await fetch(`${url}/metrics`).then((response) => response.text());
  return Math.round(Number(NOW.exec(metrics)?.[1]) / 1024 ** 2);
}
