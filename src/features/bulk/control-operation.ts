import { notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { advance, changeOperation, lockedOperation } from './change-operation.js';
import { hasEnded } from './domain/bulk-status.js';
import { doneRows } from './domain/progress.js';
import { cancelRows } from './record-rows.js';

/** On whose behalf an operation is paused, resumed or cancelled. */
export interface BulkCaller {
  readonly mode: 'TEST' | 'LIVE';
  /** Null for an operator's key, which sees all merchants'. */
  readonly merchantId: string | null;
  readonly keyId: string;
}

/** Begins no further row until it is resumed. Rows under way are finished. Of one that is PAUSED already it is success. */
export function pauseOperation(
  transaction: Transaction,
  caller: BulkCaller,
  operationId: string,
): Promise<BulkOperationRow> {
  return changed(transaction, caller, operationId, (operation) => {
    if (operation.status === 'PAUSED') return;
    advance(transaction, operation, 'pause');
    operation.dueAt = null;
    operation.rowsPerSecond = null;
  });
}

/**
 * Goes on where it was paused, in the name of the key that resumes it: the one
 * before may have been revoked. Of one that is RUNNING already it is success, and
 * goes on in that name, too: the key before may be about to be revoked.
 */
export function resumeOperation(
  transaction: Transaction,
  caller: BulkCaller,
  operationId: string,
): Promise<BulkOperationRow> {
  return changed(transaction, caller, operationId, (operation) => {
    operation.apiKeyId = caller.keyId;
    if (operation.status === 'RUNNING') return;
    advance(transaction, operation, 'resume');
    operation.dueAt = transaction.now;
    // What was not done meanwhile says nothing of the pace.
    operation.progressedAt = transaction.realNow;
    operation.progressedRows = doneRows(operation);
  });
}

/**
 * Begins no further row, for good. What rows were received of a file that is
 * still arriving are deleted; of one that runs, those that were not begun become
 * CANCELED, the first some thousand at once. Whoever carries out rows does the rest.
 */
export async function cancelOperation(
  transaction: Transaction,
  caller: BulkCaller,
  operationId: string,
): Promise<BulkOperationRow> {
  const operation = await changed(transaction, caller, operationId, (found) => {
    const { status } = found;
    if (status === 'CANCELED' || status === 'CANCELING') return;
    advance(transaction, found, 'cancel');
    if (!hasEnded(found.status)) {
      found.dueAt = transaction.now;
      return;
    }
    found.rowCount = 0;
    found.failed = 0;
    found.uploadUntil = status === 'RECEIVING' ? transaction.realNow : null;
  });
  if (operation.status !== 'CANCELING') return operation;
  await cancelRows(transaction, operationId);
  return lockedOperation(transaction, operationId);
}

async function changed(
  transaction: Transaction,
  { mode, merchantId }: BulkCaller,
  operationId: string,
  change: (operation: BulkOperationRow) => void,
): Promise<BulkOperationRow> {
  const { operation } = await changeOperation(transaction, operationId, (found) => {
    const isVisible = found.mode === mode && (merchantId === null || merchantId === found.merchantId);
    if (!isVisible) throw notFound('bulk operation');
    change(found);
  });
  return operation;
}
