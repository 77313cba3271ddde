import Stripe from 'stripe';

/** Everything that is parsed here is of this version, so webhook endpoints are made with it, too. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

/** Longer than Stripe's slowest answers, short enough that a worker is not lost to one call. */
const TIMEOUT_MS = 20_000;

/** Where Stripe is, and how long it is waited for. The address is for the sandbox. */
export interface StripeOptions {
  readonly host?: string;
  readonly port?: number;
  readonly protocol?: 'http' | 'https';
  readonly timeoutMs?: number;
}

/**
 * The SDK repeats nothing by itself, so that every repetition is one we
 * decided on. One exception cannot be switched off: it sends a request again
 * when the connection was closed, which our key on every POST makes harmless.
 */
export function stripeClient(secretKey: string, { timeoutMs = TIMEOUT_MS, ...address }: StripeOptions): Stripe {
  return new Stripe(secretKey, {
    ...address,
    apiVersion: STRIPE_API_VERSION,
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
  });
}
