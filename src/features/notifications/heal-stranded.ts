import { type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { PROMOTE } from './delivery-sql.js';
import { WAKE_ENDPOINTS } from './fan-out-sql.js';
import { TEST_TYPE } from './what-is-notified.js';

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
   where operator_id = $1 and status = 'PENDING' and due_at is null and type <> '${TEST_TYPE}' and not exists (
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
   order by e.id limit 1000`,
);

/** Tests are tried once, by whoever was asked: one that is as old as this has lost its process. */
const END_LOST_TESTS = statement(
  'notifications_end_lost_tests',
  `update notifications set status = 'EXHAUSTED', given_up_at = $2
   where operator_id = $1 and id in (
     select id from notifications where operator_id = $1 and status = 'PENDING' and due_at is null
       and type = '${TEST_TYPE}' and created_at < $2::timestamptz - interval '1 minute' limit 1000)`,
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
 * what would tell, and mend it. Answers how many there were. A test whose
 * process died is not sent again: nobody waits for it any more.
 */
export async function healStranded(transaction: Transaction): Promise<number> {
  const { operatorId, realNow } = transaction;
  const suspected = await findStranded(transaction);
  // All that are to be locked at once, in the order of ids: whoever else locks several waits for none of ours.
  const suspects = idsOf(suspected);
  if (suspects.length > 0) await transaction.query(LOCK_ENDPOINTS_BY_ID, [operatorId, suspects]);
  transaction.send(END_LOST_TESTS, [operatorId, realNow]);
  if (suspects.length === 0) return 0;
  // Under the locks of all who could have changed it: what is still stranded now, is.
  const { groups, unattended } = await findStranded(transaction);
  const stranded = groups.filter(({ endpointId }) => suspects.includes(endpointId));
  for (const { endpointId, groupIds } of stranded) {
    transaction.send(PROMOTE, [operatorId, endpointId, groupIds, realNow]);
  }
  const ofGroups = stranded.map(({ endpointId }) => endpointId);
  const missed = unattended.filter((id) => suspects.includes(id) && !ofGroups.includes(id));
  transaction.send(WAKE_ENDPOINTS, [operatorId, [...ofGroups, ...missed], realNow]);
  return stranded.reduce((sum, { groupIds }) => sum + groupIds.length, missed.length);
}

interface Stranded {
  readonly groups: readonly { readonly endpointId: string; readonly groupIds: readonly string[] }[];
  readonly unattended: readonly string[];
}

async function findStranded(transaction: Transaction): Promise<Stranded> {
  const { operatorId, realNow } = transaction;
  const [groups, unattended] = await Promise.all([
    transaction.query<{ endpointId: string; groupIds: string[] }>(STRANDED_GROUPS, [operatorId, realNow]),
    transaction.query<{ id: string }>(UNATTENDED_ENDPOINTS, [operatorId]),
  ]);
  return { groups, unattended: unattended.map(({ id }) => id) };
}

function idsOf({ groups, unattended }: Stranded): readonly string[] {
  return [...new Set([...groups.map(({ endpointId }) => endpointId), ...unattended])];
}
