import { isDeepStrictEqual } from 'node:util';
import type { Currency } from '../../kernel/currency.js';
import { DomainError, invalidInput, notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import type { Caller } from '../orders/index.js';
import { namedPayer, type PayerDetails, payerById } from '../payers/index.js';
import { readMerchants } from '../tenancy/index.js';
import { lastDate, monthOf, today } from './domain/billing-month.js';
import { plainDecimal } from './domain/exact-decimal.js';
import type { ItemAmounts, PricedItem } from './domain/item-amounts.js';
import { DraftMoved, type DraftWanted, openDraft } from './draft.js';
import { INSERT_ITEM, ITEM_BY_ID, ITEM_BY_REFERENCE } from './drafts-sql.js';
import { invoiceById } from './invoice-once.js';
import type { InvoiceItemRow, InvoiceRow } from './invoice-rows.js';

export interface NewItem extends PricedItem {
  readonly merchantId: string;
  readonly mode: 'TEST' | 'LIVE';
  readonly payer: PayerDetails;
  readonly currency: Currency;
  readonly description: string;
  /** Null: the merchant's day. */
  readonly date: string | null;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly amounts: ItemAmounts;
}

export interface ItemOnInvoice {
  readonly item: InvoiceItemRow;
  readonly invoice: InvoiceRow;
}

type Try = NewItem & Pick<DraftWanted, 'firmly'>;

/** Closing, refreshing and a second first item can each come in between once; more than that is no accident. */
const TRIES = 8;

/**
 * Adds an item to the payer's draft of the month that it is dated in. An item
 * never gets onto a closed invoice and is never lost: whose draft is closed in
 * the meantime looks for it again.
 */
export async function addInvoiceItem(
  units: UnitsOfWork,
  { operatorId }: Pick<Caller, 'operatorId'>,
  wanted: NewItem,
  idempotency: IdempotentRequest,
): Promise<ItemOnInvoice> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await units.sql(operatorId, (transaction) =>
        addOnce(transaction, { ...wanted, firmly: tried > 1 }, idempotency),
      );
    } catch (error) {
      if (!(error instanceof DraftMoved) || tried >= TRIES) throw error;
    }
  }
}

function addOnce(transaction: Transaction, wanted: Try, idempotency: IdempotentRequest): Promise<ItemOnInvoice> {
  return idempotently(
    transaction,
    idempotency,
    async () => {
      const value = (await addedBefore(transaction, wanted)) ?? (await add(transaction, wanted));
      return { result: { itemId: value.item.id }, value };
    },
    async ({ itemId = '' }) => {
      const [item] = await transaction.query<InvoiceItemRow>(ITEM_BY_ID, [transaction.operatorId, itemId]);
      if (!item) throw removedSince();
      return { item, invoice: await invoiceById(transaction, item.invoiceId) };
    },
  );
}

async function add(transaction: Transaction, wanted: Try): Promise<ItemOnInvoice> {
  const { merchantId, mode, currency, firmly } = wanted;
  const [merchant] = await readMerchants(transaction, transaction.operatorId, [merchantId]);
  if (!merchant) throw notFound('merchant');
  const payer = await namedPayer(transaction, { merchantId, mode }, wanted.payer);
  const { timeZone } = merchant;
  const date = dateOf(wanted, transaction.now, timeZone);
  const draft = { merchantId, mode, payerId: payer.id, currency, month: monthOf(date), timeZone, firmly };
  const invoice = await openDraft(transaction, draft);
  const values = itemValues(transaction, wanted, {
    invoiceId: invoice.id,
    date: wanted.date ?? dayOn(invoice, date, transaction.now),
  });
  const [item] = await transaction.query<InvoiceItemRow>(INSERT_ITEM, values);
  // Somebody else has added this reference a moment ago: looked at from the start, it is an earlier one.
  if (!item) throw new DraftMoved(`reference ${wanted.reference} was taken meanwhile`);
  return { item, invoice };
}

function dateOf({ date }: NewItem, now: Date, timeZone: string): string {
  const last = lastDate(now, timeZone);
  if (date !== null && date > last) {
    throw invalidInput([{ path: ['date'], message: `must be at most 12 months ahead, until ${last}, not ${date}` }]);
  }
  return date ?? today(now, timeZone);
}

/** A draft keeps its zone if its merchant moves, and so its items' days; but an item stays in the month it was put into. */
function dayOn({ month, timeZone }: InvoiceRow, date: string, now: Date): string {
  const there = today(now, timeZone);
  return monthOf(there) === month ? there : date;
}

function removedSince(): DomainError {
  return new DomainError(
    'NOT_FOUND',
    'the item that was added with this idempotencyKey has been removed since; add it anew with another key',
  );
}

function itemValues(
  { operatorId, now }: Transaction,
  { merchantId, mode, description, quantity, unitPrice, taxRate, amounts, reference, metadata }: NewItem,
  { invoiceId, date }: { readonly invoiceId: string; readonly date: string },
): readonly unknown[] {
  const place = [operatorId, newUuid(), invoiceId, merchantId, mode, description, date];
  const { net, tax } = amounts;
  return [...place, quantity, unitPrice, taxRate, net, tax, reference, JSON.stringify(metadata), now];
}

/** The item that has the reference already, if it is this very one: a meter that reports twice is billed once. */
async function addedBefore(transaction: Transaction, wanted: NewItem): Promise<ItemOnInvoice | null> {
  const { merchantId, mode, reference } = wanted;
  if (reference === null) return null;
  const key = [transaction.operatorId, merchantId, mode, reference];
  const [item] = await transaction.query<InvoiceItemRow>(ITEM_BY_REFERENCE, key);
  if (!item) return null;
  const invoice = await invoiceById(transaction, item.invoiceId);
  const payer = await payerById(transaction, invoice.payerId);
  const different = [
    ...(isSamePayer(wanted.payer, { id: invoice.payerId, reference: payer?.reference ?? null }) ? [] : ['payer']),
    ...(wanted.currency === invoice.currency ? [] : ['currency']),
    ...differences(item, wanted),
  ];
  if (different.length === 0) return { item, invoice };
  throw new DomainError(
    'DUPLICATE_REFERENCE',
    `reference: "${reference}" is that of another item of this merchant, different in ${different.join(', ')}`,
  );
}

/** Who was named by neither was made for that one item, and cannot be compared. */
function isSamePayer(wanted: PayerDetails, payer: { readonly id: string; readonly reference: string | null }): boolean {
  if (wanted.id !== undefined) return wanted.id === payer.id;
  return wanted.reference === undefined || wanted.reference === payer.reference;
}

/** A date that was left out is the day of the first time. */
function differences(item: InvoiceItemRow, wanted: NewItem): string[] {
  const before = comparable(item);
  const now = { ...comparable(wanted), date: wanted.date ?? item.date };
  const fields = Object.keys(before) as (keyof typeof before)[];
  return fields.filter((field) => !isDeepStrictEqual(before[field], now[field]));
}

function comparable({ description, date, quantity, unitPrice, taxRate, metadata }: InvoiceItemRow | NewItem) {
  return {
    description,
    date,
    quantity: plainDecimal(quantity),
    unitPrice: plainDecimal(unitPrice),
    taxRate: taxRate && plainDecimal(taxRate),
    metadata,
  };
}
