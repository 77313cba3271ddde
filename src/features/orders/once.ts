import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { lockedFile } from './change-order.js';
import type { Claim } from './claim.js';

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
  const file = await lockedFile(transaction, orderId);
  const operation = file.operations.find(({ id }) => id === operationId) ?? null;
  if (operation?.status === 'PENDING') {
    throw new DomainError(
      'IDEMPOTENCY_KEY_IN_USE',
      'the first request with this idempotency key is still being carried out',
    );
  }
  return { file, operation, toCarryOut: false };
}
