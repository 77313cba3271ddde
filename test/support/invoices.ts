import type { Client, Json, Product, Refusal } from './product.js';

const MONEY = '{ amount currency }';

/** What a test wants to see of an invoice; spread into a selection. */
export const INVOICE = `id number status month title currency timeZone subtotal ${MONEY} tax ${MONEY} total ${MONEY}
  creditApplied ${MONEY} credited ${MONEY} paid ${MONEY} refunded ${MONEY} amountDue ${MONEY} itemCount issuedOn dueOn
  closesAt closedAt paidAt totalsAt attempts declineCode retryAt chargeStop chargeStopDetail paidOutside`;

export const ITEM = `id description date quantity unitPrice taxRate net ${MONEY} tax ${MONEY} total ${MONEY} reference metadata`;

type Amount = { amount: string; currency: string };

export interface InvoiceView {
  readonly id: string;
  readonly number: string | null;
  readonly status: string;
  readonly month: string;
  readonly title: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly subtotal: Amount;
  readonly tax: Amount;
  readonly total: Amount;
  readonly creditApplied: Amount;
  readonly credited: Amount;
  readonly paid: Amount;
  readonly refunded: Amount;
  readonly amountDue: Amount;
  readonly itemCount: number;
  readonly issuedOn: string | null;
  readonly dueOn: string | null;
  readonly closesAt: string;
  readonly closedAt: string | null;
  readonly paidAt: string | null;
  readonly totalsAt: string;
  readonly attempts: number;
  readonly chargeStop: string | null;
}

export interface ItemView {
  readonly id: string;
  readonly description: string;
  readonly date: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly taxRate: string | null;
  readonly net: Amount;
  readonly tax: Amount;
  readonly total: Amount;
  readonly reference: string | null;
}

export type ItemResult = { item: ItemView; invoice: InvoiceView } & Refusal;

let payers = 0;

/** A reference that no other payer of this test file has. */
export function aPayer(): { readonly reference: string } {
  payers += 1;
  return { reference: `payer-${payers}` };
}

/** Adds an item of 10.00 EUR for today, unless said otherwise. */
export function addItem(client: Client, input: Json): Promise<ItemResult> {
  const item = { currency: 'EUR', description: 'Traffic', unitPrice: '10.00', ...input };
  return client.do('addInvoiceItem', item, `item { ${ITEM} } invoice { ${INVOICE} }`);
}

export async function invoiceOf(client: Client, id: string, more = ''): Promise<InvoiceView & Json> {
  const { invoice } = await client.ask<{ invoice: InvoiceView & Json }>(
    `query ($id: ID!) { invoice(id: $id) { ${INVOICE} ${more} } }`,
    { id },
  );
  return invoice;
}

/** The first day of the month that lies so many after the one of a moment, in UTC: "2026-12-01". */
export function monthAfter(moment: Date, months: number): string {
  return new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months, 1)).toISOString().slice(0, 10);
}

/** Moves an operator's own time to a moment. */
export async function moveTo(product: Product, operatorId: string, to: Date): Promise<void> {
  const moved = await product.platform.do<{ operator?: { id: string } } & Refusal>(
    'advanceTestClock',
    { operatorId, to: to.toISOString() },
    'operator { id }',
  );
  if (!moved.operator) throw new Error(moved.message);
}
