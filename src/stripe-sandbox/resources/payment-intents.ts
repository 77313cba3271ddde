import type Stripe from 'stripe';
import { malformed, refusal, unauthorised } from '../core/failure.js';
import { fetchOne, idOf, mergeMetadata } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import type { AttemptResult } from '../payments/attempt-outcome.js';
import { capture } from '../payments/capture.js';
import { refuseCheckoutIntent } from '../payments/checkout-progress.js';
import { checkConfirmation, confirm } from '../payments/confirm.js';
import { cancel, raiseHold } from '../payments/holds.js';
import { paymentFailed } from '../payments/refusals.js';
import { bringTrouble } from '../payments/trouble.js';
import { changeIntent, draftIntent, openIntent } from './payment-intent-changes.js';
import { CANCEL, CAPTURE, CONFIRM, CREATE, INCREMENT, UPDATE } from './payment-intent-params.js';

/** A browser may see and confirm one intent, if it knows its client secret. */
function intentFor(call: Call, clientSecret: string | undefined): Stripe.PaymentIntent {
  const intent = fetchOne(call, 'paymentIntents', call.named.id ?? '');
  if (call.isPublishable && clientSecret === undefined) {
    throw malformed('Missing required param: client_secret.', { code: 'parameter_missing', param: 'client_secret' });
  }
  if (clientSecret !== undefined && clientSecret !== intent.client_secret) {
    throw unauthorised(
      `The client_secret provided does not match any associated PaymentIntent on this account: ${clientSecret}`,
    );
  }
  return intent;
}

/** What a browser is shown of an intent: nothing that the merchant keeps to itself. */
function forBrowser(intent: Stripe.PaymentIntent): object {
  const { customer: _customer, metadata: _metadata, latest_charge: _charge, review: _review, ...shown } = intent;
  return shown;
}

function answer(call: Call, { intent, failure }: AttemptResult): object {
  if (failure !== null) throw paymentFailed(failure, intent);
  return call.isPublishable ? forBrowser(intent) : intent;
}

const CONFIRM_ONLY = ['return_url', 'off_session', 'mandate', 'mandate_data', 'error_on_requires_action'] as const;

/** What may be changed of the intent of a Checkout Session, too. */
const OPEN_TO_ALL = ['metadata', 'description', 'expand'];

function create(call: Call, params: Parsed<typeof CREATE>): object {
  if (params.confirm !== true) {
    for (const name of CONFIRM_ONLY) {
      if (params[name] !== undefined) {
        throw refusal(
          `The parameter \`${name}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`,
          { param: name },
        );
      }
    }
  }
  const draft = draftIntent(call, params);
  if (params.confirm !== true) return openIntent(call, draft, params);
  const { payment_method: _method, payment_method_data: _data, ...rest } = params;
  // Refused before the intent exists, so that a bad request leaves nothing behind.
  checkConfirmation(call, draft, rest);
  return answer(call, confirm(call, openIntent(call, draft, params), rest));
}

function captureIt(call: Call, params: Parsed<typeof CAPTURE>): object {
  if (params.statement_descriptor !== undefined) {
    throw refusal(
      'You cannot set `statement_descriptor` for a card charge. Use `statement_descriptor_suffix` instead.',
      {
        param: 'statement_descriptor',
      },
    );
  }
  const found = fetchOne(call, 'paymentIntents', call.named.id ?? '');
  const captured = capture(call, found, { amount: params.amount_to_capture, isFinal: params.final_capture ?? true });
  const intent = amend(call.book.paymentIntents, captured, {
    metadata: mergeMetadata(captured.metadata, params.metadata),
    ...(params.statement_descriptor_suffix !== undefined && {
      statement_descriptor_suffix: params.statement_descriptor_suffix,
    }),
  });
  if (intent.status === 'succeeded') bringTrouble(call, fetchOne(call, 'charges', idOf(intent.latest_charge) ?? ''));
  return intent;
}

export const paymentIntentRoutes = [
  route('POST /v1/payment_intents', { takes: CREATE, needs: ['amount', 'currency'] }, create),
  route('GET /v1/payment_intents', { takes: { ...PAGE, customer: 'text' } }, (call, params) =>
    page(call, params, {
      shelf: call.book.paymentIntents,
      kind: 'paymentIntents',
      url: '/v1/payment_intents',
      keep: (intent) => params.customer === undefined || intent.customer === params.customer,
    }),
  ),
  route(
    'GET /v1/payment_intents/:id',
    { takes: { client_secret: 'text', key: 'text', is_stripe_sdk: 'text' }, acceptsPublishable: true },
    (call, params) => {
      const intent = intentFor(call, params.client_secret);
      return call.isPublishable ? forBrowser(intent) : intent;
    },
  ),
  route('POST /v1/payment_intents/:id', { takes: UPDATE }, (call, params) => {
    const found = fetchOne(call, 'paymentIntents', call.named.id ?? '');
    if (Object.keys(params).some((name) => !OPEN_TO_ALL.includes(name))) refuseCheckoutIntent(call, found);
    return changeIntent(call, found, params);
  }),
  route('POST /v1/payment_intents/:id/confirm', { takes: CONFIRM, acceptsPublishable: true }, (call, params) => {
    const found = intentFor(call, params.client_secret);
    refuseCheckoutIntent(call, found);
    const { payment_method_options, receipt_email, setup_future_usage, capture_method, shipping } = params;
    const changes = {
      ...(payment_method_options !== undefined && { payment_method_options }),
      ...(receipt_email !== undefined && { receipt_email }),
      ...(shipping !== undefined && { shipping }),
      ...(setup_future_usage !== undefined && { setup_future_usage }),
      ...(capture_method !== undefined && { capture_method }),
    };
    const changed = Object.keys(changes).length > 0 ? changeIntent(call, found, changes) : found;
    return answer(call, confirm(call, changed, params));
  }),
  route('POST /v1/payment_intents/:id/capture', { takes: CAPTURE }, captureIt),
  route('POST /v1/payment_intents/:id/cancel', { takes: CANCEL }, (call, params) => {
    const found = fetchOne(call, 'paymentIntents', call.named.id ?? '');
    if (found.status !== 'requires_capture') refuseCheckoutIntent(call, found);
    return cancel(call, found, params.cancellation_reason || null);
  }),
  route(
    'POST /v1/payment_intents/:id/increment_authorization',
    { takes: INCREMENT, needs: ['amount'] },
    (call, params) =>
      raiseHold(call, fetchOne(call, 'paymentIntents', call.named.id ?? ''), {
        amount: params.amount ?? 0,
        description: params.description,
        metadata: params.metadata,
      }),
  ),
];
