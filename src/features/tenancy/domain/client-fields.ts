import type { Principal } from './principal.js';

/**
 * All that a payer's token may read, by type: what the payer knows or must
 * know to pay. What the shop knows of the payer, its reasons and its payment
 * system's answers are the shop's. A field that is not here is refused.
 */
export const CLIENT_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Query', new Set(['order'])],
  ['Subscription', new Set(['orderStatusChanged'])],
  [
    'Order',
    new Set([
      'id',
      'billNumber',
      'orderNumber',
      'description',
      'status',
      'captureMode',
      'amount',
      'authorizedAmount',
      'capturedAmount',
      'refundedAmount',
      'capturableAmount',
      'nextAction',
      'operations',
      'expiresAt',
      'captureBefore',
      'createdAt',
      'updatedAt',
      'merchant',
      'returnUrl',
    ]),
  ],
  ['Merchant', new Set(['id', 'name'])],
  ['Operation', new Set(['type', 'status', 'amount', 'createdAt', 'finishedAt'])],
  ['Money', new Set(['amount', 'currency', 'minorUnits'])],
  ['NextAction', new Set(['redirectUrl', 'clientSecret'])],
  ['OrderStatusChanged', new Set(['cursor', 'occurredAt', 'order', 'orderId', 'previousStatus', 'status'])],
]);

/** The fields that the principal is confined to; null for keys, whose scopes and tenant say what they see. */
export function readableFields({ kind }: Pick<Principal, 'kind'>): typeof CLIENT_FIELDS | null {
  return kind === 'CLIENT' ? CLIENT_FIELDS : null;
}
