import type Stripe from 'stripe';
import { forbidden } from '../core/failure.js';
import { fetchOne } from '../core/lookup.js';
import type { Account } from '../core/state.js';
import { route } from '../http/routes.js';

const CURRENCY_OF_COUNTRY: Readonly<Record<string, string>> = { US: 'usd', GB: 'gbp', CH: 'chf', JP: 'jpy', PL: 'pln' };

/** The currency of the country, unless the account is paid in another. */
export function currencyOfAccount(account: Account): string {
  return account.settlement?.currency ?? CURRENCY_OF_COUNTRY[account.country] ?? 'eur';
}

function shown(account: Account): Stripe.Account {
  return {
    id: account.id,
    object: 'account',
    business_profile: null,
    business_type: 'company',
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    country: account.country,
    created: account.created,
    default_currency: currencyOfAccount(account),
    details_submitted: true,
    email: null,
    metadata: {},
    payouts_enabled: true,
    settings: null,
    type: 'standard',
  };
}

export const accountRoutes = [
  route('GET /v1/account', {}, (call) => ({ ...shown(call.account), display_name: call.account.name })),
  route('GET /v1/accounts/:id', {}, (call) => {
    if (call.named.id === call.account.id) return shown(call.account);
    throw forbidden(
      `The provided key does not have access to account '${call.named.id}' (or that account does not exist). Application access may have been revoked.`,
      { code: 'account_invalid' },
    );
  }),
  route('GET /v1/mandates/:id', {}, (call) => fetchOne(call, 'mandates', call.named.id ?? '')),
];
