import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { publicId } from '../../../src/kernel/ids.js';
import { eventually } from '../../support/eventually.js';
import {
  aMerchant,
  aShop,
  Client,
  type Json,
  type Product,
  pay,
  type Shop,
  startProduct,
} from '../../support/product.js';
import { Listener } from './listener.js';

let product: Product;
let other: Product;
let shop: Shop;
let neighbour: Shop;
const open: Listener[] = [];

beforeAll(async () => {
  product = await startProduct();
  const { database, sandbox, masterKey } = product;
  other = await startProduct({ database, sandbox, masterKey });
  shop = await aShop(product);
  neighbour = await aMerchant(product, shop.operator, shop.stripe);
});

afterEach(() => {
  for (const listener of open.splice(0)) listener.drop();
});

afterAll(async () => {
  await other.close();
  await product.close();
});

async function following(client: { url: string; key: string }, variables: Json = {}): Promise<Listener> {
  const listener = await Listener.following(client, variables);
  open.push(listener);
  return listener;
}

async function connected(client: { url: string; key: string }): Promise<Listener> {
  const listener = await Listener.of(client);
  open.push(listener);
  return listener;
}

async function tokenFor(orderId: string, more: Json = {}): Promise<Client> {
  const { token } = await shop.do<{ token: string }>('createClientToken', { orderId, ...more }, 'token');
  return new Client(product.url, token);
}

describe('changes are told', () => {
  it('of one order, in their order, each with what was before', async () => {
    const { order } = await shop.createOrder({ captureMode: 'MANUAL' });
    const listener = await following(shop, { orderId: order.id });
    await shop.payOrder(order.id);
    await shop.createOrder();
    await shop.capture(order.id, { amount: '60.00', finalCapture: false });
    await shop.capture(order.id);
    await shop.cancel(order.id, { amount: '10.00' });
    await shop.cancel(order.id);
    await listener.until(() => listener.changes.length === 6);
    expect(listener.statuses).toEqual([
      'CREATED>PROCESSING',
      'PROCESSING>AUTHORIZED',
      'AUTHORIZED>PARTIALLY_CAPTURED',
      'PARTIALLY_CAPTURED>CAPTURED',
      'CAPTURED>PARTIALLY_REFUNDED',
      'PARTIALLY_REFUNDED>REFUNDED',
    ]);
    expect(new Set(listener.changes.map(({ orderId }) => orderId))).toEqual(new Set([order.id]));
    expect(new Set(listener.changes.map(({ cursor }) => cursor)).size).toBe(6);
    const times = listener.changes.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual([...times].sort());
    await listener.quiet();
  });

  it("of a merchant's orders, to the merchant and to the operator, and not of the neighbour's", async () => {
    const own = await following(shop);
    const named = await following(shop, { merchantId: shop.id });
    const byOperator = await following(shop.operator, { merchantId: shop.id });
    const all = await following(shop.operator);
    const theirs = await following(neighbour);
    const { order } = await shop.createOrder();
    const { order: foreign } = await neighbour.createOrder();
    await all.until(() => all.changes.length === 2);
    await theirs.until(() => theirs.changes.length === 1);
    for (const listener of [own, named, byOperator]) {
      await listener.until(() => listener.changes.length === 1);
      expect(listener.changes).toMatchObject([{ previousStatus: null, status: 'CREATED', order: { id: order.id } }]);
    }
    expect(all.changes.map(({ orderId }) => orderId)).toEqual([order.id, foreign.id]);
    expect(theirs.changes.map(({ orderId }) => orderId)).toEqual([foreign.id]);
    for (const listener of [own, named, byOperator, all, theirs]) await listener.quiet();
  });

  it('of an order that the payer authenticates elsewhere', async () => {
    const { order } = await shop.sale({ payment: pay('pm_card_authenticationRequired') });
    const listener = await following(shop, { orderId: order.id });
    product.sandbox.control.completeAuthentication(
      shop.stripe.accountId,
      order.operations[0]?.transactions[0]?.externalId ?? '',
      'succeed',
    );
    await product.settle();
    await listener.until(() => listener.changes.at(-1)?.status === 'CAPTURED');
    expect(listener.statuses.at(-1)).toMatch(/>CAPTURED$/);
  });

  it('once each, however many subscriptions a socket has', async () => {
    const listener = await following(shop);
    listener.send({
      id: 'again',
      type: 'subscribe',
      payload: { query: 'subscription { orderStatusChanged { cursor } }' },
    });
    await listener.quiet();
    await shop.createOrder();
    await listener.until(() => listener.messages.filter(({ type }) => type === 'next').length === 2);
    expect(listener.messages.filter(({ type, id }) => type === 'next' && id === 'changes')).toHaveLength(1);
    listener.send({ id: 'again', type: 'complete' });
    await shop.createOrder();
    await listener.until(() => listener.messages.filter(({ type }) => type === 'next').length === 3);
    await listener.quiet();
  });

  it('through another process on the same database', async () => {
    const here = await following(shop);
    const there = await following({ url: other.url, key: shop.key });
    const { order } = await shop.sale();
    const elsewhere = Object.assign(Object.create(Object.getPrototypeOf(shop)), shop, { url: other.url }) as Shop;
    await elsewhere.cancel(order.id);
    const wanted = ['>PROCESSING', 'PROCESSING>CAPTURED', 'CAPTURED>REFUNDED'];
    for (const listener of [here, there]) {
      await listener.until(() => listener.changes.length === 3);
      expect(listener.statuses).toEqual(wanted);
    }
    expect(there.changes.map(({ cursor }) => cursor)).toEqual(here.changes.map(({ cursor }) => cursor));
    await here.quiet();
  });
});

