import type Stripe from 'stripe';
import { malformed } from '../core/failure.js';
import { fetchOne, mergeMetadata } from '../core/lookup.js';
import { checkPart, currencyOf } from '../core/money.js';
import { amend } from '../core/shelf.js';
import { emitChange } from '../events/emit.js';
import { PAGE, page, within } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import { requestPayout } from '../payments/payout.js';
import { cancelPayout } from '../payments/payout-progress.js';

const CREATE = {
  amount: 'integer',
  currency: 'text',
  description: 'text',
  metadata: 'metadata',
  method: ['standard'],
  source_type: ['card'],
  statement_descriptor: 'text',
} as const satisfies Spec;

const DESCRIPTOR_LENGTH_MAX = 22;

function named(call: Call): Stripe.Payout {
  return fetchOne(call, 'payouts', call.named.id ?? '');
}

function create(call: Call, params: Parsed<typeof CREATE>): Stripe.Payout {
  const currency = currencyOf(params.currency ?? '');
  const amount = params.amount ?? 0;
  checkPart(amount, currency, 'amount');
  if ((params.statement_descriptor ?? '').length > DESCRIPTOR_LENGTH_MAX) {
    throw malformed(`Invalid string: must be at most ${DESCRIPTOR_LENGTH_MAX} characters`, {
      param: 'statement_descriptor',
    });
  }
  return requestPayout(call, {
    amount,
    currency,
    description: params.description || null,
    metadata: mergeMetadata(null, params.metadata),
    statementDescriptor: params.statement_descriptor || null,
    isAutomatic: false,
  });
}

const LIST = {
  ...PAGE,
  arrival_date: 'range',
  destination: 'text',
  status: ['canceled', 'failed', 'in_transit', 'paid', 'pending'],
} as const satisfies Spec;

export const payoutRoutes = [
  route('POST /v1/payouts', { takes: CREATE, needs: ['amount', 'currency'] }, create),
  route('GET /v1/payouts', { takes: LIST }, (call, params) =>
    page(call, params, {
      shelf: call.book.payouts,
      kind: 'payouts',
      url: '/v1/payouts',
      keep: (each) =>
        within(params.arrival_date, each.arrival_date) &&
        (params.destination === undefined || each.destination === params.destination) &&
        (!params.status || each.status === params.status),
    }),
  ),
  route('GET /v1/payouts/:id', {}, named),
  route('POST /v1/payouts/:id', { takes: { metadata: 'metadata' } }, (call, params) => {
    const payout = named(call);
    const changed = amend(call.book.payouts, payout, { metadata: mergeMetadata(payout.metadata, params.metadata) });
    emitChange(call, 'payout.updated', payout, changed);
    return changed;
  }),
  route('POST /v1/payouts/:id/cancel', {}, (call) => cancelPayout(call, named(call))),
];
