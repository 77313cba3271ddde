import { subscribe } from '../../support/agreements.js';
import { meansBehind } from '../../support/charging.js';
import type { Json, Product, Refusal, Shop } from '../../support/product.js';

const AMOUNTS = ['subtotal', 'tax', 'total', 'creditApplied', 'credited', 'paid', 'refunded', 'amountDue'] as const;
const NOTE = `id number status settlement reason issuedOn finishedAt net { amount } tax { amount } total { amount }
  lines { net { amount } tax { amount } item { id } }`;
const INVOICE = `id number status title month currency issuedOn dueOn chargeStop chargeStopDetail paidOutside attempts
  ${AMOUNTS.map((each) => `${each} { amount }`).join(' ')} paymentPageUrl agreement { id }
  order { id status amount { amount } refundedAmount { amount } } items(first: 50) { nodes { id description } }
  creditNotes { ${NOTE} }`;

type Amount = { readonly amount: string };

export interface NoteView {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly settlement: string;
  readonly net: Amount;
  readonly tax: Amount;
  readonly total: Amount;
  readonly lines: { net: Amount; tax: Amount; item: { id: string } }[];
}

export type InvoiceView = Readonly<Record<(typeof AMOUNTS)[number], Amount>> & {
  readonly id: string;
  readonly number: string | null;
  readonly status: string;
  readonly title: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly chargeStop: string | null;
  readonly paymentPageUrl: string | null;
  readonly order: { id: string; status: string; amount: Amount; refundedAmount: Amount } | null;
  readonly items: { nodes: { id: string; description: string }[] };
  readonly creditNotes: NoteView[];
};

export type InvoiceResult = {
  invoice: InvoiceView;
  creditNote: NoteView;
  order: { id: string; status: string };
} & Refusal;

let payers = 0;

export function aPayer(): { reference: string } {
  payers += 1;
  return { reference: `invoiced-${payers}` };
}

/** 100.00 at 19 % unless said otherwise. */
export function item(shop: Shop, payer: Json, more: Json = {}): Promise<InvoiceResult & { item: { id: string } }> {
  const wanted = { payer, currency: 'EUR', description: 'Traffic', unitPrice: '100.00', taxRate: '19', ...more };
  return shop.do('addInvoiceItem', wanted, `item { id } invoice { ${INVOICE} }`);
}

export function act(shop: Shop, mutation: string, invoiceId: string, input: Json = {}): Promise<InvoiceResult> {
  const also = mutation === 'payInvoice' ? 'order { id status }' : '';
  const note = mutation === 'createCreditNote' ? `creditNote { ${NOTE} }` : '';
  return shop.do(mutation, { invoiceId, ...input }, `invoice { ${INVOICE} } ${also} ${note}`);
}

export async function invoiceOf(shop: Shop, id: string): Promise<InvoiceView> {
  const { invoice } = await shop.ask<{ invoice: InvoiceView }>(`query ($id: ID!) { invoice(id: $id) { ${INVOICE} } }`, {
    id,
  });
  return invoice;
}

/** A closed invoice with an item of each price, not charged yet. */
export async function closed(
  shop: Shop,
  { payer = aPayer(), items = [{}] }: { readonly payer?: Json; readonly items?: readonly Json[] } = {},
): Promise<InvoiceView> {
  let draft = '';
  for (const each of items) draft = (await item(shop, payer, each)).invoice.id;
  const { invoice, ...refusal } = await act(shop, 'finalizeInvoice', draft);
  if (!invoice) throw new Error(JSON.stringify(refusal));
  return invoice;
}

/** A payer who may be charged without being there. */
export async function withAgreement(
  product: Product,
  shop: Shop,
  input: Json = {},
): Promise<{ payer: { reference: string }; agreementId: string; means: string }> {
  const payer = aPayer();
  const { agreement, order, ...refusal } = await subscribe(shop, { payer, currency: 'EUR', ...input });
  if (!agreement) throw new Error(JSON.stringify(refusal));
  return { payer, agreementId: agreement.id, means: await meansBehind(product, shop, order) };
}

/** An invoice that its payer's card has paid. */
export async function paid(
  product: Product,
  shop: Shop,
  { items = [{}], input = {} }: { readonly items?: readonly Json[]; readonly input?: Json } = {},
): Promise<InvoiceView> {
  const { payer } = await withAgreement(product, shop, input);
  const { id } = await closed(shop, { payer, items });
  const { invoice, ...refusal } = await act(shop, 'payInvoice', id);
  if (invoice?.status !== 'PAID') throw new Error(JSON.stringify({ invoice, ...refusal }));
  return invoice;
}

/** Whatever is due of invoices is done, and what comes of it heard. */
export async function attend(product: Product): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await product.built.jobs.wake('invoices.attend');
    await product.settle();
  }
}

/** One whose payer has a page on which to pay it. */
export async function waiting(
  product: Product,
  shop: Shop,
  more: Parameters<typeof closed>[1] = {},
): Promise<InvoiceView> {
  const { id } = await closed(shop, more);
  await attend(product);
  const invoice = await invoiceOf(shop, id);
  if (!invoice.paymentPageUrl) throw new Error(`${invoice.status} ${invoice.chargeStop}`);
  return invoice;
}
