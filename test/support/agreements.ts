import { TRANSACTION_SOURCES } from '../../src/kernel/transaction-source.js';
import {
  aMerchant,
  anOperator,
  connect,
  type Json,
  type OrderView,
  type Product,
  pay,
  type Refusal,
  type Shop,
} from './product.js';

const MONEY = 'amount currency';
const AGREEMENT = `id reference type status suspendedBecause nextChargeAt paymentsMade paymentsRemaining
  credential { id brand lastFour type status } schedule { period interval startDate finishDate timeZone localTime }
  upcomingCharges(first: 4) { date at number amount { ${MONEY} } }
  installments { number status amount { ${MONEY} } }
  charges(first: 50) { nodes { id number kind status attempts retryAt declineCode gaveUpBecause plannedAt amount { ${MONEY} } } }
  orders(first: 50) { nodes { id orderNumber status source amount { ${MONEY} } createdAt } }`;
const ORDER = `id orderNumber status source storedOnFile nextAction { redirectUrl clientSecret } amount { ${MONEY} }
  operations { type status declineCode transactions { type status externalId } }`;

export interface ChargeView {
  readonly id: string;
  readonly number: number | null;
  readonly kind: string;
  readonly status: string;
  readonly attempts: number;
  readonly retryAt: string | null;
  readonly declineCode: string | null;
  readonly gaveUpBecause: string | null;
  readonly plannedAt: string;
  readonly amount: { amount: string; currency: string };
}

export interface AgreementView {
  readonly id: string;
  readonly reference: string;
  readonly type: string;
  readonly status: string;
  readonly suspendedBecause: string | null;
  readonly nextChargeAt: string | null;
  readonly paymentsMade: number;
  readonly paymentsRemaining: number | null;
  readonly credential: { id: string; brand: string; lastFour: string; type: string; status: string } | null;
  readonly schedule: Json | null;
  readonly upcomingCharges: { date: string; at: string; number: number; amount: { amount: string } }[];
  readonly installments: { number: number; status: string; amount: { amount: string } }[] | null;
  readonly charges: { nodes: ChargeView[] };
  readonly orders: {
    nodes: { id: string; orderNumber: string; status: string; source: string; amount: { amount: string } }[];
  };
}

export type AgreementResult = { agreement: AgreementView; order: OrderView; paymentPageUrl: string | null } & Refusal;

/** A shop that its operator lets charge without the payer. */
export async function aBillingShop(product: Product, merchant: Json = {}, features: Json = {}): Promise<Shop> {
  const operator = await anOperator(product);
  const stripe = product.sandbox.control.createAccount({ features });
  await connect(operator, stripe);
  const allowedSources = TRANSACTION_SOURCES.filter((source) => !source.endsWith('_PRESENT'));
  return aMerchant(product, operator, stripe, { allowedSources, ...merchant });
}

let made = 0;

/** A monthly agreement over 20.00 USD, begun by a check of a card, unless said otherwise. */
export function subscribe(shop: Shop, input: Json = {}): Promise<AgreementResult> {
  made += 1;
  const { terms, ...rest } = input;
  return shop.do(
    'createAgreement',
    {
      payer: { reference: `payer-${made}`, email: 'payer@shop.example' },
      terms: { type: 'RECURRING', amountVariability: 'VARIABLE', ...(terms as Json) },
      currency: 'USD',
      payment: pay('pm_card_visa'),
      ...rest,
    },
    `agreement { ${AGREEMENT} } order { ${ORDER} } paymentPageUrl`,
  );
}

export function changed(shop: Shop, mutation: string, agreementId: string, input: Json = {}): Promise<AgreementResult> {
  return shop.do(mutation, { agreementId, ...input }, `agreement { ${AGREEMENT} }`);
}

export function charged(shop: Shop, mutation: string, agreementId: string, input: Json = {}): Promise<AgreementResult> {
  return shop.do(mutation, { agreementId, ...input }, `agreement { ${AGREEMENT} } order { ${ORDER} }`);
}

export async function agreementOf(shop: Shop, id: string): Promise<AgreementView> {
  const { agreement } = await shop.ask<{ agreement: AgreementView }>(
    `query ($id: ID!) { agreement(id: $id) { ${AGREEMENT} } }`,
    { id },
  );
  return agreement;
}

/** Lets so much time pass for everybody, and what follows from it happen. */
export async function afterDays(product: Product, days: number): Promise<void> {
  product.advance(Math.round(days * 86_400));
  await bill(product);
}

export async function bill(product: Product): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await product.built.jobs.wake('agreements.bill');
    await product.settle();
  }
}

/** Today in UTC, as the product's clock has it, so many days on. */
export function day(product: Product, later = 0): string {
  return new Date(product.clock.now().getTime() + later * 86_400_000).toISOString().slice(0, 10);
}

/** An agreement whose first transaction is an earlier order. */
export function fromOrder(shop: Shop, orderId: string, input: Json = {}): Promise<AgreementResult> {
  const terms = { type: 'RECURRING', amountVariability: 'VARIABLE' };
  return shop.do('createAgreementFromOrder', { orderId, terms, ...input }, `agreement { ${AGREEMENT} }`);
}

/** Another means of payment, by default checked without taking money. */
export function replaceCredential(shop: Shop, agreementId: string, input: Json = {}): Promise<AgreementResult> {
  const wanted = { agreementId, payment: pay('pm_card_mastercard'), ...input };
  return shop.do('replaceAgreementCredential', wanted, `agreement { ${AGREEMENT} } order { ${ORDER} }`);
}

/** An order that is to establish an agreement: paid now, or later with `payOrder`. */
export function orderFor(
  shop: Shop,
  mutation: 'createOrder' | 'payOrder',
  input: Json,
): Promise<{ order: OrderView & { agreement: AgreementView; paymentPageUrl: string | null } } & Refusal> {
  return shop.do(mutation, input, `order { ${ORDER} paymentPageUrl agreement { ${AGREEMENT} } }`);
}

/** The payer answers to 3-D Secure, and everybody hears of it. */
export async function authenticate(
  product: Product,
  shop: Shop,
  order: OrderView,
  outcome: 'succeed' | 'fail' = 'succeed',
): Promise<void> {
  const intentId = order.operations.at(-1)?.transactions[0]?.externalId ?? '';
  product.sandbox.control.completeAuthentication(shop.stripe.accountId, intentId, outcome);
  await product.settle();
}

export interface ChangeView {
  readonly kind: string;
  readonly apiKeyId: string | null;
  readonly note: string | null;
  readonly before: Json | null;
  readonly after: Json | null;
  readonly createdAt: string;
}

/** Newest first. */
export async function historyOf(shop: Shop, id: string): Promise<ChangeView[]> {
  const { agreement } = await shop.ask<{ agreement: { history: { nodes: ChangeView[] } } }>(
    `query ($id: ID!) { agreement(id: $id) {
      history(first: 50) { nodes { kind apiKeyId note before after createdAt } } } }`,
    { id },
  );
  return agreement.history.nodes;
}
