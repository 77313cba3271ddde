import { later } from '../../kernel/clock.js';
import type { Transaction } from '../../platform/database/transaction.js';
import {
  CLAIM,
  CLAIM_PROBE,
  COMMIT_LAZILY,
  GIVE_UP,
  GIVE_UP_MAX,
  HURRY,
  LEASE_ENDPOINT,
  LOCK_LEASED,
  PROMOTE,
  RECORD_HEALTH,
  RELEASE_ENDPOINT,
  RENEW_LEASE,
} from './delivery-sql.js';
import { type EndpointHealth, healthAfter } from './domain/endpoint-health.js';
import { windowBegan } from './domain/retry-schedule.js';
import { drawn } from './drawn.js';
import { endpointChanged, notificationExhausted } from './notification-events.js';
import type { Attempt, DueNotification, Ended, LeasedEndpoint } from './notification-rows.js';
import { settleAttempts, triesOf } from './settle-attempts.js';

/** Longer than any try takes, several times; renewed while somebody is at it, but not at every turn. */
const LEASE_MS = 30_000;
const RENEWED_AFTER_MS = 8_000;

/** When something last arrived is written so often, and when the endpoint is let go: each time is a version of a row. */
const ARRIVAL_WRITTEN_MS = 1_000;

/** An endpoint that this process holds, or is about to. */
export interface Hold {
  readonly operatorId: string;
  readonly endpointId: string;
  readonly token: string;
}

export interface TurnWanted {
  /** Tries that have ended since the last turn. */
  readonly attempts: readonly Attempt[];
  /** What is claimed and has not ended. */
  readonly heldIds: readonly string[];
  readonly wantsMore: boolean;
  /** The last turn left some to give up. */
  readonly goesOnGivingUp?: boolean;
}

/** What a turn has come to. */
export interface Turn {
  readonly endpoint: LeasedEndpoint;
  readonly claimed: readonly DueNotification[];
  readonly ended: readonly Ended[];
  readonly leavesSomeToGiveUp: boolean;
  readonly isReleased: boolean;
}

/** The first turn: null where the endpoint is not due, or somebody else's. */
export async function beginTurn(transaction: Transaction, hold: Hold): Promise<Turn | null> {
  const { operatorId, realNow } = transaction;
  const until = later(realNow, LEASE_MS);
  const parameters = [operatorId, hold.endpointId, hold.token, until, realNow];
  const [endpoint] = await transaction.query<LeasedEndpoint>(LEASE_ENDPOINT, parameters);
  return endpoint ? turn(transaction, endpoint, { attempts: [], heldIds: [], wantsMore: true }) : null;
}

/** Settles what has ended, and claims more, or lets go when there is none. Null: the lease was lost, and all of it is another's. */
export async function takeTurn(transaction: Transaction, hold: Hold, wanted: TurnWanted): Promise<Turn | null> {
  const parameters = [transaction.operatorId, hold.endpointId, hold.token];
  transaction.send(COMMIT_LAZILY);
  const [endpoint] = await transaction.query<LeasedEndpoint>(LOCK_LEASED, parameters);
  return endpoint ? turn(transaction, endpoint, wanted) : null;
}

async function turn(transaction: Transaction, before: LeasedEndpoint, wanted: TurnWanted): Promise<Turn> {
  const { attempts, heldIds } = wanted;
  const settling = settleAttempts(transaction, before.id, attempts);
  const endpoint = healthOf(transaction, before, attempts);
  const givenUp = await giveUp(transaction, endpoint, wanted);
  const claiming = claim(transaction, endpoint, wanted);
  const ended = [...(await settling), ...givenUp];
  const claimed = await claiming;
  const isIdle = claimed.length === 0 && heldIds.length === 0;
  const leavesSomeToGiveUp = givenUp.length === GIVE_UP_MAX;
  const isReleased = isIdle && !leavesSomeToGiveUp;
  if (isReleased || isWorthWriting(before, endpoint, attempts)) writeHealth(transaction, before, endpoint, attempts);
  keepOrRelease(transaction, before, isReleased);
  for (const each of ended) if (each.status === 'EXHAUSTED') transaction.publish(notificationExhausted(each));
  return { endpoint, claimed, ended, leavesSomeToGiveUp, isReleased };
}

