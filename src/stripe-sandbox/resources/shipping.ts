import type Stripe from 'stripe';
import type { FormHash, FormValue } from '../http/form.js';

function texts(hash: FormHash | undefined, names: readonly string[]): Record<string, string | null> {
  const entries = names.map((name) => {
    const value = hash?.[name];
    return [name, typeof value === 'string' && value !== '' ? value : null] as const;
  });
  return Object.fromEntries(entries);
}

/** Shows an address as Stripe does: every part, with null for what was not given. */
export function addressOf(given: FormValue | undefined): Stripe.Address | null {
  if (typeof given !== 'object') return null;
  const blank = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return { ...blank, ...texts(given, Object.keys(blank)) };
}

/** Where the goods go, as given with an intent or a customer. */
export function shippingOf(given: FormValue | undefined) {
  if (typeof given !== 'object') return null;
  const address = addressOf(given.address);
  const { name, phone, carrier, tracking_number } = texts(given, ['name', 'phone', 'carrier', 'tracking_number']);
  return {
    ...(address !== null && { address }),
    carrier: carrier ?? null,
    name: name ?? '',
    phone: phone ?? null,
    tracking_number: tracking_number ?? null,
  };
}
