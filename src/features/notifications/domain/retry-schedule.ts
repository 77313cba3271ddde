import { later } from '../../../kernel/clock.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

/** From the first try to the last there is at most this. */
export const WINDOW_MS = 72 * HOUR_MS;

const FIRST_PAUSE_MS = 5 * SECOND_MS;
const GROWTH = 3;
const PAUSE_MAX_MS = 2 * HOUR_MS;

/** By so much a pause may be longer, so that what failed together is not tried together. Less than the growth. */
const JITTER = 0.2;

/** The pause after so many tries in vain: 5 s, 15 s, 45 s and on to 2 hours, each up to a fifth longer. `draw` is from [0, 1). */
export function pauseMs(tries: number, draw: number): number {
  const grown = FIRST_PAUSE_MS * GROWTH ** Math.min(tries - 1, 10);
  return Math.round(Math.min(grown, PAUSE_MAX_MS) * (1 + JITTER * draw));
}

/** When it is tried again; null when that would be past the window: it is given up. */
export function nextTryAt(
  { firstTriedAt, tries }: { readonly firstTriedAt: Date; readonly tries: number },
  now: Date,
  draw: number,
): Date | null {
  const next = later(now, pauseMs(tries, draw));
  return next.getTime() < firstTriedAt.getTime() + WINDOW_MS ? next : null;
}

/** Whoever was first tried at this moment or before it is not tried any more. */
export function windowBegan(now: Date): Date {
  return later(now, -WINDOW_MS);
}