function healthOf(transaction: Transaction, before: LeasedEndpoint, attempts: readonly Attempt[]): LeasedEndpoint {
  if (attempts.length === 0) return before;
  const { operatorId, realNow } = transaction;
  const after = healthAfter(before, triesOf(attempts), realNow, drawn());
  if (before.status !== 'HEALTHY' && after.status === 'HEALTHY') {
    transaction.send(HURRY, [operatorId, before.id, realNow]);
  }
  return { ...before, ...after };
}

function isWorthWriting(before: LeasedEndpoint, after: LeasedEndpoint, attempts: readonly Attempt[]): boolean {
  const isAsItWas =
    after.status === before.status &&
    after.failures === before.failures &&
    after.failingSince?.getTime() === before.failingSince?.getTime() &&
    after.pausedUntil?.getTime() === before.pausedUntil?.getTime();
  const arrivedAt = lastArrival(attempts)?.getTime() ?? 0;
  return !isAsItWas || arrivedAt - (before.lastDeliveredAt?.getTime() ?? 0) >= ARRIVAL_WRITTEN_MS;
}

function lastArrival(attempts: readonly Attempt[]): Date | null {
  return attempts.findLast(({ outcome }) => outcome === 'DELIVERED')?.endedAt ?? null;
}

function keepOrRelease(transaction: Transaction, { id, leaseUntil }: LeasedEndpoint, isReleased: boolean): void {
  const { operatorId, realNow } = transaction;
  const until = later(realNow, LEASE_MS);
  if (isReleased) transaction.send(RELEASE_ENDPOINT, [operatorId, id]);
  else if (!leaseUntil || until.getTime() - leaseUntil.getTime() >= RENEWED_AFTER_MS) {
    transaction.send(RENEW_LEASE, [operatorId, id, until]);
  }
}

/** How the endpoint stands, and the event when that is another word than before. */
export function writeHealth(
  transaction: Transaction,
  before: LeasedEndpoint,
  after: EndpointHealth,
  attempts: readonly Attempt[],
): void {
  const { status, failures, failingSince, pausedUntil } = after;
  transaction.send(RECORD_HEALTH, [
    transaction.operatorId,
    before.id,
    status,
    failures,
    failingSince,
    pausedUntil,
    lastArrival(attempts),
  ]);
  for (const event of endpointChanged(before, after)) transaction.publish(event);
}

/** Looked for when an endpoint is taken up, and after each probe in vain, which counts as the try of all that wait. */
async function giveUp(
  transaction: Transaction,
  { id, status, failingSince }: LeasedEndpoint,
  { attempts, heldIds, goesOnGivingUp = false }: TurnWanted,
): Promise<readonly Ended[]> {
  const isProbed = goesOnGivingUp || (status !== 'HEALTHY' && attempts.length > 0);
  if (!isProbed && (attempts.length > 0 || heldIds.length > 0)) return [];
  const { operatorId, realNow } = transaction;
  const probedSince = isProbed ? failingSince : null;
  const parameters = [operatorId, id, windowBegan(realNow), probedSince, realNow, heldIds];
  const ended = await transaction.query<Ended>(GIVE_UP, parameters);
  if (ended.length > 0) transaction.send(PROMOTE, [operatorId, id, ended.map(({ groupId }) => groupId), realNow]);
  return ended;
}

function claim(
  transaction: Transaction,
  { id, status, pausedUntil }: LeasedEndpoint,
  { heldIds, wantsMore }: TurnWanted,
): Promise<readonly DueNotification[]> {
  const { operatorId, realNow } = transaction;
  const isPaused = pausedUntil !== null && pausedUntil > realNow;
  const isProbe = status !== 'HEALTHY';
  if (!wantsMore || isPaused || (isProbe && heldIds.length > 0)) return Promise.resolve([]);
  const parameters = [operatorId, id, realNow, windowBegan(realNow), heldIds];
  return transaction.query<DueNotification>(isProbe ? CLAIM_PROBE : CLAIM, parameters);
}
