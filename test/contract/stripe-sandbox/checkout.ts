import type Stripe from 'stripe';
import type { Shop } from './sandbox.js';

export const SUCCESS_URL = 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}';
export const CANCEL_URL = 'https://shop.example/cart';

export const PAGE: Stripe.Checkout.SessionCreateParams = {
  mode: 'payment',
  line_items: [
    {
      price_data: { currency: 'eur', unit_amount: 1250, product_data: { name: 'Novel & <map>', description: 'Used' } },
      quantity: 2,
    },
  ],
  success_url: SUCCESS_URL,
  cancel_url: CANCEL_URL,
  allowed_payment_method_types: ['card'],
};

export function openPage(
  { stripe }: Shop,
  params: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<Stripe.Checkout.Session> {
  return stripe.checkout.sessions.create({ ...PAGE, ...params });
}

export const CARD = {
  method: 'card',
  email: 'ana@example.com',
  number: '4242 4242 4242 4242',
  expiry: '12 / 34',
  cvc: '123',
  name: 'Ana Roe',
};

/** Submits the form of a page as a browser does, without following where it leads. */
export async function submit(url: string, fields: Record<string, string>) {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location'), html: await response.text() };
}

export async function see(url: string) {
  const response = await fetch(url, { redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location'), html: await response.text() };
}
