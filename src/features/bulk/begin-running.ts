import type { Transaction } from '../../platform/database/transaction.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { advance, changeOperation, finishIfDone } from './change-operation.js';
import { doneRows } from './domain/progress.js';
import type { FileFacts } from './receive-file.js';
import { type Upload, UploadSuperseded } from './upload.js';

/** The file is there as a whole: its rows are due now. Where each was refused already, the operation ends with that. */
export async function beginRunning(
  transaction: Transaction,
  { operationId, token }: Upload,
  facts: FileFacts,
): Promise<BulkOperationRow> {
  const { operation } = await changeOperation(transaction, operationId, (locked) => {
    if (locked.status !== 'RECEIVING' || locked.leaseToken !== token) throw new UploadSuperseded();
    Object.assign(locked, facts);
    locked.uploadUntil = null;
    locked.leaseToken = null;
    locked.leaseUntil = null;
    locked.receivedAt = transaction.now;
    locked.dueAt = transaction.now;
    locked.progressedAt = transaction.realNow;
    locked.progressedRows = doneRows(locked);
    advance(transaction, locked, 'start');
    finishIfDone(transaction, locked);
  });
  return operation;
}