describe('after a cursor', () => {
  it('exactly what was missed comes, under writes through two processes', async () => {
    const witness = await following(shop.operator);
    const elsewhere = Object.assign(Object.create(Object.getPrototypeOf(shop)), shop, { url: other.url }) as Shop;
    let writing = true;
    const writers = [shop, elsewhere, neighbour].map(async (writer) => {
      for (let n = 0; writing && n < 100; n += 1) await writer.sale({ captureMode: 'MANUAL' });
    });
    const seen: { cursor: string; status: string; orderId: string }[] = [];
    let after: string | null = null;
    for (let round = 0; round < 6; round += 1) {
      const url = round % 2 === 0 ? product.url : other.url;
      const listener: Listener = await Listener.of({ url, key: shop.operator.key });
      void listener.follow({ after });
      // Cut in the middle of whatever it is being told.
      await listener.until(() => listener.changes.length >= 3 + round);
      listener.drop();
      seen.push(...listener.changes);
      after = seen.at(-1)?.cursor ?? null;
    }
    writing = false;
    await Promise.all(writers);
    const last = await following(shop.operator, { after });
    await witness.until(() => last.changes.at(-1)?.cursor === witness.changes.at(-1)?.cursor, 10_000);
    seen.push(...last.changes);
    const from = witness.changes.findIndex(({ cursor }) => cursor === seen[0]?.cursor);
    expect(from).toBeGreaterThanOrEqual(0);
    expect(seen.map(({ cursor }) => cursor)).toEqual(witness.changes.slice(from).map(({ cursor }) => cursor));
    expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(20);
  });

  it('of one order, only its own is replayed; the last cursor replays nothing', async () => {
    const before = await following(shop);
    const { order } = await shop.createOrder();
    await before.until(() => before.changes.length === 1);
    const [made] = before.changes;
    await shop.createOrder();
    await shop.payOrder(order.id);
    await before.until(() => before.changes.length === 4);
    const replayed = await following(shop, { orderId: order.id, after: made?.cursor });
    await replayed.until(() => replayed.changes.length === 2);
    expect(replayed.statuses).toEqual(['CREATED>PROCESSING', 'PROCESSING>CAPTURED']);
    // What it came to then, and what it is now.
    expect(replayed.changes[0]).toMatchObject({ status: 'PROCESSING', order: { status: 'CAPTURED' } });
    const nothing = await following(shop, { after: before.changes.at(-1)?.cursor });
    await nothing.quiet();
    expect(nothing.changes).toEqual([]);
  });

  it("of another tenant, nothing of the tenant's is shown", async () => {
    const stranger = await aShop(product);
    const theirs = await following(stranger);
    await stranger.createOrder();
    await theirs.until(() => theirs.changes.length === 1);
    await stranger.createOrder();
    const { order } = await shop.createOrder();
    const ours = await following(shop, { after: theirs.changes[0]?.cursor });
    await ours.until(() => ours.changes.length > 0);
    expect(ours.changes.map(({ orderId }) => orderId)).toEqual([order.id]);
  });

  it.each(['', 'nonsense', '9'.repeat(128), Buffer.from('1.1').toString('base64url'), 'MS4xLjE='])(
    '%j, which is none, is refused',
    async (after) => {
      const listener = await connected(shop);
      const [error] = await listener.refusal({ after });
      expect(error).toMatchObject({ extensions: { code: 'BAD_REQUEST' } });
      expect(JSON.stringify(error)).not.toContain('INTERNAL');
    },
  );
});

