import type Stripe from 'stripe';
import type {
  CancellationCause,
  CardDetails,
  ConfirmPayment,
  Initiation,
  MandateAcceptance,
  NewPayment,
  NewVerification,
} from './gateway-requests.js';
import { toStripeAmount } from './stripe-amounts.js';
import { metadataOf } from './stripe-references.js';
import { PAYMENT_EXPANSIONS } from './stripe-snapshots.js';
import { VERIFICATION_EXPANSIONS } from './stripe-verification-snapshots.js';

/** The token's own type decides. Where an account has no bank debits, Stripe strikes them from the list by itself. */
const TYPES = ['card', 'sepa_debit'];

/** Kept for the payer's own later payments, or also for charges without the payer. */
export const STORE = { NO: null, FOR_PAYER: 'on_session', FOR_MERCHANT: 'off_session' } as const;

/**
 * A payment that nobody has asked the bank for yet. What a hold may become
 * (several captures, a raise) must be asked for now; Stripe says with the hold
 * whether it granted it.
 */
export function creationParameters(payment: NewPayment): Stripe.PaymentIntentCreateParams {
  const { amount, initiation, captureMode } = payment;
  const store = STORE[initiation.store];
  return {
    amount: toStripeAmount(amount),
    currency: amount.currency.toLowerCase(),
    payment_method: payment.token,
    allowed_payment_method_types: typesFor(amount.currency, captureMode),
    capture_method: captureMethod(captureMode),
    payment_method_options: { card: cardOptions(initiation, captureMode) },
    metadata: metadataOf(payment),
    expand: PAYMENT_EXPANSIONS,
    ...(payment.externalCustomerId === null ? {} : { customer: payment.externalCustomerId }),
    ...(store === null ? {} : { setup_future_usage: store }),
    ...(payment.description === null ? {} : { description: payment.description }),
    ...(payment.receiptEmail === null ? {} : { receipt_email: payment.receiptEmail }),
  };
}

/** A bank account is debited in euros and holds nothing; the token of one is refused for anything else. */
export function typesFor(currency: string, captureMode: NewPayment['captureMode']): string[] {
  return TYPES.filter((type) => type === 'card' || (currency === 'EUR' && captureMode === 'AUTOMATIC'));
}

/** Always said, because Stripe's own choice differs by version. */
export function captureMethod(captureMode: NewPayment['captureMode']): 'manual' | 'automatic' {
  return captureMode === 'MANUAL' ? 'manual' : 'automatic';
}

function cardOptions(initiation: Initiation, captureMode: NewPayment['captureMode']) {
  return { ...holdOptions(captureMode), ...(initiation.by === 'PAYER_REMOTE' ? { moto: true } : {}) };
}

/** What a card's hold may become. */
export function holdOptions(captureMode: NewPayment['captureMode']) {
  if (captureMode === 'AUTOMATIC') return {};
  return {
    request_multicapture: 'if_available' as const,
    request_incremental_authorization: 'if_available' as const,
  };
}

/**
 * Without the payer, a bank's wish for authentication is a decline that leaves
 * the payment open (a refusal of every action would not), so that the payer can
 * confirm the very same one later.
 */
export function confirmationParameters(payment: ConfirmPayment): Stripe.PaymentIntentConfirmParams {
  const { initiation, returnUrl, mandate } = payment;
  return {
    expand: PAYMENT_EXPANSIONS,
    ...(initiation.by === 'MERCHANT' ? { off_session: offSession(initiation) } : wayBack(returnUrl)),
    ...(mandate && { mandate_data: { customer_acceptance: acceptance(mandate) } }),
  };
}

/** Stripe tells the bank which kind of stored credential it is; without an agreement it works that out by itself. */
function offSession({ agreement }: Initiation): true | 'recurring' | 'one_off' {
  if (agreement === null) return true;
  return agreement.type === 'RECURRING' || agreement.type === 'INSTALLMENT' ? 'recurring' : 'one_off';
}

function wayBack(returnUrl: string | null) {
  return returnUrl === null ? { use_stripe_sdk: true } : { return_url: returnUrl };
}

function acceptance({ acceptedAt, ipAddress, userAgent }: MandateAcceptance) {
  const accepted_at = Math.floor(acceptedAt.getTime() / 1000);
  if (ipAddress === null || userAgent === null) return { type: 'offline' as const, accepted_at, offline: {} };
  return { type: 'online' as const, accepted_at, online: { ip_address: ipAddress, user_agent: userAgent } };
}

/** A check that nobody has asked the bank for yet. */
export function verificationParameters(verification: NewVerification): Stripe.SetupIntentCreateParams {
  const { token, externalCustomerId, initiation, description, currency } = verification;
  return {
    customer: externalCustomerId,
    payment_method: token,
    usage: initiation.store === 'FOR_MERCHANT' ? 'off_session' : 'on_session',
    allowed_payment_method_types: typesFor(currency, 'AUTOMATIC'),
    metadata: metadataOf(verification),
    expand: VERIFICATION_EXPANSIONS,
    ...(initiation.by === 'PAYER_REMOTE' ? { payment_method_options: { card: { moto: true } } } : {}),
    ...(description === null ? {} : { description }),
  };
}

/** A check has nothing to be said about the payer's absence: there is no money that could be asked for without them. */
export function verificationConfirmation(request: ConfirmPayment): Stripe.SetupIntentConfirmParams {
  const { returnUrl, mandate } = request;
  return {
    expand: VERIFICATION_EXPANSIONS,
    ...wayBack(returnUrl),
    ...(mandate && { mandate_data: { customer_acceptance: acceptance(mandate) } }),
  };
}

export function cardParameters(card: CardDetails): Stripe.PaymentMethodCreateParams {
  const { number, expiryMonth, expiryYear, cvc, holderName } = card;
  return {
    type: 'card',
    card: { number, exp_month: expiryMonth, exp_year: expiryYear, ...(cvc !== null && { cvc }) },
    ...(holderName !== null && { billing_details: { name: holderName } }),
  };
}

const REASONS = {
  MERCHANT: 'requested_by_customer',
  PAYER: 'requested_by_customer',
  FRAUD: 'fraudulent',
  DUPLICATE: 'duplicate',
} as const;

export function cancellationReason(cause: CancellationCause): Stripe.PaymentIntentCancelParams.CancellationReason {
  return cause === 'ABANDONED' ? 'abandoned' : REASONS[cause];
}

/** Stripe knows no abandoned refund; what is given back then was asked for by somebody. */
export function refundReason(cause: CancellationCause): Stripe.RefundCreateParams.Reason {
  return cause === 'ABANDONED' ? 'requested_by_customer' : REASONS[cause];
}
