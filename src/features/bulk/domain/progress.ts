/** How far an operation has come. */
export interface Counts {
  readonly rowCount: number;
  readonly succeeded: number;
  readonly repeated: number;
  readonly failed: number;
  readonly canceled: number;
}

/** When progress was last told, how many rows were done then, and how fast it went. */
export interface Pace {
  readonly progressedAt: Date | null;
  readonly progressedRows: number;
  readonly rowsPerSecond: number | null;
}

/** Whoever watches sees a number move; more often would only be more events. */
const TOLD_EVERY_MS = 1_000;

/** The share of the latest stretch: a rate that jumps tells nobody how long it takes. */
const NEWEST_SHARE = 0.3;

/** Rows that have an outcome, whatever it is. */
export function doneRows({ succeeded, repeated, failed, canceled }: Counts): number {
  return succeeded + repeated + failed + canceled;
}

/** Whether so much time has passed since progress was last told that it is told again. */
export function isProgressDue({ progressedAt }: Pace, now: Date): boolean {
  return progressedAt === null || now.getTime() - progressedAt.getTime() >= TOLD_EVERY_MS;
}

/** The pace as of now, by what was done since it was last told. Times are real ones: a turned clock makes nothing faster. */
export function paceAt(pace: Pace, done: number, now: Date): Pace {
  const seconds = pace.progressedAt === null ? 0 : (now.getTime() - pace.progressedAt.getTime()) / 1000;
  if (seconds <= 0) return { ...pace, progressedAt: now, progressedRows: done };
  const latest = (done - pace.progressedRows) / seconds;
  const { rowsPerSecond } = pace;
  const smooth = rowsPerSecond === null ? latest : rowsPerSecond + NEWEST_SHARE * (latest - rowsPerSecond);
  return { progressedAt: now, progressedRows: done, rowsPerSecond: smooth };
}

/** Null while nothing is known of the pace. */
export function secondsLeft(counts: Counts, rowsPerSecond: number | null): number | null {
  if (rowsPerSecond === null || rowsPerSecond <= 0) return null;
  return Math.ceil((counts.rowCount - doneRows(counts)) / rowsPerSecond);
}
