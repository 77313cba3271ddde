import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { earlierResult, type KeptResult, keyOf, READ_KEY } from '../../platform/idempotency/idempotently.js';

/**
 * What the same request was answered before, or null. For work with calls to
 * the outside in its middle: they are spared when the answer is known, and the
 * key is claimed with the effect, at the end.
 */
export async function answeredBefore(transaction: Transaction, request: IdempotentRequest): Promise<KeptResult | null> {
  if (request.key == null) return null;
  const kept = await transaction.query(READ_KEY, keyOf(transaction, request));
  return kept.length === 0 ? null : earlierResult(request, [], kept);
}
