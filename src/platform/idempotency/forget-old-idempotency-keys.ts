import { later } from '../../kernel/clock.js';
import { statement } from '../database/sql.js';
import type { Transaction } from '../database/transaction.js';

/** Callers are promised 24 hours; a week also covers a client that was switched off over a long weekend. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

const FORGET = statement(
  'forget_idempotency_keys',
  'delete from idempotency_keys where operator_id = $1 and created_at < $2 returning key',
);

/** Deletes one operator's keys that nobody will repeat any more; resolves with how many. */
export async function forgetOldIdempotencyKeys(transaction: Transaction): Promise<number> {
  const forgotten = await transaction.query(FORGET, [transaction.operatorId, later(transaction.realNow, -KEPT_MS)]);
  return forgotten.length;
}
