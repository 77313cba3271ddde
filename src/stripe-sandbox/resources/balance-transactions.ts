import type Stripe from 'stripe';
import { refusal } from '../core/failure.js';
import { fetchOne } from '../core/lookup.js';
import { PAGE, page } from '../http/page.js';
import { type Call, route } from '../http/routes.js';
import { asOf, balanceOf } from '../payments/balance.js';
import { currencyOfAccount } from './account.js';

/** What the account has, by currency, settled and still on its way. */
function balance(call: Call): object {
  const sums = { available: balanceOf(call, 'available'), pending: balanceOf(call, 'pending') };
  const currencies = new Set([...sums.available.keys(), ...sums.pending.keys()]);
  if (currencies.size === 0) currencies.add(currencyOfAccount(call.account));
  const shown = (side: Map<string, number>): Stripe.Balance.Pending[] =>
    [...currencies].map((currency) => {
      const amount = side.get(currency) ?? 0;
      return { amount, currency, source_types: { card: amount } };
    });
  return {
    object: 'balance',
    available: shown(sums.available),
    livemode: call.book.livemode,
    pending: shown(sums.pending),
  };
}

/** Which transactions a payout has. Stripe keeps that for automatic ones, and knows it once they are reconciled. */
function paidOutIn(call: Call, payoutId: string | undefined): (id: string) => boolean {
  if (payoutId === undefined) return () => true;
  const payout = fetchOne(call, 'payouts', payoutId, 'payout');
  if (!payout.automatic) {
    throw refusal('Balance transaction history can only be filtered on automatic transfers, not manual.', {
      param: 'payout',
    });
  }
  if (payout.reconciliation_status !== 'completed') return () => false;
  return (id) => call.book.payoutOf.get(id) === payout.id;
}

export const balanceTransactionRoutes = [
  route('GET /v1/balance', {}, balance),
  route(
    'GET /v1/balance_transactions',
    { takes: { ...PAGE, currency: 'text', payout: 'text', source: 'text', type: 'text' } },
    (call, params) => {
      const isPaidOut = paidOutIn(call, params.payout);
      const list = page(call, params, {
        shelf: call.book.balanceTransactions,
        kind: 'balanceTransactions',
        url: '/v1/balance_transactions',
        keep: (each) =>
          isPaidOut(each.id) &&
          (params.currency === undefined || each.currency === params.currency.toLowerCase()) &&
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
