export { attendInvoices } from './attend-invoices.js';
export { INVOICE_NEEDS_PAYER, INVOICE_OVERPAID } from './charge-invoice-events.js';
export { CreditNoteRefundResolver } from './credit-note.resolver.js';
export { CREDIT_NOTE_CREATED, CREDIT_NOTE_STATUS_CHANGED } from './credit-note-events.js';
export { onInvoiceRefund } from './credit-note-refunds.js';
export { INVOICE_STATUS_CHANGED } from './invoice-events.js';
export {
  CreditNoteFieldsResolver,
  CreditNoteLineFieldsResolver,
  InvoiceFieldsResolver,
} from './invoice-fields.resolver.js';
export { InvoiceItemsResolver } from './invoice-items.resolver.js';
export { InvoiceLiveResolver } from './invoice-live.resolver.js';
export { invoiceNodes } from './invoice-loaders.js';
export { type InvoiceMeter, invoiceMeter } from './invoice-meter.js';
export { InvoiceMutationsResolver } from './invoice-mutations.resolver.js';
export { PayerInvoicesResolver } from './invoice-payer.resolver.js';
export { CREDIT_NOTE_PDFS, INVOICE_PDFS, InvoicePdfs, type PdfClaims } from './invoice-pdf.js';
export { CreditNotePdfResolver, InvoicePdfResolver } from './invoice-pdf.resolver.js';
export { InvoiceQueriesResolver } from './invoice-queries.resolver.js';
export { OperatorInvoicesResolver } from './month-view.resolver.js';
export { onInvoiceOrderChanged } from './on-order-status-changed.js';
export { OrderInvoiceResolver } from './order-invoice.resolver.js';
export { PayerCreditEntryResolver, PayerCreditResolver } from './payer-credit.resolver.js';
export { refreshDrafts } from './refresh-drafts.js';
