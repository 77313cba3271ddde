import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve, settings } from './children.js';

/**
 * A payment system that answers at once, so that what is measured is ours, or
 * after times as a real one's. It keeps nothing: what an intent is its id says.
 */
const { latency } = settings<{ latency: { p50Ms: number; p99Ms: number } | null }>();

let count = 0;
/** The count at the beginning of the run: in every run the same payment takes the same time. */
let countBefore = 0;

const CARD = {
  brand: 'visa',
  last4: '4242',
  exp_month: 12,
  exp_year: 2034,
  capture_before: 1_900_000_000,
  multicapture: { status: 'available' },
  incremental_authorization: { status: 'available' },
};

const P99 = 2.3263;

/** Log-normal, and always the same for the same call, so that two who make as many calls wait as long for them. */
function answersAfterMs(call: number): number {
  if (!latency) return 0;
  const { p50Ms, p99Ms } = latency;
  const normal = Math.sqrt(-2 * Math.log(uniform(2 * call))) * Math.cos(2 * Math.PI * uniform(2 * call + 1));
  return p50Ms * Math.exp((Math.log(p99Ms / p50Ms) / P99) * normal);
}

/** Any mixture of bits that looks like chance, from above 0 to 1. */
function uniform(index: number): number {
  let bits = Math.imul(index + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (((bits ^ (bits >>> 16)) >>> 0) + 1) / 2 ** 32;
}

const ID = /payment_intents\/(pi_bench\d+x(\d+)_([am])(\d+))/;

function intent(id: string, status: string, amount: number): object {
  const held = status === 'requires_capture' || status === 'succeeded';
  const captured = status === 'succeeded' ? amount : 0;
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: held ? amount - captured : 0,
    amount_received: captured,
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
          amount_captured: captured,
          captured: captured > 0,
          status: 'succeeded',
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
  const answerLater = (call: number, body: object) => {
    if (latency) setTimeout(() => answer(body), answersAfterMs(call));
    else answer(body);
  };
  let body = '';
  request.setEncoding('latin1').on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    const [, id, number, mode, amount] = ID.exec(request.url ?? '') ?? [];
    if (id) {
      const confirmed = intent(id, mode === 'a' ? 'succeeded' : 'requires_capture', Number(amount));
      return answerLater(2 * (Number(number) - countBefore) + 1, confirmed);
    }
    if (request.url?.includes('/payment_intents')) {
      count += 1;
      const wanted = new URLSearchParams(body);
      const kind = wanted.get('capture_method') === 'automatic' ? 'a' : 'm';
      const made = `pi_bench${process.pid}x${count}_${kind}${wanted.get('amount')}`;
      return answerLater(
        2 * (count - countBefore),
        intent(made, 'requires_confirmation', Number(wanted.get('amount'))),
      );
    }
    if (request.url?.includes('/webhook_endpoints') && request.method === 'GET') {
      return answer({ object: 'list', data: [], has_more: false, url: '/v1/webhook_endpoints' });
    }
    if (request.url?.includes('/webhook_endpoints'))
      return answer({ id: 'we_1', object: 'webhook_endpoint', secret: 'whsec_bench', url: '' });
    return answer({ id: 'acct_bench', object: 'account', country: 'US', charges_enabled: true });
  });
});

/** Any order begins another run. */
server.listen(0, '127.0.0.1', () =>
  serve({ port: (server.address() as AddressInfo).port }, () => {
    countBefore = count;
    return {};
  }),
);
