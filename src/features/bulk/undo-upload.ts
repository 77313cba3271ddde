import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { BulkOperationRow, FileFault } from './bulk-rows.js';
import { LOCK_OPERATION } from './bulk-sql.js';
import { advance, changeOperation } from './change-operation.js';
import { silentUntil, type Upload } from './upload.js';
import { DELETE_OPERATION, DELETE_RECEIVED_ROWS } from './uploads-sql.js';

/** An upload, or what a cancelled one has left: that one has no token any more. */
type Undone = Pick<Upload, 'operatorId' | 'operationId'> & { readonly token: string | null };

/** Deletes what an upload has stored, some thousand rows a transaction. Nothing where it has lost its operation. */
export async function deleteRows(units: UnitsOfWork, { operatorId, operationId, token }: Undone): Promise<void> {
  const step = (transaction: Transaction) =>
    transaction.query(DELETE_RECEIVED_ROWS, [operatorId, operationId, token, silentUntil(transaction.realNow)]);
  while ((await units.sql(operatorId, step)).length > 0);
}

/**
 * Makes an upload undone: as if it had never been begun where the file came
 * with the request. Where it was put to an address it may be put again while
 * that is valid, unless the file itself was refused.
 */
export async function undoUpload(
  units: UnitsOfWork,
  upload: Undone,
  faults: readonly FileFault[] | null = null,
): Promise<void> {
  await deleteRows(units, upload);
  const { operatorId, operationId, token } = upload;
  await units.sql(operatorId, async (transaction) => {
    const [found] = await transaction.query<BulkOperationRow>(LOCK_OPERATION, [operatorId, operationId]);
    if (!found || found.leaseToken !== token || found.uploadUntil === null) return;
    if (found.status === 'RECEIVING' && found.uploadUrlUntil === null) {
      transaction.send(DELETE_OPERATION, [operatorId, operationId]);
    } else {
      await changeOperation(transaction, operationId, (operation) => settle(transaction, operation, faults));
    }
  });
}

function settle(transaction: Transaction, operation: BulkOperationRow, faults: readonly FileFault[] | null): void {
  const { status, uploadUrlUntil } = operation;
  operation.uploadUntil = null;
  if (status !== 'RECEIVING') return;
  operation.rowCount = 0;
  operation.failed = 0;
  if (faults !== null) {
    operation.fileFaults = faults;
    advance(transaction, operation, 'refuse');
  } else if (uploadUrlUntil !== null && uploadUrlUntil > transaction.realNow) {
    advance(transaction, operation, 'lose');
    operation.uploadUntil = uploadUrlUntil;
    operation.leaseToken = null;
    operation.leaseUntil = null;
  } else {
    advance(transaction, operation, 'expire');
  }
}
