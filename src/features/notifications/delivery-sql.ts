import { statement } from '../../platform/database/sql.js';

/**
 * For the system role. Deliveries keep real time, which no test clock moves.
 * What waits at an endpoint that is paused is never looked at; the endpoint is.
 * Those for whom there is no room do not stand before the others: $2 merchants
 * whose share is taken; of $3 operators, or of all, what is known to be slow.
 */
export const DUE_ENDPOINTS = statement(
  'notification_endpoints_due',
  `select "operatorId", id, "merchantId" from (
     select operator_id as "operatorId", id, merchant_id as "merchantId", due_at,
       row_number() over (partition by operator_id order by due_at) as place
     from notification_endpoints
     where due_at <= $1 and merchant_id <> all ($2::uuid[])
       and (status = 'HEALTHY' or not ($4::boolean or operator_id = any ($3::uuid[])))) as due
   where place <= 20 order by place, due_at limit 200`,
);

const ENDPOINT = `id, merchant_id as "merchantId", mode, origin, status, failures, failing_since as "failingSince",
  paused_until as "pausedUntil", lease_until as "leaseUntil", last_delivered_at as "lastDeliveredAt"`;

/**
 * What a turn settles need not be on the disk when it is answered: if the
 * database falls down, the end of its log is lost, and what that had settled
 * is sent again, in its order.
 */
export const COMMIT_LAZILY = statement('commit_lazily', `select set_config('synchronous_commit', 'off', true)`);

/** While it is leased it is due when the lease lapses: whoever dies with it is succeeded, and nobody else looks before. */
export const LEASE_ENDPOINT = statement(
  'notification_endpoints_lease',
  `update notification_endpoints set lease_token = $3, lease_until = $4, due_at = $4
   where operator_id = $1 and id = $2 and due_at <= $5 returning ${ENDPOINT}`,
);

/** Locked against whoever adds to the queue; nothing when the lease is another's by now. */
export const LOCK_LEASED = statement(
  'notification_endpoints_lock_leased',
  `select ${ENDPOINT} from notification_endpoints
   where operator_id = $1 and id = $2 and lease_token = $3 for no key update`,
);

export const LOCK_ENDPOINT = statement(
  'notification_endpoints_lock_one',
  `select ${ENDPOINT} from notification_endpoints where operator_id = $1 and id = $2 for no key update`,
);

export const RECORD_HEALTH = statement(
  'notification_endpoints_record_health',
  `update notification_endpoints set status = $3, failures = $4, failing_since = $5, paused_until = $6,
     last_delivered_at = coalesce($7, last_delivered_at)
   where operator_id = $1 and id = $2`,
);

export const RENEW_LEASE = statement(
  'notification_endpoints_renew_lease',
  `update notification_endpoints set lease_until = $3, due_at = $3 where operator_id = $1 and id = $2`,
);

/** Due again when its first notification is, or when the pause is over; never, when nothing waits. */
export const RELEASE_ENDPOINT = statement(
  'notification_endpoints_release',
  `update notification_endpoints e set lease_token = null, lease_until = null, due_at = (
     select greatest(n.due_at, e.paused_until) from notifications n
     where n.operator_id = $1 and n.endpoint_id = $2 and n.status = 'PENDING' and n.due_at is not null
     order by n.due_at limit 1)
   where e.operator_id = $1 and e.id = $2`,
);

export const CLAIM_MAX = 64;

const claim = (limit: number) =>
  statement(
    `notifications_claim_${limit}`,
    `select id, group_id as "groupId", url, format, body, attempts, tries, first_tried_at as "firstTriedAt",
       occurred_at as "occurredAt"
     from notifications
     where operator_id = $1 and endpoint_id = $2 and status = 'PENDING' and due_at is not null and due_at <= $3
       and (first_tried_at is null or first_tried_at > $4) and id <> all ($5::uuid[])
     order by due_at limit ${limit}`,
  );

