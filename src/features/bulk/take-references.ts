import { publicId } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { BulkOperationRow } from './bulk-rows.js';
import type { RowResult } from './record-rows.js';
import {
  GIVE_REFERENCES_BACK,
  HAND_REFERENCES_BACK,
  KEEP_REFERENCES,
  REFERENCES_TAKEN,
  TAKE_OVER_REFERENCES,
  TAKE_REFERENCES,
} from './run-bulk-sql.js';

/** A row that is to be begun. */
export interface RowToBegin {
  readonly line: number;
  readonly reference: string;
  readonly digest: string;
}

/**
 * What becomes of a row by its reference. `OURS`: it is begun now, or again
 * after its process died. `FORGOTTEN`: the same, but so long ago that nothing
 * tells any more whether it was carried out. `WAIT`: another file's row with the
 * reference is under way, and what comes of that one decides.
 */
export type Standing =
  | {
      readonly is: 'OURS' | 'FORGOTTEN';
      /** Whose process began it and did not say what came of it; null where nobody has. */
      readonly begunBy: Holder | null;
    }
  | { readonly is: 'WAIT' }
  | { readonly is: 'SETTLED'; readonly result: RowResult };

/** The row that has a reference, of this file or another. */
type Holder = Pick<Taken, 'operationId' | 'line' | 'digest' | 'begunAt'>;

type Taken = {
  reference: string;
  operationId: string;
  line: number;
  digest: string;
  begunAt: Date;
  isDone: boolean;
  agreementId: string | null;
  orderId: string | null;
  leaseUntil: Date | null;
};

/** Idempotency keys are kept for a week; a day of it is left for the clocks. */
const KEYS_KNOWN_MS = 6 * 24 * 60 * 60 * 1000;

/**
 * Takes the references of rows, all at once; of all rows of a merchant, mode
 * and kind that have a reference one only is carried out. The operation is
 * locked, and RUNNING or being cancelled.
 *
 * A reference that was taken by a row whose file nobody works on, because its
 * process died or it was paused then, is taken over: should that row have been
 * carried out all the same, its idempotency key, which is the same, says so.
 */
export async function takeReferences(
  transaction: Transaction,
  operation: BulkOperationRow,
  rows: readonly RowToBegin[],
): Promise<ReadonlyMap<number, Standing>> {
  const { realNow } = transaction;
  const owner = ownerOf(transaction, operation);
  const columns = [
    rows.map(({ reference }) => reference),
    rows.map(({ line }) => line),
    rows.map(({ digest }) => digest),
  ];
  const free = await transaction.query<{ reference: string }>(TAKE_REFERENCES, [
    ...owner,
    operation.id,
    ...columns,
    realNow,
  ]);
  const ours = new Set(free.map(({ reference }) => reference));
  const standings = new Map<number, Standing>();
  for (const { line, reference } of rows) if (ours.has(reference)) standings.set(line, { is: 'OURS', begunBy: null });
  if (standings.size === rows.length) return standings;

  const taken = await takenBy(transaction, operation, rows);
  const abandoned: RowToBegin[] = [];
  for (const row of rows) {
    const holder = taken.get(row.reference);
    if (standings.has(row.line) || !holder) continue;
    const isOwn = holder.operationId === operation.id;
    if (holder.isDone) standings.set(row.line, { is: 'SETTLED', result: repeated(row, holder) });
    else if (isOwn && holder.line === row.line) standings.set(row.line, again(holder, realNow));
    else if (isOwn || isWorkedOn(holder, realNow)) standings.set(row.line, { is: 'WAIT' });
    else abandoned.push(row);
  }
  const won = new Set(await takeOver(transaction, operation, abandoned, taken));
  for (const { line, reference } of abandoned) {
    const holder = taken.get(reference);
    standings.set(line, holder && won.has(reference) ? again(holder, realNow) : { is: 'WAIT' });
  }
  // Given back between the two looks: it is free at the next.
  for (const { line } of rows) if (!standings.has(line)) standings.set(line, { is: 'WAIT' });
  return standings;
}

/** The same for a dry run, which takes none: what is done is told, all else is tried. */
export async function lookAtReferences(
  transaction: Transaction,
  operation: BulkOperationRow,
  rows: readonly RowToBegin[],
): Promise<ReadonlyMap<number, Standing>> {
  const taken = await takenBy(transaction, operation, rows);
  return new Map(
    rows.map((row): [number, Standing] => {
      const holder = taken.get(row.reference);
      return [
        row.line,
        holder?.isDone ? { is: 'SETTLED', result: repeated(row, holder) } : { is: 'OURS', begunBy: null },
      ];
    }),
  );
}

