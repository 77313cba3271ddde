import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header: an HMAC of the moment and the raw body under the endpoint's secret. */
export function signatureHeader(secret: string, seconds: number, body: string): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
