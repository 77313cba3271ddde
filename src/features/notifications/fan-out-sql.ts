import { statement } from '../../platform/database/sql.js';

export const ENSURE_CURSOR = statement(
  'notification_cursors_ensure',
  `insert into notification_cursors (operator_id, transaction_id, sequence) values ($1, '0', 0) on conflict do nothing`,
);

/** Nothing where somebody else is at it: they will see what we would have seen, or the clock's next look does. */
export const LOCK_CURSOR = statement(
  'notification_cursors_lock',
  `select transaction_id::text as "transactionId", sequence from notification_cursors
   where operator_id = $1 for no key update skip locked`,
);

export const ADVANCE_CURSOR = statement(
  'notification_cursors_advance',
  'update notification_cursors set transaction_id = $2::text::xid8, sequence = $3 where operator_id = $1',
);

/** For the system role: operators whose log goes on behind their cursor. A look into the index for each. */
export const OPERATORS_BEHIND = statement(
  'notification_operators_behind',
  `select o.id from operators o left join notification_cursors c on c.operator_id = o.id
   where exists (
     select from events e where e.operator_id = o.id
       and (e.transaction_id, e.sequence) > (coalesce(c.transaction_id, '0'::xid8), coalesce(c.sequence, 0))
       and e.transaction_id < pg_snapshot_xmin(pg_current_snapshot()))
   limit 1000`,
);

export const ADD_ENDPOINTS = statement(
  'notification_endpoints_add',
  `insert into notification_endpoints (operator_id, id, merchant_id, mode, origin, status, created_at)
   select $1, id, merchant_id, mode, origin, 'HEALTHY', $6
   from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as e (id, merchant_id, mode, origin)
   on conflict (operator_id, merchant_id, mode, origin) do nothing`,
);

/** In the order of ids, as everybody locks several of them. */
export const LOCK_ENDPOINTS = statement(
  'notification_endpoints_lock',
  `select id, merchant_id as "merchantId", mode, origin, is_notified as "isNotified" from notification_endpoints
   where operator_id = $1 and (merchant_id, mode, origin) in (
     select merchant_id, mode, origin
     from unnest($2::uuid[], $3::text[], $4::text[]) as e (merchant_id, mode, origin))
   order by id for no key update`,
);

/** Tests make endpoints, too; these are more than that. Under their locks. */
export const MARK_NOTIFIED = statement(
  'notification_endpoints_mark_notified',
  'update notification_endpoints set is_notified = true where operator_id = $1 and id = any ($2::uuid[])',
);

/**
 * The first of its group in the batch is due at once, unless one of its group
 * waits already. Whoever settles those holds the endpoint's lock, as we do.
 */
export const ADD_NOTIFICATIONS = statement(
  'notifications_add',
  `insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, order_id, group_id, event_sequence, type,
     url, format, body, status, occurred_at, created_at, due_at, ready_at)
   select $1, n.id, n.endpoint_id, n.merchant_id, n.mode, n.order_id, n.group_id, n.event_sequence, n.type,
     n.url, n.format, n.body, 'PENDING', n.occurred_at, $14, head.at, head.at
   from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::bigint[], $9::text[],
     $10::text[], $11::text[], $12::text[], $13::timestamptz[], $15::boolean[])
     as n (id, endpoint_id, merchant_id, mode, order_id, group_id, event_sequence, type, url, format, body,
       occurred_at, is_first)
   cross join lateral (select case when n.is_first and not exists (
     select from notifications p where p.operator_id = $1 and p.endpoint_id = n.endpoint_id
       and p.group_id = n.group_id and p.status = 'PENDING') then $14::timestamptz end as at) as head
   on conflict (operator_id, event_sequence) do nothing`,
);

/** Somebody has to look, when the pause is over. Whoever holds the lease looks by itself before it lets go. */
export const WAKE_ENDPOINTS = statement(
  'notification_endpoints_wake',
  `update notification_endpoints set due_at = least(due_at, greatest($3::timestamptz, paused_until))
   where operator_id = $1 and id = any ($2::uuid[]) and lease_token is null`,
);
