import { copyThrough, encodedRows } from '../../platform/database/copy-through.js';
import { masked } from '../../platform/graphql/masked.js';
import type { ReceivedRow } from './domain/received-row.js';
import { silentUntil, type Upload, type UploadParts, UploadSuperseded } from './upload.js';
import { RENEW_UPLOAD, STAGED_ROWS, TAKE_STAGED_ROWS } from './uploads-sql.js';

/** Rows as they are stored. */
export function encoded(rows: readonly ReceivedRow[]): Buffer {
  return encodedRows(
    rows.map(({ line, cells, reference, problem }) => [
      line,
      cells,
      reference,
      problem && JSON.stringify(masked(problem)),
    ]),
  );
}

/**
 * One portion of a file, in a transaction that begins when all its rows are
 * there: the readers of the event log wait for the oldest transaction that
 * writes, and a file may take its sender an hour.
 */
export async function storeRows(
  { copies, units }: UploadParts,
  { operatorId, operationId, token }: Upload,
  portion: readonly Buffer[],
): Promise<void> {
  const until = silentUntil(units.clock.now());
  const held = await copyThrough(
    copies,
    operatorId,
    { staging: STAGED_ROWS, encoded: portion },
    { statement: TAKE_STAGED_ROWS, parameters: [operatorId, operationId, token, until, units.nowOf(operatorId)] },
  );
  if (held.length === 0) throw new UploadSuperseded();
}

/** Says that the upload lives, while less arrives than makes a portion. */
export async function renewUpload({ units }: UploadParts, { operatorId, operationId, token }: Upload): Promise<void> {
  const held = await units.sql(operatorId, (tx) =>
    tx.query(RENEW_UPLOAD, [operatorId, operationId, token, silentUntil(tx.realNow)]),
  );
  if (held.length === 0) throw new UploadSuperseded();
}
