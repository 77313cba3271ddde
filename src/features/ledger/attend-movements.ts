import { later } from '../../kernel/clock.js';
import type { Row } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { exactOriginal } from './exact-original.js';
import type { LedgerParts } from './ledger-parts.js';
import type { MovementRow } from './ledger-rows.js';
import { DUE_MOVEMENTS, LOCK_WAITING_MOVEMENT, SETTLE_WAITING, WAITING_MOVEMENTS } from './movements-sql.js';
import { lockedOrderOf, type OrderOfMovement } from './order-of-movement.js';
import { ledgerOrder } from './order-state.js';
import { dueAtOf, postMovement } from './record-movement.js';
import { postpone, releaseAvailable } from './release-available.js';

const WAIT_MIN_MS = 60_000;

/** Of a payment whose capture nobody has heard of by then: it was before the account was connected, and is not ours. */
const UNKNOWN_MAX_MS = 6 * 3_600_000;

type Parts = Pick<LedgerParts, 'units' | 'system' | 'onFailure'>;

/**
 * Does what movements wait for: those whose money has become available are
 * posted from pending to available, and those that came before their order's
 * capture are posted when that is there. For this no payment system is asked,
 * so it goes on after an account was disconnected.
 */
export async function attendMovements(parts: Parts, lanes: OperatorLanes): Promise<number> {
  const due = await parts.system.query<Due & Row>(DUE_MOVEMENTS, [parts.units.clock.now()]);
  const operators = [...new Set(due.map(({ operatorId }) => operatorId))];
  return lanes.work(
    operators.map((operatorId) => ({ operatorId, id: operatorId })),
    async ({ operatorId }) => {
      await releaseAvailable(parts, operatorId, () => lanes.isStopping);
      await postAllWaiting(parts, operatorId);
    },
  );
}

async function postAllWaiting(parts: Parts, operatorId: string): Promise<void> {
  const { units, onFailure } = parts;
  const waiting = await units.sql(operatorId, (tx) => tx.query<MovementRow>(WAITING_MOVEMENTS, [operatorId, tx.now]));
  for (const each of waiting) {
    try {
      await units.sql(operatorId, (tx) => postWaiting(tx, each));
    } catch (error) {
      onFailure(error);
      await postpone(parts, operatorId, [each.id]);
    }
  }
}

/** The order's lock comes first, as everywhere. */
async function postWaiting(transaction: Transaction, seen: MovementRow): Promise<void> {
  const { operatorId } = transaction;
  const reference = seen.orderId === null ? null : { operatorId, orderId: seen.orderId };
  const order = await lockedOrderOf(transaction, seen.accountId, { ...seen, reference });
  const orderId = typeof order === 'object' ? order.id : null;
  const [[movement], state] = await Promise.all([
    transaction.query<MovementRow>(LOCK_WAITING_MOVEMENT, [operatorId, seen.id]),
    orderId === null ? null : ledgerOrder(transaction, orderId),
  ]);
  if (!movement) return;
  const row = { ...movement, orderId };
  const next = nextLook(transaction.realNow, row, order);
  const isWaiting = state === null && next !== null;
  const settled = isWaiting ? row : { ...row, original: await exactOriginal(transaction, row, state) };
  if (!isWaiting) postMovement(transaction, settled, state);
  const fate = isWaiting ? ['WAITING', next] : ['POSTED', dueAtOf(settled)];
  transaction.send(SETTLE_WAITING, [operatorId, row.id, ...fate, orderId, settled.original]);
}

/** When to look again for what is not there yet; null when nothing is to come. */
function nextLook(now: Date, { createdAt }: MovementRow, order: OrderOfMovement): Date | null {
  const ageMs = now.getTime() - createdAt.getTime();
  if (order === 'NONE' || (order === 'UNKNOWN' && ageMs >= UNKNOWN_MAX_MS)) return null;
  return later(now, Math.max(WAIT_MIN_MS, ageMs / 4));
}
