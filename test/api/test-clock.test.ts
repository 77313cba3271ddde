import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import {
  aMerchant,
  anOperator,
  aShop,
  Client,
  connect,
  type Json,
  type Product,
  pay,
  type Refusal,
  startProduct,
} from '../support/product.js';

const DAY = 86_400;
const DAY_MS = DAY * 1000;
let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

type Moved = { readonly operator: { readonly id: string; readonly testClock: string } } & Refusal;

const advance = (client: Client, input: Json) =>
  client.do<Moved>('advanceTestClock', input, 'operator { id testClock }');

async function clockOf(client: Client): Promise<string | null> {
  const { operator } = await client.ask<{ operator: { testClock: string | null } }>('{ operator { testClock } }');
  return operator.testClock;
}

const aheadMs = (testClock: string | null) => new Date(testClock ?? 0).getTime() - product.clock.now().getTime();

async function aLiveKey(operatorId: string): Promise<Client> {
  const { secret } = await product.platform.do<{ secret: string }>(
    'createApiKey',
    { name: 'live', operatorId, mode: 'LIVE' },
    'secret',
  );
  return new Client(product.url, secret);
}

describe('advanceTestClock', () => {
  it('moves the time of one operator, and nobody else’s', async () => {
    const [operator, other] = [await anOperator(product), await anOperator(product)];
    expect(await clockOf(operator)).toBeNull();

    const first = await advance(operator, { seconds: 30 * DAY });
    expect(first.operator.id).toBe(operator.id);
    expect(aheadMs(first.operator.testClock) / DAY_MS).toBeCloseTo(30, 2);
    expect(aheadMs(await clockOf(operator)) / DAY_MS).toBeCloseTo(30, 2);

    const to = new Date(product.clock.now().getTime() + 400 * DAY_MS).toISOString();
    const second = await advance(product.platform, { operatorId: operator.id, to });
    expect(aheadMs(second.operator.testClock) / DAY_MS).toBeCloseTo(400, 2);
    expect(await clockOf(other)).toBeNull();
  });

  it('answers the same request once, and moves as far as several say together', async () => {
    const operator = await anOperator(product);
    const keyed = { seconds: DAY, idempotencyKey: 'a day' };
    await advance(operator, keyed);
    await advance(operator, keyed);
    expect(aheadMs(await clockOf(operator)) / DAY_MS).toBeCloseTo(1, 2);
    await Promise.all([1, 2, 3, 4].map(() => advance(operator, { seconds: DAY })));
    expect(aheadMs(await clockOf(operator)) / DAY_MS).toBeCloseTo(5, 2);
    expect(await advance(operator, { ...keyed, seconds: 2 * DAY })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it.each<[string, Json, string[]]>([
    ['without a time', {}, []],
    ['with two', { seconds: 1, to: '2040-01-01T00:00:00Z' }, []],
    ['back', { to: '2020-01-01T00:00:00Z' }, ['to']],
    ['by nothing', { seconds: 0 }, ['seconds']],
    ['back by seconds', { seconds: -5 }, ['seconds']],
    ['by more than 731 days', { seconds: 731 * DAY + 60 }, ['seconds']],
  ])('refuses to move %s', async (_name, input, path) => {
    const operator = await anOperator(product);
    expect(await advance(operator, input)).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path }] });
    expect(await clockOf(operator)).toBeNull();
  });

  it('moves by ten years in all, and no further', async () => {
    const operator = await anOperator(product);
    for (let year = 0; year < 10; year += 2) await advance(operator, { seconds: 730 * DAY });
    expect(await advance(operator, { seconds: 5 * DAY })).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('ten years in all'),
    });
  });

  it('is for test keys with its scope, and hides other operators', async () => {
    const [operator, other] = [await anOperator(product), await anOperator(product)];
    const seconds = DAY;
    expect(await advance(await aLiveKey(operator.id), { seconds })).toMatchObject({ code: 'KEY_MODE_MISMATCH' });
    expect(await advance(operator, { operatorId: other.id, seconds })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await advance(operator, { operatorId: 'op_nonsense', seconds })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await advance(product.platform, { seconds })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['operatorId'] }],
    });
    const shop = await aMerchant(product, operator, { accountId: '', secretKey: '', publishableKey: '' });
    await expect(advance(shop, { seconds })).rejects.toThrow('FORBIDDEN');
  });

  it('and a live account exclude each other', async () => {
    const live = () => product.sandbox.control.createAccount({ livemode: true });
    const liveFirst = await anOperator(product);
    await connect(await aLiveKey(liveFirst.id), live());
    expect(await advance(liveFirst, { seconds: DAY })).toMatchObject({ code: 'ILLEGAL_TRANSITION', retryable: false });
    expect(await clockOf(liveFirst)).toBeNull();

    const movedFirst = await anOperator(product);
    await advance(movedFirst, { seconds: DAY });
    await expect(connect(await aLiveKey(movedFirst.id), live())).rejects.toThrow('test clock was moved');
    await connect(movedFirst, product.sandbox.control.createAccount());
  });

  it('and a live account exclude each other also when both are asked for at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const operator = await anOperator(product);
      const live = await aLiveKey(operator.id);
      const account = product.sandbox.control.createAccount({ livemode: true });
      const outcomes = await Promise.allSettled([
        connect(live, account),
        advance(operator, { seconds: DAY }).then(({ code, message }) => {
          if (code) throw new Error(message);
        }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
});

describe('where the clock was moved', () => {
  it('what is due by it is done at once, and nobody else’s', async () => {
    const [shop, other] = [await aShop(product), await aShop(product)];
    const expiresAt = new Date(product.clock.now().getTime() + 2 * DAY_MS).toISOString();
    const { order } = await shop.createOrder({ expiresAt });
    const { order: others } = await other.createOrder({ expiresAt });
    await advance(shop.operator, { seconds: 3 * DAY });
    await eventually(async () => expect((await shop.order(order.id)).status).toBe('EXPIRED'), 3_000);
    await product.settle();
    expect((await other.order(others.id)).status).toBe('CREATED');
  });

  it('deadlines are given in its time', async () => {
    const shop = await aShop(product);
    await advance(shop.operator, { seconds: 100 * DAY });
    const inDays = (days: number) => new Date(product.clock.now().getTime() + days * DAY_MS).toISOString();
    const issues = [{ path: ['expiresAt'] }];
    expect(await shop.createOrder({ expiresAt: inDays(10) })).toMatchObject({ code: 'INVALID_INPUT', issues });
    const { order } = await shop.createOrder({ expiresAt: inDays(110) });
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CREATED');
  });

  it('a hold lapses in its time, though the payment system would hold it still', async () => {
    const shop = await aShop(product);
    const [hold, partly] = [await shop.hold(), await shop.hold()];
    await shop.capture(partly.id, { amount: '60.00', finalCapture: false });
    await advance(shop.operator, { seconds: 5 * DAY });
    await product.settle();
    expect((await shop.order(hold.id)).status).toBe('AUTHORIZED');

    product.sandbox.control.clearRequests();
    await advance(shop.operator, { seconds: 3 * DAY });
    await eventually(async () => expect((await shop.order(hold.id)).status).toBe('EXPIRED'), 3_000);
    await product.settle();
    expect(await shop.order(hold.id)).toMatchObject({
      captureBefore: hold.captureBefore,
      capturableAmount: { amount: '0.00' },
      operations: [
        { type: 'PAYMENT', status: 'SUCCEEDED' },
        { type: 'CANCELLATION', status: 'SUCCEEDED', transactions: [{ type: 'VOID', status: 'SUCCEEDED' }] },
      ],
    });
    expect(await shop.order(partly.id)).toMatchObject({
      status: 'PARTIALLY_CAPTURED',
      capturedAmount: { amount: '60.00' },
      capturableAmount: { amount: '0.00' },
    });
    const cancelled = product.sandbox.control.requests({ path: '/cancel' });
    expect(cancelled).toHaveLength(2);
  });

  it('a new hold lasts as long as anywhere, and no longer for being looked at', async () => {
    const shop = await aShop(product);
    await advance(shop.operator, { seconds: 100 * DAY });
    const hold = await shop.hold();
    expect(aheadMs(hold.captureBefore) / DAY_MS).toBeCloseTo(107, 1);
    await product.settle();
    expect((await shop.order(hold.id)).status).toBe('AUTHORIZED');

    await advance(shop.operator, { seconds: 5 * DAY });
    await shop.capture(hold.id, { amount: '10.00', finalCapture: false });
    await product.settle();
    expect((await shop.order(hold.id)).captureBefore).toBe(hold.captureBefore);
    await advance(shop.operator, { seconds: 3 * DAY });
    await eventually(async () => expect((await shop.order(hold.id)).status).toBe('PARTIALLY_CAPTURED'), 3_000);
    await eventually(
      async () => expect((await shop.order(hold.id)).capturableAmount).toEqual({ amount: '0.00' }),
      3_000,
    );
  });

  it('the outside keeps its own time: deliveries, keys and tokens', async () => {
    const shop = await aShop(product);
    const until = new Date(product.clock.now().getTime() + DAY_MS).toISOString();
    const { secret } = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'a day', expiresAt: until },
      'secret',
    );
    await advance(shop.operator, { seconds: 300 * DAY });
    expect(await clockOf(new Client(product.url, secret))).not.toBeNull();

    const { order } = await shop.sale({ payment: pay('pm_card_createDispute') });
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('DISPUTED');
    const token = await shop.do<{ token: string; expiresAt: string }>(
      'createClientToken',
      { orderId: order.id, expiresInSeconds: 600 },
      'token expiresAt',
    );
    expect(aheadMs(token.expiresAt)).toBeLessThanOrEqual(600_000);
    const seen = await new Client(product.url, token.token).ask(`{ order(id: "${order.id}") { status } }`);
    expect(seen).toEqual({ order: { status: 'DISPUTED' } });
  });

  it('lost answers are asked for again under the same key, which the payment system remembers in its own time', async () => {
    const shop = await aShop(product);
    const hold = await shop.hold();
    const lose = (path: string) =>
      product.sandbox.control.addFault({
        kind: 'reset_before',
        method: 'POST',
        path,
        // Node repeats a request whose kept connection was closed.
        count: 2,
        accountId: shop.stripe.accountId,
      });
    lose('/capture$');
    expect((await shop.capture(hold.id)).operation).toMatchObject({ status: 'UNKNOWN' });
    lose('/payment_intents$');
    const { order } = await shop.sale();
    expect(order.status).toBe('PROCESSING');

    await advance(shop.operator, { seconds: 2 * DAY });
    await product.settle();
    for (const { id } of [hold, order]) {
      await eventually(async () => expect((await shop.order(id)).status).toBe('CAPTURED'), 3_000);
    }
  });

  it('every process knows: those that run hear of it, those that start read it', async () => {
    const { database, sandbox, masterKey } = product;
    const running = await startProduct({ database, sandbox, masterKey });
    const operator = await anOperator(product);
    await advance(operator, { seconds: DAY });
    await advance(operator, { seconds: DAY });
    const known = product.built.units.clocks.aheadMs(operator.uuid);
    expect(known).toBe(2 * DAY_MS);
    await eventually(() => expect(running.built.units.clocks.aheadMs(operator.uuid)).toBe(known));
    const started = await startProduct({ database, sandbox, masterKey });
    expect(started.built.units.clocks.aheadMs(operator.uuid)).toBe(known);
    const before = new Date(Date.now() - 1000);
    for (const { built } of [product, running, started]) {
      expect(built.units.clocks.realTime(operator.uuid, before)).toEqual(before);
    }
    await Promise.all([running.close(), started.close()]);
  });
});
