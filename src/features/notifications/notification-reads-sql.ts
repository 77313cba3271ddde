import { statement } from '../../platform/database/sql.js';

export const NOTIFICATION_COLUMNS = `id, endpoint_id as "endpointId", merchant_id as "merchantId", mode, order_id as "orderId", type, url, format, body,
  status, attempts, due_at as "dueAt", occurred_at as "occurredAt", created_at as "createdAt",
  delivered_at as "deliveredAt", given_up_at as "givenUpAt"`;

export const NOTIFICATIONS_BY_ID = statement(
  'notifications_by_id',
  `select ${NOTIFICATION_COLUMNS} from notifications where operator_id = $1 and id = any ($2::uuid[])`,
);

/** The first hundred of each order: a status changes a dozen times at most, operations end as often. */
export const NOTIFICATIONS_OF_ORDERS = statement(
  'notifications_of_orders',
  `select n.* from unnest($2::uuid[]) as o (id) cross join lateral (
     select ${NOTIFICATION_COLUMNS} from notifications
     where operator_id = $1 and order_id = o.id order by id limit 100) as n`,
);

/** The last is kept with its notification. */
export const ATTEMPTS_OF_NOTIFICATIONS = statement(
  'notification_attempts_of',
  `select notification_id as "notificationId", number, started_at as "startedAt", duration_ms as "durationMs", outcome,
     http_status as "httpStatus"
   from notification_attempts where operator_id = $1 and notification_id = any ($2::uuid[])
   union all
   select id, attempts, last_started_at, last_duration_ms, last_outcome, last_http_status
   from notifications where operator_id = $1 and id = any ($2::uuid[]) and attempts > 0
   order by "notificationId", number`,
);

const ENDPOINT_COLUMNS = `id, merchant_id as "merchantId", mode, origin, status, failures, failing_since as "failingSince",
  paused_until as "pausedUntil", last_delivered_at as "lastDeliveredAt", created_at as "createdAt"`;

export const ENDPOINTS_BY_ID = statement(
  'notification_endpoints_by_id',
  `select ${ENDPOINT_COLUMNS} from notification_endpoints where operator_id = $1 and id = any ($2::uuid[])`,
);

/** A hundred of each merchant, newest first, for an order may name any address: those that have taken something before all others. */
export const ENDPOINTS_OF_MERCHANTS = statement(
  'notification_endpoints_of_merchants',
  `select e.* from unnest($2::uuid[]) as m (id) cross join lateral (
     select ${ENDPOINT_COLUMNS} from notification_endpoints
     where operator_id = $1 and merchant_id = m.id and mode = $3 and is_notified
     order by last_delivered_at is null, id desc limit 100) as e`,
);
