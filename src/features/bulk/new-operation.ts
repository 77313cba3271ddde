import { notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { OPERATIONS } from './bulk-rows.js';
import type { BulkKind } from './domain/words.js';
import { MERCHANT_THERE } from './uploads-sql.js';

/** What is wanted of a file, and in whose name. */
export interface WantedOperation {
  readonly kind: BulkKind;
  readonly merchantId: string;
  readonly mode: 'TEST' | 'LIVE';
  readonly isDryRun: boolean;
  readonly apiKeyId: string;
}

/** In what state an operation begins: its file is awaited, or just arriving. */
type Beginning = Pick<
  BulkOperationRow,
  'status' | 'fileName' | 'uploadUrlUntil' | 'uploadUntil' | 'leaseToken' | 'leaseUntil'
>;

export async function insertOperation(
  transaction: Transaction,
  wanted: WantedOperation,
  beginning: Beginning,
): Promise<BulkOperationRow> {
  const { operatorId } = transaction;
  const [merchant] = await transaction.query(MERCHANT_THERE, [operatorId, wanted.merchantId]);
  if (!merchant) throw notFound('merchant');
  const operation: BulkOperationRow = {
    id: newUuid(),
    ...NOTHING_YET,
    ...wanted,
    ...beginning,
    createdAt: transaction.now,
  };
  transaction.send(OPERATIONS.insert, OPERATIONS.parameters(operatorId, [operation]));
  return operation;
}

const NOTHING_YET = {
  header: null,
  separator: null,
  sha256: null,
  rowCount: 0,
  succeeded: 0,
  repeated: 0,
  failed: 0,
  canceled: 0,
  fileFaults: null,
  rowsPerSecond: null,
  progressedAt: null,
  progressedRows: 0,
  dueAt: null,
  receivedAt: null,
  finishedAt: null,
  forgottenAt: null,
} as const;
