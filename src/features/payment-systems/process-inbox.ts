import type { OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { scrubbed } from '../../platform/logging/scrub.js';
import { type AccountRow, accountById } from './account-sql.js';
import { checkKeys } from './check-keys.js';
import { nextTryAt, pausedUntil } from './domain/inbox-schedule.js';
import type { InboxHandlers, InboxOutcome } from './inbox-handlers.js';
import type { InboxParts } from './inbox-parts.js';
import {
  type ClaimedEvent,
  claimEvent,
  dueEvents,
  type InboxKey,
  type InboxVerdict,
  settleEvent,
} from './inbox-sql.js';
import { subjectOf } from './stripe-events.js';

const ERROR_MAX = 500;

/**
 * Hands over the events that are due, each operator's on a lane of its own;
 * how many were begun. Claim, call, record: a handler runs between two
 * transactions, so a crash repeats it, and handlers are made for that.
 */
export async function processInbox(parts: InboxParts, handlers: InboxHandlers, lanes: OperatorLanes): Promise<number> {
  const due = await dueEvents(parts.system, parts.units.clock.now());
  return lanes.work(due, (key) => processEvent(parts, handlers, key));
}

async function processEvent(parts: InboxParts, handlers: InboxHandlers, key: InboxKey): Promise<void> {
  const { units } = parts;
  const { claimed, account } = await units.sql(key.operatorId, async (transaction) => ({
    claimed: await claimEvent(transaction, key),
    account: await accountById(transaction, key.operatorId, key.accountId),
  }));
  if (!claimed || !account) return;
  const tried = await verdictOn(claimed, account, handlers, () => units.clock.now());
  const verdict = tried.status === 'FAILED' ? await givenUp(parts, account, claimed, tried) : tried;
  await units.sql(key.operatorId, (transaction) => settleEvent(transaction, key, claimed, verdict));
  if (verdict.status === 'FAILED') parts.onFailure(new Error(`event ${key.id} was given up: ${verdict.error}`));
}

/** With keys that the payment system rejects nothing can be looked up, however long: the event waits for their rotation. */
async function givenUp(
  parts: InboxParts,
  account: AccountRow,
  { attempts }: ClaimedEvent,
  failed: InboxVerdict,
): Promise<InboxVerdict> {
  if (account.status === 'DISCONNECTED') return failed;
  await checkKeys(parts, account);
  const { operatorId, id } = account;
  const now = await parts.units.sql(operatorId, (transaction) => accountById(transaction, operatorId, id));
  if (now?.status !== 'KEYS_REJECTED') return failed;
  return { ...failed, status: 'PARKED', dueAt: pausedUntil(attempts, parts.units.clock.now()) };
}

async function verdictOn(
  event: ClaimedEvent,
  account: AccountRow,
  handlers: InboxHandlers,
  now: () => Date,
): Promise<InboxVerdict> {
  try {
    const outcome = await handOver(event, account, handlers);
    if (outcome === 'done') return { status: 'PROCESSED', dueAt: null, error: null };
    if (outcome === 'foreign') return { status: 'FOREIGN', dueAt: null, error: null };
    return tryAgain(event, now(), 'the object is not known here');
  } catch (error) {
    return tryAgain(event, now(), error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
}

function tryAgain({ attempts, receivedAt }: ClaimedEvent, now: Date, why: string): InboxVerdict {
  const dueAt = nextTryAt(attempts, receivedAt, now);
  return { status: dueAt ? 'PARKED' : 'FAILED', dueAt, error: scrubbed(why).slice(0, ERROR_MAX) };
}

/**
 * A payment and its page say themselves whose they are, so the operator's other traffic goes no
 * further. The others do not; there it has to be looked up.
 */
async function handOver(event: ClaimedEvent, account: AccountRow, handlers: InboxHandlers): Promise<InboxOutcome> {
  const about = subjectOf(event.payload, account.operatorId);
  switch (about.kind) {
    case 'payment':
    case 'verification':
    case 'page':
      return about.ours ? handlers[about.kind](account, about.externalId) : 'foreign';
    case 'refund':
    case 'dispute':
      return handlers[about.kind](account, about.externalId, about.paymentExternalId);
    case 'credential':
    case 'mandate':
    case 'payout':
      return handlers[about.kind](account, about.externalId);
    case 'movement':
      return handlers.movement(account);
    case 'other':
      return 'foreign';
  }
}
