import type { Sql } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { openClosing } from './cancel-order.js';
import { type Carriers, carrierFor } from './carrier.js';
import { carryOutCancellation } from './carry-out-cancellation.js';
import { recordSeen } from './carry-out-payment.js';
import { changeOrder } from './change-order.js';
import { warningAt } from './domain/due.js';
import { heldAmount } from './domain/order-status.js';
import { openOperation } from './operations.js';
import { captureDeadlineNear } from './order-events.js';
import { inFlight, isUnpaid, type OperationRow, type OrderFile } from './order-rows.js';
import { CLAIM_DUE_ORDER, DUE_ORDERS } from './orders-sql.js';

type DueRow = { operatorId: string; id: string };

/** What time asks for: nothing, that an order be closed or its hold released, or that a lapsed hold be looked at. */
type Demand = { readonly kind: 'none' | 'look' } | { readonly kind: 'close'; readonly operation: OperationRow };

/**
 * Does what time alone asks of orders: closes those that nobody has paid in
 * time, announces holds that lapse soon, and sees which have lapsed. Whether a
 * hold has lapsed is the payment system's to say, not our clock's; but where a
 * test clock is ahead it cannot know, and we release what would have lapsed.
 */
export async function watchDeadlines(carriers: Carriers, system: Sql, lanes: OperatorLanes): Promise<number> {
  const due = await system.query<DueRow>(DUE_ORDERS, [carriers.units.clock.now()]);
  return lanes.work(due, (each) => attendDeadline(carriers, each));
}

/** The same for one order, if anything is due of it. */
export async function attendDeadline(carriers: Carriers, { operatorId, id }: Due): Promise<void> {
  const attended = await carriers.units.sql(operatorId, async (tx) => {
    const [claimed] = await tx.query(CLAIM_DUE_ORDER, [operatorId, id, tx.now]);
    return claimed ? changeOrder(tx, id, (file) => demandOf(tx, file)) : null;
  });
  if (!attended || attended.result.kind === 'none') return;
  const { file, result } = attended;
  const carrier = await carrierFor(carriers, operatorId, file.order.accountId);
  if (result.kind === 'close') await carryOutCancellation(carrier, file, result.operation.id);
  else {
    const seen = await carrier.gateway.retrievePayment(file.order.externalPaymentId ?? '');
    if (seen.kind === 'done') await recordSeen(carrier, file, seen.value);
  }
}

function demandOf(transaction: Transaction, file: OrderFile): Demand {
  const { order } = file;
  const { now } = transaction;
  if (inFlight(file)) return { kind: 'none' };
  if (isUnpaid(order)) {
    if (!order.expiresAt || order.expiresAt > now) return { kind: 'none' };
    return { kind: 'close', operation: openClosing(file, 'EXPIRED', null, now) };
  }
  if (heldAmount(order) <= 0n || !order.captureBefore) return { kind: 'none' };
  if (!order.captureWarnedAt && warningAt(order.captureBefore) <= now) {
    order.captureWarnedAt = now;
    transaction.publish(captureDeadlineNear(order));
  }
  if (order.captureBefore > now) return { kind: 'none' };
  return now > transaction.realNow ? { kind: 'close', operation: openLapse(file, now) } : { kind: 'look' };
}

function openLapse(file: OrderFile, now: Date): OperationRow {
  const amount = heldAmount(file.order);
  const closing = { type: 'CANCELLATION', amount, reason: null, request: { closeAs: 'EXPIRED' } } as const;
  return openOperation(file, closing, [{ type: 'VOID', amount }], now);
}
