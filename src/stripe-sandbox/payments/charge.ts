import type Stripe from 'stripe';
import type { Decline } from '../cards/declines.js';
import { testCardOf } from '../cards/payment-method.js';
import { newId } from '../core/ids.js';
import { idOf } from '../core/lookup.js';
import { put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { type Attempt, cardDetails } from './card-details.js';

function outcome(decline: Decline | null): Stripe.Charge.Outcome {
  const blocked = decline?.blocked === true;
  const sellerMessage = blocked
    ? 'Stripe blocked this payment as too risky.'
    : 'The bank did not return any further details with this decline.';
  return {
    advice_code: decline?.advice ?? null,
    network_advice_code: decline?.networkAdvice ?? null,
    network_decline_code: decline?.networkDecline ?? null,
    network_status: networkStatus(decline),
    reason: blocked ? 'highest_risk_level' : (decline?.declineCode ?? null),
    risk_level: blocked ? 'highest' : 'normal',
    risk_score: blocked ? 92 : 24,
    seller_message: decline === null ? 'Payment complete.' : sellerMessage,
    type: outcomeType(decline),
  };
}

function networkStatus(decline: Decline | null): string {
  if (decline === null) return 'approved_by_network';
  return decline.blocked === true ? 'not_sent_to_network' : 'declined_by_network';
}

function outcomeType(decline: Decline | null): string {
  if (decline === null) return 'authorized';
  return decline.blocked === true ? 'blocked' : 'issuer_declined';
}

interface ChargeFacts {
  /** Stripe's ids of charges begin otherwise when it was no card that paid. */
  prefix: 'ch' | 'py';
  intent: Stripe.PaymentIntent;
  method: Stripe.PaymentMethod;
  decline: Decline | null;
  details: Stripe.Charge.PaymentMethodDetails;
}

/** Writes the charge of one attempt with a card: a hold, a payment still to be captured, or a refusal. */
export function makeCharge(scope: Scope, attempt: Attempt): Stripe.Charge {
  const details = { card: cardDetails(scope, attempt), type: 'card' };
  return put(scope.book.charges, chargeOf(scope, { prefix: 'ch', ...attempt, details }));
}

/** A charge as it is at first; it is not kept yet. */
export function chargeOf(scope: Scope, { prefix, intent, method, decline, details }: ChargeFacts): Stripe.Charge {
  const suffix = intent.statement_descriptor_suffix;
  return {
    id: newId(prefix),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: [scope.account.name.toUpperCase().slice(0, 10), suffix].filter(Boolean).join('* '),
    captured: false,
    created: scope.world.clock.now(),
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: intent.livemode,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcome(decline),
    paid: decline === null,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: details,
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: decline === null ? receiptUrl(scope, intent.id) : null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: suffix,
    status: decline === null ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
}

export function receiptUrl(scope: Scope, intentId: string): string {
  return `${scope.world.url}/receipts/${intentId}`;
}

/** Whether a bank account paid, or is to pay. */
export function isDebit(charge: Stripe.Charge): boolean {
  return charge.payment_method_details?.type === 'sepa_debit';
}

/** The behaviour of the card that paid a charge. */
export function cardBehind(scope: Scope, charge: Stripe.Charge) {
  return testCardOf(scope, charge.payment_method ?? '');
}
