import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { CsvRefused } from '../../platform/csv/csv-refused.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { beginRunning } from './begin-running.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { advance, changeOperation } from './change-operation.js';
import { receiveFile, sha256Of } from './receive-file.js';
import { deleteRows, undoUpload } from './undo-upload.js';
import { faultsOf, silentUntil, type Upload, type UploadParts, UploadSuperseded } from './upload.js';
import type { UploadTarget } from './upload-link.js';

/**
 * Takes in a file that is put to its operation's address. One that was cut off
 * is put again; the latest upload counts, since the one before it may be a
 * connection that nobody knows to be dead. The same file once more, for an
 * answer that was lost, gets that answer. Throws `CsvRefused`, `UploadCut`, and
 * a refusal where the operation takes no file, or no other one, any more.
 */
export async function putFile(
  parts: UploadParts,
  { operatorId, operationId }: UploadTarget,
  content: AsyncIterable<Uint8Array>,
): Promise<BulkOperationRow> {
  const found = await parts.units.sql(operatorId, (transaction) => beginUpload(transaction, operationId));
  const { kind, leaseToken: token, sha256 } = found;
  if (found.status !== 'RECEIVING' || token === null) {
    if (sha256 !== null && sha256 === (await sha256Of(content))) return found;
    throw new DomainError('ILLEGAL_TRANSITION', `this operation is ${found.status} and takes no other file`);
  }
  const upload: Upload = { operatorId, operationId, kind, token };
  try {
    await deleteRows(parts.units, upload);
    const facts = await receiveFile(parts, upload, content);
    const operation = await parts.units.sql(operatorId, (transaction) => beginRunning(transaction, upload, facts));
    parts.wake();
    return operation;
  } catch (error) {
    const faults = error instanceof CsvRefused ? faultsOf(error) : null;
    await undoUpload(parts.units, upload, faults).catch(parts.onFailure);
    throw error instanceof UploadSuperseded ? superseded() : error;
  }
}

/** Whoever was just sending loses the operation by this: the token is another one from here on. */
async function beginUpload(transaction: Transaction, operationId: string): Promise<BulkOperationRow> {
  const { operation } = await changeOperation(transaction, operationId, (locked) => {
    if (locked.status === 'AWAITING_FILE') advance(transaction, locked, 'receive');
    if (locked.status !== 'RECEIVING') return;
    locked.leaseToken = newUuid();
    locked.leaseUntil = silentUntil(transaction.realNow);
    locked.uploadUntil = locked.leaseUntil;
    locked.rowCount = 0;
    locked.failed = 0;
  });
  return operation;
}

function superseded(): DomainError {
  return new DomainError('ILLEGAL_TRANSITION', 'the operation was cancelled, or its file put once more, meanwhile');
}
