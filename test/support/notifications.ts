import { uuidOf } from '../../src/kernel/ids.js';
import type { Row } from '../../src/platform/database/sql.js';
import { eventually } from './eventually.js';
import type { Json, Product, Shop } from './product.js';

const NOTIFICATION = `id type status url format body createdAt occurredAt deliveredAt exhaustedAt nextAttemptAt
  attempts { number startedAt durationMs outcome httpStatus } order { id } endpoint { id origin status failures }`;

export interface NotificationView {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly url: string;
  readonly format: string;
  readonly body: string;
  readonly deliveredAt: string | null;
  readonly exhaustedAt: string | null;
  readonly nextAttemptAt: string | null;
  readonly attempts: { number: number; durationMs: number; outcome: string; httpStatus: number | null }[];
  readonly order: { id: string } | null;
  readonly endpoint: { id: string; origin: string; status: string; failures: number };
}

/** Sets where a merchant's notifications go. */
export async function callAt(shop: Shop, callbackUrl: string, more: Json = {}): Promise<void> {
  await shop.operator.do('updateMerchant', { merchantId: shop.id, callbackUrl, ...more }, 'merchant { id }');
}

/** Turns what has happened into notifications, and has the deliveries taken up. */
export async function notify(product: Product): Promise<void> {
  await product.built.jobs.wake('notifications.fan-out');
  await product.built.jobs.wake('notifications.deliver');
}

/** Whether something of the operator's log is not turned into notifications: a transaction that is open anywhere holds up what is after it. */
const BEHIND = `select from events e left join notification_cursors c on c.operator_id = e.operator_id
  where e.operator_id = $1
    and (e.transaction_id, e.sequence) > (coalesce(c.transaction_id, '0'::xid8), coalesce(c.sequence, 0)) limit 1`;

/** Until all that happened is told, and nothing is due, or under way, at any endpoint of the shop's operator. */
export async function untilQuiet(product: Product, shop: Shop, withinMs?: number): Promise<void> {
  const operatorId = uuidOf('operator', shop.operator.id);
  await eventually(async () => {
    await notify(product);
    const { rowCount: behind } = await product.system.query(BEHIND, [operatorId]);
    if (behind) throw new Error('the log was not read to its end');
    const { rows } = await product.system.query(
      'select id from notification_endpoints where operator_id = $1 and due_at <= $2',
      [operatorId, product.clock.now()],
    );
    const leased = await rowsIn(product, shop, 'select id from notification_endpoints where lease_token is not null');
    if (rows.length + leased.length > 0) throw new Error(`${rows.length} due, ${leased.length} under way`);
  }, withinMs);
}

/** Rows as the shop's operator sees them. */
export async function rowsIn<Result extends Row = Row>(product: Product, shop: Shop, text: string): Promise<Result[]> {
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  return product.built.units.sql(operatorId, (transaction) => transaction.query<Result>({ name: '', text }));
}

/** Oldest first. */
export async function notificationsOf(shop: Shop, filter: Json = {}): Promise<NotificationView[]> {
  const { notifications } = await shop.ask<{ notifications: { nodes: NotificationView[] } }>(
    `query ($filter: NotificationFilter) { notifications(first: 100, filter: $filter) { nodes { ${NOTIFICATION} } } }`,
    { filter },
  );
  return notifications.nodes.toReversed();
}
