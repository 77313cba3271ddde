import { later } from '../../kernel/clock.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { availabilityPosting } from './domain/postings.js';
import type { LedgerParts } from './ledger-parts.js';
import type { LedgerOrderRow, MovementRow } from './ledger-rows.js';
import { LEDGER_ORDERS } from './ledger-sql.js';
import {
  AVAILABLE_BATCH,
  AVAILABLE_MOVEMENTS,
  LOCK_AVAILABLE_MOVEMENTS,
  LOCK_AVAILABLE_OF_ORDER,
  POSTPONE_MOVEMENTS,
  SETTLE_MOVEMENTS,
} from './movements-sql.js';
import { inCurrencyOf, type StateChange, saveStates } from './order-state.js';

/** A day becomes available at one moment. It is worked off in a run, and a run ends. */
const BATCHES_MAX = 100;

/** What could not be posted is tried again so much later: whoever must look at it finds the error in the log. */
const POSTPONED_MS = 10 * 60_000;

type Parts = Pick<LedgerParts, 'units' | 'onFailure'>;

/** Posts an operator's money from pending to available, many orders in a transaction; where that fails, order by order. */
export async function releaseAvailable(parts: Parts, operatorId: string, isStopping: () => boolean): Promise<void> {
  for (let batch = 1; batch <= BATCHES_MAX && !isStopping(); batch += 1) {
    const released = await parts.units.sql(operatorId, releaseBatch).catch((error: unknown) => {
      parts.onFailure(error);
      return releaseOneByOne(parts, operatorId);
    });
    if (released < AVAILABLE_BATCH) return;
  }
}

/** An order that cannot be posted is left for later, so that it keeps nobody else's money from being available. */
async function releaseOneByOne({ units, onFailure }: Parts, operatorId: string): Promise<number> {
  const due = await units.sql(operatorId, (tx) =>
    tx.query<{ id: string; orderId: string }>(AVAILABLE_MOVEMENTS, [operatorId, tx.now]),
  );
  for (const [orderId, movements] of Map.groupBy(due, (each) => each.orderId)) {
    try {
      await units.sql(operatorId, (tx) => releaseOrder(tx, orderId));
    } catch (error) {
      onFailure(error);
      await postpone(
        { units },
        operatorId,
        movements.map(({ id }) => id),
      );
    }
  }
  return due.length;
}

/** Looked at again a little later. */
export async function postpone({ units }: Pick<Parts, 'units'>, operatorId: string, ids: readonly string[]) {
  await units.sql(operatorId, (tx) => tx.query(POSTPONE_MOVEMENTS, [operatorId, ids, later(tx.now, POSTPONED_MS)]));
}

async function releaseBatch(transaction: Transaction): Promise<number> {
  const { operatorId, now } = transaction;
  return release(transaction, await transaction.query<MovementRow>(LOCK_AVAILABLE_MOVEMENTS, [operatorId, now]));
}

async function releaseOrder(transaction: Transaction, orderId: string): Promise<void> {
  const key = [transaction.operatorId, transaction.now, orderId];
  await release(transaction, await transaction.query<MovementRow>(LOCK_AVAILABLE_OF_ORDER, key));
}

/** The movements and their orders are locked. */
async function release(transaction: Transaction, movements: readonly MovementRow[]): Promise<number> {
  const { operatorId, now } = transaction;
  if (movements.length === 0) return 0;
  const byOrder = Map.groupBy(movements, ({ orderId }) => orderId);
  // Read after the locks were taken: a join would show the states of a moment before.
  const states = await transaction.query<LedgerOrderRow>(LEDGER_ORDERS, [operatorId, [...byOrder.keys()]]);
  saveStates(
    transaction,
    states.map((state) => released(state, byOrder.get(state.orderId) ?? [], now)),
  );
  transaction.send(SETTLE_MOVEMENTS, [operatorId, movements.map(({ id }) => id), 'POSTED', null]);
  return movements.length;
}

function released(before: LedgerOrderRow, movements: readonly MovementRow[], now: Date): StateChange {
  const amount = movements.reduce((sum, { original }) => sum + original, 0n);
  const after = { ...before, unavailable: before.unavailable - amount };
  const posting = availabilityPosting(before, after, inCurrencyOf(before));
  const movementId = movements.length === 1 ? (movements[0]?.id ?? null) : null;
  return {
    before,
    after,
    postings: posting.lines.length > 0 ? [posting] : [],
    cause: { occurredAt: now, movementId },
  };
}
