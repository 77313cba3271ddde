import { later } from '../../../kernel/clock.js';
import { WINDOW_MS } from './retry-schedule.js';
import type { EndpointStatus } from './words.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** So many different notifications in vain, with none that arrived in between, and the endpoint is FAILING. */
const FAILURES_MAX = 5;

/** From here on it counts as failing whatever failed: nothing has arrived for this long. */
const PATIENCE_MS = 10 * MINUTE_MS;

const FIRST_PAUSE_MS = 15 * SECOND_MS;
const GROWTH = 2;

/**
 * Short enough that a shop which refuses one notification for a reason of its
 * own does not wait long for the next; a dead one is asked for a sign of life
 * ever more rarely.
 */
const PAUSE_MAX_MS = { FAILING: 10 * MINUTE_MS, DEAD: 4 * HOUR_MS } as const;

const JITTER = 0.2;

export type EndpointHealth = {
  readonly status: EndpointStatus;
  /** Since something last arrived: different notifications, and once it is failing every probe. */
  readonly failures: number;
  /** The first of them; null when nothing has failed since. */
  readonly failingSince: Date | null;
  /** Before this nothing is sent. */
  readonly pausedUntil: Date | null;
};

export const HEALTHY: EndpointHealth = { status: 'HEALTHY', failures: 0, failingSince: null, pausedUntil: null };

export interface Try {
  readonly isDelivered: boolean;
  /** Of this notification, since it was last put in the queue. */
  readonly isFirst: boolean;
  readonly endedAt: Date;
}

/** How an endpoint stands after tries, in the order in which they ended. `draw` is from [0, 1). */
export function healthAfter(before: EndpointHealth, tries: readonly Try[], now: Date, draw: number): EndpointHealth {
  const { failures, failingSince } = tries.reduce(counted, before);
  if (failingSince === null) return HEALTHY;
  const isFailing = before.status !== 'HEALTHY' && !tries.some(({ isDelivered }) => isDelivered);
  if (!isFailing && failures < FAILURES_MAX && !hasLasted(failingSince, PATIENCE_MS, now)) {
    return { status: 'HEALTHY', failures, failingSince, pausedUntil: null };
  }
  const status = hasLasted(failingSince, WINDOW_MS, now) ? 'DEAD' : 'FAILING';
  const pausedUntil = tries.length > 0 ? later(now, pauseMs(status, failures, draw)) : before.pausedUntil;
  return { status, failures, failingSince, pausedUntil };
}

function counted(before: EndpointHealth, { isDelivered, isFirst, endedAt }: Try): EndpointHealth {
  if (isDelivered) return HEALTHY;
  const counts = isFirst || before.status !== 'HEALTHY';
  const failingSince = before.failingSince ?? endedAt;
  return { ...before, failures: before.failures + (counts ? 1 : 0), failingSince };
}

function hasLasted(since: Date, ms: number, now: Date): boolean {
  return now.getTime() - since.getTime() >= ms;
}

/** 15 s, 30 s, 1 min and on, up to what the status allows; each up to a fifth longer. */
function pauseMs(status: 'FAILING' | 'DEAD', failures: number, draw: number): number {
  const doublings = Math.min(Math.max(failures - FAILURES_MAX, 0), 20);
  return Math.round(Math.min(FIRST_PAUSE_MS * GROWTH ** doublings, PAUSE_MAX_MS[status]) * (1 + JITTER * draw));
}
