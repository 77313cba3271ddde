import type Stripe from 'stripe';

/** The `error` hash of an answer. Whole objects are embedded, as Stripe does for intents and payment methods. */
export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  network_advice_code?: string;
  network_decline_code?: string;
  charge?: string;
  doc_url?: string;
  request_log_url?: string;
  payment_intent?: Stripe.PaymentIntent;
  payment_method?: Stripe.PaymentMethod;
  payment_method_type?: string;
  setup_intent?: Stripe.SetupIntent;
}

export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

/**
 * A refusal as Stripe words it. `keepsNoReply` marks the refusals that come before
 * execution: Stripe saves no idempotent reply for those, so the same key may be used again.
 */
export class StripeFailure extends Error {
  override readonly name = 'StripeFailure';

  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    readonly keepsNoReply = false,
  ) {
    super(body.message);
    if (body.code !== undefined) body.doc_url ??= docUrl(body.code);
  }
}

type Extras = Omit<Partial<ErrorBody>, 'type' | 'message'>;

/** The request was understood and refused; its reply is kept under the idempotency key. */
export function refusal(message: string, extras: Extras = {}): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', message, ...extras });
}

/** The request was malformed and never began. */
export function malformed(message: string, extras: Extras = {}): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', message, ...extras }, true);
}

export function parameterMissing(param: string): StripeFailure {
  return malformed(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

export function unauthorised(message: string): StripeFailure {
  return new StripeFailure(401, { type: 'invalid_request_error', message }, true);
}

export function forbidden(message: string, extras: Extras = {}): StripeFailure {
  return new StripeFailure(403, { type: 'invalid_request_error', message, ...extras }, true);
}

/** Stripe takes card numbers only from browsers and from accounts that have proved they may handle them. */
export function forbiddenCardData(): StripeFailure {
  return new StripeFailure(402, {
    type: 'invalid_request_error',
    message:
      'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that map to the test card you are using, see https://stripe.com/docs/testing. To enable testing raw card data APIs, see https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis.',
  });
}
