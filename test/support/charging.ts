import pg from 'pg';
import type Stripe from 'stripe';
import type { DeclineOrder } from '../../src/stripe-sandbox/cards/ordered-decline.js';
import { sdk } from '../contract/stripe-sandbox/sandbox.js';
import { type AgreementResult, afterDays, agreementOf, type ChargeView, subscribe } from './agreements.js';
import { type Json, type OrderView, type Product, pay, type Shop } from './product.js';

/** What a first transaction was paid with, by the payment system's own id. */
export async function meansBehind(product: Product, shop: Shop, order: OrderView): Promise<string> {
  const externalId = order.operations[0]?.transactions[0]?.externalId ?? '';
  const stripe = sdk(product.sandbox, shop.stripe.secretKey);
  const intent = externalId.startsWith('seti_')
    ? await stripe.setupIntents.retrieve(externalId)
    : await stripe.paymentIntents.retrieve(externalId);
  return String(intent.payment_method);
}

/** All payments that Stripe knows of an agreement's charges, oldest first. */
export async function paymentsAt(product: Product, shop: Shop, agreementId: string): Promise<Stripe.PaymentIntent[]> {
  const stripe = sdk(product.sandbox, shop.stripe.secretKey);
  const all = await stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  return all.filter(({ metadata }) => metadata.quittance_agreement === agreementId).reverse();
}

/** What the payer really paid, in minor units, each payment by itself. */
export async function paidAt(product: Product, shop: Shop, agreementId: string): Promise<number[]> {
  const payments = await paymentsAt(product, shop, agreementId);
  return payments.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount);
}

/** "PAID 1 ×2": each charge's status, number and attempts, oldest first. */
export async function chargesOf(shop: Shop, agreementId: string): Promise<string[]> {
  return told((await agreementOf(shop, agreementId)).charges.nodes);
}

export function told(charges: readonly ChargeView[]): string[] {
  return charges.toReversed().map(({ status, number, kind, attempts }) => `${status} ${number ?? kind} ×${attempts}`);
}

/** Payloads of an agreement's events of a type, in their order. */
export async function eventsOf(product: Product, agreementId: string, type: string): Promise<Json[]> {
  const sql = `select payload from events where type = $1 and payload ->> 'agreementId' = $2 order by sequence`;
  return (await asOwner<{ payload: Json }>(product, sql, [type, agreementId])).map(({ payload }) => payload);
}

export async function asOwner<Row extends object>(
  product: Product,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: product.database.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

export const MANDATE = { acceptedAt: '2026-11-21T12:00:00Z', ipAddress: '203.0.113.7', userAgent: 'Firefox' };

export type Subscribed = AgreementResult & { readonly means: string };

/** Charged monthly from tomorrow at midnight on, with the means of payment that it was made with. */
export async function monthly(product: Product, shop: Shop, input: Json = {}): Promise<Subscribed> {
  const { schedule, ...rest } = input;
  const made = await subscribe(shop, {
    chargeAmount: { fixed: '20.00' },
    schedule: { period: 'MONTH', startDate: tomorrow(product), localTime: '00:00', ...(schedule as Json) },
    ...rest,
  });
  if (!made.agreement) throw new Error(`${made.code}: ${made.message}`);
  return { ...made, means: await meansBehind(product, shop, made.order) };
}

/** The same, whose card is declined from now on. */
export async function declined(
  product: Product,
  shop: Shop,
  code: string,
  { advice = null, times, ...input }: Json & { advice?: DeclineOrder['advice_code']; times?: number } = {},
): Promise<Subscribed> {
  const made = await monthly(product, shop, input);
  product.sandbox.control.declineFrom(made.means, {
    code,
    ...(advice && { advice_code: advice }),
    ...(times !== undefined && { times }),
  });
  return made;
}

export function tomorrow(product: Product): string {
  return new Date(product.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10);
}

/** Moves on to shortly after the next midnight. */
export async function toMidnight(product: Product): Promise<void> {
  const ms = 86_400_000 - (product.clock.now().getTime() % 86_400_000);
  await afterDays(product, (ms + 60_000) / 86_400_000);
}

export const debit = (token: string): Json => ({ currency: 'EUR', payment: pay(token, { mandate: MANDATE }) });
