export {
  CreditNoteFieldsResolver,
  CreditNoteLineFieldsResolver,
  InvoiceFieldsResolver,
} from './invoice-fields.resolver.js';
export { InvoiceLiveResolver } from './invoice-live.resolver.js';
export { invoiceNodes } from './invoice-loaders.js';
export { InvoiceMutationsResolver } from './invoice-mutations.resolver.js';
export { PayerInvoicesResolver } from './invoice-payer.resolver.js';
export { InvoiceQueriesResolver } from './invoice-queries.resolver.js';
export { OrderInvoiceResolver } from './order-invoice.resolver.js';