describe('a subscription is refused', () => {
  it("for another merchant's order, or merchant, as for one that never was", async () => {
    const { order } = await neighbour.createOrder();
    const stranger = await aShop(product);
    const { order: foreign } = await stranger.createOrder();
    const never = publicId('order', '01890000-0000-7000-8000-000000000000');
    const noMerchant = publicId('merchant', '01890000-0000-7000-8000-000000000000');
    const ask = async (client: Client, variables: Json) =>
      JSON.stringify(await (await connected(client)).refusal(variables));
    const noSuchOrder = await ask(shop, { orderId: never });
    expect(noSuchOrder).toContain('NOT_FOUND');
    for (const orderId of [order.id, foreign.id, 'nonsense', '', shop.id])
      expect([orderId, await ask(shop, { orderId })]).toEqual([orderId, noSuchOrder]);
    const noSuchMerchant = await ask(shop, { merchantId: noMerchant });
    expect(noSuchMerchant).toContain('NOT_FOUND');
    // What was refused never heard anything, so it is not counted.
    await eventually(async () =>
      expect(await (await fetch(`${product.url}/metrics`)).text()).toContain('\nlive_subscriptions 0\n'),
    );
    for (const merchantId of [neighbour.id, stranger.id, 'nonsense', '', order.id]) {
      expect([merchantId, await ask(shop, { merchantId })]).toEqual([merchantId, noSuchMerchant]);
    }
    for (const merchantId of [noMerchant, stranger.id, 'nonsense', '']) {
      expect([merchantId, await ask(shop.operator, { merchantId })]).toEqual([merchantId, noSuchMerchant]);
    }
    expect(await ask(shop.operator, { orderId: foreign.id })).toBe(noSuchOrder);
  });

  it('to a key that may not read orders', async () => {
    const { secret } = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'x', merchantId: shop.id, scopes: ['payers:read'] },
      'secret',
    );
    const listener = await connected(new Client(product.url, secret));
    expect(await listener.refusal({})).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it.each([
    ['a query', '{ orders { nodes { id } } }'],
    ['a mutation', 'mutation { cancelOrder(input: { orderId: "x" }) { __typename } }'],
    ['a field that is not there', 'subscription { orderStatusChanged { card } }'],
    ['a syntax error', 'subscription {'],
  ])('when it is %s', async (_, query) => {
    const listener = await connected(shop);
    expect(await listener.refusal({}, query)).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });
});

