import type { Transaction } from '../../platform/database/transaction.js';
import { accountOf } from '../payment-systems/index.js';
import { type CancellationReason, stepsFor } from './cancel-order.js';
import { changeOrder } from './change-order.js';
import { openOperation } from './operations.js';
import { inFlight, money, transactionsOf } from './order-rows.js';

/**
 * Begins to give back money that has come for nothing, in the transaction that
 * found it out: nobody can crash between the two. The reconciler sends it within
 * moments, as whatever is left unsent. Answers with the operation; null where
 * it cannot be given back by itself, so that somebody has to be told.
 */
export async function giveBack(
  transaction: Transaction,
  orderId: string,
  amount: bigint,
  reason: CancellationReason,
): Promise<string | null> {
  const { operatorId, now } = transaction;
  const { result } = await changeOrder(transaction, orderId, async (file) => {
    const { order } = file;
    if (inFlight(file) || order.disputed > 0n) return null;
    if ((await accountOf(transaction, operatorId, order.accountId)).status === 'DISCONNECTED') return null;
    const steps = stepsFor(order, money(order, amount));
    // A part of a hold goes back with its capture, which nobody has asked for.
    if (steps.some(({ effect }) => effect !== 'NOW')) return null;
    const operation = openOperation(
      file,
      { type: 'CANCELLATION', amount, reason, request: {} },
      steps.map(({ type, amount: { minor } }) => ({ type, amount: minor })),
      now,
    );
    for (const step of transactionsOf(file, operation)) step.dueAt = now;
    return operation.id;
  });
  return result;
}
