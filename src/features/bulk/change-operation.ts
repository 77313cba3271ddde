import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../kernel/errors.js';
import { nextState } from '../../kernel/state-machine.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { bulkOperationStatusChanged } from './bulk-events.js';
import { type BulkOperationRow, OPERATIONS } from './bulk-rows.js';
import { LOCK_OPERATION } from './bulk-sql.js';
import { BULK_TRANSITIONS, type BulkEvent, hasEnded } from './domain/bulk-status.js';
import { doneRows } from './domain/progress.js';

/**
 * The only way an operation changes once it is there: its row is locked,
 * `change` decides in memory, and what differs after is written with the event
 * that tells of it. Whoever renews a lease or counts rows goes this way, too.
 */
export async function changeOperation<Result>(
  transaction: Transaction,
  operationId: string,
  change: (operation: BulkOperationRow) => Result | Promise<Result>,
): Promise<{ readonly operation: BulkOperationRow; readonly result: Result }> {
  const operation = await lockedOperation(transaction, operationId);
  const before = { ...operation };
  const result = await change(operation);
  if (!isDeepStrictEqual(before, { ...operation })) {
    transaction.send(OPERATIONS.update, OPERATIONS.parameters(transaction.operatorId, [operation]));
    if (before.status !== operation.status) {
      transaction.publish(bulkOperationStatusChanged(before.status, operation));
    }
  }
  return { operation, result };
}

/** The operation, which nobody else changes until this transaction ends. */
export async function lockedOperation(transaction: Transaction, operationId: string): Promise<BulkOperationRow> {
  const [operation] = await transaction.query<BulkOperationRow>(LOCK_OPERATION, [transaction.operatorId, operationId]);
  if (!operation) throw notFound('bulk operation');
  return operation;
}

/** Moves an operation on, or refuses in words where its status does not allow it. What has ended is due no more. */
export function advance(transaction: Transaction, operation: BulkOperationRow, event: BulkEvent): void {
  operation.status = nextState(BULK_TRANSITIONS, operation.status, event);
  if (!hasEnded(operation.status)) return;
  operation.finishedAt = transaction.now;
  operation.dueAt = null;
  operation.leaseToken = null;
  operation.leaseUntil = null;
}

/** Ends an operation that runs or is being cancelled, once every row of it has its outcome. */
export function finishIfDone(transaction: Transaction, operation: BulkOperationRow): void {
  const { status, rowCount, canceled } = operation;
  const isAtWork = status === 'RUNNING' || status === 'PAUSED' || status === 'CANCELING';
  if (isAtWork && doneRows(operation) === rowCount) {
    advance(transaction, operation, canceled > 0 ? 'stop' : 'complete');
  }
}