/**
 * Those of rows that were carried out are kept for good; those of rows that
 * failed, or were not carried out after all, are free again. What a dead process
 * has begun stays begun until it has a result; and where another file's did, a
 * failure here is no answer there. In the transaction that records the rows.
 */
export function settleReferences(
  transaction: Transaction,
  operation: BulkOperationRow,
  rows: readonly Pick<RowToBegin, 'line' | 'reference'>[],
  standings: ReadonlyMap<number, Standing>,
  results: readonly RowResult[],
): void {
  const outcomes = new Map(results.map(({ line, outcome }) => [line, outcome]));
  const kept = rows.filter(({ line }) => outcomes.get(line) === 'SUCCEEDED');
  const others = rows.flatMap(({ line, reference }) => {
    const holder = begunBy(standings.get(line));
    const outcome = outcomes.get(line);
    const isOver = outcome !== undefined && outcome !== 'SUCCEEDED';
    return isOver && holder && holder.operationId !== operation.id ? [{ ...holder, reference }] : [];
  });
  const free = rows.filter(({ line }) => {
    const outcome = outcomes.get(line);
    return outcome === undefined ? !begunBy(standings.get(line)) : outcome !== 'SUCCEEDED';
  });
  const key = [...ownerOf(transaction, operation), operation.id];
  transaction.send(KEEP_REFERENCES, [...key, referencesOf(kept)]);
  if (others.length > 0) transaction.send(HAND_REFERENCES_BACK, [...key, ...holdersOf(others)]);
  transaction.send(GIVE_REFERENCES_BACK, [...key, referencesOf(free)]);
}

function begunBy(standing: Standing | undefined): Holder | null {
  return standing && 'begunBy' in standing ? standing.begunBy : null;
}

function referencesOf(rows: readonly Pick<RowToBegin, 'reference'>[]): string[] {
  return rows.map(({ reference }) => reference);
}

function holdersOf(holders: readonly (Holder & { readonly reference: string })[]) {
  return [
    holders.map(({ reference }) => reference),
    holders.map(({ line }) => line),
    holders.map(({ digest }) => digest),
    holders.map(({ operationId }) => operationId),
  ];
}

async function takenBy(
  transaction: Transaction,
  operation: BulkOperationRow,
  rows: readonly RowToBegin[],
): Promise<ReadonlyMap<string, Taken>> {
  const references = rows.map(({ reference }) => reference);
  const taken = await transaction.query<Taken>(REFERENCES_TAKEN, [...ownerOf(transaction, operation), references]);
  return new Map(taken.map((each) => [each.reference, each]));
}

async function takeOver(
  transaction: Transaction,
  operation: BulkOperationRow,
  rows: readonly RowToBegin[],
  taken: ReadonlyMap<string, Taken>,
): Promise<string[]> {
  if (rows.length === 0) return [];
  const won = await transaction.query<{ reference: string }>(TAKE_OVER_REFERENCES, [
    ...ownerOf(transaction, operation),
    operation.id,
    rows.map(({ reference }) => reference),
    rows.map(({ line }) => line),
    rows.map(({ digest }) => digest),
    rows.map(({ reference }) => taken.get(reference)?.operationId),
  ]);
  return won.map(({ reference }) => reference);
}

/** What was begun so long ago that no key would tell of it is not begun again. */
function again(holder: Holder, now: Date): Standing {
  const isForgotten = now.getTime() - holder.begunAt.getTime() > KEYS_KNOWN_MS;
  return { is: isForgotten ? 'FORGOTTEN' : 'OURS', begunBy: holder };
}

function isWorkedOn({ leaseUntil }: Taken, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now;
}

/** The result of the row that was carried out; a refusal where that was another row by the same name. */
function repeated({ line, digest }: RowToBegin, holder: Taken): RowResult {
  const { agreementId, orderId } = holder;
  if (digest === holder.digest) return { line, outcome: 'REPEATED', problem: null, agreementId, orderId };
  const message =
    `the reference was used before with other cells, in line ${holder.line} of ` +
    `${publicId('bulkOperation', holder.operationId)}; a row that says something else needs a reference of its own`;
  const problem = { code: 'IDEMPOTENCY_KEY_REUSED', message, retryable: false, issues: [] };
  return { line, outcome: 'FAILED', problem, agreementId: null, orderId: null };
}

function ownerOf({ operatorId }: Transaction, { merchantId, mode, kind }: BulkOperationRow): readonly unknown[] {
  return [operatorId, merchantId, mode, kind];
}
