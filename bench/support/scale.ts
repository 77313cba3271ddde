/**
 * `BENCH_SCALE=0.01`: everything of the lines that fill tables so much smaller,
 * to try whether they run at all. Their figures then say nothing.
 */
const { BENCH_SCALE = '1' } = process.env;
const SCALE = Number(BENCH_SCALE);

/** So many in earnest; in a try fewer, in whole hundreds. */
export function scaled(count: number): number {
  return Math.max(100, Math.round((count * SCALE) / 100) * 100);
}

export const ROUNDS = SCALE < 1 ? { count: 2, warmUpMs: 100 } : { count: 5, warmUpMs: 10_000 };
