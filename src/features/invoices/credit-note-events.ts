import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { invoiceNumber, seriesNumber } from './domain/invoice-number.js';
import { type CreditNoteRow, type InvoiceRow, money } from './invoice-rows.js';

/** What others may react to. Payloads hold public ids and amounts in words: merchants read them. */
export const CREDIT_NOTE_CREATED = 'credit_note.created';
export const CREDIT_NOTE_STATUS_CHANGED = 'credit_note.status_changed';

export function creditNoteCreated(note: CreditNoteRow, invoice: InvoiceRow): DomainEvent {
  return creditNoteEvent(CREDIT_NOTE_CREATED, note, invoice, {});
}

/** The money of one that is refunded is with the payer, or came back. */
export function creditNoteStatusChanged(previousStatus: string, note: CreditNoteRow, invoice: InvoiceRow): DomainEvent {
  return creditNoteEvent(CREDIT_NOTE_STATUS_CHANGED, note, invoice, { previousStatus });
}

function creditNoteEvent(
  type: string,
  note: CreditNoteRow,
  invoice: InvoiceRow,
  more: Record<string, unknown>,
): DomainEvent {
  return {
    type,
    subjectId: note.id,
    merchantId: note.merchantId,
    payload: {
      creditNoteId: publicId('creditNote', note.id),
      number: seriesNumber('CN', note),
      invoiceId: publicId('invoice', invoice.id),
      invoiceNumber: invoiceNumber(invoice),
      payerId: publicId('payer', invoice.payerId),
      mode: note.mode,
      status: note.status,
      settlement: note.settlement,
      reason: note.reason,
      total: money(note, note.total).toDecimal(),
      tax: money(note, note.tax).toDecimal(),
      currency: note.currency,
      ...more,
    },
  };
}
