import { eventually } from '../../support/eventually.js';
import { callAt, notificationsOf, notify, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aMerchant, aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { answers, OK, Receiver, verified } from '../../support/receiver.js';

const HOUR = 3_600;

let product: Product;
let shop: Shop;
let receiver: Receiver;

beforeAll(async () => {
  product = await startProduct({ callbackDeadlineMs: 2_000 });
}, 60_000);
afterAll(() => product.close());

beforeEach(async () => {
  shop = await aShop(product);
  receiver = await Receiver.open();
});
afterEach(() => receiver.close());

/** The secret that the shop verifies with, made for the test. */
async function secretOf(whose: Shop): Promise<string> {
  const { secret } = await whose.operator.do<{ secret: string }>(
    'rotateSigningSecret',
    { merchantId: whose.id },
    'secret',
  );
  return secret;
}

describe('tenants', () => {
  it('see their own notifications and endpoints alone', async () => {
    await callAt(shop, receiver.url());
    await shop.sale();
    await untilQuiet(product, shop);
    const [own] = await notificationsOf(shop);
    const ids = [own?.id, own?.endpoint.id];
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    const stranger = await aShop(product);
    for (const other of [neighbour, stranger]) {
      expect(await notificationsOf(other)).toEqual([]);
      expect(await notificationsOf(other, { merchantId: shop.id })).toEqual([]);
      for (const id of ids)
        expect(await other.ask('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
      const refused = await other.do('redeliverNotifications', { ids: [own?.id] }, 'count');
      expect(refused).toMatchObject({ code: 'NOT_FOUND', message: 'no such notification' });
    }
    for (const id of ids) {
      expect(await shop.ask('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: { id } });
    }
    const { merchant, orders } = await shop.ask<Record<string, never>>(
      `{ merchant { notificationEndpoints { origin status lastDeliveredAt pausedUntil failingSince } }
         orders(first: 1) { nodes { notifications { type status } } } }`,
    );
    expect(merchant).toEqual({
      notificationEndpoints: [
        {
          origin: receiver.origin,
          status: 'HEALTHY',
          lastDeliveredAt: expect.any(String),
          pausedUntil: null,
          failingSince: null,
        },
      ],
    });
    expect(orders).toEqual({
      nodes: [
        {
          notifications: [
            { type: 'operation.status_changed', status: 'DELIVERED' },
            { type: 'order.status_changed', status: 'DELIVERED' },
          ],
        },
      ],
    });
  });

  it('are told apart where they use the same address: each is signed with its own secret', async () => {
    const other = await aShop(product);
    const [mine, theirs] = [await secretOf(shop), await secretOf(other)];
    await callAt(shop, receiver.url('/mine'));
    await callAt(other, receiver.url('/theirs'));
    await Promise.all([shop.sale(), other.sale()]);
    // A transaction that is open in another test's database holds up what is after it.
    await eventually(async () => {
      await notify(product);
      expect(receiver.received).toHaveLength(4);
    });
    for (const each of receiver.at('/mine')) verified(mine, each);
    for (const each of receiver.at('/theirs')) expect(() => verified(mine, each)).toThrow();
    for (const each of receiver.at('/theirs')) verified(theirs, each);
  });
});

describe('what a merchant is told', () => {
  it('is every settled status, in order, once each, as of the moment at which it happened', async () => {
    await callAt(shop, receiver.url('/hook'));
    const { id } = await shop.hold();
    await shop.capture(id, { amount: '60.00' });
    await shop.cancel(id);
    await untilQuiet(product, shop);

    expect(receiver.told('/hook').filter((each) => each.startsWith('order'))).toEqual([
      'order.status_changed AUTHORIZED',
      'order.status_changed PARTIALLY_CAPTURED',
      'order.status_changed REFUNDED',
    ]);
    const bodies = receiver.received.map(({ body }) => JSON.parse(body));
    const captured = bodies.find(({ data }) => data.status === 'PARTIALLY_CAPTURED');
    expect(captured).toEqual({
      id: expect.stringMatching(/^ntf_/),
      type: 'order.status_changed',
      occurredAt: expect.stringMatching(/^\d{4}-.*Z$/),
      mode: 'TEST',
      data: {
        orderId: id,
        orderNumber: expect.any(String),
        previousStatus: 'AUTHORIZED',
        status: 'PARTIALLY_CAPTURED',
        billNumber: expect.stringMatching(/^\d{12}$/),
        amount: '100.00',
        currency: 'USD',
        authorizedAmount: '100.00',
        capturedAmount: '60.00',
        refundedAmount: '0.00',
        captureBefore: expect.any(String),
        payerId: null,
        storedCredentialId: null,
      },
    });
    const all = await notificationsOf(shop);
    expect(new Set(all.map(({ status, attempts, order }) => `${status} ${attempts.length} ${order?.id}`))).toEqual(
      new Set([`DELIVERED 1 ${id}`]),
    );
    expect(all.map((each) => each.body)).toEqual(receiver.received.map(({ body }) => body));
  });

  it('is nothing of what is under way, and nothing where there is no address', async () => {
    await shop.sale();
    await untilQuiet(product, shop);
    expect(await notificationsOf(shop)).toEqual([]);
    await callAt(shop, receiver.url());
    await shop.createOrder();
    await untilQuiet(product, shop);
    expect(receiver.received).toEqual([]);
  });

  it("goes to the order's own address before the merchant's", async () => {
    await callAt(shop, receiver.url('/merchant'));
    await shop.sale({ callbackUrl: receiver.url('/own') });
    await shop.sale();
    await untilQuiet(product, shop);
    expect(receiver.at('/own')).toHaveLength(2);
    expect(receiver.at('/merchant')).toHaveLength(2);
  });

  it('is signed so that the package of Standard Webhooks finds it genuine, as JSON and as a form', async () => {
    const secret = await secretOf(shop);
    await callAt(shop, receiver.url('/json'));
    await shop.sale();
    await untilQuiet(product, shop);
    await callAt(shop, receiver.url('/form'), { callbackFormat: 'FORM' });
    const { order } = await shop.sale();
    await untilQuiet(product, shop);

    for (const each of receiver.received) verified(secret, each);
    const [json] = receiver.at('/json');
    if (!json) throw new Error('nothing came');
    expect(json.headers['content-type']).toBe('application/json');
    expect(() => verified(secret, { ...json, body: json.body.replace('100.00', '1.00') })).toThrow();
    expect(() => verified(secret, { ...json, id: 'x', headers: { ...json.headers, 'webhook-id': 'ntf_x' } })).toThrow();
    const form = receiver.at('/form').at(-1);
    expect(form?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const fields = Object.fromEntries(new URLSearchParams(form?.body));
    expect(fields).toMatchObject({
      id: form?.id,
      type: 'order.status_changed',
      mode: 'TEST',
      'data[orderId]': order.id,
      'data[status]': 'CAPTURED',
      'data[payerId]': '',
    });
  });

  it('is signed with the new secret and the old one while both are valid', async () => {
    const old = await secretOf(shop);
    const renewed = await secretOf(shop);
    await callAt(shop, receiver.url());
    await shop.sale();
    await untilQuiet(product, shop);
    const [first] = receiver.received;
    if (!first) throw new Error('nothing came');
    expect(first.headers['webhook-signature']?.split(' ').length).toBeGreaterThanOrEqual(2);
    verified(old, first);
    verified(renewed, first);
    product.clock.advance(25 * HOUR);
    await shop.sale();
    await untilQuiet(product, shop);
    expect(receiver.received.at(-1)?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
  });

  it('keeps its id over all tries, and has a timestamp of each', async () => {
    receiver.behave(answers(500, 'ok'));
    await callAt(shop, receiver.url());
    await shop.sale();
    await untilQuiet(product, shop);
    product.clock.advance(10);
    await untilQuiet(product, shop);
    receiver.behave(OK);
    product.clock.advance(60);
    await untilQuiet(product, shop);
    const [first, second, third] = receiver.received;
    expect(new Set([first?.id, second?.id, third?.id]).size).toBe(1);
    expect(new Set([first?.body, second?.body, third?.body]).size).toBe(1);
    expect(new Set(receiver.received.slice(0, 3).map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    const [told] = await notificationsOf(shop);
    expect(told?.attempts.map(({ number, outcome, httpStatus }) => [number, outcome, httpStatus])).toEqual([
      [1, 'NOT_OK', 500],
      [2, 'NOT_OK', 500],
      [3, 'DELIVERED', 200],
    ]);
    expect(told).toMatchObject({ status: 'DELIVERED', nextAttemptAt: null, deliveredAt: expect.any(String) });
  });
});

describe('the order of what is told', () => {
  it('holds when the first fails: what comes after it waits for it, and nothing of other orders does', async () => {
    receiver.behave(answers(503, ''), '/bad');
    await callAt(shop, receiver.url('/bad'));
    const { id } = await shop.hold();
    await shop.capture(id);
    await shop.sale({ callbackUrl: receiver.url('/good') });
    await untilQuiet(product, shop);
    expect(receiver.at('/bad')).toHaveLength(1);
    expect(receiver.at('/good')).toHaveLength(2);
    const waiting = await notificationsOf(shop, { orderId: id });
    expect(waiting.map(({ status, nextAttemptAt }) => [status, nextAttemptAt !== null])).toEqual([
      ['PENDING', true],
      ['PENDING', false],
      ['PENDING', false],
      ['PENDING', false],
    ]);
    receiver.behave(OK, '/bad');
    product.clock.advance(10);
    await untilQuiet(product, shop);
    expect(receiver.told('/bad').slice(1)).toEqual([
      'operation.status_changed SUCCEEDED',
      'order.status_changed AUTHORIZED',
      'operation.status_changed SUCCEEDED',
      'order.status_changed CAPTURED',
    ]);
  });
});

describe('what never arrives', () => {
  it('is given up after 72 hours, told by an event, and the next of its order has 72 hours of its own', async () => {
    receiver.behave(answers(200, 'ok\n'));
    await callAt(shop, receiver.url());
    const { order } = await shop.sale();
    await untilQuiet(product, shop);
    const began = product.clock.now().getTime();
    for (let hour = 0; hour < 72; hour += 1) {
      product.clock.advance(HOUR);
      await untilQuiet(product, shop);
    }
    product.clock.advance(2 * HOUR);
    await untilQuiet(product, shop);
    const [first, second] = await notificationsOf(shop, { orderId: order.id });
    expect(first).toMatchObject({ status: 'EXHAUSTED', exhaustedAt: expect.any(String) });
    expect(second).toMatchObject({ status: 'PENDING', endpoint: { status: 'DEAD' } });
    const tries = receiver.received
      .filter(({ id }) => id === first?.id)
      .map(({ headers }) => Number(headers['webhook-timestamp']) * 1000);
    expect(tries.length).toBeGreaterThan(10);
    expect(Math.max(...tries) - began).toBeLessThan(72 * HOUR * 1000);
    const events = await rowsIn<{ type: string; payload: Record<string, unknown> }>(
      product,
      shop,
      `select type, payload from events where type like 'notification%' order by sequence`,
    );
    expect(events.map(({ type }) => type)).toEqual([
      'notification_endpoint.failing',
      'notification.exhausted',
      'notification_endpoint.dead',
    ]);
    expect(events[1]?.payload).toMatchObject({ notificationId: first?.id, orderId: order.id, mode: 'TEST' });

    receiver.behave(OK);
    product.clock.advance(5 * HOUR);
    await untilQuiet(product, shop);
    const [, arrived] = await notificationsOf(shop, { orderId: order.id });
    expect(arrived).toMatchObject({ status: 'DELIVERED', endpoint: { status: 'HEALTHY', failures: 0 } });
  }, 60_000);

  it('by the thousand is given up by the thousand: a dead server is not tried for each', async () => {
    receiver.behave(answers(500, ''));
    await callAt(shop, receiver.url());
    for (let count = 0; count < 6; count += 1) await shop.sale();
    await untilQuiet(product, shop);
    await rowsIn(
      product,
      shop,
      `insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, type, url, format, body, status,
         occurred_at, created_at, due_at, ready_at)
       select operator_id, gen_random_uuid(), endpoint_id, merchant_id, mode, md5(n::text)::uuid, type, url, format, body,
         'PENDING', occurred_at, created_at,
         ready_at, ready_at
       from (select * from notifications where ready_at is not null order by id limit 1) as one,
         generate_series(1, 2500) as n`,
    );
    // One more in a group of theirs: it has 72 hours of its own.
    await rowsIn(
      product,
      shop,
      `insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, event_sequence, type, url, format,
         body, status, occurred_at, created_at)
       select operator_id, gen_random_uuid(), endpoint_id, merchant_id, mode, md5('1')::uuid, 99999999, type, url, format, body,
         'PENDING', occurred_at, created_at from notifications order by id limit 1`,
    );
    for (let hour = 0; hour < 78; hour += 6) {
      product.clock.advance(6 * HOUR);
      await untilQuiet(product, shop);
    }
    const counts = await rowsIn(
      product,
      shop,
      `select status, count(*)::int as count from notifications where order_id is null and attempts = 0
       group by status order by status`,
    );
    // Those by which it was asked for a sign of life are not among them: they have 72 hours from that try.
    expect(counts).toEqual([
      { status: 'EXHAUSTED', count: expect.any(Number) },
      { status: 'PENDING', count: 1 },
    ]);
    expect(counts[0]?.count).toBeGreaterThan(2_450);
    const [{ count } = { count: 0 }] = await rowsIn<{ count: number }>(
      product,
      shop,
      `select count(*)::int as count from events where type = 'notification.exhausted'`,
    );
    expect(count).toBeGreaterThan(2_450);
    expect(receiver.received.length).toBeLessThan(60);
  }, 60_000);
});
