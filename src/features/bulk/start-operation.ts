import { redactCardNumbers } from '../../kernel/card-number.js';
import { later } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import { CsvRefused } from '../../platform/csv/csv-refused.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UploadedFile } from '../../platform/http/upload.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { earlierResult, idempotently, keyOf, READ_KEY } from '../../platform/idempotency/idempotently.js';
import { beginRunning } from './begin-running.js';
import { bulkOperationStatusChanged } from './bulk-events.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { lockedOperation } from './change-operation.js';
import { insertOperation, type WantedOperation } from './new-operation.js';
import { type FileFacts, receiveFile, sha256Of } from './receive-file.js';
import { undoUpload } from './undo-upload.js';
import { faultsOf, refusalOf, silentUntil, type Upload, type UploadParts } from './upload.js';

/** How long a file may be put to an operation's address. */
const PUT_WITHIN_MS = 3_600_000;

const FILE_NAME_MAX = 255;

/** The request as its caller would repeat it; null where the file is still to be put. */
type RequestOfFile = (sha256: string | null) => IdempotentRequest;

/** An operation whose file is put to an address of its own. */
export function awaitFile(
  { units }: UploadParts,
  operatorId: string,
  wanted: WantedOperation,
  request: RequestOfFile,
): Promise<BulkOperationRow> {
  return units.sql(operatorId, (transaction) =>
    idempotently(
      transaction,
      request(null),
      async () => {
        const until = later(transaction.realNow, PUT_WITHIN_MS);
        const operation = await insertOperation(transaction, wanted, {
          status: 'AWAITING_FILE',
          fileName: null,
          uploadUrlUntil: until,
          uploadUntil: until,
          leaseToken: null,
          leaseUntil: null,
        });
        transaction.publish(bulkOperationStatusChanged(null, operation));
        return { result: { operationId: operation.id }, value: operation };
      },
      ({ operationId = '' }) => lockedOperation(transaction, operationId),
    ),
  );
}

/**
 * An operation whose file came with the request. The idempotency key is taken
 * when the file is there as a whole, together with the start: only then it is
 * known whether it is the same file, and an upload that is cut off leaves the
 * key free. Of two at once the second is answered with the operation of the first.
 */
export async function receiveOperation(
  parts: UploadParts,
  operatorId: string,
  wanted: WantedOperation & { readonly file: UploadedFile },
  request: RequestOfFile,
): Promise<BulkOperationRow> {
  const { file, ...operation } = wanted;
  let giveBack = () => {};
  try {
    giveBack = parts.slots.take(operatorId);
    const known = await parts.units.sql(operatorId, (tx) => keyIsKnown(tx, request(null)));
    if (known) return await madeBefore(parts, operatorId, request(await sha256Of(file.content)));
    const upload = await beginUpload(parts, operatorId, operation, file.fileName);
    return await receivedOrUndone(parts, upload, file, request);
  } catch (error) {
    throw refusalOf(error);
  } finally {
    giveBack();
  }
}

async function keyIsKnown(transaction: Transaction, request: IdempotentRequest): Promise<boolean> {
  return request.key != null && (await transaction.query(READ_KEY, keyOf(transaction, request))).length > 0;
}

/** The earlier answer; a refusal where the key was used for anything else. Nothing is stored to find that out. */
function madeBefore({ units }: UploadParts, operatorId: string, request: IdempotentRequest): Promise<BulkOperationRow> {
  return units.sql(operatorId, async (transaction) => {
    const kept = await transaction.query(READ_KEY, keyOf(transaction, request));
    const { operationId = '' } = earlierResult(request, [], kept) ?? {};
    return lockedOperation(transaction, operationId);
  });
}

async function beginUpload(
  { units }: UploadParts,
  operatorId: string,
  wanted: WantedOperation,
  fileName: string,
): Promise<Upload> {
  const token = newUuid();
  const { id, kind } = await units.sql(operatorId, (transaction) => {
    const until = silentUntil(transaction.realNow);
    return insertOperation(transaction, wanted, {
      status: 'RECEIVING',
      fileName: shownName(fileName),
      uploadUrlUntil: null,
      uploadUntil: until,
      leaseToken: token,
      leaseUntil: until,
    });
  });
  return { operatorId, operationId: id, kind, token };
}

async function receivedOrUndone(
  parts: UploadParts,
  upload: Upload,
  file: UploadedFile,
  request: RequestOfFile,
): Promise<BulkOperationRow> {
  const undo = (error?: unknown) =>
    undoUpload(parts.units, upload, error instanceof CsvRefused ? faultsOf(error) : null).catch(parts.onFailure);
  try {
    const facts = await receiveFile(parts, upload, file.content);
    const operation = await runOnce(parts, upload, facts, request(facts.sha256));
    if (operation.id === upload.operationId) parts.wake();
    else await undo();
    return operation;
  } catch (error) {
    await undo(error);
    throw error;
  }
}

function runOnce(
  { units }: UploadParts,
  upload: Upload,
  facts: FileFacts,
  request: IdempotentRequest,
): Promise<BulkOperationRow> {
  return units.sql(upload.operatorId, (transaction) =>
    idempotently(
      transaction,
      request,
      async () => {
        const operation = await beginRunning(transaction, upload, facts);
        return { result: { operationId: operation.id }, value: operation };
      },
      ({ operationId = '' }) => lockedOperation(transaction, operationId),
    ),
  );
}

/** A text to show: what a sender calls a file is no more to be trusted than what is in it. */
function shownName(fileName: string): string | null {
  const shown = redactCardNumbers(
    fileName
      .toWellFormed()
      .replace(/\p{Cc}/gu, ' ')
      .trim(),
  );
  return [...shown].slice(0, FILE_NAME_MAX).join('') || null;
}
