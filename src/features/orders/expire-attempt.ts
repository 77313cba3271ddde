import type { Transaction } from '../../platform/database/transaction.js';
import type { Carriers } from './carrier.js';
import { EXPIRE_IF_FREE, EXPIRE_NOW } from './orders-sql.js';
import { attendDeadline } from './watch-deadlines.js';

/** Ends the time in which a payer may confirm an order: it is closed at the payment system and becomes EXPIRED. */
export async function expireAttempt(transaction: Transaction, orderId: string): Promise<void> {
  await transaction.query(EXPIRE_NOW, [transaction.operatorId, orderId, transaction.now]);
}

/**
 * The same by whoever holds the lock of its invoice already, which comes after
 * an order's: one that somebody is at just now stays, and what it brings is more
 * than is owed.
 */
export async function expireIfFree(transaction: Transaction, orderId: string): Promise<void> {
  await transaction.query(EXPIRE_IF_FREE, [transaction.operatorId, orderId, transaction.now]);
}

/**
 * The same, and closes it now rather than when the watcher of deadlines looks
 * next: until then its payer could still pay. What fails is left to the watcher.
 */
export async function closeAttempt(carriers: Carriers, operatorId: string, orderId: string): Promise<void> {
  await carriers.units.sql(operatorId, (transaction) => expireAttempt(transaction, orderId));
  await attendDeadline(carriers, { operatorId, id: orderId }).catch(() => {});
}
