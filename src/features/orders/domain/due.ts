/** Holds are announced this long before they lapse: a working day to capture or to let go. */
const WARNING_MS = 24 * 60 * 60 * 1000;

export interface Deadlines {
  readonly expiresAt: Date | null;
  readonly captureBefore: Date | null;
  readonly captureWarnedAt: Date | null;
  /** Nobody has paid yet, and somebody still may. */
  readonly unpaid: boolean;
  readonly held: bigint;
}

/** When the coming end of a hold is announced. */
export function warningAt(captureBefore: Date): Date {
  return new Date(captureBefore.getTime() - WARNING_MS);
}

/**
 * The next moment at which time alone changes something about an order; null
 * when time changes nothing. What is overdue waits for the watcher, who has
 * planned its next look when it took the order: no other change may put it off.
 */
export function nextDueAt(deadlines: Deadlines, planned: Date | null, now: Date): Date | null {
  const due = deadlineOf(deadlines);
  const isTaken = due !== null && due <= now && planned !== null && planned > now;
  return isTaken ? planned : due;
}

function deadlineOf({ expiresAt, captureBefore, captureWarnedAt, unpaid, held }: Deadlines): Date | null {
  if (unpaid) return expiresAt;
  if (held <= 0n || !captureBefore) return null;
  return captureWarnedAt ? captureBefore : warningAt(captureBefore);
}

/**
 * Pauses between looks at an unknown outcome: most are known within seconds,
 * the rest may take a day. In the first ten minutes no longer than half a one:
 * with a call that hangs for 20 s before it, all is known a minute after the
 * payment system is well again.
 */
const CHECK_PAUSES_S = [5, 15, ...Array<number>(20).fill(30), 3600];
const LAST_PAUSE_S = 24 * 3600;

/** When an unknown outcome is looked at again after so many looks. */
export function nextCheckAt(now: Date, checks: number): Date {
  return new Date(now.getTime() + (CHECK_PAUSES_S[checks] ?? LAST_PAUSE_S) * 1000);
}

/**
 * Stripe forgets an idempotency key after 24 hours. Past this age a repetition
 * could be a second payment, so nothing is repeated: only looked up.
 */
export const KEY_LIFE_MS = 23 * 60 * 60 * 1000;
