import type { Transaction } from '../../platform/database/transaction.js';
import { bulkOperationProgressed } from './bulk-events.js';
import type { BulkOperationRow, RowProblem } from './bulk-rows.js';
import { CANCEL_ROWS, RECORD_ROWS } from './bulk-sql.js';
import { changeOperation, finishIfDone } from './change-operation.js';
import { doneRows, isProgressDue, paceAt } from './domain/progress.js';
import type { RowOutcome } from './domain/words.js';

/** What came of one row. */
export interface RowResult {
  readonly line: number;
  readonly outcome: Exclude<RowOutcome, 'PENDING'>;
  /** Given if, and only if, it failed. */
  readonly problem: RowProblem | null;
  readonly agreementId: string | null;
  readonly orderId: string | null;
}

/**
 * Writes what came of rows, counts them, tells of it at most once a second, and
 * ends the operation when no row is left. A row that has its outcome already is
 * passed over and not counted again. Resolves with the operation as it is then:
 * once it is not RUNNING any more, no further row may be begun.
 */
export async function recordRows(
  transaction: Transaction,
  { id }: Pick<BulkOperationRow, 'id'>,
  results: readonly RowResult[],
): Promise<BulkOperationRow> {
  const { operation } = await changeOperation(transaction, id, async (locked) => {
    const recorded = await transaction.query<{ outcome: RowResult['outcome'] }>(RECORD_ROWS, [
      transaction.operatorId,
      id,
      transaction.now,
      results.map(({ line }) => line),
      results.map(({ outcome }) => outcome),
      results.map(({ problem }) => problem && JSON.stringify(problem)),
      results.map(({ agreementId }) => agreementId),
      results.map(({ orderId }) => orderId),
    ]);
    const countOf = (wanted: string) => recorded.filter(({ outcome }) => outcome === wanted).length;
    locked.succeeded += countOf('SUCCEEDED');
    locked.repeated += countOf('REPEATED');
    locked.failed += countOf('FAILED');
    locked.canceled += countOf('CANCELED');
    tellProgress(transaction, locked);
    finishIfDone(transaction, locked);
  });
  return operation;
}

/**
 * One step of cancelling: some thousand rows that nobody has begun become
 * CANCELED. Whoever works on a CANCELING operation calls this until it says 0;
 * the rows that are PENDING then were begun, and are brought to their end.
 * A row is begun once its reference is taken, in a transaction that has locked
 * the operation and seen it RUNNING.
 */
export async function cancelRows(transaction: Transaction, operationId: string): Promise<number> {
  const { result } = await changeOperation(transaction, operationId, async (locked) => {
    if (locked.status !== 'CANCELING') return 0;
    const parameters = [transaction.operatorId, operationId, transaction.now];
    const { length } = await transaction.query(CANCEL_ROWS, parameters);
    locked.canceled += length;
    tellProgress(transaction, locked);
    finishIfDone(transaction, locked);
    return length;
  });
  return result;
}

function tellProgress(transaction: Transaction, operation: BulkOperationRow): void {
  if (!isProgressDue(operation, transaction.realNow)) return;
  Object.assign(operation, paceAt(operation, doneRows(operation), transaction.realNow));
  transaction.publish(bulkOperationProgressed(operation));
}
