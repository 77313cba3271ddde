import type { Currency } from '../../../kernel/currency.js';
import type { Money } from '../../../kernel/money.js';
import type { Language } from '../../orders/index.js';
import type { InvoiceStatus } from '../domain/words.js';

/** DRAFT is an invoice that has no number yet, and may still change. */
export type DocumentKind = 'INVOICE' | 'CREDIT_NOTE' | 'DRAFT';

/**
 * What is printed, and nothing that would have to be looked up or asked of a
 * clock: the same document is the same PDF, byte for byte.
 */
export interface InvoiceDocument {
  readonly kind: DocumentKind;
  /** The one of its series; null on a draft. */
  readonly number: string | null;
  /** What the merchant calls it: "Internet, November 2026". */
  readonly title: string | null;
  readonly merchantName: string;
  /** Who bills for the merchant. */
  readonly operatorName: string;
  readonly payer: DocumentPayer;
  /** `2026-11-22`, by the merchant's calendar; null on a draft. */
  readonly issuedOn: string | null;
  /** `2026-11-30`; null where nothing falls due. */
  readonly dueOn: string | null;
  /** `2026-11`, the month that is billed; null where it is of none. */
  readonly month: string | null;
  readonly currency: Currency;
  readonly items: readonly DocumentItem[];
  /** One per rate, as the totals have it. */
  readonly taxLines: readonly DocumentTaxLine[];
  /** What all items come to without tax. */
  readonly subtotal: Money;
  readonly tax: Money;
  readonly total: Money;
  /** What the payer's balance took off the total; printed when it is not zero. */
  readonly creditApplied: Money;
  /** What credit notes took off what is owed; printed when it is not zero. */
  readonly credited: Money;
  readonly paid: Money;
  readonly amountDue: Money;
  /** Null on a credit note. */
  readonly status: InvoiceStatus | null;
  /** Where the payer can pay: an http or https address, printed and to be clicked. Null where there is nothing to pay. */
  readonly paymentLink: string | null;
  readonly language: Language;
  /** Of a credit note: what it takes back, and why. Null on others. */
  readonly credits: DocumentCredits | null;
}

export interface DocumentPayer {
  readonly name: string | null;
  /** What the merchant knows the payer by. */
  readonly reference: string | null;
  readonly email: string | null;
}

export interface DocumentItem {
  readonly description: string;
  /** `2026-11-22`; null for what has no day. */
  readonly date: string | null;
  /** A decimal text, "2.5"; printed by the language's habit. */
  readonly quantity: string;
  /** A decimal text in whole units of the currency, which may have more digits than it: "0.00125". */
  readonly unitPrice: string;
  /** A decimal text in percent, "8.875"; null for what is not taxed. */
  readonly taxRate: string | null;
  /** Without tax. */
  readonly net: Money;
  readonly tax: Money;
}

export interface DocumentTaxLine {
  /** A decimal text in percent. */
  readonly rate: string;
  readonly net: Money;
  readonly tax: Money;
}

export interface DocumentCredits {
  readonly invoiceNumber: string;
  readonly reason: string | null;
}
