import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { newShop, refusalOf, SALE, type Shop, useSandbox } from './sandbox.js';

const sandbox = useSandbox({ seed: 11 });
const control = () => sandbox.current.control;

interface Received {
  body: string;
  signature: string;
  event: Stripe.Event;
}

interface Receiver {
  url: string;
  received: Received[];
  status: number;
  close(): void;
}

const open: Receiver[] = [];
afterEach(() => {
  control().setWebhookFaults({});
  for (const each of open.splice(0)) each.close();
});

/** A shop's webhook endpoint, which keeps what it is sent. */
async function receiver(): Promise<Receiver> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const signature = String(request.headers['stripe-signature']);
      made.received.push({ body, signature, event: JSON.parse(body) as Stripe.Event });
      response.writeHead(made.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const made: Receiver = {
    url: `http://127.0.0.1:${port}/hooks`,
    received: [],
    status: 200,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  open.push(made);
  return made;
}

async function subscribe(shop: Shop, params: Partial<Stripe.WebhookEndpointCreateParams> = {}) {
  const target = await receiver();
  const endpoint = await shop.stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'], ...params });
  return { target, endpoint };
}

describe('a webhook', () => {
  it('is signed, and the SDK takes it', async () => {
    const shop = newShop(sandbox.current);
    const { target, endpoint } = await subscribe(shop, { api_version: '2026-09-30.endive' });
    const intent = await shop.stripe.paymentIntents.create(SALE, { idempotencyKey: 'k' });
    await control().settleWebhooks();
    expect(target.received.map((each) => each.event.type).sort()).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
    for (const { body, signature } of target.received) {
      const event = shop.stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? '');
      expect(event).toMatchObject({
        object: 'event',
        livemode: false,
        api_version: '2026-09-30.endive',
        pending_webhooks: 1,
        request: { idempotency_key: 'k' },
      });
      expect(() => shop.stripe.webhooks.constructEvent(`${body} `, signature, endpoint.secret ?? '')).toThrow();
    }
    const succeeded = target.received.find((each) => each.event.type === 'payment_intent.succeeded')?.event;
    expect(succeeded?.data.object).toMatchObject({ id: intent.id, status: 'succeeded', amount_received: 1000 });
    const created = target.received.find((each) => each.event.type === 'payment_intent.created')?.event;
    expect(created?.data.object).toMatchObject({ id: intent.id, status: 'requires_confirmation' });
    const listed = await shop.stripe.events.list();
    expect(listed.data.map((each) => each.pending_webhooks)).toEqual([0, 0, 0]);
    expect(await shop.stripe.events.retrieve(succeeded?.id ?? '')).toMatchObject({ type: 'payment_intent.succeeded' });
  });

  it('comes only for the events that were asked for, and not while disabled', async () => {
    const shop = newShop(sandbox.current);
    const { target, endpoint } = await subscribe(shop, { enabled_events: ['charge.succeeded'] });
    await shop.stripe.paymentIntents.create(SALE);
    await control().settleWebhooks();
    expect(target.received.map((each) => each.event.type)).toEqual(['charge.succeeded']);
    await shop.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
    await shop.stripe.paymentIntents.create(SALE);
    await control().settleWebhooks();
    expect(target.received).toHaveLength(1);
    const stranger = newShop(sandbox.current);
    await stranger.stripe.paymentIntents.create(SALE);
    await control().settleWebhooks();
    expect(target.received).toHaveLength(1);
  });

  it('is sent again until it is taken', async () => {
    const shop = newShop(sandbox.current);
    const { target } = await subscribe(shop, { enabled_events: ['customer.created'] });
    target.status = 500;
    await shop.stripe.customers.create();
    await control().settleWebhooks();
    expect((await shop.stripe.events.list({ delivery_success: false })).data).toMatchObject([{ pending_webhooks: 1 }]);
    target.status = 200;
    control().advanceClock({ seconds: 11 });
    await control().settleWebhooks();
    expect(target.received).toHaveLength(2);
    expect(target.received[0]?.event.id).toBe(target.received[1]?.event.id);
    expect((await shop.stripe.events.list({ delivery_success: true })).data).toHaveLength(1);
    expect((await shop.stripe.events.list({ delivery_success: false })).data).toEqual([]);
  });

  it('is given up after three repetitions in test mode', async () => {
    const shop = newShop(sandbox.current);
    const { target } = await subscribe(shop);
    target.status = 503;
    await shop.stripe.customers.create();
    for (let waited = 0; waited < 6; waited += 1) {
      await control().settleWebhooks();
      control().advanceClock({ seconds: 7200 });
    }
    expect(target.received).toHaveLength(4);
  });

  it('is lost, doubled or out of order when a test wants it', async () => {
    const shop = newShop(sandbox.current);
    const { target } = await subscribe(shop, { enabled_events: ['customer.created'] });
    control().setWebhookFaults({ lose: 1 });
    await shop.stripe.customers.create();
    await control().settleWebhooks();
    expect(target.received).toHaveLength(0);
    expect((await shop.stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
    control().setWebhookFaults({ duplicate: 1 });
    await shop.stripe.customers.create();
    await control().settleWebhooks();
    expect(new Set(target.received.map((each) => each.event.id)).size).toBe(1);
    expect(target.received).toHaveLength(2);
    target.received.length = 0;
    control().setWebhookFaults({ shuffle: true, delayMs: 60 });
    const names = Array.from({ length: 8 }, (_, place) => String(place));
    for (const name of names) await shop.stripe.customers.create({ name });
    await control().settleWebhooks();
    const order = target.received.map((each) => (each.event.data.object as Stripe.Customer).name);
    expect([...order].sort()).toEqual(names);
    expect(order).not.toEqual(names);
  });
});

describe('webhook endpoints', () => {
  it('show their secret once, and are changed, listed and deleted', async () => {
    const { stripe } = newShop(sandbox.current);
    const made = await stripe.webhookEndpoints.create({
      url: 'https://shop.example/hooks',
      enabled_events: ['charge.refunded'],
      metadata: { a: '1' },
    });
    expect(made).toMatchObject({ secret: expect.stringMatching(/^whsec_/), status: 'enabled', api_version: null });
    expect((await stripe.webhookEndpoints.retrieve(made.id)).secret).toBeUndefined();
    const changed = await stripe.webhookEndpoints.update(made.id, { enabled_events: ['*'], disabled: true });
    expect(changed).toMatchObject({ enabled_events: ['*'], status: 'disabled' });
    expect((await stripe.webhookEndpoints.list()).data).toMatchObject([{ id: made.id }]);
    expect(await stripe.webhookEndpoints.del(made.id)).toMatchObject({ deleted: true });
    expect(await refusalOf(stripe.webhookEndpoints.retrieve(made.id))).toMatchObject({ statusCode: 404 });
    const odd = { url: 'shop.example', enabled_events: ['*' as const] };
    expect(await refusalOf(stripe.webhookEndpoints.create(odd))).toMatchObject({ code: 'url_invalid' });
  });

  it('are sixteen at most', async () => {
    const { stripe } = newShop(sandbox.current);
    const params = { url: 'https://shop.example/hooks', enabled_events: ['*' as const] };
    for (let made = 0; made < 16; made += 1) await stripe.webhookEndpoints.create(params);
    expect((await refusalOf(stripe.webhookEndpoints.create(params))).message).toContain('maximum of 16');
  });
});

describe('the list of events', () => {
  it('is filtered by type, time and place', async () => {
    const { stripe } = newShop(sandbox.current);
    await stripe.paymentIntents.create(SALE);
    const types = await stripe.events.list({ types: ['charge.succeeded', 'payment_intent.succeeded'] });
    expect(types.data.map((each) => each.type)).toEqual(['payment_intent.succeeded', 'charge.succeeded']);
    expect((await stripe.events.list({ type: 'payment_intent.*' })).data).toHaveLength(2);
    const [newest] = types.data;
    expect((await stripe.events.list({ starting_after: newest?.id ?? '' })).data).toHaveLength(2);
    expect((await stripe.events.list({ created: { gt: (newest?.created ?? 0) + 5 } })).data).toEqual([]);
  });
});
