import type Stripe from 'stripe';
import type { Decline } from '../cards/declines.js';
import { testCardOf } from '../cards/payment-method.js';
import { randomText } from '../core/ids.js';
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

/** One try to pay with a card. */
export interface Attempt {
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

/** How a card is shown whose holder was asked by the bank. */
export function authenticated(): Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure {
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

/** How a charge shows the card that paid it. */
export function cardDetails(scope: Scope, attempt: Attempt): Stripe.Charge.PaymentMethodDetails.Card {
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
    three_d_secure: attempt.isAuthenticated ? authenticated() : null,
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

export function isManual(intent: Stripe.PaymentIntent): boolean {
  return intent.capture_method === 'manual' || intent.payment_method_options?.card?.capture_method === 'manual';
}
