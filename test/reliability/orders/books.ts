import { createHash } from 'node:crypto';
import Stripe from 'stripe';
import { STRIPE_API_VERSION } from '../../../src/features/payment-systems/stripe-client.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { type Row, statement } from '../../../src/platform/database/sql.js';
import type { Product, Shop } from '../../support/product.js';

/** The operator's own hands at Stripe: the dashboard, as it were. */
export function dashboard(product: Product, shop: Shop, key = shop.stripe.secretKey): Stripe {
  const { hostname, port } = new URL(product.sandbox.url);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    apiVersion: STRIPE_API_VERSION,
    telemetry: false,
  });
}

export type OrderRecord = {
  readonly id: string;
  readonly order_number: string;
  readonly status: string;
  readonly currency: string;
  readonly external_payment_id: string | null;
  readonly amount: number;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly voided: number;
};

type RefundRecord = {
  readonly order_id: string;
  readonly external_id: string;
  readonly amount: number;
};

export interface Books {
  readonly payments: readonly Stripe.PaymentIntent[];
  readonly charges: readonly Stripe.Charge[];
  readonly refunds: readonly Stripe.Refund[];
  readonly customers: readonly Stripe.Customer[];
}

/** Everything that the sandbox has on the shop's account. */
export async function booksOf(product: Product, shop: Shop): Promise<Books> {
  const stripe = dashboard(product, shop);
  const page = { limit: 100 };
  const [payments, charges, refunds, customers] = await Promise.all([
    stripe.paymentIntents.list(page).autoPagingToArray({ limit: 10_000 }),
    stripe.charges.list(page).autoPagingToArray({ limit: 10_000 }),
    stripe.refunds.list(page).autoPagingToArray({ limit: 10_000 }),
    stripe.customers.list(page).autoPagingToArray({ limit: 10_000 }),
  ]);
  // A release looks like a refund at Stripe, but moved no money and so has no balance transaction.
  return { payments, charges, refunds: refunds.filter((each) => each.balance_transaction !== null), customers };
}

export async function ordersOf(product: Product, shop: Shop): Promise<readonly OrderRecord[]> {
  const rows = await rowsOf<OrderRecord>(
    product,
    shop,
    `select id, order_number, status, currency, external_payment_id, amount_minor::int as amount,
       authorized_minor::int as authorized, captured_minor::int as captured, refunded_minor::int as refunded,
       voided_minor::int as voided
     from orders where operator_id = $1 and merchant_id = $2 order by id`,
  );
  return rows;
}

/** One statement in the shop's own scope; `$1` is the operator, `$2` the merchant. */
export async function rowsOf<Found extends Row>(product: Product, shop: Shop, text: string): Promise<Found[]> {
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  const asked = statement(createHash('sha256').update(text).digest('base64'), text);
  return product.built.units.sql(operatorId, (tx) => tx.query<Found>(asked, [operatorId, uuidOf('merchant', shop.id)]));
}

/** What is still on its way: empty once everything is settled. */
export async function unsettled(product: Product, shop: Shop): Promise<readonly string[]> {
  const rows = await rowsOf(
    product,
    shop,
    `select t.type || ' ' || t.status || ' of ' || o.order_number || ' ' || o.status as what
     from transactions t join orders o on o.operator_id = t.operator_id and o.id = t.order_id
     where o.operator_id = $1 and o.merchant_id = $2 and t.status in ('PENDING', 'UNKNOWN')
     union all
     select p.type || ' ' || p.status || ' of ' || o.order_number || ' ' || o.status
     from operations p join orders o on o.operator_id = p.operator_id and o.id = p.order_id
     where o.operator_id = $1 and o.merchant_id = $2 and p.status in ('PENDING', 'UNKNOWN')`,
  );
  return rows.map(({ what }) => String(what));
}

/**
 * Compares our books with the payment system's, object by object, and tells
 * every difference; an empty list is agreement.
 */
export async function booksAgree(
  product: Product,
  shop: Shop,
  books: Books | Promise<Books> = booksOf(product, shop),
): Promise<readonly string[]> {
  const [theirs, orders, refunds] = await Promise.all([books, ordersOf(product, shop), refundsOf(product, shop)]);
  const ours = theirs.payments.filter(({ metadata }) => metadata.quittance_order !== undefined);
  return [
    ...ours.flatMap((payment) => paymentDiffers(payment, orders, theirs)),
    ...orders.flatMap((order) => orderDiffers(order, theirs)),
    ...refundsDiffer(refunds, theirs, orders),
    ...paidTwice(ours, orders),
    ...(await unsettled(product, shop)),
  ];
}

