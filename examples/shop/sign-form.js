import { createHmac } from 'node:crypto';

/**
 * The fields of a payment form with their signature: HMAC-SHA256, under the
 * merchant's secret, of a first line and a line `name=value` for each field by
 * name. On the server, always: the secret is nothing for a browser.
 */
export function signedForm(secret, fields) {
  const sent = { ...fields, timestamp: String(Math.floor(Date.now() / 1000)) };
  const lines = Object.keys(sent)
    .sort()
    .map((name) => `${name}=${sent[name]}`);
  const text = ['quittance-pay-v1', ...lines].join('\n');
  return { ...sent, signature: createHmac('sha256', secret).update(text, 'utf8').digest('hex') };
}
