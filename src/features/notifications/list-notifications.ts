import { type IdKind, uuidOf } from '../../kernel/ids.js';
import { type Sql, statement } from '../../platform/database/sql.js';
import { isStorable } from '../../platform/graphql/validation.js';
import type { Principal, pageById } from '../tenancy/index.js';
import { NOTIFICATION_COLUMNS } from './notification-reads-sql.js';
import type { NotificationRow } from './notification-rows.js';

/** `NotificationFilter` as it comes from the edge. */
export interface NotificationFilterValues {
  readonly status?: readonly string[] | null;
  readonly type?: readonly string[] | null;
  readonly orderId?: string | null;
  readonly merchantId?: string | null;
  readonly createdFrom?: Date | null;
  readonly createdBefore?: Date | null;
}

/** A condition under a letter of its own, and its parameter. The texts are ours; a caller's words are only ever parameters. */
type Condition = readonly [letter: string, sql: (parameter: string) => string, value: unknown];

/** An id of nothing: matches no row, as an unknown id does. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Written out, and few: each makes a statement that is prepared. */
const LIMITS = [2, 21, 51, 101];

/** Newest first, as far as the principal may see them. One statement is prepared per set of filters used. */
export async function listNotifications(
  sql: Sql,
  principal: Principal,
  filter: NotificationFilterValues,
  page: ReturnType<typeof pageById>,
): Promise<NotificationRow[]> {
  if (filter.type?.some((type) => !isStorable(type))) return [];
  const conditions = [...scopeOf(principal, page.beforeId), ...filterOf(filter)];
  const where = conditions.map(([, text], index) => text(`$${index + 2}`)).join(' and ');
  const limit = LIMITS.find((each) => each >= page.limit) ?? page.limit;
  const name = `notifications_list_${conditions.map(([letter]) => letter).join('')}_${limit}`;
  const text = `select ${NOTIFICATION_COLUMNS} from notifications where operator_id = $1 and ${where} order by id desc limit ${limit}`;
  const values = conditions.map(([, , value]) => value);
  return sql.query<NotificationRow>(statement(name, text), [principal.operatorId, ...values]);
}

function scopeOf({ mode, merchantId }: Principal, beforeId: string): Condition[] {
  const conditions: Condition[] = [
    ['t', (p) => `mode = ${p}`, mode],
    ['i', (p) => `id < ${p}::uuid`, beforeId],
  ];
  if (merchantId) conditions.push(['w', (p) => `merchant_id = ${p}`, merchantId]);
  return conditions;
}

function filterOf(filter: NotificationFilterValues): Condition[] {
  const uuid = (kind: IdKind, id: string | null | undefined) => (id == null ? null : (uuidOf(kind, id) ?? NOBODY));
  const conditions: readonly Condition[] = [
    ['s', (p) => `status = any (${p}::text[])`, filter.status],
    ['y', (p) => `type = any (${p}::text[])`, filter.type],
    ['o', (p) => `order_id = ${p}`, uuid('order', filter.orderId)],
    ['m', (p) => `merchant_id = ${p}`, uuid('merchant', filter.merchantId)],
    ['f', (p) => `created_at >= ${p}`, filter.createdFrom],
    ['b', (p) => `created_at < ${p}`, filter.createdBefore],
  ];
  return conditions.filter(([, , value]) => value != null);
}
