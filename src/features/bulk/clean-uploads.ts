import { newUuid } from '../../kernel/ids.js';
import type { Sql } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { LOCK_OPERATION } from './bulk-sql.js';
import { advance, changeOperation } from './change-operation.js';
import { undoUpload } from './undo-upload.js';
import { silentUntil } from './upload.js';
import { UPLOADS_TO_CLEAN } from './uploads-sql.js';

interface CleaningParts {
  readonly units: UnitsOfWork;
  readonly system: Sql;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Ends what nobody has ended: addresses to which no file was put in time,
 * uploads whose process died, rows of uploads that were cancelled.
 */
export async function cleanUploads({ units, system, onFailure }: CleaningParts): Promise<void> {
  const due = await system.query<{ operatorId: string; id: string }>(UPLOADS_TO_CLEAN, [units.clock.now()]);
  for (const { operatorId, id } of due) await cleanUpload(units, operatorId, id).catch(onFailure);
}

async function cleanUpload(units: UnitsOfWork, operatorId: string, operationId: string): Promise<void> {
  const left = await units.sql(operatorId, (transaction) => takeOver(transaction, operationId));
  if (left) await undoUpload(units, { operatorId, operationId, token: left.leaseToken });
}

/** What is left of an upload is ours from here on: whoever wakes up and writes on finds that it has lost it. */
async function takeOver(transaction: Transaction, operationId: string): Promise<BulkOperationRow | null> {
  const [found] = await transaction.query<BulkOperationRow>(LOCK_OPERATION, [transaction.operatorId, operationId]);
  if (!found?.uploadUntil || found.uploadUntil > transaction.realNow) return null;
  const { operation } = await changeOperation(transaction, operationId, (locked) => {
    if (locked.status === 'AWAITING_FILE') {
      locked.uploadUntil = null;
      advance(transaction, locked, 'expire');
      return;
    }
    locked.uploadUntil = silentUntil(transaction.realNow);
    if (locked.status !== 'RECEIVING') return;
    locked.leaseToken = newUuid();
    locked.leaseUntil = locked.uploadUntil;
  });
  return operation.uploadUntil === null ? null : operation;
}
