import type pg from 'pg';
import { run, statement } from '../../platform/database/sql.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { changeOperation } from './change-operation.js';
import { duplicateProblem } from './domain/received-row.js';
import { silentUntil, type Upload, type UploadParts, UploadSuperseded } from './upload.js';
import { DUPLICATE_ROWS, REFUSE_ROWS } from './uploads-sql.js';

type Duplicate = { readonly line: number; readonly first: number };

/** Refuses every row whose reference an earlier line of the same file has. */
export async function refuseDuplicates(parts: UploadParts, upload: Upload, column: string): Promise<void> {
  for await (const duplicates of duplicatesOf(parts.copies, upload)) {
    await parts.units.sql(upload.operatorId, (tx) => refuseRows(tx, upload, column, duplicates));
  }
}

async function refuseRows(
  transaction: Transaction,
  { operatorId, operationId, token }: Upload,
  column: string,
  duplicates: readonly Duplicate[],
): Promise<void> {
  await changeOperation(transaction, operationId, async (operation) => {
    if (operation.status !== 'RECEIVING' || operation.leaseToken !== token) throw new UploadSuperseded();
    const { length } = await transaction.query(REFUSE_ROWS, [
      operatorId,
      operationId,
      transaction.now,
      duplicates.map(({ line }) => line),
      duplicates.map(({ line, first }) => JSON.stringify(duplicateProblem(column, line, first))),
    ]);
    operation.failed += length;
    operation.uploadUntil = silentUntil(transaction.realNow);
    operation.leaseUntil = operation.uploadUntil;
  });
}

const BEGIN = statement('begin_read', 'begin read only');
const SCOPE = statement('scope', `select set_config('${TENANT_SETTING}', $1, true)`);
const DECLARE = statement('bulk_rows_declare_duplicates', `declare duplicates no scroll cursor for ${DUPLICATE_ROWS}`);
const FETCH = statement('bulk_rows_fetch_duplicates', 'fetch 2000 from duplicates');
const COMMIT = statement('commit', 'commit');

/**
 * By a cursor, since in an unlucky file nearly every row is one. Its
 * transaction only reads, and so holds up nobody who follows the event log.
 */
async function* duplicatesOf(
  pool: pg.Pool,
  { operatorId, operationId }: Upload,
): AsyncGenerator<readonly Duplicate[], void, void> {
  const client = await pool.connect();
  let isOver = false;
  try {
    await run(client, BEGIN);
    await run(client, SCOPE, [operatorId]);
    await run(client, DECLARE, [operatorId, operationId]);
    for (;;) {
      const duplicates = await run<Duplicate>(client, FETCH);
      if (duplicates.length === 0) break;
      yield duplicates;
    }
    await run(client, COMMIT);
    isOver = true;
  } finally {
    // A connection in the middle of a transaction is of no use to the next.
    client.release(!isOver);
  }
}
