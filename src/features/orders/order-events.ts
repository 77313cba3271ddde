import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { money, type OperationRow, type OrderRow } from './order-rows.js';

/** What others may react to. Payloads hold public ids and amounts in words: merchants read them. */
export const ORDER_STATUS_CHANGED = 'order.status_changed';
export const OPERATION_STATUS_CHANGED = 'operation.status_changed';
export const CAPTURE_DEADLINE_NEAR = 'order.capture_deadline_near';
export const REFUND_FAILED = 'order.refund_failed';

/** `previousStatus` is null for an order that has just been made. */
export function orderStatusChanged(previousStatus: string | null, order: OrderRow): DomainEvent {
  const { billNumber, currency, captureBefore, payerId, credentialId } = order;
  return orderEvent(ORDER_STATUS_CHANGED, order, {
    previousStatus,
    status: order.status,
    billNumber,
    amount: money(order, order.amount).toDecimal(),
    currency,
    authorizedAmount: money(order, order.authorized).toDecimal(),
    capturedAmount: money(order, order.captured).toDecimal(),
    refundedAmount: money(order, order.refunded).toDecimal(),
    captureBefore: captureBefore?.toISOString() ?? null,
    payerId: payerId && publicId('payer', payerId),
    storedCredentialId: credentialId && publicId('storedCredential', credentialId),
  });
}

export function operationChanged(order: OrderRow, operation: OperationRow): DomainEvent {
  return orderEvent(OPERATION_STATUS_CHANGED, order, {
    operationId: publicId('operation', operation.id),
    type: operation.type,
    status: operation.status,
    amount: money(order, operation.amount).toDecimal(),
    currency: order.currency,
    reason: operation.reason,
    declineCode: operation.declineCode,
  });
}

/** A hold lapses soon: capture it or let it go. */
export function captureDeadlineNear(order: OrderRow): DomainEvent {
  return orderEvent(CAPTURE_DEADLINE_NEAR, order, { captureBefore: order.captureBefore?.toISOString() ?? null });
}

/** The payer's bank sent a refund back after it had succeeded: the merchant has the money again, and the payer has not. */
export function refundFailed(order: OrderRow, amount: bigint, reason: string | null): DomainEvent {
  return orderEvent(REFUND_FAILED, order, {
    amount: money(order, amount).toDecimal(),
    currency: order.currency,
    reason,
  });
}

function orderEvent(type: string, order: OrderRow, payload: Record<string, unknown>): DomainEvent {
  return {
    type,
    subjectId: order.id,
    merchantId: order.merchantId,
    payload: {
      orderId: publicId('order', order.id),
      orderNumber: order.orderNumber,
      mode: order.mode,
      ...(order.agreementId && { agreementId: publicId('agreement', order.agreementId) }),
      // Absent where there is none: so who reacts to invoices' orders asks nothing about others.
      ...(order.invoiceId && { invoiceId: publicId('invoice', order.invoiceId) }),
      ...payload,
    },
  };
}
