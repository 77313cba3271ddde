import DataLoader from 'dataloader';
import type { Row, Statement } from '../../platform/database/sql.js';
import { type ApiContext, requireScope } from '../tenancy/index.js';
import { InvoiceType } from './invoice.graphql.js';
import { CreditNoteType } from './invoice-credit-note.graphql.js';
import { InvoiceItemType, type TaxLineRow } from './invoice-item.graphql.js';
import {
  CREDIT_NOTES_BY_ID,
  CREDIT_NOTES_OF_INVOICES,
  CREDITS_OF_PAYERS,
  INVOICES_BY_ID,
  ITEMS_BY_ID,
  itemsPage,
  LAST_AGREEMENTS_OF_INVOICES,
  LINES_OF_CREDIT_NOTES,
  TAX_LINES_OF_INVOICES,
} from './invoice-reads-sql.js';
import type { CreditNoteLineRow, CreditNoteRow, InvoiceItemRow, InvoiceRow } from './invoice-rows.js';

/** What a payer has in hand in one currency. */
export type PayerCreditRow = { readonly payerId: string; readonly currency: string; readonly balance: bigint };

/** A page of an invoice's items. */
export interface ItemsWanted {
  readonly invoiceId: string;
  readonly limit: number;
  readonly beforeId: string;
}

const INVOICES = Symbol('invoices');
const ITEMS = Symbol('items of invoices by id');
const ITEM_PAGES = Symbol('pages of items of invoices');
const TAX_LINES = Symbol('tax lines of invoices');
const NOTES = Symbol('credit notes by id');
const NOTES_OF = Symbol('credit notes of invoices');
const LINES = Symbol('lines of credit notes');
const CREDITS = Symbol('credit of payers');
const LAST_AGREEMENTS = Symbol('what invoices were charged under last');

/** Whether the asking key may see the invoice: its merchant's, in its mode. No client token sees any. */
export function isVisible({ principal }: ApiContext, invoice: Pick<InvoiceRow, 'mode' | 'merchantId'>): boolean {
  const { kind, mode, merchantId } = principal;
  return kind !== 'CLIENT' && invoice.mode === mode && (merchantId === null || merchantId === invoice.merchantId);
}

/** Invoices by UUID, as far as the asking key may see them. */
export function invoiceLoader(context: ApiContext): DataLoader<string, InvoiceRow | null> {
  return context.loader(INVOICES, () => byId<InvoiceRow>(context, INVOICES_BY_ID));
}

/** Pages of items, newest first: those of many invoices that are alike in size and place by one statement. */
export function itemsLoader(context: ApiContext): DataLoader<ItemsWanted, InvoiceItemRow[], string> {
  return context.loader(
    ITEM_PAGES,
    () =>
      new DataLoader<ItemsWanted, InvoiceItemRow[], string>((wanted) => itemPages(context, wanted), {
        cacheKeyFn: ({ invoiceId, limit, beforeId }) => `${invoiceId} ${limit} ${beforeId}`,
      }),
  );
}

async function itemPages(context: ApiContext, wanted: readonly ItemsWanted[]): Promise<InvoiceItemRow[][]> {
  const alike = Map.groupBy(wanted, ({ limit, beforeId }) => `${limit} ${beforeId}`);
  const pages = await Promise.all(
    [...alike.values()].map(async (group) => {
      const [{ limit, beforeId } = { limit: 0, beforeId: '' }] = group;
      const ids = group.map(({ invoiceId }) => invoiceId);
      return read<InvoiceItemRow>(context, itemsPage(limit), [ids, beforeId]).then((rows) =>
        Map.groupBy(rows, (row) => `${row.invoiceId} ${limit} ${beforeId}`),
      );
    }),
  );
  const found = new Map(pages.flatMap((page) => [...page]));
  return wanted.map(({ invoiceId, limit, beforeId }) => found.get(`${invoiceId} ${limit} ${beforeId}`) ?? []);
}

