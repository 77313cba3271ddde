import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { doneRows } from './domain/progress.js';
import type { BulkStatus } from './domain/words.js';

/** What others may react to. */
export const BULK_OPERATION_STATUS_CHANGED = 'bulk_operation.status_changed';
/** Told at most once a second while rows are done; never for each row. */
export const BULK_OPERATION_PROGRESSED = 'bulk_operation.progressed';

/** `previousStatus` is null for an operation that was not told of before. */
export function bulkOperationStatusChanged(
  previousStatus: BulkStatus | null,
  operation: BulkOperationRow,
): DomainEvent {
  return bulkEvent(BULK_OPERATION_STATUS_CHANGED, operation, { previousStatus });
}

export function bulkOperationProgressed(operation: BulkOperationRow): DomainEvent {
  return bulkEvent(BULK_OPERATION_PROGRESSED, operation, { rowsPerSecond: operation.rowsPerSecond });
}

function bulkEvent(type: string, operation: BulkOperationRow, payload: Record<string, unknown>): DomainEvent {
  const { id, merchantId, mode, kind, status, isDryRun, rowCount, succeeded, repeated, failed, canceled } = operation;
  const counts = { total: rowCount, done: doneRows(operation), succeeded, repeated, failed, canceled };
  return {
    type,
    subjectId: id,
    merchantId,
    payload: {
      operationId: publicId('bulkOperation', id),
      kind,
      mode,
      status,
      dryRun: isDryRun,
      ...counts,
      ...payload,
    },
  };
}
