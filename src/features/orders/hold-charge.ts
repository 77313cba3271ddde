import type { Transaction } from '../../platform/database/transaction.js';
import { HOLD_CHARGE } from './orders-sql.js';

/**
 * Says whether an order keeps other attempts at its charge, or its invoice, away. One whose money
 * the payer's bank took back does not; should it be won back first, it does again.
 * Not awaited: it travels with the commit.
 */
export function holdCharge(transaction: Transaction, orderId: string, isHeld: boolean): void {
  transaction.send(HOLD_CHARGE, [transaction.operatorId, orderId, isHeld]);
}
