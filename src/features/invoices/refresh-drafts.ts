import type { Sql } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { LOCK_STALE_DRAFTS, OPERATORS_WITH_STALE_DRAFTS, REFRESH_DRAFTS, STALE_DRAFTS } from './drafts-sql.js';
import { LOCK_INVOICE } from './invoices-sql.js';

export interface RefreshParts {
  readonly units: UnitsOfWork;
  readonly system: Sql;
  readonly onFailure: (error: unknown) => void;
}

type Draft = { id: string };

/**
 * Adds up anew every draft that items have come to or gone from, five hundred by
 * one statement, each operator's by its own time. Items do not do that
 * themselves: those of one payer would wait for one another.
 */
export async function refreshDrafts({ units, system, onFailure }: RefreshParts): Promise<void> {
  const operators = await system.query<{ operatorId: string }>(OPERATORS_WITH_STALE_DRAFTS);
  for (const { operatorId } of operators) await refreshDraftsOf(units, operatorId).catch(onFailure);
}

async function refreshDraftsOf(units: UnitsOfWork, operatorId: string): Promise<void> {
  // What is marked while this runs is the next run's, or it would never end.
  const began = units.nowOf(operatorId);
  while ((await units.sql(operatorId, (transaction) => refreshMany(transaction, began))) > 0);
  const left = await units.sql(operatorId, (tx) => tx.query<Draft>(STALE_DRAFTS, [operatorId, began]));
  for (const { id } of left) await units.sql(operatorId, (transaction) => refreshOne(transaction, id));
}

async function refreshMany(transaction: Transaction, began: Date): Promise<number> {
  const { operatorId } = transaction;
  const drafts = await transaction.query<Draft>(LOCK_STALE_DRAFTS, [operatorId, began]);
  const ids = drafts.map(({ id }) => id);
  if (ids.length > 0) addUp(transaction, ids);
  return ids.length;
}

/** For one that is never left alone: this waits until it is. */
async function refreshOne(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(LOCK_INVOICE, [transaction.operatorId, id]);
  addUp(transaction, [id]);
}

/** Of drafts that are locked; one that was closed meanwhile has its final totals. */
function addUp(transaction: Transaction, ids: readonly string[]): void {
  transaction.send(REFRESH_DRAFTS, [transaction.operatorId, ids, transaction.now]);
}
