import { later } from '../../kernel/clock.js';
import type { Row, Sql } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { availabilityPosting } from './domain/postings.js';
import type { LedgerOrderRow, MovementRow } from './ledger-rows.js';
import { LEDGER_ORDERS, LOCK_ORDER_OF_LEDGER } from './ledger-sql.js';
import {
  DUE_MOVEMENTS,
  LOCK_AVAILABLE_MOVEMENTS,
  LOCK_WAITING_MOVEMENT,
  SETTLE_MOVEMENTS,
  WAITING_MOVEMENTS,
} from './movements-sql.js';
import { inCurrencyOf, ledgerOrder, type StateChange, saveStates } from './order-state.js';
import { postMovement } from './record-movement.js';

const WAIT_MIN_MS = 60_000;

/**
 * Does what movements wait for: those whose money has become available are
 * posted from pending to available, a hundred in a transaction, and those that
 * came before their order's capture are posted when that is there.
 */
export async function attendMovements(units: UnitsOfWork, system: Sql, lanes: OperatorLanes): Promise<number> {
  const due = await system.query<Due & Row>(DUE_MOVEMENTS, [units.clock.now()]);
  const operators = [...new Set(due.map(({ operatorId }) => operatorId))];
  return lanes.work(
    operators.map((operatorId) => ({ operatorId, id: operatorId })),
    async ({ operatorId }) => {
      await units.sql(operatorId, release);
      const waiting = await units.sql(operatorId, (tx) =>
        tx.query<{ id: string; orderId: string }>(WAITING_MOVEMENTS, [operatorId, tx.now]),
      );
      for (const each of waiting) await units.sql(operatorId, (tx) => postWaiting(tx, each));
    },
  );
}

async function release(transaction: Transaction): Promise<void> {
  const { operatorId, now } = transaction;
  const movements = await transaction.query<MovementRow>(LOCK_AVAILABLE_MOVEMENTS, [operatorId, now]);
  if (movements.length === 0) return;
  const byOrder = Map.groupBy(movements, ({ orderId }) => orderId);
  // Read after the locks were taken: a join would show the states of a moment before.
  const states = await transaction.query<LedgerOrderRow>(LEDGER_ORDERS, [operatorId, [...byOrder.keys()]]);
  saveStates(
    transaction,
    states.map((state) => released(state, byOrder.get(state.orderId) ?? [], now)),
  );
  transaction.send(SETTLE_MOVEMENTS, [operatorId, movements.map(({ id }) => id), 'POSTED', null]);
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

/** The order's lock comes first, as everywhere. */
async function postWaiting(
  transaction: Transaction,
  { id, orderId }: { readonly id: string; readonly orderId: string },
): Promise<void> {
  const { operatorId, realNow } = transaction;
  await transaction.query(LOCK_ORDER_OF_LEDGER, [operatorId, orderId]);
  const [[movement], state] = await Promise.all([
    transaction.query<MovementRow>(LOCK_WAITING_MOVEMENT, [operatorId, id]),
    ledgerOrder(transaction, orderId),
  ]);
  if (!movement) return;
  if (!state) {
    const waitMs = Math.max(WAIT_MIN_MS, (realNow.getTime() - movement.createdAt.getTime()) / 4);
    transaction.send(SETTLE_MOVEMENTS, [operatorId, [id], 'WAITING', later(realNow, waitMs)]);
    return;
  }
  postMovement(transaction, movement, state);
  const isCapture = movement.kind === 'CAPTURE' || movement.kind === 'CAPTURE_FAILURE';
  transaction.send(SETTLE_MOVEMENTS, [operatorId, [id], 'POSTED', isCapture ? movement.availableAt : null]);
}
