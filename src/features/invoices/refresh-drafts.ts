import { later } from '../../kernel/clock.js';
import type { Sql } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { AtOnce } from '../agreements/index.js';
import {
  LOCK_STALE_DRAFTS,
  OPERATORS_WITH_STALE_DRAFTS,
  PUT_OFF_STALE_DRAFT,
  REFRESH_DRAFTS,
  STALE_DRAFTS,
} from './drafts-sql.js';
import { LOCK_INVOICE } from './invoices-sql.js';

export interface RefreshParts {
  readonly units: UnitsOfWork;
  readonly system: Sql;
  readonly onFailure: (error: unknown) => void;
}

type Draft = { id: string };

/** Each takes a connection to the database, of which others want some too. */
const OPERATORS_AT_ONCE = 4;

/**
 * Adds up anew every draft that items have come to or gone from, five hundred by
 * one statement, each operator's by its own time. Items do not do that
 * themselves: those of one payer would wait for one another.
 */
export async function refreshDrafts(parts: RefreshParts): Promise<void> {
  const operators = await parts.system.query<{ operatorId: string }>(OPERATORS_WITH_STALE_DRAFTS);
  const underWay = new AtOnce(OPERATORS_AT_ONCE);
  for (const { operatorId } of operators)
    await underWay.begin(() => refreshDraftsOf(parts, operatorId).catch(parts.onFailure));
  await underWay.ended();
}

async function refreshDraftsOf(parts: RefreshParts, operatorId: string): Promise<void> {
  const { units, onFailure } = parts;
  // What is marked while this runs is the next run's, or it would never end.
  const began = units.nowOf(operatorId);
  const many = () => units.sql(operatorId, (transaction) => refreshMany(transaction, began));
  let left: readonly Draft[];
  do {
    while ((await many().catch(nothing)) > 0);
    left = await units.sql(operatorId, (tx) => tx.query<Draft>(STALE_DRAFTS, [operatorId, began]));
    for (const { id } of left) await refreshAlone(parts, operatorId, { id, began });
  } while (left.length > 0);

  function nothing(error: unknown): number {
    onFailure(error);
    return 0;
  }
}

/** One that cannot be added up is put off, and a person is told. */
async function refreshAlone(
  { units, onFailure }: RefreshParts,
  operatorId: string,
  { id, began }: Draft & { readonly began: Date },
): Promise<void> {
  await units
    .sql(operatorId, (transaction) => refreshOne(transaction, id))
    .catch((error: unknown) => {
      onFailure(error);
      const next = later(began, 1);
      return units.sql(operatorId, async (tx) => void (await tx.query(PUT_OFF_STALE_DRAFT, [operatorId, id, next])));
    });
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
