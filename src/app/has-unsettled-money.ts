import { awaitsMovements } from '../features/ledger/index.js';
import { hasUnsettledOrders } from '../features/orders/index.js';
import type { Transaction } from '../platform/database/transaction.js';

/** What keeps an account's keys: orders that may still move money there, and money of which the account has still to tell. */
export async function hasUnsettledMoney(transaction: Transaction, accountId: string): Promise<boolean> {
  return (await hasUnsettledOrders(transaction, accountId)) || (await awaitsMovements(transaction, accountId));
}
