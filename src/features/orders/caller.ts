import { DomainError, notFound } from '../../kernel/errors.js';
import type { Mode } from '../tenancy/index.js';
import { inFlight, type OrderFile, type OrderRow } from './order-rows.js';

/** On whose behalf an order is looked at or changed. */
export interface Caller {
  readonly operatorId: string;
  /** Null for the operator itself, who sees all its merchants' orders. */
  readonly merchantId: string | null;
  readonly mode: Mode;
}

/** Another merchant's order, or a live one for a test key, does not exist for the caller. */
export function assertVisible(order: OrderRow, caller: Caller): void {
  const visible = order.mode === caller.mode && (caller.merchantId === null || caller.merchantId === order.merchantId);
  if (!visible) throw notFound('order');
}

/** Nothing new is sent for an order while the outcome of something is not known. */
export function assertNothingInFlight(file: OrderFile): void {
  const pending = inFlight(file);
  if (!pending) return;
  throw new DomainError(
    'OUTCOME_PENDING',
    `a ${pending.type} of this order is not settled yet (${pending.status}); try again when it is`,
  );
}

export function illegal(order: OrderRow, what: string): DomainError {
  return new DomainError('ILLEGAL_TRANSITION', `cannot ${what} an order that is ${order.status}`);
}
