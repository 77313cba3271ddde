import type { Transaction } from '../../platform/database/transaction.js';
import { UNSETTLED_ON_ACCOUNT } from './orders-sql.js';

/** Whether money may still move at that account by what was begun here: it cannot be disconnected yet. */
export async function hasUnsettledOrders(transaction: Transaction, accountId: string): Promise<boolean> {
  const parameters = [transaction.operatorId, accountId];
  const [row] = await transaction.query<{ unsettled: boolean }>(UNSETTLED_ON_ACCOUNT, parameters);
  return row?.unsettled ?? false;
}
