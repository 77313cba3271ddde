import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from './children.js';

/**
 * A payment system that answers at once, so that what is measured is ours. It
 * keeps nothing: an intent is whatever its last call makes of it.
 */
let count = 0;

const CARD = {
  brand: 'visa',
  last4: '4242',
  exp_month: 12,
  exp_year: 2034,
  capture_before: 1_900_000_000,
  multicapture: { status: 'available' },
  incremental_authorization: { status: 'available' },
};

function intent(id: string, status: string, amount: number): object {
  const held = status === 'requires_capture';
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: held ? amount : 0,
    amount_received: 0,
    currency: 'usd',
    status,
    capture_method: 'manual',
    client_secret: `${id}_secret_x`,
    metadata: {},
    payment_method: 'pm_card_visa',
    latest_charge: held
      ? {
          id: id.replace('pi', 'ch'),
          object: 'charge',
          amount,
          amount_captured: 0,
          payment_method_details: { type: 'card', card: CARD },
        }
      : null,
  };
}

const server = createServer((request, response) => {
  const answer = (body: object) => {
    const text = JSON.stringify(body);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'request-id': 'req_1',
    });
    response.end(text);
  };
  request.on('data', () => {});
  request.on('end', () => {
    const confirmed = /payment_intents\/(\w+)\/confirm/.exec(request.url ?? '');
    if (confirmed?.[1]) return answer(intent(confirmed[1], 'requires_capture', 10_000));
    if (request.url?.includes('/payment_intents')) {
      count += 1;
      return answer(intent(`pi_bench${process.pid}x${count}`, 'requires_confirmation', 10_000));
    }
    if (request.url?.includes('/webhook_endpoints') && request.method === 'GET') {
      return answer({ object: 'list', data: [], has_more: false, url: '/v1/webhook_endpoints' });
    }
    if (request.url?.includes('/webhook_endpoints'))
      return answer({ id: 'we_1', object: 'webhook_endpoint', secret: 'whsec_bench', url: '' });
    return answer({ id: 'acct_bench', object: 'account', country: 'US', charges_enabled: true });
  });
});

server.listen(0, '127.0.0.1', () => serve({ port: (server.address() as AddressInfo).port }, () => ({})));
