import type Stripe from 'stripe';
import type { CancellationCause, ConfirmPayment, Initiation, NewPayment } from './payment-gateway.js';
import { toStripeAmount } from './stripe-amounts.js';
import { referenceMetadata } from './stripe-references.js';
import { PAYMENT_EXPANSIONS } from './stripe-snapshots.js';

/** Kept for the payer's own later payments, or also for charges without the payer. */
const STORE = { NO: null, FOR_PAYER: 'on_session', FOR_MERCHANT: 'off_session' } as const;

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
    allowed_payment_method_types: ['card'],
    capture_method: captureMode === 'MANUAL' ? 'manual' : 'automatic',
    payment_method_options: { card: cardOptions(initiation, captureMode) },
    metadata: referenceMetadata(payment.reference),
    expand: PAYMENT_EXPANSIONS,
    ...(payment.externalCustomerId === null ? {} : { customer: payment.externalCustomerId }),
    ...(store === null ? {} : { setup_future_usage: store }),
    ...(payment.description === null ? {} : { description: payment.description }),
    ...(payment.receiptEmail === null ? {} : { receipt_email: payment.receiptEmail }),
  };
}

function cardOptions(initiation: Initiation, captureMode: NewPayment['captureMode']) {
  return {
    ...(captureMode === 'MANUAL'
      ? {
          request_multicapture: 'if_available' as const,
          request_incremental_authorization: 'if_available' as const,
        }
      : {}),
    ...(initiation.by === 'PAYER_REMOTE' ? { moto: true } : {}),
  };
}

/** Without the payer, a wish for authentication is a refusal: there is nobody who could follow a redirect. */
export function confirmationParameters(payment: ConfirmPayment): Stripe.PaymentIntentConfirmParams {
  const expand = PAYMENT_EXPANSIONS;
  if (payment.initiation.by === 'MERCHANT') return { expand, off_session: true, error_on_requires_action: true };
  if (payment.returnUrl !== null) return { expand, return_url: payment.returnUrl };
  return { expand, use_stripe_sdk: true };
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
