import type { Transaction } from '../../platform/database/transaction.js';
import { EXPIRE_NOW } from './orders-sql.js';

/** Ends the time in which a payer may confirm an order: it is closed at the payment system and becomes EXPIRED. */
export async function expireAttempt(transaction: Transaction, orderId: string): Promise<void> {
  await transaction.query(EXPIRE_NOW, [transaction.operatorId, orderId, transaction.now]);
}
