import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { invoiceNumber } from './domain/invoice-number.js';
import { amountDue, type InvoiceRow, money } from './invoice-rows.js';

export const INVOICE_NEEDS_PAYER = 'invoice.needs_payer';
export const INVOICE_OVERPAID = 'invoice.overpaid';

/** It is not charged by itself: its payer pays by the link of this order, which the merchant sends them. Without one no link can be made. */
export function invoiceNeedsPayer(invoice: InvoiceRow, orderId: string | null): DomainEvent {
  return invoiceEvent(INVOICE_NEEDS_PAYER, invoice, {
    orderId: orderId && publicId('order', orderId),
    amountDue: money(invoice, amountDue(invoice)).toDecimal(),
    chargeStop: invoice.chargeStop,
    chargeStopDetail: invoice.chargeStopDetail,
  });
}

export interface Surplus {
  readonly orderId: string;
  readonly amount: bigint;
  /** The cancellation that gives it back; null where somebody has to. */
  readonly operationId: string | null;
}

/** Money came that was not owed any more. With an operation it is given back by itself; without one a person has to. */
export function invoiceOverpaid(invoice: InvoiceRow, { orderId, amount, operationId }: Surplus): DomainEvent {
  return invoiceEvent(INVOICE_OVERPAID, invoice, {
    orderId: publicId('order', orderId),
    amount: money(invoice, amount).toDecimal(),
    operationId: operationId && publicId('operation', operationId),
  });
}

function invoiceEvent(type: string, invoice: InvoiceRow, payload: Record<string, unknown>): DomainEvent {
  const { id, merchantId, mode, status, currency } = invoice;
  const number = invoiceNumber(invoice);
  return {
    type,
    subjectId: id,
    merchantId,
    payload: { invoiceId: publicId('invoice', id), number, mode, status, currency, ...payload },
  };
}
