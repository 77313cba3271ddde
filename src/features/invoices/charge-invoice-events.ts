import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { invoiceNumber } from './domain/invoice-number.js';
import { type InvoiceRow, money } from './invoice-rows.js';

export const INVOICE_OVERPAID = 'invoice.overpaid';

export interface Surplus {
  readonly orderId: string;
  readonly amount: bigint;
  /** The cancellation that gives it back; null where somebody has to. */
  readonly operationId: string | null;
}

/** Money came that was not owed any more. With an operation it is given back by itself; without one a person has to. */
export function invoiceOverpaid(invoice: InvoiceRow, { orderId, amount, operationId }: Surplus): DomainEvent {
  const { id, merchantId, mode, status, currency } = invoice;
  return {
    type: INVOICE_OVERPAID,
    subjectId: id,
    merchantId,
    payload: {
      invoiceId: publicId('invoice', id),
      number: invoiceNumber(invoice),
      mode,
      status,
      orderId: publicId('order', orderId),
      amount: money(invoice, amount).toDecimal(),
      currency,
      operationId: operationId && publicId('operation', operationId),
    },
  };
}
