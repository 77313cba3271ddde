import type Stripe from 'stripe';
import type { Decline } from '../cards/declines.js';
import { testCardOf } from '../cards/payment-method.js';
import { newId, randomText } from '../core/ids.js';
import { idOf } from '../core/lookup.js';
import { put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import type { ConfirmTerms } from './terms.js';

const DAY_SECONDS = 86_400;
const HOLD_DAYS = 7;
/** Visa holds merchant-initiated payments for a shorter time. */
const HOLD_DAYS_VISA_MERCHANT_INITIATED = 5;
const HOLD_DAYS_EXTENDED = 30;
/** Networks whose holds can be captured in parts, and those whose holds can be raised. */
const MULTICAPTURE_BRANDS: ReadonlySet<string> = new Set(
  'visa mastercard amex discover diners jcb unionpay'.split(' '),
);
const FLEXIBLE_BRANDS: ReadonlySet<string> = new Set('visa mastercard amex discover'.split(' '));
const OVERCAPTURE_PERCENT = 115;

type Status = 'available' | 'unavailable';

interface Attempt {
  intent: Stripe.PaymentIntent;
  method: Stripe.PaymentMethod;
  terms: ConfirmTerms;
  isAuthenticated: boolean;
  decline: Decline | null;
}

/** A feature is there when the account has it, the intent asked for it and the network knows it. */
function feature(granted: boolean, requested: string | undefined, isKnown: boolean): Status {
  return granted && requested === 'if_available' && isKnown ? 'available' : 'unavailable';
}

function holdSeconds(attempt: Attempt, brand: string, isExtended: boolean): number {
  if (isExtended) return HOLD_DAYS_EXTENDED * DAY_SECONDS;
  const short = brand === 'visa' && attempt.terms.offSession;
  return (short ? HOLD_DAYS_VISA_MERCHANT_INITIATED : HOLD_DAYS) * DAY_SECONDS;
}

/** What a hold allows later; of a charge that is no hold, none of it is there. */
function holdFeatures(scope: Scope, attempt: Attempt, brand: string): Partial<Stripe.Charge.PaymentMethodDetails.Card> {
  const { features } = scope.account;
  const isHold = attempt.decline === null && isManual(attempt.intent);
  const asked = isHold ? attempt.intent.payment_method_options?.card : undefined;
  const plain = testCardOf(scope, attempt.method.id).isPlain;
  const isFlexible = !plain && FLEXIBLE_BRANDS.has(brand);
  const extended = feature(features.extended_authorization, asked?.request_extended_authorization, isFlexible);
  const over = feature(features.overcapture, asked?.request_overcapture, isFlexible);
  const { amount } = attempt.intent;
  return {
    ...(isHold && {
      capture_before: scope.world.clock.now() + holdSeconds(attempt, brand, extended === 'available'),
    }),
    extended_authorization: { status: extended === 'available' ? 'enabled' : 'disabled' },
    incremental_authorization: {
      status: feature(features.incremental_authorization, asked?.request_incremental_authorization, isFlexible),
    },
    multicapture: {
      status: feature(features.multicapture, asked?.request_multicapture, !plain && MULTICAPTURE_BRANDS.has(brand)),
    },
    overcapture: {
      maximum_amount_capturable: over === 'available' ? Math.floor((amount * OVERCAPTURE_PERCENT) / 100) : amount,
      status: over,
    },
  };
}

function threeDSecure(attempt: Attempt): Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure | null {
  if (!attempt.isAuthenticated) return null;
  return {
    authentication_flow: 'challenge',
    electronic_commerce_indicator: '05',
    exemption_indicator: null,
    result: 'authenticated',
    result_reason: null,
    transaction_id: randomText(24),
    version: '2.2.0',
  };
}

function cardDetails(scope: Scope, attempt: Attempt): Stripe.Charge.PaymentMethodDetails.Card {
  const face = attempt.method.card;
  const brand = face?.brand ?? 'visa';
  const isDeclined = attempt.decline !== null;
  return {
    amount_authorized: isDeclined ? null : attempt.intent.amount,
    authorization_code: isDeclined ? null : randomText(6).toUpperCase(),
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: cvcCheck(attempt) },
    country: face?.country ?? 'US',
    electronic_commerce_indicator: null,
    exp_month: face?.exp_month ?? 12,
    exp_year: face?.exp_year ?? 2030,
    ...(face?.fingerprint !== undefined && { fingerprint: face.fingerprint }),
    funding: face?.funding ?? 'credit',
    installments: null,
    last4: face?.last4 ?? null,
    mandate: attempt.terms.mandate,
    ...(attempt.terms.moto && { moto: true }),
    ...usageOf(attempt.intent),
    network: brand,
    network_token: { used: false },
    network_transaction_id: isDeclined ? null : newNetworkId(),
    regulated_status: 'unregulated',
    three_d_secure: threeDSecure(attempt),
    transaction_link_id: null,
    wallet: null,
    ...holdFeatures(scope, attempt, brand),
  };
}

/** What the merchant said about storing the card, shown again on the charge. */
function usageOf(intent: Stripe.PaymentIntent): Partial<Stripe.Charge.PaymentMethodDetails.Card> {
  const { setup_credential_usage, stored_credential_usage } = intent.payment_method_options?.card ?? {};
  return {
    ...(setup_credential_usage !== undefined && { setup_credential_usage }),
    ...(stored_credential_usage !== undefined && { stored_credential_usage }),
  };
}

function cvcCheck(attempt: Attempt): string | null {
  if (attempt.decline?.code === 'incorrect_cvc') return 'fail';
  return attempt.method.card?.checks?.cvc_check === null ? null : 'pass';
}

/** Fifteen digits, as Visa's transaction identifiers are. */
function newNetworkId(): string {
  let digits = '';
  for (const letter of randomText(15)) digits += String(letter.charCodeAt(0) % 10);
  return digits;
}

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

/** Writes the charge of one attempt: a hold, a payment still to be captured, or a refusal. */
export function makeCharge(scope: Scope, attempt: Attempt): Stripe.Charge {
  const { intent, method, decline } = attempt;
  const suffix = intent.statement_descriptor_suffix;
  return put(scope.book.charges, {
    id: newId('ch'),
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
    payment_method_details: { card: cardDetails(scope, attempt), type: 'card' },
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: decline === null ? `${scope.world.url}/receipts/${intent.id}` : null,
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
  });
}

export function isManual(intent: Stripe.PaymentIntent): boolean {
  return intent.capture_method === 'manual' || intent.payment_method_options?.card?.capture_method === 'manual';
}

/** The behaviour of the card that paid a charge. */
export function cardBehind(scope: Scope, charge: Stripe.Charge) {
  return testCardOf(scope, charge.payment_method ?? '');
}
