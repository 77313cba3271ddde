import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU time of a PostgreSQL server and all its backends, those that have ended too, in microseconds. Linux only; elsewhere NaN. */
export function postgresCpuMicros(serverPid: number): number {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => statOf(pid))
      .filter((stat) => stat !== null)
      .filter(({ pid, parent }) => pid === serverPid || parent === serverPid)
      .map(({ pid, ticks, ticksOfEnded }) => (pid === serverPid ? ticks + ticksOfEnded : ticks))
      .reduce((sum, ticks) => sum + (ticks * 1_000_000) / TICKS_PER_SECOND, 0);
  } catch {
    return Number.NaN;
  }
}

function statOf(pid: string): { pid: number; parent: number; ticks: number; ticksOfEnded: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in the second field may have spaces; what follows its bracket does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [own, ofChildren] = [Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14])];
    return { pid: Number(pid), parent: Number(fields[1]), ticks: own, ticksOfEnded: ofChildren };
  } catch {
    return null;
  }
}
