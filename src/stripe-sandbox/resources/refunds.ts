import type Stripe from 'stripe';
import { malformed, refusal } from '../core/failure.js';
import { fetchOne, idOf, mergeMetadata } from '../core/lookup.js';
import { find } from '../core/shelf.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import { cancelRefund, changeRefund, refund } from '../payments/refund.js';

const CREATE = {
  amount: 'integer',
  charge: 'text',
  currency: 'text',
  instructions_email: 'text',
  metadata: 'metadata',
  payment_intent: 'text',
  reason: ['duplicate', 'fraudulent', 'requested_by_customer'],
  refund_application_fee: 'flag',
  reverse_transfer: 'flag',
} as const satisfies Spec;

function chargeToRefund(call: Call, params: Parsed<typeof CREATE>): Stripe.Charge {
  if (params.charge !== undefined) return fetchOne(call, 'charges', params.charge, 'charge');
  if (params.payment_intent === undefined) {
    throw malformed('One of the following params should be provided for this request: payment_intent or charge.', {
      code: 'parameter_missing',
      param: 'payment_intent',
    });
  }
  const intent = fetchOne(call, 'paymentIntents', params.payment_intent, 'payment_intent');
  const chargeId = idOf(intent.latest_charge);
  const charge = chargeId === null ? undefined : find(call.book.charges, chargeId);
  if (charge !== undefined && charge.amount_captured > 0) return charge;
  throw refusal(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
    code: 'payment_intent_unexpected_state',
    param: 'payment_intent',
  });
}

function create(call: Call, params: Parsed<typeof CREATE>): Stripe.Refund {
  const charge = chargeToRefund(call, params);
  const { amount, reason } = params;
  return refund(call, charge, { amount, reason: reason || null, metadata: mergeMetadata(null, params.metadata) });
}

export const refundRoutes = [
  route('POST /v1/refunds', { takes: CREATE }, create),
  route('GET /v1/refunds', { takes: { ...PAGE, charge: 'text', payment_intent: 'text' } }, (call, params) =>
    page(call, params, {
      shelf: call.book.refunds,
      kind: 'refunds',
      url: '/v1/refunds',
      keep: (each) =>
        (params.charge === undefined || each.charge === params.charge) &&
        (params.payment_intent === undefined || each.payment_intent === params.payment_intent),
    }),
  ),
  route('GET /v1/refunds/:id', {}, (call) => fetchOne(call, 'refunds', call.named.id ?? '')),
  route('POST /v1/refunds/:id', { takes: { metadata: 'metadata' } }, (call, params) => {
    const made = fetchOne(call, 'refunds', call.named.id ?? '');
    return changeRefund(call, made, { metadata: mergeMetadata(made.metadata, params.metadata) });
  }),
  route('POST /v1/refunds/:id/cancel', {}, (call) =>
    cancelRefund(call, fetchOne(call, 'refunds', call.named.id ?? '')),
  ),
];
