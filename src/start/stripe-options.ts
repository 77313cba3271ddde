import type { StripeOptions } from '../features/payment-systems/index.js';

/** Where Stripe is; null: the real one. */
export function stripeOptions(url: string | null): StripeOptions {
  if (url === null) return {};
  const { protocol, hostname, port } = new URL(url);
  const isHttp = protocol === 'http:';
  return { host: hostname, port: Number(port || (isHttp ? 80 : 443)), protocol: isHttp ? 'http' : 'https' };
}
