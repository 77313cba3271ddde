import type { InvoiceStatus } from '../domain/words.js';
import type { DocumentKind } from './invoice-document.js';

/** All words of a printed invoice, in one language. */
export interface DocumentTexts {
  readonly kinds: Readonly<Record<DocumentKind, string>>;
  readonly numbered: (number: string) => string;
  readonly billedThrough: (operator: string) => string;
  readonly payer: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly month: string;
  readonly status: string;
  /** Of an invoice that is not paid: what its payer is to know. */
  readonly statuses: Readonly<Record<InvoiceStatus, string>>;
  /** Printed large behind the text of what must not be taken for an invoice to pay. */
  readonly watermarks: Readonly<Partial<Record<InvoiceStatus, string>>>;
  readonly ofInvoice: string;
  readonly reason: string;
  readonly columns: {
    readonly description: string;
    readonly quantity: string;
    readonly unitPrice: string;
    readonly taxRate: string;
    readonly tax: string;
    readonly net: string;
  };
  readonly amountsIn: (currency: string) => string;
  readonly noItems: string;
  /** Of an invoice that has more items than are printed. */
  readonly manyItems: (count: string) => string;
  readonly subtotal: string;
  readonly taxOn: (rate: string, net: string) => string;
  readonly tax: string;
  readonly total: string;
  readonly creditApplied: string;
  readonly creditNotes: string;
  readonly paid: string;
  readonly amountDue: string;
  readonly payBy: (amount: string, day: string) => string;
  readonly toPay: (amount: string) => string;
  readonly paidInFull: string;
  readonly nothingToPay: string;
  readonly stillOpen: string;
  readonly voided: string;
  readonly credited: (amount: string) => string;
  readonly payOnline: string;
}
