import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { invoiceNumber } from './domain/invoice-number.js';
import { amountDue, type InvoiceRow, money } from './invoice-rows.js';

/** What others may react to. Payloads hold public ids and amounts in words: merchants read them. */
export const INVOICE_STATUS_CHANGED = 'invoice.status_changed';

/** `previousStatus` is null for a draft that has just been begun. */
export function invoiceStatusChanged(previousStatus: string | null, invoice: InvoiceRow): DomainEvent {
  const { id, merchantId, mode, status, month, currency, orderId } = invoice;
  return {
    type: INVOICE_STATUS_CHANGED,
    subjectId: id,
    merchantId,
    payload: {
      invoiceId: publicId('invoice', id),
      number: invoiceNumber(invoice),
      payerId: publicId('payer', invoice.payerId),
      month: month.slice(0, 7),
      mode,
      previousStatus,
      status,
      total: money(invoice, invoice.total).toDecimal(),
      amountDue: status === 'DRAFT' ? null : money(invoice, amountDue(invoice)).toDecimal(),
      currency,
      dueOn: invoice.dueOn,
      orderId: orderId && publicId('order', orderId),
      chargeStop: invoice.chargeStop,
      retryAt: invoice.retryAt?.toISOString() ?? null,
    },
  };
}
