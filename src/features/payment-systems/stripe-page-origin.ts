import type { StripeOptions } from './stripe-client.js';

const STRIPES = 'https://checkout.stripe.com';

/** Where the payment system's own pages are, as an origin; the sandbox has them beside its API. */
export function paymentPageOrigin({ host, port, protocol = 'https' }: StripeOptions): string {
  return host === undefined ? STRIPES : new URL(`${protocol}://${host}${port === undefined ? '' : `:${port}`}`).origin;
}