describe('a client token', () => {
  it('sees its own order and its changes, and is refused all else', async () => {
    const { order } = await shop.createOrder({ payer: { reference: 'secret' } });
    const { order: another } = await shop.createOrder();
    const token = await tokenFor(order.id);
    expect(
      await token.ask('query ($id: ID!) { order(id: $id) { id status amount { amount } } }', { id: order.id }),
    ).toMatchObject({ order: { id: order.id } });
    expect(await token.ask('query ($id: ID!) { order(id: $id) { id } }', { id: another.id })).toEqual({ order: null });
    expect(await token.ask('query ($b: String!) { order(billNumber: $b) { id } }', { b: another.billNumber })).toEqual({
      order: null,
    });
    for (const query of [
      '{ orders { nodes { id } } }',
      '{ viewer { mode } }',
      `{ node(id: "${order.id}") { id } }`,
      `{ node(id: "${another.id}") { id } }`,
      '{ payer(reference: "secret") { id } }',
      '{ merchant { id } }',
      '{ operator { id } }',
      `{ order(id: "${order.id}") { payer { email } } }`,
      `{ order(id: "${order.id}") { merchant { callbackUrl } } }`,
      `{ order(id: "${order.id}") { callbackUrl } }`,
      `{ order(id: "${order.id}") { operations { declineCode } } }`,
      `{ order(id: "${order.id}") { operations { transactions { externalId } } } }`,
      `{ order(id: "${order.id}") { disputes { reason } } }`,
      `{ order(id: "${order.id}") { metadata } }`,
      `mutation { cancelOrder(input: { orderId: "${order.id}" }) { __typename } }`,
      `mutation { payOrder(input: { orderId: "${order.id}", payment: { credential: { token: "pm_card_visa" } } }) { __typename } }`,
      `mutation { createClientToken(input: { orderId: "${order.id}" }) { __typename } }`,
    ]) {
      const { errors, status } = await token.raw(query);
      expect([query, errors?.[0]?.extensions.code, status < 500]).toEqual([query, 'FORBIDDEN', true]);
    }
    const listener = await following(token, { orderId: order.id });
    await shop.createOrder();
    await shop.payOrder(order.id);
    await listener.until(() => listener.changes.length === 2);
    expect(listener.statuses).toEqual(['CREATED>PROCESSING', 'PROCESSING>CAPTURED']);
    for (const variables of [{}, { orderId: another.id }, { merchantId: shop.id }]) {
      expect(await (await connected(token)).refusal(variables)).toMatchObject([
        { extensions: { problem: 'NOT_FOUND' } },
      ]);
    }
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
  });

  it("is refused the shop's fields by every door, and read what it may", async () => {
    const { order } = await shop.sale();
    const token = await tokenFor(order.id);
    const shops = `query ($id: ID!) { order(id: $id) { status operations { status declineCode } } }`;
    const own = `query ($id: ID!) { order(id: $id) { status operations { type status } merchant { name } } }`;
    const byHash = async (key: string, text: string) => {
      const response = await fetch(`${product.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({
          documentId: `sha256:${product.built.http.registerTrustedDocument(text)}`,
          variables: { id: order.id },
        }),
      });
      return { status: response.status, ...((await response.json()) as { data?: Json; errors?: Json[] }) };
    };
    const refusal = {
      status: 403,
      errors: [{ message: 'this token may not read Operation.declineCode', extensions: { code: 'FORBIDDEN' } }],
    };
    expect(await token.raw(shops, { id: order.id })).toEqual(refusal);
    expect(await byHash(shop.key, shops)).toMatchObject({ data: { order: { status: 'CAPTURED' } } });
    expect(await byHash(token.key, shops)).toEqual(refusal);
    const answer = { data: { order: { operations: [{ type: 'PAYMENT', status: 'SUCCEEDED' }] } } };
    expect(await byHash(token.key, own)).toMatchObject(answer);
    expect(await token.raw(own, { id: order.id })).toMatchObject(answer);
    const live = 'subscription ($orderId: ID) { orderStatusChanged(orderId: $orderId) { order { disputes { id } } } }';
    expect(await (await connected(token)).refusal({ orderId: order.id }, live)).toMatchObject([
      { message: 'this token may not read Order.disputes', extensions: { code: 'FORBIDDEN' } },
      { message: 'this token may not read Dispute.id' },
    ]);
  });

  it('has twenty sockets at once, and another one when one of them has gone', async () => {
    const { order } = await shop.createOrder();
    const token = await tokenFor(order.id);
    const listeners: Listener[] = [];
    for (let each = 0; each < 20; each += 1) listeners.push(await connected(token));
    const refused = await Listener.opened(token.url);
    refused.send({ type: 'connection_init', payload: { authorization: `Bearer ${token.key}` } });
    expect(await refused.closed).toMatchObject({
      code: 4429,
      reason: 'At most 20 sockets may be open at once with this key or token.',
    });
    await following(shop, { orderId: order.id });
    listeners[0]?.drop();
    await listeners[0]?.closed;
    await eventually(() => connected(token));
  });

  it('after a cursor of somebody else still sees its own order only', async () => {
    const all = await following(shop);
    const { order } = await shop.createOrder();
    await shop.createOrder();
    await all.until(() => all.changes.length === 2);
    await shop.payOrder(order.id);
    const token = await tokenFor(order.id);
    const listener = await following(token, { orderId: order.id, after: all.changes[0]?.cursor });
    await listener.until(() => listener.changes.length === 2);
    expect(new Set(listener.changes.map(({ orderId }) => orderId))).toEqual(new Set([order.id]));
    await listener.quiet();
  });
});

describe('a socket is closed', () => {
  async function aKey(input: Json = {}): Promise<{ id: string; client: Client }> {
    const made = await shop.operator.do<{ secret: string; apiKey: { id: string } }>(
      'createApiKey',
      { name: 'k', merchantId: shop.id, ...input },
      'secret apiKey { id }',
    );
    return { id: made.apiKey.id, client: new Client(product.url, made.secret) };
  }

  async function closedWithin(
    listener: Listener,
    ms: number,
    what: () => Promise<unknown>,
  ): Promise<{ code: number; reason: string }> {
    await what();
    const from = performance.now();
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`still open after ${ms} ms`)), ms).unref(),
    );
    const { code, reason, at } = await Promise.race([listener.closed, late]);
    expect(at - from).toBeLessThan(ms);
    return { code, reason };
  }

  it('within two seconds of its key being revoked, here and at the other process', async () => {
    const { id, client } = await aKey();
    const here = await following(client);
    const there = await following({ url: other.url, key: client.key });
    const bystander = await following(shop);
    const revoke = () => shop.operator.do('revokeApiKey', { id }, 'apiKey { id }');
    const [one, two] = await Promise.all([closedWithin(here, 2_000, revoke), there.closed]);
    expect(one.code).toBe(4403);
    expect(two.code).toBe(4403);
    await shop.createOrder();
    await bystander.until(() => bystander.changes.length === 1);
    expect(here.changes).toEqual([]);
    expect(there.changes).toEqual([]);
    const again = await Listener.opened(product.url);
    again.send({ type: 'connection_init', payload: { authorization: `Bearer ${client.key}` } });
    expect((await again.closed).code).toBe(4403);
  });

  it('of a client token, when the key that asked for it is revoked', async () => {
    const { id, client } = await aKey();
    const { order } = await shop.createOrder();
    const { token } = await client.do<{ token: string }>('createClientToken', { orderId: order.id }, 'token');
    const listener = await following(new Client(product.url, token), { orderId: order.id });
    const closed = await closedWithin(listener, 2_000, () => shop.operator.do('revokeApiKey', { id }, 'apiKey { id }'));
    expect(closed.code).toBe(4403);
  });

  it('when its operator is suspended, and may come back after', async () => {
    const doomed = await aShop(product);
    const listener = await following(doomed);
    const there = await following({ url: other.url, key: doomed.key });
    const operatorId = doomed.operator.id;
    const closed = await closedWithin(listener, 2_000, () =>
      product.platform.do('suspendOperator', { operatorId }, 'operator { id }'),
    );
    expect(closed.code).toBe(4403);
    expect((await there.closed).code).toBe(4403);
    await product.platform.do('resumeOperator', { operatorId }, 'operator { id }');
    const back = await following(doomed);
    await doomed.createOrder();
    await back.until(() => back.changes.length === 1);
  });

  it.each(['', 'Bearer', 'Bearer nonsense', 'Bearer qtt_test_nonsense'])(
    'that comes with %j for a key',
    async (authorization) => {
      const listener = await Listener.opened(product.url);
      listener.send({ type: 'connection_init', payload: { authorization } });
      expect((await listener.closed).code).toBe(4403);
    },
  );

  it('that never says who it is, after three seconds; that subscribes before, at once', async () => {
    const silent = await Listener.opened(product.url);
    const hasty = await Listener.opened(product.url);
    hasty.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { orderStatusChanged { cursor } }' } });
    expect((await hasty.closed).code).toBe(4401);
    const from = performance.now();
    expect((await silent.closed).code).toBe(4408);
    expect(performance.now() - from).toBeLessThan(3_500);
  });
});
