import type Stripe from 'stripe';
import { BILLING, billingOf, checkExpiry, METHOD_DATA, methodFromParams } from '../cards/card-data.js';
import { methodNamed } from '../cards/method-named.js';
import { refusal } from '../core/failure.js';
import { fetchCustomer, fetchOne, idOf, mergeMetadata } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import { emitChange } from '../events/emit.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import { attach, detach } from '../payments/attachment.js';

const UPDATE = {
  allow_redisplay: ['always', 'limited', 'unspecified'],
  billing_details: BILLING,
  card: { exp_month: 'integer', exp_year: 'integer', networks: 'open' },
  metadata: 'metadata',
} as const satisfies Spec;

function named(call: Call): Stripe.PaymentMethod {
  return fetchOne(call, 'paymentMethods', call.named.id ?? '');
}

function update(call: Call, params: Parsed<typeof UPDATE>): Stripe.PaymentMethod {
  const before = named(call);
  if (before.customer === null) {
    throw refusal('You must save this PaymentMethod to a customer before you can update it.', {
      code: 'payment_method_unexpected_state',
      param: 'payment_method',
    });
  }
  const { exp_month, exp_year } = params.card ?? {};
  const year = checkExpiry(call, params.card ?? {});
  const after = amend(call.book.paymentMethods, before, {
    billing_details: { ...before.billing_details, ...billingOf(params.billing_details) },
    metadata: mergeMetadata(before.metadata, params.metadata),
    ...(params.allow_redisplay && { allow_redisplay: params.allow_redisplay }),
    ...(before.card && {
      card: {
        ...before.card,
        exp_month: exp_month ?? before.card.exp_month,
        exp_year: exp_year === undefined ? before.card.exp_year : year,
      },
    }),
  });
  emitChange(call, 'payment_method.updated', before, after);
  return after;
}

export const paymentMethodRoutes = [
  route('POST /v1/payment_methods', { takes: METHOD_DATA, acceptsPublishable: true }, (call, params) =>
    methodFromParams(call, params),
  ),
  route(
    'GET /v1/payment_methods',
    { takes: { ...PAGE, customer: 'text', type: 'text', allow_redisplay: 'text' } },
    (call, params) => {
      const customer = params.customer === undefined ? null : fetchCustomer(call, params.customer).id;
      return page(call, params, {
        shelf: call.book.paymentMethods,
        kind: 'paymentMethods',
        url: '/v1/payment_methods',
        keep: (each) =>
          (customer === null ? each.customer !== null : idOf(each.customer) === customer) &&
          (params.type === undefined || each.type === params.type),
      });
    },
  ),
  route('GET /v1/payment_methods/:id', {}, (call) => methodNamed(call, call.named.id ?? '')),
  route('POST /v1/payment_methods/:id', { takes: UPDATE }, update),
  route('POST /v1/payment_methods/:id/attach', { takes: { customer: 'text' }, needs: ['customer'] }, (call, params) => {
    const method = methodNamed(call, call.named.id ?? '');
    return attach(call, method, fetchCustomer(call, params.customer ?? '').id);
  }),
  route('POST /v1/payment_methods/:id/detach', {}, (call) => detach(call, named(call))),
];
