import { type Currency, fractionDigits } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import type { Sql } from '../../platform/database/sql.js';
import type { Language, OrderStatus, PaymentPageLinks } from '../orders/index.js';
import { plainDecimal } from './domain/exact-decimal.js';
import { invoiceNumber, seriesNumber } from './domain/invoice-number.js';
import { isOwed } from './domain/invoice-status.js';
import { sumOf } from './domain/item-amounts.js';
import { INVOICE_TO_PRINT, ITEMS_TO_PRINT, NOTE_LINES_TO_PRINT, NOTE_TO_PRINT } from './invoice-documents-sql.js';
import { amountDue, type CreditNoteRow, type InvoiceItemRow, type InvoiceRow } from './invoice-rows.js';
import type { DocumentItem, DocumentTaxLine, InvoiceDocument } from './pdf/invoice-document.js';

/** What is asked for: whose, which, and in which language; null leaves that to what is known of the payer. */
export interface DocumentWanted {
  readonly operatorId: string;
  readonly id: string;
  readonly language: Language | null;
}

type Parties = {
  readonly merchantName: string;
  readonly operatorName: string;
  readonly name: string | null;
  readonly reference: string | null;
  readonly email: string | null;
  readonly language: Language | null;
};

/** An invoice as its payer is to read it: as of this moment, and so a draft with all that is on it now. */
export async function invoiceDocument(
  sql: Sql,
  { operatorId, id, language }: DocumentWanted,
  pageLinks: PaymentPageLinks,
): Promise<InvoiceDocument | null> {
  const [invoices, items] = await Promise.all([
    sql.query<InvoiceRow & Parties & { orderStatus: OrderStatus | null }>(INVOICE_TO_PRINT, [operatorId, id]),
    sql.query<InvoiceItemRow>(ITEMS_TO_PRINT, [operatorId, id]),
  ]);
  const [invoice] = invoices;
  if (!invoice) return null;
  const { currency, status, orderId, orderStatus } = invoice;
  const of = (minor: bigint) => Money.of(minor, currency);
  const isDraft = status === 'DRAFT';
  const isWaiting = orderStatus === 'CREATED' || orderStatus === 'REQUIRES_ACTION';
  // Of a draft its row knows less than its items do.
  const sums = isDraft ? sumsOf(items) : invoice;
  return {
    ...partiesOf(invoice),
    ...itemsOf(items, currency),
    kind: isDraft ? 'DRAFT' : 'INVOICE',
    number: invoiceNumber(invoice),
    title: invoice.title,
    issuedOn: invoice.issuedOn,
    dueOn: invoice.dueOn,
    month: invoice.month.slice(0, 7),
    subtotal: of(sums.subtotal),
    tax: of(sums.tax),
    total: of(sums.total),
    creditApplied: of(invoice.creditApplied),
    credited: of(invoice.credited),
    paid: of(invoice.paid),
    amountDue: of(isDraft ? sums.total : amountDue(invoice)),
    status,
    paymentLink: isOwed(status) && isWaiting && orderId ? pageLinks.make({ operatorId, orderId }) : null,
    language: language ?? invoice.language ?? 'en',
    credits: null,
  };
}

type NoteRow = CreditNoteRow & Parties & { readonly title: string; readonly invoiceNumber: number };
type NoteLineRow = InvoiceItemRow & { readonly creditedNet: bigint; readonly creditedTax: bigint };

/** A credit note as its payer is to read it. */
export async function creditNoteDocument(
  sql: Sql,
  { operatorId, id, language }: DocumentWanted,
): Promise<InvoiceDocument | null> {
  const [notes, lines] = await Promise.all([
    sql.query<NoteRow>(NOTE_TO_PRINT, [operatorId, id]),
    sql.query<NoteLineRow>(NOTE_LINES_TO_PRINT, [operatorId, id]),
  ]);
  const [note] = notes;
  if (!note) return null;
  const { currency, mode, net, tax, total } = note;
  const of = (minor: bigint) => Money.of(minor, currency);
  return {
    ...partiesOf(note),
    ...itemsOf(
      lines.map((line) => credited(line, currency)),
      currency,
    ),
    kind: 'CREDIT_NOTE',
    number: seriesNumber('CN', note),
    title: note.title,
    issuedOn: note.issuedOn,
    dueOn: null,
    month: null,
    subtotal: of(net),
    tax: of(tax),
    total: of(total),
    creditApplied: of(0n),
    credited: of(0n),
    paid: of(0n),
    amountDue: of(0n),
    status: null,
    paymentLink: null,
    language: language ?? note.language ?? 'en',
    credits: { invoiceNumber: seriesNumber('INV', { mode, number: note.invoiceNumber }), reason: note.reason },
  };
}

function partiesOf({ merchantName, operatorName, name, reference, email }: Parties) {
  return { merchantName, operatorName, payer: { name, reference, email } };
}

function itemsOf(rows: readonly InvoiceItemRow[], currency: Currency) {
  const items = rows.map(
    ({ description, date, quantity, unitPrice, taxRate, net, tax }): DocumentItem => ({
      description,
      date,
      quantity: plainDecimal(quantity),
      unitPrice: plainDecimal(unitPrice, fractionDigits(currency)),
      taxRate: taxRate === null ? null : plainDecimal(taxRate),
      net: Money.of(net, currency),
      tax: Money.of(tax, currency),
    }),
  );
  return { currency, items, taxLines: taxLinesOf(rows, currency) };
}

/** One for each rate that was said, the lowest first: what was given without one is in the subtotal alone. */
function taxLinesOf(rows: readonly InvoiceItemRow[], currency: Currency): readonly DocumentTaxLine[] {
  const byRate = Map.groupBy(rows, ({ taxRate }) => taxRate && plainDecimal(taxRate));
  return [...byRate]
    .flatMap(([rate, ofRate]) => (rate === null ? [] : [{ rate, ...sumsOf(ofRate) }]))
    .sort((a, b) => Number(a.rate) - Number(b.rate))
    .map(({ rate, subtotal, tax }) => ({ rate, net: Money.of(subtotal, currency), tax: Money.of(tax, currency) }));
}

function sumsOf(rows: readonly InvoiceItemRow[]) {
  const { net: subtotal, tax } = sumOf(rows);
  return { subtotal, tax, total: subtotal + tax };
}

/** A part of an item has no quantity that would be true: it is shown as one of so much. */
function credited({ creditedNet, creditedTax, ...item }: NoteLineRow, currency: Currency): InvoiceItemRow {
  const isWhole = creditedNet === item.net;
  const part = { quantity: '1', unitPrice: Money.of(creditedNet, currency).toDecimal() };
  return { ...item, ...(isWhole ? {} : part), net: creditedNet, tax: creditedTax };
}
