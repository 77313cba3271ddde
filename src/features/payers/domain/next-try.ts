import { later } from '../../../kernel/clock.js';

/** Longer than a call can take: whoever is silent for so long is taken for dead. */
export const LEASE_MS = 60_000;

const PAUSES_S = [5, 30, 300, 1_800];
const LAST_PAUSE_S = 6 * 3_600;

/** When a call that has failed so often is made again. It is never given up: nothing else would do its work. */
export function nextTryAt(tries: number, now: Date): Date {
  return later(now, (PAUSES_S[Math.max(tries, 1) - 1] ?? LAST_PAUSE_S) * 1_000);
}
