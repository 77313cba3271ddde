import { later } from '../../../kernel/clock.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Stripe repeats a delivery for three days, so an event is not given up earlier than by Stripe itself. */
export const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

/** Soon at first, because what is unknown here is usually being recorded this very moment. */
const PAUSES_MS = [
  2 * SECOND_MS,
  10 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
];

/** When an event that was tried so often is tried next, or null when it is given up. */
export function nextTryAt(attempts: number, receivedAt: Date, now: Date): Date | null {
  const end = later(receivedAt, GIVE_UP_AFTER_MS);
  if (now >= end) return null;
  return new Date(Math.min(pausedUntil(attempts, now).getTime(), end.getTime()));
}

/** The same for an event that is not given up, because it is not its own fault that it fails. */
export function pausedUntil(attempts: number, now: Date): Date {
  return later(now, PAUSES_MS[Math.min(Math.max(attempts, 1), PAUSES_MS.length) - 1] ?? HOUR_MS);
}
