import { type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { PROMOTE } from './delivery-sql.js';
import { WAKE_ENDPOINTS } from './fan-out-sql.js';

/** For the system role. */
export const OPERATORS_WAITING = statement(
  'notification_operators_waiting',
  `select distinct operator_id as id from notifications where status = 'PENDING'`,
);

export const COUNT_WAITING = statement(
  'notifications_count_waiting',
  `select count(*) as waiting from notifications where status = 'PENDING'`,
);

export const COUNT_ENDPOINTS = statement(
  'notification_endpoints_count',
  'select status, count(*) as endpoints from notification_endpoints group by status',
);

const STRANDED_GROUPS = statement(
  'notifications_stranded_groups',
  `select endpoint_id as "endpointId", array_agg(distinct group_id) as "groupIds" from notifications w
   where operator_id = $1 and status = 'PENDING' and due_at is null and not exists (
     select from notifications h where h.operator_id = $1 and h.endpoint_id = w.endpoint_id
       and h.group_id = w.group_id and h.status = 'PENDING' and h.due_at is not null)
     and created_at < $2::timestamptz - interval '1 minute'
   group by endpoint_id order by endpoint_id limit 100`,
);

const UNATTENDED_ENDPOINTS = statement(
  'notification_endpoints_unattended',
  `select e.id from notification_endpoints e where e.operator_id = $1 and e.due_at is null and exists (
     select from notifications n where n.operator_id = $1 and n.endpoint_id = e.id and n.status = 'PENDING'
       and n.due_at is not null)
   order by e.id limit 1000 for no key update`,
);

const LOCK_ENDPOINTS_BY_ID = statement(
  'notification_endpoints_lock_by_id',
  'select id from notification_endpoints where operator_id = $1 and id = any ($2::uuid[]) order by id for no key update',
);

export async function operatorsWaiting(system: Sql): Promise<readonly string[]> {
  return (await system.query<{ id: string }>(OPERATORS_WAITING)).map(({ id }) => id);
}

/**
 * Finds notifications that wait behind nothing, and endpoints that nobody
 * would look at though something is due there. The locks leave none; this is
 * what would tell, and mend it. A test that was not sent because its process
 * died is the one thing that it has to find. Answers how many there were.
 */
export async function healStranded(transaction: Transaction): Promise<number> {
  const { operatorId, realNow } = transaction;
  const find = () =>
    transaction.query<{ endpointId: string; groupIds: string[] }>(STRANDED_GROUPS, [operatorId, realNow]);
  const suspected = await find();
  const endpointIds = suspected.map(({ endpointId }) => endpointId);
  // Under the locks of all who could have changed it: what is still stranded now, is.
  if (endpointIds.length > 0) await transaction.query(LOCK_ENDPOINTS_BY_ID, [operatorId, endpointIds]);
  const stranded = (endpointIds.length > 0 ? await find() : []).filter((each) => endpointIds.includes(each.endpointId));
  for (const { endpointId, groupIds } of stranded) {
    transaction.send(PROMOTE, [operatorId, endpointId, groupIds, realNow]);
  }
  const unattended = await transaction.query<{ id: string }>(UNATTENDED_ENDPOINTS, [operatorId]);
  transaction.send(WAKE_ENDPOINTS, [operatorId, unattended.map(({ id }) => id), realNow]);
  const missed = unattended.filter(({ id }) => !endpointIds.includes(id)).length;
  return stranded.reduce((sum, { groupIds }) => sum + groupIds.length, missed);
}
