import type { Transaction } from '../../platform/database/transaction.js';
import type { BalanceMovement } from '../payment-systems/index.js';
import type { MovementRow, PostedOrder } from './ledger-rows.js';
import { ORDER_OF_PAYMENT } from './ledger-sql.js';
import { CAPTURE_OF_PAYMENT, LOCK_ORDER_OF_MOVEMENT } from './movements-sql.js';

/** Of these the money of an order moves. */
const OF_ORDERS: ReadonlySet<string> = new Set([
  'CAPTURE',
  'CAPTURE_FAILURE',
  'REFUND',
  'REFUND_FAILURE',
  'DISPUTE',
  'DISPUTE_REVERSAL',
]);

/** `UNKNOWN`: what is known so far does not say, and its capture will. */
export type OrderOfMovement = PostedOrder | 'NONE' | 'UNKNOWN';

type Sought = Pick<MovementRow, 'kind' | 'paymentExternalId' | 'originalCurrency'> & {
  readonly reference: Pick<NonNullable<BalanceMovement['reference']>, 'operatorId' | 'orderId'> | null;
};

/**
 * The order whose money moved, locked. Found by its payment; where that is not
 * recorded with the order, by the reference that a capture carries, and what
 * follows a capture, which carries none, by that capture.
 */
export async function lockedOrderOf(
  transaction: Transaction,
  accountId: string,
  movement: Sought,
): Promise<OrderOfMovement> {
  if (!OF_ORDERS.has(movement.kind)) return 'NONE';
  const found = await orderIdOf(transaction, accountId, movement);
  if (found.id === null) return found.isOver ? 'NONE' : 'UNKNOWN';
  const [order] = await transaction.query<PostedOrder & Record<string, unknown>>(LOCK_ORDER_OF_MOVEMENT, [
    transaction.operatorId,
    found.id,
    found.ifOfPayment,
  ]);
  // What does not fit the order is the operator's other traffic; the order goes on waiting for its own, and is reported.
  return order?.currency === movement.originalCurrency && order.accountId === accountId ? order : 'NONE';
}

interface Found {
  readonly id: string | null;
  /** Nothing that may still be heard of will tell. */
  readonly isOver: boolean;
  /** A reference is copied easily: where the order has a payment, it must be this one. Null: it is known to be. */
  readonly ifOfPayment: string | null;
}

async function orderIdOf(
  transaction: Transaction,
  accountId: string,
  { kind, paymentExternalId, reference }: Sought,
): Promise<Found> {
  const { operatorId } = transaction;
  const key = [operatorId, accountId, paymentExternalId];
  const [paid] = paymentExternalId ? await transaction.query<{ id: string }>(ORDER_OF_PAYMENT, key) : [];
  if (paid) return { id: paid.id, isOver: true, ifOfPayment: null };
  if (reference?.operatorId === operatorId) {
    return { id: reference.orderId, isOver: true, ifOfPayment: paymentExternalId ?? '' };
  }
  if (kind === 'CAPTURE' || !paymentExternalId) return { id: null, isOver: true, ifOfPayment: null };
  const [capture] = await transaction.query<{ orderId: string | null }>(CAPTURE_OF_PAYMENT, key);
  return { id: capture?.orderId ?? null, isOver: capture !== undefined, ifOfPayment: null };
}
