import { DomainError, notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import type { Claim } from './claim.js';
import type { OperationRow, OrderFile, OrderRow, TransactionRow } from './order-rows.js';
import { OPERATIONS_OF_ORDER, ORDER_BY_ID, TRANSACTIONS_OF_ORDER } from './orders-sql.js';

/**
 * Claims an operation once per idempotency key. A repetition is answered with
 * the order as it is now; while the first is still being carried out, the
 * caller is told to wait, because there is no answer to give yet.
 */
export function claimOnce(
  transaction: Transaction,
  idempotency: IdempotentRequest,
  claim: () => Promise<Claim>,
): Promise<Claim> {
  return idempotently(
    transaction,
    idempotency,
    async () => {
      const value = await claim();
      const result: Record<string, string> = { orderId: value.file.order.id };
      if (value.operation) result.operationId = value.operation.id;
      return { result, value };
    },
    ({ orderId = '', operationId }) => claimedBefore(transaction, orderId, operationId),
  );
}

async function claimedBefore(transaction: Transaction, orderId: string, operationId?: string): Promise<Claim> {
  const file = await readFile(transaction, orderId);
  const operation = file.operations.find(({ id }) => id === operationId) ?? null;
  if (operation?.status === 'PENDING') {
    throw new DomainError(
      'IDEMPOTENCY_KEY_IN_USE',
      'the first request with this idempotency key is still being carried out',
    );
  }
  return { file, operation, toCarryOut: false };
}

export async function readFile(transaction: Transaction, orderId: string): Promise<OrderFile> {
  const key = [transaction.operatorId, orderId];
  const [[order], operations, transactions] = await Promise.all([
    transaction.query<OrderRow>(ORDER_BY_ID, key),
    transaction.query<OperationRow>(OPERATIONS_OF_ORDER, key),
    transaction.query<TransactionRow>(TRANSACTIONS_OF_ORDER, key),
  ]);
  if (!order) throw notFound('order');
  return { order, operations, transactions };
}
