import type Stripe from 'stripe';
import { fetchOne, idOf, mergeMetadata } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import { PAGE, page } from '../http/page.js';
import { type Call, route } from '../http/routes.js';
import { expireCheckout } from '../payments/checkout-expiry.js';
import { openSession } from './checkout-draft.js';
import { CREATE } from './checkout-params.js';

const LIST = {
  ...PAGE,
  customer: 'text',
  customer_details: { email: 'text' },
  payment_intent: 'text',
  status: ['complete', 'expired', 'open'],
} as const;

function named(call: Call): Stripe.Checkout.Session {
  return fetchOne(call, 'checkoutSessions', call.named.id ?? '');
}

export const checkoutSessionRoutes = [
  route('POST /v1/checkout/sessions', { takes: CREATE, needs: ['mode'] }, openSession),
  route('GET /v1/checkout/sessions', { takes: LIST }, (call, params) =>
    page(call, params, {
      shelf: call.book.checkoutSessions,
      kind: 'checkoutSessions',
      url: '/v1/checkout/sessions',
      keep: (each) =>
        (params.customer === undefined || idOf(each.customer) === params.customer) &&
        (params.customer_details?.email === undefined ||
          each.customer_details?.email === params.customer_details.email) &&
        (params.payment_intent === undefined || idOf(each.payment_intent) === params.payment_intent) &&
        (!params.status || each.status === params.status),
    }),
  ),
  route('GET /v1/checkout/sessions/:id', {}, named),
  route('POST /v1/checkout/sessions/:id', { takes: { metadata: 'metadata' } }, (call, params) => {
    const session = named(call);
    return amend(call.book.checkoutSessions, session, { metadata: mergeMetadata(session.metadata, params.metadata) });
  }),
  route('GET /v1/checkout/sessions/:id/line_items', { takes: PAGE }, (call) => ({
    object: 'list',
    url: `/v1/checkout/sessions/${named(call).id}/line_items`,
    has_more: false,
    data: call.book.checkoutPlans.get(named(call).id)?.items ?? [],
  })),
  route('POST /v1/checkout/sessions/:id/expire', {}, (call) => expireCheckout(call, named(call))),
];
