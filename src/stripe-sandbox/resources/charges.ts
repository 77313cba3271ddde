import type Stripe from 'stripe';
import { fetchOne, mergeMetadata } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import { emitChange } from '../events/emit.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';

const UPDATE = { description: 'text', metadata: 'metadata', receipt_email: 'text' } as const satisfies Spec;

function update(call: Call, params: Parsed<typeof UPDATE>): Stripe.Charge {
  const before = fetchOne(call, 'charges', call.named.id ?? '');
  const after = amend(call.book.charges, before, {
    metadata: mergeMetadata(before.metadata, params.metadata),
    ...(params.description !== undefined && { description: params.description || null }),
    ...(params.receipt_email !== undefined && { receipt_email: params.receipt_email || null }),
  });
  emitChange(call, 'charge.updated', before, after);
  return after;
}

export const chargeRoutes = [
  route(
    'GET /v1/charges',
    { takes: { ...PAGE, customer: 'text', payment_intent: 'text', transfer_group: 'text' } },
    (call, params) =>
      page(call, params, {
        shelf: call.book.charges,
        kind: 'charges',
        url: '/v1/charges',
        keep: (each) =>
          (params.customer === undefined || each.customer === params.customer) &&
          (params.payment_intent === undefined || each.payment_intent === params.payment_intent) &&
          (params.transfer_group === undefined || each.transfer_group === params.transfer_group),
      }),
  ),
  route('GET /v1/charges/:id', {}, (call) => fetchOne(call, 'charges', call.named.id ?? '')),
  route('POST /v1/charges/:id', { takes: UPDATE }, update),
];
