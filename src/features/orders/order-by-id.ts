import type { Transaction } from '../../platform/database/transaction.js';
import type { OrderRow } from './order-rows.js';
import { ORDERS_BY_ID } from './orders-sql.js';

/** An order as it is now, without its lock; null when there is none. */
export async function orderById(transaction: Transaction, orderId: string): Promise<OrderRow | null> {
  const [order] = await transaction.query<OrderRow>(ORDERS_BY_ID, [transaction.operatorId, [orderId]]);
  return order ?? null;
}
