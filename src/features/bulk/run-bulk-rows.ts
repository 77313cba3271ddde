import { createHash } from 'node:crypto';
import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { publicId } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { agreementIdsByReference } from '../agreements/index.js';
import type { InputRules } from '../orders/index.js';
import type { Principal } from '../tenancy/index.js';
import type { BulkOperationRow, RowProblem } from './bulk-rows.js';
import { changeOperation, lockedOperation } from './change-operation.js';
import { digestText } from './domain/row-digest.js';
import { type RowResult, recordRows } from './record-rows.js';
import { rowAsked } from './row-checks.js';
import { fileColumns, type RowInput, readRow } from './row-input.js';
import { type BatchSize, BEGUN_ROWS, PENDING_ROWS } from './run-bulk-sql.js';
import { type BegunRow, failed, problemOf } from './run-row.js';
import {
  lookAtReferences,
  type RowToBegin,
  type Standing,
  settleReferences,
  takeReferences,
} from './take-references.js';

/** What a process holds an operation by. */
export interface Hold {
  readonly operatorId: string;
  readonly operationId: string;
  readonly token: string;
}

/** Renewed long before; so long nobody goes on with what a dead process has left. */
export const LEASE_MS = 60_000;

export interface Batch {
  readonly operation: BulkOperationRow;
  /** To be carried out, their references taken. */
  readonly begun: readonly BegunRow[];
  /** What is known without carrying anything out. */
  readonly results: readonly RowResult[];
  /** Those whose references are to be kept or given back. */
  readonly rows: readonly RowToBegin[];
  readonly standings: ReadonlyMap<number, Standing>;
  /** Rows that wait for those of other files. */
  readonly waiting: number;
  /** Where the next batch begins; null when there is none. */
  readonly lastLine: number | null;
}

type PendingRow = { line: number; cells: readonly (string | null)[] | null; reference: string | null };

interface FoundRow extends RowToBegin {
  readonly read: RowInput;
}

/** Begins the next rows of an operation that is still ours; null when it is another's, paused or over. */
export async function beginRows(
  transaction: Transaction,
  hold: Hold,
  { afterLine, atMost }: { readonly afterLine: number; readonly atMost: BatchSize },
  parts: { readonly principal: Principal; readonly rules: InputRules },
): Promise<Batch | null> {
  const { operation, result: isOurs } = await changeOperation(transaction, hold.operationId, (locked) =>
    renewed(transaction, locked, hold),
  );
  if (!isOurs) return null;
  const { [atMost]: statement } = operation.status === 'RUNNING' ? PENDING_ROWS : BEGUN_ROWS;
  const pending = await transaction.query<PendingRow>(statement, [transaction.operatorId, operation.id, afterLine]);
  const rows = foundRows(operation, pending);
  const standings = operation.isDryRun
    ? await lookAtReferences(transaction, operation, rows)
    : await takeReferences(transaction, operation, rows);
  const is = (row: FoundRow) => standings.get(row.line)?.is;
  const settled = rows.flatMap(({ line }) => {
    const standing = standings.get(line);
    return standing?.is === 'SETTLED' ? [standing.result] : [];
  });
  const forgotten = rows.filter((row) => is(row) === 'FORGOTTEN');
  // An agreement's reference is unique for ever, so that it cannot be made twice; of these nothing says so.
  const isSafe = operation.kind === 'CREATE_AGREEMENTS' && operation.status === 'RUNNING';
  const ours = rows.filter((row) => is(row) === 'OURS' || (isSafe && is(row) === 'FORGOTTEN'));
  const { begun, refused } = await checked(transaction, operation, ours, parts);
  const lost = isSafe ? [] : forgotten.map(({ line }) => failed(line, FORGOTTEN));
  return {
    operation,
    begun,
    results: [...settled, ...refused, ...lost],
    rows,
    standings,
    waiting: rows.filter((row) => is(row) === 'WAIT').length,
    lastLine: pending.at(-1)?.line ?? null,
  };
}

const FORGOTTEN: RowProblem = {
  code: 'OUTCOME_PENDING',
  message:
    'the row was begun more than six days ago, by a process that ended then, and whether it was carried out is not known ' +
    'any more: look at the agreement, and send the row again if it was not',
  retryable: false,
  issues: [],
};

/** Keeps the operation for another while; false when it is not ours to work on. */
export function renewed(transaction: Transaction, operation: BulkOperationRow, { token }: Hold): boolean {
  const { status } = operation;
  if (operation.leaseToken !== token || (status !== 'RUNNING' && status !== 'CANCELING')) return false;
  operation.leaseUntil = later(transaction.realNow, LEASE_MS);
  operation.dueAt = later(transaction.now, LEASE_MS);
  return true;
}

function foundRows({ kind, header }: BulkOperationRow, pending: readonly PendingRow[]): FoundRow[] {
  const names = header ?? [];
  const columns = fileColumns(kind, names);
  return pending.map(({ line, cells, reference }) => ({
    line,
    reference: reference ?? '',
    digest: createHash('sha256')
      .update(digestText(columns, cells ?? []))
      .digest('hex'),
    read: readRow(kind, columns, cells ?? []),
  }));
}

/** By the rules of the single mutation's input. Agreements that are named by reference are looked up together. */
async function checked(
  transaction: Transaction,
  { merchantId, mode, kind }: BulkOperationRow,
  rows: readonly FoundRow[],
  parts: { readonly principal: Principal; readonly rules: InputRules },
) {
  const { operatorId } = transaction;
  const references = rows.flatMap(({ read }) => (read.given.has(NAMED) ? [String(read.input[NAMED])] : []));
  const uuids = await agreementIdsByReference(transaction, { operatorId, merchantId, mode }, references);
  const agreementIds = new Map([...uuids].map(([reference, uuid]) => [reference, publicId('agreement', uuid)]));
  const begun: BegunRow[] = [];
  const refused: RowResult[] = [];
  for (const { line, reference, read } of rows) {
    try {
      begun.push({ line, reference, asked: rowAsked(kind, read, { ...parts, agreementIds }) });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refused.push(failed(line, problemOf(error)));
    }
  }
  return { begun, refused };
}

const NAMED = 'agreementReference';

/** Writes down what came of a batch; null when the operation is another's by now, who finds out for itself. */
export async function recordBatch(
  transaction: Transaction,
  hold: Hold,
  { operation, rows, standings }: Batch,
  results: readonly RowResult[],
): Promise<BulkOperationRow | null> {
  const { leaseToken } = await lockedOperation(transaction, hold.operationId);
  if (leaseToken !== hold.token) return null;
  if (!operation.isDryRun) settleReferences(transaction, operation, rows, standings, results);
  return recordRows(transaction, operation, results);
}