export const CLAIM = claim(CLAIM_MAX);

/** For an endpoint that takes nothing: one is enough to see whether it does again. */
export const CLAIM_PROBE = claim(1);

const ENDED = `id, group_id as "groupId", merchant_id as "merchantId", mode, order_id as "orderId", type, attempts, status`;

/**
 * What came of tries. A number that is taken was settled before. The last try
 * is kept with its notification, for most need but one; the one before it, as
 * it was when this statement began, goes to the attempts.
 */
export const SETTLE = statement(
  'notifications_settle',
  `with tried as (
     select * from unnest($3::uuid[], $4::int[], $5::timestamptz[], $6::int[], $7::text[], $8::int[], $9::text[],
       $10::timestamptz[], $11::timestamptz[])
       as t (id, number, started_at, duration_ms, outcome, http_status, status, due_at, ended_at)),
   settled as (
     update notifications n set status = t.status, attempts = t.number, tries = n.tries + 1,
       first_tried_at = coalesce(n.first_tried_at, t.started_at), due_at = t.due_at,
       ready_at = case when t.due_at is not null then n.ready_at end,
       last_started_at = t.started_at, last_duration_ms = t.duration_ms, last_outcome = t.outcome,
       last_http_status = t.http_status,
       delivered_at = case t.status when 'DELIVERED' then t.ended_at end,
       given_up_at = case t.status when 'EXHAUSTED' then t.ended_at end
     from tried t
     where n.operator_id = $1 and n.endpoint_id = $2 and n.id = t.id and n.status = 'PENDING'
       and n.attempts = t.number - 1
     returning n.id, n.group_id, n.merchant_id, n.mode, n.order_id, n.type, n.attempts, n.status),
   kept as (
     insert into notification_attempts (operator_id, notification_id, number, started_at, duration_ms, outcome, http_status)
     select $1, n.id, n.attempts, n.last_started_at, n.last_duration_ms, n.last_outcome, n.last_http_status
     from tried t join settled s on s.id = t.id join notifications n on n.operator_id = $1 and n.id = t.id
     where t.number > 1)
   select ${ENDED} from settled`,
);

export const GIVE_UP_MAX = 1000;

/**
 * Those whose window is over: since their own first try, or, at an endpoint of
 * which every probe since $4 failed, since they were ready: its failing is
 * their try, too, and nobody is tried by the thousand.
 */
export const GIVE_UP = statement(
  'notifications_give_up',
  `update notifications set status = 'EXHAUSTED', given_up_at = $5, due_at = null, ready_at = null
   where operator_id = $1 and id in (
     select id from notifications
     where operator_id = $1 and endpoint_id = $2 and status = 'PENDING' and due_at is not null and ready_at <= $3
       and (first_tried_at <= $3 or first_tried_at is null and $4::timestamptz <= $3) and id <> all ($6::uuid[])
     limit ${GIVE_UP_MAX})
   returning ${ENDED}`,
);

/** In each of these groups the first that waits is due now; nothing where one is due already. */
export const PROMOTE = statement(
  'notifications_promote',
  `update notifications n set due_at = $4, ready_at = $4
   from unnest($3::uuid[]) as g (id) cross join lateral (
     select w.id, w.due_at from notifications w
     where w.operator_id = $1 and w.endpoint_id = $2 and w.group_id = g.id and w.status = 'PENDING'
     order by w.due_at is null, w.event_sequence, w.id limit 1) as next
   where n.operator_id = $1 and n.id = next.id and next.due_at is null`,
);

/** It takes notifications again: those that wait for a later try need not. */
export const HURRY = statement(
  'notifications_hurry',
  `update notifications set due_at = $3
   where operator_id = $1 and id in (
     select id from notifications where operator_id = $1 and endpoint_id = $2 and status = 'PENDING'
       and due_at is not null and due_at > $3 limit 1000)`,
);
