import type { Currency } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import { Table } from '../../platform/database/table.js';
import type { ChargeStop, CreditNoteStatus, CreditSettlement, InvoiceStatus } from './domain/words.js';

/** An invoice as the statements of this feature read it: the columns of the table under their names in the code. */
export type InvoiceRow = {
  id: string;
  merchantId: string;
  mode: 'TEST' | 'LIVE';
  payerId: string;
  currency: Currency;
  status: InvoiceStatus;
  month: string;
  timeZone: string;
  number: number | null;
  title: string;
  issuedOn: string | null;
  dueOn: string | null;
  subtotal: bigint;
  tax: bigint;
  total: bigint;
  itemCount: number;
  totalsAt: Date;
  staleSince: Date | null;
  creditApplied: bigint;
  credited: bigint;
  paid: bigint;
  refunded: bigint;
  agreementId: string | null;
  orderId: string | null;
  paidOutside: string | null;
  attempts: number;
  declines: number;
  technicalFailures: number;
  firstFailedAt: Date | null;
  retryAt: Date | null;
  declineCode: string | null;
  chargeStop: ChargeStop | null;
  chargeStopDetail: string | null;
  dueAt: Date | null;
  closeAt: Date;
  closedAt: Date | null;
  paidAt: Date | null;
  voidedAt: Date | null;
  uncollectibleAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

export type InvoiceItemRow = {
  id: string;
  invoiceId: string;
  merchantId: string;
  mode: 'TEST' | 'LIVE';
  description: string;
  date: string;
  quantity: string;
  unitPrice: string;
  taxRate: string | null;
  net: bigint;
  tax: bigint;
  reference: string | null;
  metadata: Record<string, unknown>;
  createdAt: Date;
};

export type CreditNoteRow = {
  id: string;
  invoiceId: string;
  merchantId: string;
  mode: 'TEST' | 'LIVE';
  number: number;
  currency: Currency;
  net: bigint;
  tax: bigint;
  total: bigint;
  reason: string;
  settlement: CreditSettlement;
  status: CreditNoteStatus;
  operationId: string | null;
  issuedOn: string;
  createdAt: Date;
  finishedAt: Date | null;
};

export type CreditNoteLineRow = { id: string; creditNoteId: string; itemId: string; net: bigint; tax: bigint };

export const INVOICES = new Table<InvoiceRow>('invoices', {
  id: null,
  merchantId: { fixed: true },
  mode: { fixed: true },
  payerId: { fixed: true },
  currency: { fixed: true },
  status: null,
  month: { as: 'text', fixed: true },
  timeZone: { fixed: true },
  number: null,
  title: null,
  issuedOn: { as: 'text' },
  dueOn: { as: 'text' },
  subtotal: { column: 'subtotal_minor' },
  tax: { column: 'tax_minor' },
  total: { column: 'total_minor' },
  itemCount: null,
  totalsAt: null,
  staleSince: null,
  creditApplied: { column: 'credit_applied_minor' },
  credited: { column: 'credited_minor' },
  paid: { column: 'paid_minor' },
  refunded: { column: 'refunded_minor' },
  agreementId: null,
  orderId: null,
  paidOutside: null,
  attempts: null,
  declines: null,
  technicalFailures: null,
  firstFailedAt: null,
  retryAt: null,
  declineCode: null,
  chargeStop: null,
  chargeStopDetail: null,
  dueAt: null,
  closeAt: null,
  closedAt: null,
  paidAt: null,
  voidedAt: null,
  uncollectibleAt: null,
  createdAt: { fixed: true },
  updatedAt: null,
});

export const ITEMS = new Table<InvoiceItemRow>('invoice_items', {
  id: null,
  invoiceId: { fixed: true },
  merchantId: { fixed: true },
  mode: { fixed: true },
  description: { fixed: true },
  date: { as: 'text', fixed: true },
  quantity: { as: 'text', fixed: true },
  unitPrice: { as: 'text', fixed: true },
  taxRate: { as: 'text', fixed: true },
  net: { column: 'net_minor', fixed: true },
  tax: { column: 'tax_minor', fixed: true },
  reference: { fixed: true },
  metadata: { fixed: true },
  createdAt: { fixed: true },
});

export function money(invoice: { readonly currency: Currency }, minor: bigint): Money {
  return Money.of(minor, invoice.currency);
}

/** What is still owed on it: nothing on a draft or what is void, and never less than nothing. */
export function amountDue({ status, total, creditApplied, credited, paid }: InvoiceRow): bigint {
  if (status === 'VOID') return 0n;
  return total - creditApplied - credited - paid;
}
