import type Stripe from 'stripe';
import type { Money } from '../../kernel/money.js';
import type { BalanceMovement, MovementKind, PayoutSnapshot } from './payment-system.js';
import { fromStripeAmount, roundedFromStripe } from './stripe-amounts.js';
import { currencyOf, dateOf, expanded, idOf } from './stripe-objects.js';
import { referenceIn } from './stripe-references.js';

/**
 * By Stripe's reporting category, which tells apart what its types lump
 * together; by type where the category is none of these. What is not here is
 * the payment system's own business, or the operator's.
 */
const KINDS: Readonly<Record<string, MovementKind>> = {
  charge: 'CAPTURE',
  payment: 'CAPTURE',
  charge_failure: 'CAPTURE_FAILURE',
  partial_capture_reversal: 'CAPTURE_FAILURE',
  payment_failure_refund: 'CAPTURE_FAILURE',
  payment_reversal: 'CAPTURE_FAILURE',
  refund: 'REFUND',
  payment_refund: 'REFUND',
  refund_failure: 'REFUND_FAILURE',
  dispute: 'DISPUTE',
  dispute_reversal: 'DISPUTE_REVERSAL',
  payout: 'PAYOUT',
  payout_reversal: 'PAYOUT_FAILURE',
  payout_failure: 'PAYOUT_FAILURE',
  payout_cancel: 'PAYOUT_FAILURE',
};

/** Reads one of Stripe's balance transactions, whose source was expanded. */
export function balanceMovement(transaction: Stripe.BalanceTransaction): BalanceMovement {
  const currency = currencyOf(transaction.currency);
  const { id, amount, fee, net } = transaction;
  if (net !== amount - fee) throw new Error(`the movement ${id} of ${amount} less ${fee} comes to ${net}`);
  const payment = paymentIn(transaction.source);
  return {
    externalId: id,
    kind: KINDS[transaction.reporting_category] ?? KINDS[transaction.type] ?? 'OTHER',
    amount: fromStripeAmount(amount, currency),
    fee: fromStripeAmount(fee, currency),
    net: fromStripeAmount(net, currency),
    original: originalOf(transaction, payment),
    availableAt: dateOf(transaction.available_on),
    occurredAt: dateOf(transaction.created),
    description: transaction.description,
    sourceExternalId: idOf(transaction.source),
    paymentExternalId: payment ? idOf(payment.payment_intent) : null,
    reference: payment?.object === 'charge' ? referenceIn(payment.metadata) : null,
  };
}

type AboutPayment = Stripe.Charge | Stripe.Refund | Stripe.Dispute;

function paymentIn(source: Stripe.BalanceTransaction['source']): AboutPayment | null {
  const object = expanded(source);
  const isAboutPayment = object?.object === 'charge' || object?.object === 'refund' || object?.object === 'dispute';
  return isAboutPayment ? object : null;
}

/**
 * The amount in the payment's currency. What the source says is exact, but may
 * be more than this movement: one of several captures, or a hold booked in full.
 * So it is taken where the rate confirms it; else the rate alone has to do.
 */
function originalOf(transaction: Stripe.BalanceTransaction, payment: AboutPayment | null): Money {
  const settled = currencyOf(transaction.currency);
  const currency = payment ? currencyOf(payment.currency) : settled;
  if (payment === null || currency === settled) return fromStripeAmount(transaction.amount, settled);
  const { id, amount, exchange_rate: rate } = transaction;
  if (!rate) throw new Error(`the movement ${id} was exchanged from ${currency} without a rate`);
  const sign = amount < 0 ? -1 : 1;
  const said = amountsIn(transaction, payment).find((each) => isAbout(each, rate, Math.abs(amount)));
  if (said === undefined) return roundedFromStripe(amount / rate, currency);
  return fromStripeAmount(sign * said, currency);
}

function amountsIn(
  { reporting_category: category }: Stripe.BalanceTransaction,
  payment: AboutPayment,
): readonly number[] {
  if (payment.object !== 'charge') return [payment.amount];
  if (category === 'partial_capture_reversal') return [payment.amount - payment.amount_captured];
  return [payment.amount_captured, payment.amount];
}

/**
 * Stripe rounds the rate, to five digits or five places, and then the amount to
 * its unit. What is further off is another amount: one unit in a thousand may be
 * another capture.
 */
function isAbout(amount: number, rate: number, settled: number): boolean {
  return Math.abs(amount * rate - settled) <= 1 + amount * Math.max(6e-5 * rate, 5e-6);
}

const PAYOUT_STATES: Readonly<Record<string, PayoutSnapshot['state']>> = {
  pending: 'PENDING',
  in_transit: 'IN_TRANSIT',
  paid: 'PAID',
  failed: 'FAILED',
  canceled: 'CANCELED',
};

export function payoutSnapshot(payout: Stripe.Payout): PayoutSnapshot {
  const state = PAYOUT_STATES[payout.status];
  if (state === undefined) throw new Error(`a payout has the unknown status ${payout.status}`);
  return {
    externalId: payout.id,
    amount: fromStripeAmount(payout.amount, currencyOf(payout.currency)),
    state,
    automatic: payout.automatic,
    arrivesAt: dateOf(payout.arrival_date),
    failureReason: payout.failure_code ?? payout.failure_message,
  };
}
