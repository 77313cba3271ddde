import type { Transaction } from '../../platform/database/transaction.js';
import { PROMOTE, SETTLE } from './delivery-sql.js';
import type { Try } from './domain/endpoint-health.js';
import { nextTryAt } from './domain/retry-schedule.js';
import type { NotificationStatus } from './domain/words.js';
import { drawn } from './drawn.js';
import type { Attempt, Ended } from './notification-rows.js';

interface Decided {
  readonly status: NotificationStatus;
  readonly dueAt: Date | null;
}

/**
 * Writes what came of tries at an endpoint that is locked, and lets the next
 * of their groups have their turn; answers those that are over.
 */
export async function settleAttempts(
  transaction: Transaction,
  endpointId: string,
  attempts: readonly Attempt[],
  decide: (attempt: Attempt) => Decided = decided,
): Promise<readonly Ended[]> {
  if (attempts.length === 0) return [];
  const { operatorId, realNow } = transaction;
  const decisions = attempts.map(decide);
  const settling = transaction.query<Ended>(SETTLE, [
    operatorId,
    endpointId,
    attempts.map(({ notification }) => notification.id),
    attempts.map(({ notification }) => notification.attempts + 1),
    attempts.map(({ startedAt }) => startedAt),
    attempts.map(({ durationMs }) => Math.max(0, Math.round(durationMs))),
    attempts.map(({ outcome }) => outcome),
    attempts.map(({ httpStatus }) => httpStatus),
    decisions.map(({ status }) => status),
    decisions.map(({ dueAt }) => dueAt),
    attempts.map(({ endedAt }) => endedAt),
  ]);
  const over = attempts.filter((_, index) => decisions[index]?.dueAt === null);
  const groupIds = over.map(({ notification }) => notification.groupId);
  if (over.length > 0) transaction.send(PROMOTE, [operatorId, endpointId, groupIds, realNow]);
  return (await settling).filter(({ status }) => status !== 'PENDING');
}

function decided({ notification, outcome, startedAt, endedAt }: Attempt): Decided {
  if (outcome === 'DELIVERED') return { status: 'DELIVERED', dueAt: null };
  const firstTriedAt = notification.firstTriedAt ?? startedAt;
  const dueAt = nextTryAt({ firstTriedAt, tries: notification.tries + 1 }, endedAt, drawn());
  return { status: dueAt ? 'PENDING' : 'EXHAUSTED', dueAt };
}

/** The same as an endpoint's health is told by. */
export function triesOf(attempts: readonly Attempt[]): readonly Try[] {
  return attempts.map(({ notification, outcome, endedAt }) => ({
    isDelivered: outcome === 'DELIVERED',
    isFirst: notification.tries === 0,
    endedAt,
  }));
}
