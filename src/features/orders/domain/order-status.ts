import type { OperationStatus } from './operation-state.js';

export const CAPTURE_MODES = ['AUTOMATIC', 'MANUAL'] as const;
export type CaptureMode = (typeof CAPTURE_MODES)[number];

export const ORDER_STATUSES = [
  'CREATED',
  'PROCESSING',
  'REQUIRES_ACTION',
  'AUTHORIZED',
  'PARTIALLY_CAPTURED',
  'CAPTURED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'CANCELED',
  'DECLINED',
  'EXPIRED',
  'VERIFIED',
  'DISPUTED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/**
 * Whether nothing more happens by itself in a status. Merchants are notified of
 * settled ones; `AUTHORIZED` is settled for the payment, though not the order's end.
 */
export const IS_SETTLED: Readonly<Record<OrderStatus, boolean>> = {
  CREATED: false,
  PROCESSING: false,
  REQUIRES_ACTION: false,
  AUTHORIZED: true,
  PARTIALLY_CAPTURED: true,
  CAPTURED: true,
  PARTIALLY_REFUNDED: true,
  REFUNDED: true,
  CANCELED: true,
  DECLINED: true,
  EXPIRED: true,
  VERIFIED: true,
  DISPUTED: true,
};

/** What an order's status is made of, in minor units of its currency. */
export interface OrderFacts {
  /** Granted by the payer's bank, whatever became of it since. */
  readonly authorized: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  /** Given back of the hold: cancelled, released, lapsed. */
  readonly voided: bigint;
  /** What open and lost disputes are about. */
  readonly disputed: bigint;
  /** How the payment stands; null while nobody has tried to pay. */
  readonly payment: { readonly type: 'PAYMENT' | 'VERIFICATION'; readonly status: OperationStatus } | null;
  /** How an order without captured money was ended. */
  readonly closedAs: 'CANCELED' | 'EXPIRED' | null;
}

/** What is still held at the payer's bank for this order. */
export function heldAmount({
  authorized,
  captured,
  voided,
}: Pick<OrderFacts, 'authorized' | 'captured' | 'voided'>): bigint {
  return authorized - captured - voided;
}

/**
 * The one place where a status comes from. Money speaks before operations: once
 * something was captured, only captures, refunds and disputes count; while
 * something is held, the order is authorised whatever else was tried.
 */
export function orderStatus(facts: OrderFacts): OrderStatus {
  if (facts.disputed > 0n) return 'DISPUTED';
  if (facts.captured > 0n) return statusOfCaptured(facts);
  if (heldAmount(facts) > 0n) return 'AUTHORIZED';
  if (facts.closedAs) return facts.closedAs;
  if (facts.authorized > 0n) return 'CANCELED';
  return facts.payment ? STATUS_BY_PAYMENT[facts.payment.status](facts.payment.type) : 'CREATED';
}

function statusOfCaptured(facts: OrderFacts): OrderStatus {
  const held = heldAmount(facts);
  if (facts.refunded >= facts.captured && held === 0n) return 'REFUNDED';
  if (facts.refunded > 0n) return 'PARTIALLY_REFUNDED';
  return facts.captured < facts.authorized ? 'PARTIALLY_CAPTURED' : 'CAPTURED';
}

/** While no money is held or taken. A technical failure is a decline to the outside: no money moved, try again. */
const STATUS_BY_PAYMENT: Readonly<Record<OperationStatus, (type: 'PAYMENT' | 'VERIFICATION') => OrderStatus>> = {
  PENDING: () => 'PROCESSING',
  UNKNOWN: () => 'PROCESSING',
  PROCESSING: () => 'PROCESSING',
  REQUIRES_ACTION: () => 'REQUIRES_ACTION',
  SUCCEEDED: (type) => (type === 'VERIFICATION' ? 'VERIFIED' : 'PROCESSING'),
  PARTIALLY_SUCCEEDED: () => 'PROCESSING',
  DECLINED: () => 'DECLINED',
  FAILED: () => 'DECLINED',
  CANCELED: () => 'CANCELED',
};
