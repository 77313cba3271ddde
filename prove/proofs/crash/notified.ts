import { publicId } from '../../../src/kernel/ids.js';
import type { Product } from '../../../test/support/product.js';
import { asOwner } from '../../world/as-owner.js';
import type { MoodyReceiver } from './moody-receiver.js';

const TOLD = `e.type = 'order.status_changed' and e.payload ->> 'status' in ('AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED',
    'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELED', 'DECLINED', 'EXPIRED', 'VERIFIED', 'DISPUTED')
  or e.type = 'operation.status_changed' and e.payload ->> 'status' in ('SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'DECLINED', 'FAILED', 'CANCELED')`;

/** No event without its notification, none without the shop's `ok`, and of each order the status in which it is now. */
export async function notificationsHold(product: Product, { heard, receiver }: MoodyReceiver) {
  const missing = await asOwner<{ what: string }>(
    product,
    `select e.type || ' ' || e.sequence || ' ' || (e.payload ->> 'status') as what from events e where (${TOLD})
       and not exists (select from notifications n where n.operator_id = e.operator_id and n.event_sequence = e.sequence)`,
  );
  const rows = await asOwner<{ id: string; status: string }>(product, 'select id, status from notifications');
  const said = new Map<string, Set<string>>();
  for (const { id, body } of receiver.received) {
    const { type, data } = JSON.parse(body) as { type: string; data: { orderId?: string; status?: string } };
    if (type !== 'order.status_changed' || !heard.has(id)) continue;
    const orderId = data.orderId ?? '';
    said.set(orderId, (said.get(orderId) ?? new Set()).add(data.status ?? ''));
  }
  const orders = await asOwner<{ id: string; status: string }>(
    product,
    `select id, status from orders where status not in ('CREATED', 'PROCESSING', 'REQUIRES_ACTION')`,
  );
  const untold = orders.filter(({ id, status }) => !said.get(publicId('order', id))?.has(status));
  return {
    notifications: rows.length,
    violations: [
      ...missing.map(({ what }) => `of ${what} nobody is told`),
      ...rows.flatMap(({ id, status }) => (status === 'DELIVERED' ? [] : [`notification ${id} is ${status}`])),
      ...rows
        .filter(({ id, status }) => status === 'DELIVERED' && !heard.has(publicId('notification', id)))
        .map(({ id }) => `notification ${id} is DELIVERED, and nobody answered ok`),
      ...untold.map(({ id, status }) => `no shop has heard that ${publicId('order', id)} is ${status}`),
    ],
  };
}
