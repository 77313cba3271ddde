import { Table } from '../../platform/database/table.js';
import type { BulkKind, BulkStatus, RowOutcome } from './domain/words.js';

/** What is wrong with a file as a whole, at one place of it. */
export interface FileFault {
  readonly line: number;
  readonly column: string | null;
  readonly message: string;
}

/** Why a row was refused, as the single mutation would have said it. */
export interface RowProblem {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly issues: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** An operation as the statements of this feature read it. */
export type BulkOperationRow = {
  id: string;
  merchantId: string;
  mode: 'TEST' | 'LIVE';
  kind: BulkKind;
  status: BulkStatus;
  isDryRun: boolean;
  apiKeyId: string;
  fileName: string | null;
  header: readonly string[] | null;
  separator: string | null;
  sha256: string | null;
  rowCount: number;
  succeeded: number;
  repeated: number;
  failed: number;
  canceled: number;
  fileFaults: readonly FileFault[] | null;
  rowsPerSecond: number | null;
  progressedAt: Date | null;
  progressedRows: number;
  uploadUrlUntil: Date | null;
  uploadUntil: Date | null;
  dueAt: Date | null;
  leaseToken: string | null;
  leaseUntil: Date | null;
  createdAt: Date;
  receivedAt: Date | null;
  finishedAt: Date | null;
  forgottenAt: Date | null;
};

export const OPERATIONS = new Table<BulkOperationRow>('bulk_operations', {
  id: null,
  merchantId: { fixed: true },
  mode: { fixed: true },
  kind: { fixed: true },
  status: null,
  isDryRun: { fixed: true },
  apiKeyId: null,
  fileName: null,
  header: null,
  separator: null,
  sha256: null,
  rowCount: null,
  succeeded: null,
  repeated: null,
  failed: null,
  canceled: null,
  fileFaults: null,
  rowsPerSecond: null,
  progressedAt: null,
  progressedRows: null,
  uploadUrlUntil: { fixed: true },
  uploadUntil: null,
  dueAt: null,
  leaseToken: null,
  leaseUntil: null,
  createdAt: { fixed: true },
  receivedAt: null,
  finishedAt: null,
  forgottenAt: null,
});

/** A row of a file as the API shows it. */
export type BulkFileRow = {
  operationId: string;
  line: number;
  cells: readonly string[] | null;
  reference: string | null;
  outcome: RowOutcome;
  problem: RowProblem | null;
  agreementId: string | null;
  orderId: string | null;
  finishedAt: Date | null;
};

export const ROW_COLUMNS =
  'operation_id as "operationId", line, cells, reference, outcome, problem, agreement_id as "agreementId", ' +
  'order_id as "orderId", finished_at as "finishedAt"';
