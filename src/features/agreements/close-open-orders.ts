import { type Carriers, closeAttempt } from '../orders/index.js';
import { OPEN_ORDERS } from './agreements-sql.js';

export type OpenOrder = { id: string; chargeId: string | null };

/**
 * Closes orders of an agreement that wait for its payer. One after the other and
 * each by itself, because an order's lock comes before its agreement's.
 */
export async function closeOpenOrders(
  carriers: Carriers,
  { operatorId, agreementId }: { readonly operatorId: string; readonly agreementId: string },
  isToClose: (order: OpenOrder) => boolean,
): Promise<void> {
  const open = await carriers.units.sql(operatorId, (transaction) =>
    transaction.query<OpenOrder>(OPEN_ORDERS, [operatorId, agreementId]),
  );
  for (const order of open) if (isToClose(order)) await closeAttempt(carriers, operatorId, order.id);
}
