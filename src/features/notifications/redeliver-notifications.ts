import { notFound } from '../../kernel/errors.js';
import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { type Mode, readMerchants } from '../tenancy/index.js';

export const IDS_MAX = 1_000;
export const REDELIVERED_MAX = 10_000;

/** By id, or all of a merchant's that were written in a period. */
export type RedeliveryWanted =
  | { readonly merchantId: string | null; readonly ids: readonly string[] }
  | {
      readonly merchantId: string;
      readonly period: { readonly from: Date; readonly to: Date; readonly status: readonly string[] };
    };

export interface Redelivery {
  readonly count: number;
  readonly hasMore: boolean;
  /** Whose queues they are in. */
  readonly endpointIds: readonly string[];
}

interface Caller {
  readonly merchantId: string | null;
  readonly mode: Mode;
}

const CHOSEN_BY_ID = statement(
  'notifications_chosen_by_id',
  `select id, endpoint_id as "endpointId" from notifications
   where operator_id = $1 and id = any ($2::uuid[]) and mode = $3 and merchant_id = coalesce($4, merchant_id)`,
);

/** One more than may be taken says that there is more. */
const CHOSEN_BY_TIME = statement(
  'notifications_chosen_by_time',
  `select id, endpoint_id as "endpointId" from notifications
   where operator_id = $1 and merchant_id = $2 and mode = $3 and created_at >= $4 and created_at < $5
     and status = any ($6::text[])
   order by created_at, id limit ${REDELIVERED_MAX + 1}`,
);

/** Nobody settles or adds while the queues are put in order; and whoever asks for this has mended something: no pause. */
const OPEN_ENDPOINTS = statement(
  'notification_endpoints_open',
  `with locked as (
     select id from notification_endpoints where operator_id = $1 and id = any ($2::uuid[]) order by id for no key update)
   update notification_endpoints e set paused_until = null,
     due_at = case when e.lease_token is null then $3::timestamptz else e.due_at end
   from locked where e.operator_id = $1 and e.id = locked.id`,
);

/** With a window of its own again. Those that are first of their group stay it. */
const QUEUE_AGAIN = statement(
  'notifications_queue_again',
  `update notifications n set status = 'PENDING', tries = 0, first_tried_at = null, delivered_at = null,
     given_up_at = null, due_at = case when n.due_at is not null then $3::timestamptz end,
     ready_at = case when n.due_at is not null then $3::timestamptz end
   from unnest($2::uuid[]) as chosen (id) where n.operator_id = $1 and n.id = chosen.id`,
);

/**
 * In their order: where none of a group is due, the first of it is now, whether
 * it was there before or has come back. All groups of the queues in one pass:
 * asked for group by group, ten thousand of them could take a minute.
 */
const PROMOTE_ALL = statement(
  'notifications_promote_all',
  `update notifications n set due_at = $3, ready_at = $3
   from (
     select distinct on (endpoint_id, group_id) id, due_at from notifications
     where operator_id = $1 and endpoint_id = any ($2::uuid[]) and status = 'PENDING'
     order by endpoint_id, group_id, due_at is null, event_sequence, id) as next
   where n.operator_id = $1 and n.id = next.id and next.due_at is null`,
);

type Chosen = { readonly id: string; readonly endpointId: string };

/** Puts notifications into their queues once more, whatever became of them, once per idempotency key. */
export function redeliverNotifications(
  transaction: Transaction,
  caller: Caller,
  wanted: RedeliveryWanted,
  request: IdempotentRequest,
): Promise<Redelivery> {
  return idempotently(
    transaction,
    request,
    async () => {
      const value = await redeliver(transaction, caller, wanted);
      return { result: { count: String(value.count), hasMore: String(value.hasMore) }, value };
    },
    async ({ count, hasMore }) => ({ count: Number(count), hasMore: hasMore === 'true', endpointIds: [] }),
  );
}

async function redeliver(transaction: Transaction, caller: Caller, wanted: RedeliveryWanted): Promise<Redelivery> {
  const { operatorId, realNow } = transaction;
  const found = await chosen(transaction, caller, wanted);
  const taken = found.slice(0, REDELIVERED_MAX);
  const ids = taken.map(({ id }) => id);
  const endpointIds = [...new Set(taken.map(({ endpointId }) => endpointId))];
  transaction.send(OPEN_ENDPOINTS, [operatorId, endpointIds, realNow]);
  transaction.send(QUEUE_AGAIN, [operatorId, ids, realNow]);
  transaction.send(PROMOTE_ALL, [operatorId, endpointIds, realNow]);
  return { count: taken.length, hasMore: found.length > taken.length, endpointIds };
}

async function chosen(
  transaction: Transaction,
  { merchantId, mode }: Caller,
  wanted: RedeliveryWanted,
): Promise<readonly Chosen[]> {
  const { operatorId } = transaction;
  // An operator's key may name any merchant; its own a merchant's key need not ask for.
  if (wanted.merchantId !== null && wanted.merchantId !== merchantId) {
    const [merchant] = await readMerchants(transaction, operatorId, [wanted.merchantId]);
    if (!merchant) throw notFound('merchant');
  }
  if ('period' in wanted) {
    const { from, to, status } = wanted.period;
    return transaction.query<Chosen>(CHOSEN_BY_TIME, [operatorId, wanted.merchantId, mode, from, to, status]);
  }
  const ids = [...new Set(wanted.ids)];
  const found = await transaction.query<Chosen>(CHOSEN_BY_ID, [operatorId, ids, mode, wanted.merchantId ?? merchantId]);
  if (found.length < ids.length) throw notFound('notification');
  return found;
}
