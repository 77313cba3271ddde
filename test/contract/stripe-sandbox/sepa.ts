import type Stripe from 'stripe';
import type { StripeSandbox } from '../../../src/stripe-sandbox/index.js';
import type { Shop } from './sandbox.js';

export const AGREED = {
  customer_acceptance: { type: 'online' as const, online: { ip_address: '192.0.2.7', user_agent: 'Mozilla/5.0' } },
};
export const DEBIT: Stripe.PaymentIntentCreateParams = {
  amount: 2500,
  currency: 'eur',
  allowed_payment_method_types: ['sepa_debit'],
  payment_method: 'pm_success_de',
  mandate_data: AGREED,
  confirm: true,
};

/** An account that was set up without a payment, and its mandate. */
export async function setUp(shop: Shop, token = 'pm_success_de') {
  const { id: customer } = await shop.stripe.customers.create();
  const setup = await shop.stripe.setupIntents.create({
    customer,
    payment_method: token,
    allowed_payment_method_types: ['sepa_debit'],
    mandate_data: AGREED,
    confirm: true,
  });
  return { customer, payment_method: String(setup.payment_method), setup, mandate: String(setup.mandate) };
}

/** Charges what is saved, with nothing agreed to anew. */
export function charge(shop: Shop, { customer, payment_method }: { customer: string; payment_method: string }) {
  const { mandate_data: _agreed, ...rest } = DEBIT;
  return shop.stripe.paymentIntents.create({ ...rest, customer, payment_method, off_session: true });
}

/** Posts to the control port. */
export async function tell(sandbox: StripeSandbox, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${sandbox.controlUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}
