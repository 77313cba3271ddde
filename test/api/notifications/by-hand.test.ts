import { uuidOf } from '../../../src/kernel/ids.js';
import { callAt, notificationsOf, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aMerchant, aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { answers, HANGS, OK, Receiver, verified } from '../../support/receiver.js';

const TEST = `isOk expected attempt { number outcome httpStatus durationMs }
  notification { id type status url attempts { number outcome } nextAttemptAt }`;

let product: Product;
let shop: Shop;
let receiver: Receiver;

beforeAll(async () => {
  product = await startProduct({ callbackDeadlineMs: 1_000 });
}, 60_000);
afterAll(() => product.close());

beforeEach(async () => {
  shop = await aShop(product);
  receiver = await Receiver.open();
});
afterEach(() => receiver.close());

/** Everything that is delivered or given up of a shop, as though time had passed. */
function exhaustAll(): Promise<unknown> {
  return rowsIn(
    product,
    shop,
    `update notifications set status = 'EXHAUSTED', given_up_at = now(), due_at = null, ready_at = null, delivered_at = null`,
  );
}

describe('a test notification', () => {
  it('is signed and sent as all others, and told of with its try', async () => {
    const { secret } = await shop.operator.do<{ secret: string }>(
      'rotateSigningSecret',
      { merchantId: shop.id },
      'secret',
    );
    await callAt(shop, receiver.url('/hook'));
    const sent = await shop.do('sendTestNotification', {}, TEST);
    expect(sent).toEqual({
      isOk: true,
      expected: expect.stringContaining('"ok"'),
      attempt: { number: 1, outcome: 'DELIVERED', httpStatus: 200, durationMs: expect.any(Number) },
      notification: {
        id: expect.stringMatching(/^ntf_/),
        type: 'notification.test',
        status: 'DELIVERED',
        url: receiver.url('/hook'),
        attempts: [{ number: 1, outcome: 'DELIVERED' }],
        nextAttemptAt: null,
      },
    });
    const [arrived] = receiver.received;
    if (!arrived) throw new Error('nothing came');
    expect(verified(secret, arrived)).toMatchObject({ type: 'notification.test', data: { merchantId: shop.id } });
  });

  it.each([
    ['OK', answers(200, 'OK'), { outcome: 'NOT_OK', httpStatus: 200 }],
    ['nothing', HANGS, { outcome: 'TIMED_OUT', httpStatus: null }],
  ])(
    'that is answered with %s is no Problem, is tried once, and is nobody’s failure',
    async (_, behaviour, attempt) => {
      receiver.behave(behaviour);
      const sent = await shop.do('sendTestNotification', { url: receiver.url() }, TEST);
      expect(sent).toMatchObject({ isOk: false, attempt, notification: { status: 'EXHAUSTED', nextAttemptAt: null } });
      await untilQuiet(product, shop);
      expect(receiver.received).toHaveLength(1);
      expect(await notificationsOf(shop)).toMatchObject([{ endpoint: { status: 'HEALTHY', failures: 0 } }]);
      expect(await rowsIn(product, shop, `select from events where type like 'notification%'`)).toEqual([]);
    },
  );

  it('that arrives at a failing endpoint ends its pause: what waits there follows at once', async () => {
    receiver.behave(answers(500, ''));
    for (let count = 0; count < 6; count += 1) await shop.sale({ callbackUrl: receiver.url('/hook') });
    await untilQuiet(product, shop);
    expect((await notificationsOf(shop))[0]).toMatchObject({ endpoint: { status: 'FAILING' } });
    receiver.behave(OK);
    expect(await shop.do('sendTestNotification', { url: receiver.url('/hook') }, TEST)).toMatchObject({ isOk: true });
    await untilQuiet(product, shop);
    const all = await notificationsOf(shop);
    expect(new Set(all.map(({ status, endpoint }) => `${status} ${endpoint.status}`))).toEqual(
      new Set(['DELIVERED HEALTHY']),
    );
    const events = await rowsIn(
      product,
      shop,
      `select type from events where type like 'notification%' order by sequence`,
    );
    expect(events.map(({ type }) => type)).toEqual([
      'notification_endpoint.failing',
      'notification_endpoint.recovered',
    ]);
  });

  it('makes no endpoint that is listed: those are where something was told, and what takes it comes first', async () => {
    const silent = await Receiver.open(answers(500, ''));
    const listed = async () => {
      const { merchant } = await shop.ask<{ merchant: { notificationEndpoints: { origin: string }[] } }>(
        '{ merchant { notificationEndpoints { origin } } }',
      );
      return merchant.notificationEndpoints.map(({ origin }) => origin);
    };
    for (const url of [receiver.url(), 'http://127.0.0.1:1/', silent.url()]) {
      await shop.do('sendTestNotification', { url }, TEST);
    }
    expect(await listed()).toEqual([]);
    for (const url of [receiver.url(), silent.url()]) await shop.sale({ callbackUrl: url });
    await untilQuiet(product, shop);
    expect(await listed()).toEqual([receiver.origin, silent.origin]);
    await silent.close();
  });

  it('needs an address, a merchant that is there, and the scope', async () => {
    expect(await shop.do('sendTestNotification', {}, TEST)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['url'] }],
    });
    expect(await shop.do('sendTestNotification', { url: 'ftp://x' }, TEST)).toMatchObject({ code: 'INVALID_INPUT' });
    const stranger = await aShop(product);
    const wanted = { merchantId: stranger.id, url: receiver.url() };
    for (const asking of [shop, shop.operator]) {
      expect(await asking.do('sendTestNotification', wanted, TEST)).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(receiver.received).toEqual([]);
    const own = await shop.operator.do('sendTestNotification', { merchantId: shop.id, url: receiver.url() }, TEST);
    expect(own).toMatchObject({ isOk: true });
  });
});