function paymentDiffers(payment: Stripe.PaymentIntent, orders: readonly OrderRecord[], theirs: Books): string[] {
  const order = orders.find(({ id }) => id === payment.metadata.quittance_order);
  if (!order) return [`${payment.id} is for an order that we do not have`];
  // An attempt that was closed to make room for the one that the order shows.
  const madeRoom =
    payment.status === 'canceled' && payment.amount_received === 0 && order.external_payment_id !== payment.id;
  if (madeRoom && order.external_payment_id !== null) return [];
  const differs: string[] = [];
  const same = (what: string, here: unknown, there: unknown) => {
    if (here !== there)
      differs.push(
        `${order.order_number} (${order.status}): ${what} ${here} here, ${there} at Stripe (${payment.status})`,
      );
  };
  const held = order.authorized - order.captured - order.voided;
  same('payment', order.external_payment_id, payment.id);
  same('currency', order.currency.toLowerCase(), payment.currency);
  same('captured', order.captured, payment.amount_received);
  const charges = theirs.charges.filter((each) => each.payment_intent === payment.id && each.status === 'succeeded');
  if (charges.length > 1) differs.push(`${payment.id} has ${charges.length} successful charges`);
  switch (payment.status) {
    case 'requires_capture':
      same('authorized', order.authorized, payment.amount);
      same('capturable', order.authorized - order.captured, payment.amount_capturable);
      break;
    case 'succeeded':
      same('held', held, 0);
      same('taken', order.captured > 0, true);
      break;
    case 'canceled':
      same('held', held, 0);
      if (order.captured === 0) same('closed', ['CANCELED', 'EXPIRED', 'DECLINED'].includes(order.status), true);
      break;
    case 'requires_action':
      same('status', order.status, 'REQUIRES_ACTION');
      break;
    default:
      differs.push(`${payment.id} of ${order.order_number} (${order.status}) is left ${payment.status}`);
  }
  return differs;
}

function orderDiffers(order: OrderRecord, theirs: Books): string[] {
  // The check of a card, which moves nothing, is in another book.
  if (order.external_payment_id?.startsWith('seti_')) {
    return order.authorized + order.captured === 0
      ? []
      : [`${order.order_number}: money by ${order.external_payment_id}`];
  }
  const known = theirs.payments.some(({ id }) => id === order.external_payment_id);
  if (order.external_payment_id && !known) return [`${order.order_number}: Stripe has no ${order.external_payment_id}`];
  const money = order.authorized + order.captured + order.refunded;
  return order.external_payment_id || money === 0 ? [] : [`${order.order_number}: money without a payment`];
}

function refundsDiffer(
  ours: readonly RefundRecord[],
  { refunds, charges }: Books,
  orders: readonly OrderRecord[],
): string[] {
  const counted = refunds.filter(({ status }) => status !== 'failed' && status !== 'canceled');
  const missing = counted
    .filter(({ id, amount }) => !ours.some((each) => each.external_id === id && each.amount === amount))
    .filter(({ payment_intent }) => orders.some(({ external_payment_id }) => external_payment_id === payment_intent))
    .map(({ id, amount }) => `refund ${id} of ${amount} is not in our books`);
  const invented = ours
    .filter(({ external_id, amount }) => !counted.some((each) => each.id === external_id && each.amount === amount))
    .map(({ external_id, amount }) => `refund ${external_id} of ${amount} is not at Stripe`);
  const sums = orders.flatMap((order) => {
    const sum = counted
      .filter(({ payment_intent }) => payment_intent === order.external_payment_id && payment_intent !== null)
      .reduce((total, { amount }) => total + amount, 0);
    return sum === order.refunded ? [] : [`${order.order_number}: refunded ${order.refunded} here, ${sum} at Stripe`];
  });
  const over = charges
    .filter(({ id, amount_captured }) => amountRefunded(counted, id) > amount_captured)
    .map(({ id }) => `charge ${id} is refunded beyond what was captured`);
  return [...missing, ...invented, ...sums, ...over];
}

function amountRefunded(refunds: readonly Stripe.Refund[], chargeId: string): number {
  return refunds.filter(({ charge }) => charge === chargeId).reduce((sum, { amount }) => sum + amount, 0);
}

/** Of all the payments under an order number at most one holds or has taken money. */
function paidTwice(payments: readonly Stripe.PaymentIntent[], orders: readonly OrderRecord[]): string[] {
  const paid = new Map<string, number>();
  for (const payment of payments) {
    const number = orders.find(({ id }) => id === payment.metadata.quittance_order)?.order_number ?? payment.id;
    const moved = payment.amount_received > 0 || payment.status === 'requires_capture';
    if (moved) paid.set(number, (paid.get(number) ?? 0) + 1);
  }
  return [...paid].filter(([, times]) => times > 1).map(([number, times]) => `${number} was paid ${times} times`);
}

async function refundsOf(product: Product, shop: Shop): Promise<readonly RefundRecord[]> {
  const rows = await rowsOf<RefundRecord>(
    product,
    shop,
    `select t.order_id, t.external_id, t.amount_minor::int as amount
     from transactions t join orders o on o.operator_id = t.operator_id and o.id = t.order_id
     where o.operator_id = $1 and o.merchant_id = $2 and t.type = 'REFUND' and t.status in ('SUCCEEDED', 'PROCESSING')`,
  );
  return rows;
}
