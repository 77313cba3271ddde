import { later } from '../../kernel/clock.js';
import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Due } from '../../platform/jobs/operator-lanes.js';
import type { InboxStatus } from './inbox-event.entity.js';
import type { ExternalEvent } from './payment-system.js';

/** What comes from outside is timed by the real clock. Whoever claims an event has it for so long; a handler that takes longer is taken for dead. */
const LEASE_MS = 60_000;

const KEEP = statement(
  'inbox_keep',
  `insert into inbox_events (operator_id, account_id, event_id, type, payload, status, attempts, due_at, received_at)
   select $1, $2, id, type, payload, 'RECEIVED', 0, $3, $3
   from unnest($4::text[], $5::text[], $6::jsonb[]) as e (id, type, payload)
   on conflict (operator_id, account_id, event_id) do nothing
   returning event_id`,
);

/** Keeps events that are new; how many were. A repeated delivery is a row that is there already. */
export async function keepEvents(
  transaction: Transaction,
  accountId: string,
  events: readonly ExternalEvent[],
): Promise<number> {
  if (events.length === 0) return 0;
  const kept = await transaction.query(KEEP, [
    transaction.operatorId,
    accountId,
    transaction.realNow,
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ payload }) => JSON.stringify(payload)),
  ]);
  return kept.length;
}

/** Its id is the payment system's own. */
export interface InboxKey extends Due {
  readonly accountId: string;
}

const DUE = statement(
  'inbox_due',
  `select "operatorId", "accountId", id from (
     select operator_id as "operatorId", account_id as "accountId", event_id as id, due_at,
       row_number() over (partition by operator_id order by due_at) as place
     from inbox_events where status in ('RECEIVED', 'PARKED') and due_at <= $1) as due
   where place <= 20 order by place, due_at limit 200`,
);

/**
 * Events that are due, of each operator the longest due and no more than its
 * share; whether they still are due is settled when they are claimed.
 */
export function dueEvents(system: Sql, now: Date): Promise<readonly InboxKey[]> {
  return system.query<InboxKey & Row>(DUE, [now]);
}

export interface ClaimedEvent {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly receivedAt: Date;
  /** How often it was claimed, and so the token of this claim: a later one has another. */
  readonly attempts: number;
}

const CLAIM = statement(
  'inbox_claim',
  `update inbox_events set due_at = $5, attempts = attempts + 1
   where operator_id = $1 and account_id = $2 and event_id = $3
     and status in ('RECEIVED', 'PARKED') and due_at <= $4
   returning payload, received_at as "receivedAt", attempts`,
);

/** Takes an event for a while; null when another worker was faster. */
export async function claimEvent(transaction: Transaction, key: InboxKey): Promise<ClaimedEvent | null> {
  const { operatorId, realNow } = transaction;
  const until = later(realNow, LEASE_MS);
  const claiming = [operatorId, key.accountId, key.id, realNow, until];
  const [claimed] = await transaction.query<ClaimedEvent & Row>(CLAIM, claiming);
  return claimed ?? null;
}

/** How a try ended. A final status needs no `dueAt`; without one it keeps the status it has. */
export interface InboxVerdict {
  readonly status: InboxStatus;
  readonly dueAt: Date | null;
  readonly error: string | null;
}

const SETTLE = statement(
  'inbox_settle',
  `update inbox_events
   set status = $5, due_at = coalesce($6, due_at), error = $7, processed_at = case when $6::timestamptz is null then $8::timestamptz end
   where operator_id = $1 and account_id = $2 and event_id = $3 and attempts = $4
     and status in ('RECEIVED', 'PARKED')`,
);

/** Writes down how a try ended, unless the claim was lost to somebody else meanwhile. */
export async function settleEvent(
  transaction: Transaction,
  key: InboxKey,
  { attempts }: ClaimedEvent,
  { status, dueAt, error }: InboxVerdict,
): Promise<void> {
  const { operatorId, realNow } = transaction;
  await transaction.query(SETTLE, [operatorId, key.accountId, key.id, attempts, status, dueAt, error, realNow]);
}

const REVIVE = statement(
  'inbox_revive',
  `update inbox_events
   set status = 'RECEIVED', due_at = $3, received_at = $3, attempts = attempts + 1, error = null, processed_at = null
   where operator_id = $1 and account_id = $2 and status in ('PARKED', 'FAILED')`,
);

/**
 * Gives an account's events that could not be processed another chance, now
 * and for three days more: the older days may have gone by with keys that
 * showed nothing. One more attempt takes the claim from whoever still tries
 * with those keys.
 */
export async function reviveEvents(transaction: Transaction, accountId: string): Promise<void> {
  await transaction.query(REVIVE, [transaction.operatorId, accountId, transaction.realNow]);
}

const FORGET = statement(
  'inbox_forget',
  `delete from inbox_events where operator_id = $1 and status in ('PROCESSED', 'FOREIGN') and processed_at < $2
   returning event_id`,
);

export async function forgetEvents(transaction: Transaction, before: Date): Promise<number> {
  return (await transaction.query(FORGET, [transaction.operatorId, before])).length;
}
