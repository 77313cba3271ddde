import type Stripe from 'stripe';
import { type Decline, declineFields } from '../cards/declines.js';
import { docUrl, refusal, StripeFailure } from '../core/failure.js';

const list = (statuses: readonly string[]) => statuses.join(', ');

/** The intent is not in a state in which this can be done. */
export function unexpectedState(
  intent: Stripe.PaymentIntent,
  what: string,
  verb: string,
  allowed: readonly string[],
): StripeFailure {
  return refusal(
    `${what} because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${verb}: ${list(allowed)}.`,
    { code: 'payment_intent_unexpected_state', payment_intent: intent },
  );
}

export interface CardError extends Stripe.PaymentIntent.LastPaymentError {
  type: 'card_error' | 'invalid_request_error';
  code: string;
  message: string;
}

export function cardError(decline: Decline, method: Stripe.PaymentMethod, chargeId: string): CardError {
  const { message, code, ...rest } = declineFields(decline);
  return {
    type: 'card_error',
    message,
    code: code ?? 'card_declined',
    ...rest,
    charge: chargeId,
    doc_url: docUrl(code ?? 'card_declined'),
    payment_method: method,
  };
}

export function authenticationFailure(method: Stripe.PaymentMethod): CardError {
  const code = 'payment_intent_authentication_failure';
  return {
    type: 'invalid_request_error',
    code,
    doc_url: docUrl(code),
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    payment_method: method,
  };
}

/** The answer to a confirmation whose payment failed: the error carries the intent as it now is. */
export function paymentFailed(error: CardError, intent: Stripe.PaymentIntent): StripeFailure {
  const { type, message, source: _source, setup_intent: _setup, payment_intent: _intent, ...rest } = error;
  return new StripeFailure(402, { type, message, ...rest, payment_intent: intent });
}

/** An intent takes only payment methods of the types it was made for. */
export function refuseIncompatible(intent: Stripe.PaymentIntent | Stripe.SetupIntent, type: string): void {
  const types = intent.payment_method_types;
  if (types.includes(type)) return;
  const what = intent.object === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent';
  throw refusal(
    `The PaymentMethod provided (${type}) is not allowed for this ${what}. Please attach a PaymentMethod of one of the following types: ${list(types)}. Alternatively update the allowed payment_method_types for this ${what} to include "${type}".`,
    { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
  );
}
