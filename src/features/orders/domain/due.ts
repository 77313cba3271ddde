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

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/**
 * Pauses between looks at an unknown outcome, as so many of so long. Most are
 * known within seconds. In the first ten minutes none is longer than half a
 * one: with a call that hangs for 20 s before it, all is known a minute after
 * the payment system is well again. Until the key's life is over none is longer
 * than five minutes, since a call that never arrived can be repeated until then
 * and only then, and its order is blocked meanwhile; a thousand of them are
 * three calls a second, less than a payment system takes that is well, and of
 * one that hangs no operator asks more than a few at a time. Who was not found
 * by then waits for a person, or for keys that are accepted: hourly for a week.
 */
const PAUSES: readonly { readonly times: number; readonly seconds: number }[] = [
  { times: 1, seconds: 5 },
  { times: 1, seconds: 15 },
  { times: 20, seconds: 30 },
  { times: 50, seconds: MINUTE_S },
  { times: 23 * 12, seconds: 5 * MINUTE_S },
  { times: 7 * 24, seconds: HOUR_S },
];

/** When an unknown outcome is looked at again after so many looks. */
export function nextCheckAt(now: Date, checks: number): Date {
  let looks = checks;
  for (const { times, seconds } of PAUSES) {
    if (looks < times) return new Date(now.getTime() + seconds * 1000);
    looks -= times;
  }
  return new Date(now.getTime() + DAY_S * 1000);
}

/**
 * Stripe forgets an idempotency key after 24 hours. Past this age a repetition
 * could be a second payment, so nothing is repeated: only looked up.
 */
export const KEY_LIFE_MS = 23 * HOUR_S * 1000;
