import { DomainError } from '../../kernel/errors.js';
import { type Row, type Statement, statement } from '../database/sql.js';
import type { Transaction } from '../database/transaction.js';
import { type IdempotentRequest, requestHash } from './idempotent-request.js';

/** The ids of what was made, from which the first answer is built again. */
export type KeptResult = Readonly<Record<string, string>>;

/**
 * Claims a key. One row comes back when it was free; none when an earlier
 * request has it. A request that is still running holds the index entry, so
 * this waits for its commit or its end, and there is never a key "in use".
 */
export const CLAIM_KEY: Statement = statement(
  'claim_idempotency_key',
  `insert into idempotency_keys (operator_id, owner, key, request_hash, result, created_at)
   values ($1, $2, $3, $4, $5::text::jsonb, $6)
   on conflict (operator_id, owner, key) do nothing
   returning key`,
);

/** What the first request left. A statement of its own: the one that claims began before the winner committed. */
export const READ_KEY: Statement = statement(
  'read_idempotency_key',
  `select request_hash, result::text as result from idempotency_keys
   where operator_id = $1 and owner = $2 and key = $3`,
);

const RECORD_RESULT: Statement = statement(
  'record_idempotent_result',
  `update idempotency_keys set result = $4::text::jsonb where operator_id = $1 and owner = $2 and key = $3`,
);

/** The parameters of `CLAIM_KEY`. Give the result where the ids are known beforehand; nothing has to be recorded then. */
export function claimParameters(
  transaction: Transaction,
  request: IdempotentRequest,
  result: KeptResult = {},
): readonly unknown[] {
  return [...keyOf(transaction, request), requestHash(request), JSON.stringify(result), transaction.realNow];
}

/** The parameters of `READ_KEY`. */
export function keyOf(transaction: Transaction, { owner, key }: IdempotentRequest): readonly unknown[] {
  return [transaction.operatorId, owner, key];
}

/**
 * What the rows of `CLAIM_KEY` and `READ_KEY` say: null when the work is ours
 * to do, else the first request's result. For hot ways, which send both
 * statements and their own insert (guarded by `exists` on the claim) at once.
 */
export function earlierResult(
  request: IdempotentRequest,
  claimed: readonly Row[],
  kept: readonly Row[],
): KeptResult | null {
  if (claimed.length > 0) return null;
  const [row] = kept;
  if (row?.request_hash !== requestHash(request)) {
    throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'this idempotencyKey was used before with another input');
  }
  return JSON.parse(String(row.result)) as KeptResult;
}

/**
 * Does `work` once for a key, however often and however simultaneously the
 * request arrives: claim and effect commit together or not at all. The same
 * request again gets the first answer from `replay`.
 */
export async function idempotently<Value>(
  transaction: Transaction,
  request: IdempotentRequest | null,
  work: () => Promise<{ readonly result: KeptResult; readonly value: Value }>,
  replay: (result: KeptResult) => Promise<Value>,
): Promise<Value> {
  if (request?.key == null) return (await work()).value;
  const claimed = await transaction.query(CLAIM_KEY, claimParameters(transaction, request));
  const kept = claimed.length > 0 ? [] : await transaction.query(READ_KEY, keyOf(transaction, request));
  const earlier = earlierResult(request, claimed, kept);
  if (earlier) return replay(earlier);
  const { result, value } = await work();
  transaction.send(RECORD_RESULT, [...keyOf(transaction, request), JSON.stringify(result)]);
  return value;
}