/** What items come to per tax rate, by their invoices' UUIDs. */
export function taxLinesLoader(context: ApiContext): DataLoader<string, TaxLineRow[]> {
  return context.loader(TAX_LINES, () =>
    ofMany<TaxLineRow & Row>(context, TAX_LINES_OF_INVOICES, ({ invoiceId }) => invoiceId),
  );
}

/** The credit notes of invoices, oldest first, by the invoices' UUIDs. */
export function creditNotesLoader(context: ApiContext): DataLoader<string, CreditNoteRow[]> {
  return context.loader(NOTES_OF, () =>
    ofMany<CreditNoteRow>(context, CREDIT_NOTES_OF_INVOICES, ({ invoiceId }) => invoiceId),
  );
}

/** Credit notes by UUID, as far as the asking key may see them. */
export function creditNoteLoader(context: ApiContext): DataLoader<string, CreditNoteRow | null> {
  return context.loader(NOTES, () => byId<CreditNoteRow>(context, CREDIT_NOTES_BY_ID));
}

export function creditNoteLinesLoader(context: ApiContext): DataLoader<string, CreditNoteLineRow[]> {
  return context.loader(LINES, () =>
    ofMany<CreditNoteLineRow>(context, LINES_OF_CREDIT_NOTES, ({ creditNoteId }) => creditNoteId),
  );
}

/** Items by UUID, as far as the asking key may see them. */
export function itemLoader(context: ApiContext): DataLoader<string, InvoiceItemRow | null> {
  return context.loader(ITEMS, () => byId<InvoiceItemRow>(context, ITEMS_BY_ID));
}

/** What payers have in hand, one row per currency, by the payers' UUIDs. Whether they may be seen is the payer's to say. */
export function creditsLoader(context: ApiContext): DataLoader<string, PayerCreditRow[]> {
  return context.loader(CREDITS, () =>
    ofMany<PayerCreditRow & Row>(context, CREDITS_OF_PAYERS, ({ payerId }) => payerId),
  );
}

/** What invoices were charged under last, by the invoices' UUIDs: one id, or none. */
export function lastAgreementLoader(context: ApiContext): DataLoader<string, { readonly agreementId: string }[]> {
  return context.loader(LAST_AGREEMENTS, () =>
    ofMany<{ invoiceId: string; agreementId: string }>(
      context,
      LAST_AGREEMENTS_OF_INVOICES,
      ({ invoiceId }) => invoiceId,
    ),
  );
}

function read<Found extends Row>(context: ApiContext, statement: Statement, parameters: readonly unknown[]) {
  return context.reads.query<Found>(statement, [context.principal.operatorId, ...parameters]);
}

function byId<Found extends Row & Pick<InvoiceRow, 'id' | 'mode' | 'merchantId'>>(
  context: ApiContext,
  statement: Statement,
) {
  return new DataLoader<string, Found | null>(async (ids) => {
    const rows = await read<Found>(context, statement, [ids]);
    const found = new Map(rows.filter((row) => isVisible(context, row)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

function ofMany<Part extends Row>(context: ApiContext, statement: Statement, ownerOf: (part: Part) => string) {
  return new DataLoader<string, Part[]>(async (ids) => {
    const byOwner = Map.groupBy(await read<Part>(context, statement, [ids]), ownerOf);
    return ids.map((id) => byOwner.get(id) ?? []);
  });
}

/** For `node(id)`: the parts of an invoice are seen by whoever sees the invoice. */
export const invoiceNodes = {
  invoice: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'invoices:read');
    const invoice = await invoiceLoader(context).load(uuid);
    return invoice && new InvoiceType(invoice);
  },
  invoiceItem: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'invoices:read');
    const item = await itemLoader(context).load(uuid);
    const invoice = item && (await invoiceLoader(context).load(item.invoiceId));
    return item && invoice && new InvoiceItemType(item, invoice.currency);
  },
  creditNote: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'invoices:read');
    const note = await creditNoteLoader(context).load(uuid);
    return note && new CreditNoteType(note);
  },
};