describe('sending again', () => {
  const redeliver = (input: object, asking: Pick<Shop, 'do'> = shop) =>
    asking.do<{ count?: number; hasMore?: boolean; code?: string }>(
      'redeliverNotifications',
      input as never,
      'count hasMore',
    );

  it('by id takes what has arrived and what was given up, under the same id, in order, once per key', async () => {
    await callAt(shop, receiver.url());
    await shop.hold();
    await untilQuiet(product, shop);
    const all = await notificationsOf(shop);
    const ids = all.map(({ id }) => id).toReversed();
    const before = receiver.received.length;
    const input = { ids, idempotencyKey: 'again' };
    expect(await redeliver(input)).toEqual({ count: 2, hasMore: false });
    expect(await redeliver(input)).toEqual({ count: 2, hasMore: false });
    await untilQuiet(product, shop);
    expect(receiver.received.slice(before).map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect((await notificationsOf(shop)).map(({ attempts }) => attempts.map(({ number }) => number))).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(await redeliver({ ids: [ids[0]], idempotencyKey: 'again' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('has a window of its own: what was given up is tried for 72 hours more', async () => {
    receiver.behave(answers(500, ''));
    await callAt(shop, receiver.url());
    await shop.sale();
    await untilQuiet(product, shop);
    await exhaustAll();
    product.clock.advance(80 * 3_600);
    const [first, second] = await notificationsOf(shop);
    expect(await redeliver({ ids: [first?.id, second?.id] })).toMatchObject({ count: 2 });
    await untilQuiet(product, shop);
    expect(await notificationsOf(shop)).toMatchObject([
      { status: 'PENDING', nextAttemptAt: expect.any(String), attempts: [{ number: 1 }, { number: 2 }] },
      { status: 'PENDING', nextAttemptAt: null },
    ]);
    product.clock.advance(71 * 3_600);
    receiver.behave(OK);
    await untilQuiet(product, shop);
    expect((await notificationsOf(shop)).map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
  });

  it('refuses what it cannot know, all faults at once', async () => {
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    const period = { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' };
    expect(await redeliver({})).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await redeliver({ ids: ['ntf_x'], period })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await redeliver({ ids: [] })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await redeliver({ ids: Array.from({ length: 1001 }, () => 'ntf_x') })).toMatchObject({
      message: expect.stringContaining('not 1001'),
    });
    expect(await redeliver({ ids: ['ntf_x'] })).toMatchObject({ code: 'NOT_FOUND' });
    const right = { from: period.to, to: period.from };
    expect(await redeliver({ period: right, merchantId: neighbour.id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await redeliver({ period: right }, shop.operator)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await redeliver({ period: right, merchantId: neighbour.id }, shop.operator)).toEqual({
      count: 0,
      hasMore: false,
    });
  });

  it('at the same moment with the same key is done once', async () => {
    await callAt(shop, receiver.url());
    await shop.sale();
    await untilQuiet(product, shop);
    const [first] = await notificationsOf(shop);
    const input = { ids: [first?.id], idempotencyKey: 'twice' };
    expect(await Promise.all([redeliver(input), redeliver(input)])).toEqual([
      { count: 1, hasMore: false },
      { count: 1, hasMore: false },
    ]);
    await untilQuiet(product, shop);
    expect(receiver.received.filter(({ id }) => id === first?.id)).toHaveLength(2);
  });

  it('is for keys of a shop or its operator alone, in its mode', async () => {
    await callAt(shop, receiver.url());
    await shop.sale();
    await untilQuiet(product, shop);
    const [first] = await notificationsOf(shop);
    const { secret } = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'reads only', merchantId: shop.id, scopes: ['orders:read'] },
      'secret',
    );
    const poor = Object.assign(Object.create(shop), { key: secret }) as Shop;
    await expect(notificationsOf(poor)).rejects.toThrow('FORBIDDEN');
    await expect(redeliver({ ids: [first?.id] }, poor)).rejects.toThrow('FORBIDDEN');
    expect(uuidOf('notification', first?.id ?? '')).not.toBeNull();
  });
});
