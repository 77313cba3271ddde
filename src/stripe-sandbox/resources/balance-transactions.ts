import type Stripe from 'stripe';
import { fetchOne } from '../core/lookup.js';
import { PAGE, page } from '../http/page.js';
import { type Call, route } from '../http/routes.js';
import { asOf } from '../payments/balance.js';

/** What the account has, by currency, settled and still on its way. */
function balance(call: Call): object {
  const now = call.world.clock.now();
  const sums = { available: new Map<string, number>(), pending: new Map<string, number>() };
  for (const each of call.book.balanceTransactions.things) {
    if (each === undefined) continue;
    const side = asOf(each, now).status === 'available' ? sums.available : sums.pending;
    side.set(each.currency, (side.get(each.currency) ?? 0) + each.net);
  }
  const shown = (side: Map<string, number>): Stripe.Balance.Pending[] =>
    [...side].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
  return {
    object: 'balance',
    available: shown(sums.available),
    livemode: call.book.livemode,
    pending: shown(sums.pending),
  };
}

export const balanceTransactionRoutes = [
  route('GET /v1/balance', {}, balance),
  route(
    'GET /v1/balance_transactions',
    { takes: { ...PAGE, currency: 'text', payout: 'text', source: 'text', type: 'text' } },
    (call, params) => {
      const list = page(call, params, {
        shelf: call.book.balanceTransactions,
        kind: 'balanceTransactions',
        url: '/v1/balance_transactions',
        keep: (each) =>
          // Nothing has been paid out yet, so a payout has no transactions.
          params.payout === undefined &&
          (params.currency === undefined || each.currency === params.currency) &&
          (params.source === undefined || each.source === params.source) &&
          (params.type === undefined || each.type === params.type),
      });
      const now = call.world.clock.now();
      return { ...list, data: list.data.map((each) => asOf(each, now)) };
    },
  ),
  route('GET /v1/balance_transactions/:id', {}, (call) =>
    asOf(fetchOne(call, 'balanceTransactions', call.named.id ?? ''), call.world.clock.now()),
  ),
];
