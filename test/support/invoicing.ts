import { INVOICES, type InvoiceItemRow, type InvoiceRow, ITEMS } from '../../src/features/invoices/invoice-rows.js';
import { newUuid, uuidOf } from '../../src/kernel/ids.js';
import { type AgreementResult, aBillingShop, subscribe } from './agreements.js';
import type { Json, Product, Refusal, Shop } from './product.js';

const ORDER = `id orderNumber status source amount { amount } refundedAmount { amount }
  operations { type status reason transactions { externalId } }`;
const INVOICE = `id number status month title currency total { amount } amountDue { amount } creditApplied { amount }
  paid { amount } refunded { amount } itemCount issuedOn dueOn closesAt closedAt paidAt attempts declineCode retryAt chargeStop
  chargeStopDetail paymentPageUrl order { ${ORDER} } orders(first: 50) { nodes { ${ORDER} } }`;

export interface InvoiceOrderView {
  readonly id: string;
  readonly orderNumber: string;
  readonly status: string;
  readonly source: string | null;
  readonly amount: { amount: string };
  readonly refundedAmount: { amount: string };
  readonly operations: {
    type: string;
    status: string;
    reason: string | null;
    transactions: { externalId: string }[];
  }[];
}

export interface InvoiceView {
  readonly id: string;
  readonly number: string | null;
  readonly status: string;
  readonly month: string;
  readonly total: { amount: string };
  readonly amountDue: { amount: string };
  readonly creditApplied: { amount: string };
  readonly paid: { amount: string };
  readonly refunded: { amount: string };
  readonly itemCount: number;
  readonly issuedOn: string | null;
  readonly dueOn: string | null;
  readonly closedAt: string | null;
  readonly paidAt: string | null;
  readonly attempts: number;
  readonly declineCode: string | null;
  readonly retryAt: string | null;
  readonly chargeStop: string | null;
  readonly chargeStopDetail: string | null;
  readonly paymentPageUrl: string | null;
  readonly order: InvoiceOrderView | null;
  readonly orders: { nodes: InvoiceOrderView[] };
}

export async function invoiceOf(shop: Shop, id: string): Promise<InvoiceView> {
  const { invoice } = await shop.ask<{ invoice: InvoiceView }>(`query ($id: ID!) { invoice(id: $id) { ${INVOICE} } }`, {
    id,
  });
  return invoice;
}

/** What an invoice of the shop changes to by a mutation. */
export function changedInvoice(
  shop: Shop,
  mutation: string,
  invoiceId: string,
  input: Json = {},
): Promise<{ invoice: InvoiceView } & Refusal> {
  return shop.do(mutation, { invoiceId, ...input }, `invoice { ${INVOICE} }`);
}

let payers = 0;

/** Somebody of the shop's who is billed, with an agreement to be charged for whatever comes, by a card. */
export async function aBilledPayer(
  shop: Shop,
  input: Json = {},
): Promise<AgreementResult & { readonly payerId: string; readonly reference: string }> {
  payers += 1;
  const reference = `billed-${payers}`;
  const made = await subscribe(shop, { payer: { reference, email: 'payer@shop.example' }, ...input });
  if (!made.agreement) throw new Error(`${made.code}: ${made.message}`);
  const { agreement } = await shop.ask<{ agreement: { payer: { id: string } } }>(
    'query ($id: ID!) { agreement(id: $id) { payer { id } } }',
    { id: made.agreement.id },
  );
  return { ...made, reference, payerId: agreement.payer.id };
}

/** Adds an item to the payer's draft of the month; answers with the draft. */
export async function bill(shop: Shop, payer: Json, unitPrice: string, input: Json = {}): Promise<InvoiceView> {
  const wanted = { payer, currency: 'USD', description: 'Traffic', unitPrice, ...input };
  const made = await shop.do<{ invoice: InvoiceView } & Refusal>('addInvoiceItem', wanted, `invoice { ${INVOICE} }`);
  if (!made.invoice) throw new Error(`${made.code}: ${made.message}`);
  return made.invoice;
}

/** Lets so many days pass for everybody, and what follows from it happen to invoices. */
export async function daysPass(product: Product, days: number): Promise<void> {
  product.advance(Math.round(days * 86_400));
  await attend(product);
}

export async function attend(product: Product): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await product.built.jobs.wake('invoices.attend');
    await product.settle();
  }
  await product.built.jobs.wake('invoices.attend');
}

/** A shop whose payers are billed by UTC's calendar. */
export function anInvoicingShop(product: Product, merchant: Json = {}): Promise<Shop> {
  return aBillingShop(product, { timeZone: 'UTC', ...merchant });
}

export interface DraftWanted extends Partial<InvoiceRow> {
  readonly items?: readonly bigint[];
}

/** Drafts as items make them, many at once; each by default with one item over 10.00 and due for a day. */
export async function writeDrafts(
  product: Product,
  shop: Shop,
  payerId: string,
  drafts: readonly DraftWanted[],
): Promise<string[]> {
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  const merchantId = uuidOf('merchant', shop.id) ?? '';
  const now = product.clock.now();
  const closeAt = new Date(now.getTime() - 86_400_000);
  const rows = drafts.map(({ items: _, ...draft }, index): InvoiceRow => {
    const month = new Date(Date.UTC(2000, index, 1)).toISOString().slice(0, 10);
    const payer = uuidOf('payer', payerId) ?? payerId;
    const invoice = { ...BLANK, id: newUuid(), merchantId, payerId: payer, month, totalsAt: now, createdAt: now };
    return { ...invoice, updatedAt: now, closeAt, dueAt: draft.closeAt ?? closeAt, ...draft } as InvoiceRow;
  });
  const items = drafts.flatMap(({ items: amounts = [1000n] }, index) =>
    amounts.map(
      (net): InvoiceItemRow => ({
        ...ITEM,
        id: newUuid(),
        invoiceId: rows[index]?.id ?? '',
        merchantId,
        net,
        createdAt: now,
      }),
    ),
  );
  await product.built.units.sql(operatorId, async (transaction) => {
    await transaction.query(INVOICES.insert, INVOICES.parameters(operatorId, rows));
    if (items.length > 0) await transaction.query(ITEMS.insert, ITEMS.parameters(operatorId, items));
  });
  return rows.map(({ id }) => id);
}

const BLANK = {
  mode: 'TEST',
  currency: 'USD',
  status: 'DRAFT',
  timeZone: 'UTC',
  number: null,
  title: 'A month',
  issuedOn: null,
  dueOn: null,
  subtotal: 0n,
  tax: 0n,
  total: 0n,
  itemCount: 0,
  staleSince: null,
  creditApplied: 0n,
  credited: 0n,
  paid: 0n,
  refunded: 0n,
  agreementId: null,
  orderId: null,
  paidOutside: null,
  attempts: 0,
  declines: 0,
  technicalFailures: 0,
  firstFailedAt: null,
  retryAt: null,
  declineCode: null,
  chargeStop: null,
  chargeStopDetail: null,
  closedAt: null,
  paidAt: null,
  voidedAt: null,
  uncollectibleAt: null,
} as const;

const ITEM = {
  mode: 'TEST',
  description: 'Traffic',
  date: '2026-11-22',
  quantity: '1',
  unitPrice: '10.00',
  taxRate: null,
  tax: 0n,
  reference: null,
  metadata: {},
} as const;
