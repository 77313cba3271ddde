import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  aMerchant,
  aShop,
  type Client,
  connect,
  type Json,
  type Product,
  pay,
  Shop,
  startProduct,
} from '../../support/product.js';

let product: Product;
let shop: Shop;
let neighbour: Shop;
let live: Shop;

interface Row {
  readonly id: string;
  readonly orderNumber: string;
  readonly billNumber: string;
  readonly status: string;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly createdAt: string;
  readonly payer: { readonly id: string } | null;
  readonly merchant: { readonly id: string };
}

interface Page {
  readonly nodes: Row[];
  readonly edges: { cursor: string; node: { id: string } }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

const FIELDS = `nodes { id orderNumber billNumber status amount { amount currency } createdAt payer { id } merchant { id } }
  edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

async function list(client: Client, variables: Json = {}): Promise<Page> {
  const { orders } = await client.ask<{ orders: Page }>(
    `query ($first: Int! = 20, $after: String, $filter: OrderFilter) { orders(first: $first, after: $after, filter: $filter) { ${FIELDS} } }`,
    variables,
  );
  return orders;
}

/** All pages, one after the other. */
async function pages(client: Client, variables: Json): Promise<Page[]> {
  const all: Page[] = [];
  let after: string | null = null;
  do {
    const page: Page = await list(client, { ...variables, after });
    all.push(page);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after);
  return all;
}

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

/** A merchant of the same operator in live mode, beside the one in test mode. */
async function aLiveShop(of: Shop): Promise<Shop> {
  const made = await product.platform.do<{ secret: string }>(
    'createApiKey',
    { name: 'live', operatorId: of.operator.id, mode: 'LIVE' },
    'secret',
  );
  const operator = Object.assign(Object.create(Object.getPrototypeOf(of.operator)), of.operator, {
    key: made.secret,
  }) as typeof of.operator;
  const account = product.sandbox.control.createAccount({ livemode: true });
  await connect(operator, account);
  const { secret } = await operator.do<{ secret: string }>(
    'createApiKey',
    { name: 'live', merchantId: of.id },
    'secret',
  );
  return new Shop(product.url, secret, of.id, operator, account);
}

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
  neighbour = await aMerchant(product, shop.operator, shop.stripe);
  live = await aLiveShop(shop);
  const currencies = ['USD', 'EUR', 'JPY'];
  for (let batch = 0; batch < 12; batch += 1) {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const n = batch * 10 + index;
        const currency = currencies[n % 3];
        const amount = { amount: currency === 'JPY' ? `${100 + n}` : `${100 + n}.00`, currency };
        const payment =
          n % 20 === 0 ? { payment: pay(n % 40 === 0 ? 'pm_card_visa' : 'pm_card_visa_chargeDeclined') } : {};
        return shop.createOrder({
          orderNumber: `list-${n}`,
          amount,
          payer: { reference: `payer-${n % 4}` },
          ...payment,
        });
      }),
    );
  }
  await Promise.all([
    neighbour.createOrder(),
    neighbour.createOrder(),
    live.createOrder(),
    (await aShop(product)).createOrder(),
  ]);
});

afterAll(() => product.close());

describe('paging', () => {
  it.each([7, 20, 50, 60, 100])('by %d shows every order once, newest first', async (first) => {
    const all = await pages(shop, { first });
    const rows = all.flatMap(({ nodes }) => nodes);
    expect(rows).toHaveLength(120);
    expect(new Set(ids(rows)).size).toBe(120);
    // Ten were made at once, and which of them is newest is chance.
    const batches = rows.map(({ orderNumber }) => Math.trunc(Number(orderNumber.slice('list-'.length)) / 10));
    expect(batches).toEqual([...batches].sort((a, b) => b - a));
    expect(all).toHaveLength(Math.ceil(120 / first));
    for (const [index, { nodes, edges, pageInfo }] of all.entries()) {
      const isLast = index === all.length - 1;
      expect(nodes).toHaveLength(isLast ? 120 - first * index : first);
      expect(ids(edges.map(({ node }) => node))).toEqual(ids(nodes));
      expect(pageInfo).toEqual({
        hasNextPage: !isLast,
        hasPreviousPage: index > 0,
        startCursor: edges[0]?.cursor,
        endCursor: edges.at(-1)?.cursor,
      });
    }
  });

  it('goes on from any entry, and past the last there is nothing', async () => {
    const { edges } = await list(shop, { first: 10 });
    const next = await list(shop, { first: 1, after: edges[4]?.cursor });
    expect(ids(next.nodes)).toEqual([edges[5]?.node.id]);
    const last = (await pages(shop, { first: 100 })).at(-1)?.pageInfo.endCursor;
    expect(await list(shop, { after: last })).toEqual({
      nodes: [],
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
  });

  it('is 20 unless it is said, and new orders do not move it', async () => {
    const first = await list(shop);
    expect(first.nodes).toHaveLength(20);
    const { order } = await shop.createOrder();
    const second = await list(shop, { after: first.pageInfo.endCursor });
    expect(ids(second.nodes)).not.toContain(first.nodes.at(-1)?.id);
    expect(ids((await list(shop, { first: 21 })).nodes)).toEqual([order.id, ...ids(first.nodes)]);
    await shop.cancel(order.id);
  });

  it.each([0, -1, 101])('refuses %d at once, naming the limit', async (first) => {
    const { errors } = await shop.raw('query ($n: Int!) { orders(first: $n) { nodes { id } } }', { n: first });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('1 to 100'), extensions: { code: 'BAD_REQUEST', problem: 'INVALID_INPUT' } },
    ]);
  });

  it.each([
    '',
    'nonsense',
    '!!!',
    'MTo',
    Buffer.from('1:not-a-uuid').toString('base64url'),
    Buffer.from('2:x').toString('base64url'),
  ])('refuses %j as a cursor', async (after) => {
    const { errors } = await shop.raw('query ($after: String) { orders(after: $after) { nodes { id } } }', { after });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', issues: [{ path: ['after'] }] } }]);
  });

  it("takes another tenant's cursor for a place in time, and shows nothing of theirs", async () => {
    const other = await aShop(product);
    await other.createOrder();
    const [theirs] = (await list(other)).edges;
    const { nodes } = await list(shop, { after: theirs?.cursor, first: 100 });
    expect(nodes.every(({ merchant }) => merchant.id === shop.id)).toBe(true);
    expect(nodes).toHaveLength(100);
  });
});

describe('filters', () => {
  /** Each filter, and the same question asked of the rows themselves. */
  function filters(rows: readonly Row[]): Record<string, { filter: Json; holds: (row: Row) => boolean }> {
    const middle = rows[60] as Row;
    return {
      status: {
        filter: { status: ['CAPTURED', 'DECLINED'] },
        holds: ({ status }) => status !== 'CREATED' && status !== 'CANCELED',
      },
      oneStatus: { filter: { status: ['CREATED'] }, holds: ({ status }) => status === 'CREATED' },
      merchant: { filter: { merchantId: shop.id }, holds: () => true },
      stranger: { filter: { merchantId: neighbour.id }, holds: () => false },
      payer: { filter: { payerId: middle.payer?.id }, holds: ({ payer }) => payer?.id === middle.payer?.id },
      number: {
        filter: { orderNumber: middle.orderNumber },
        holds: ({ orderNumber }) => orderNumber === middle.orderNumber,
      },
      bill: { filter: { billNumber: middle.billNumber }, holds: ({ billNumber }) => billNumber === middle.billNumber },
      from: { filter: { createdFrom: middle.createdAt }, holds: ({ createdAt }) => createdAt >= middle.createdAt },
      before: { filter: { createdBefore: middle.createdAt }, holds: ({ createdAt }) => createdAt < middle.createdAt },
      currency: { filter: { currency: 'EUR' }, holds: ({ amount }) => amount.currency === 'EUR' },
      least: {
        filter: { currency: 'EUR', amountFrom: '151.00' },
        holds: ({ amount }) => amount.currency === 'EUR' && Number(amount.amount) >= 151,
      },
      most: {
        filter: { currency: 'EUR', amountTo: '151.00' },
        holds: ({ amount }) => amount.currency === 'EUR' && Number(amount.amount) <= 151,
      },
      nothing: { filter: { status: [] }, holds: () => false },
    };
  }

  it('show what fits, alone and in pairs', async () => {
    const rows = (await pages(shop, { first: 100 })).flatMap(({ nodes }) => nodes);
    const cases = Object.entries(filters(rows));
    for (const [one, a] of cases) {
      for (const [other, b] of cases) {
        // The same field twice is the second alone.
        const clash = Object.keys(a.filter).some(
          (key) => one !== other && key in b.filter && a.filter[key] !== b.filter[key],
        );
        if (clash || one > other) continue;
        const found = (await pages(shop, { first: 100, filter: { ...a.filter, ...b.filter } })).flatMap(
          ({ nodes }) => nodes,
        );
        const wanted = rows.filter((row) => a.holds(row) && b.holds(row));
        expect([one, other, ids(found)]).toEqual([one, other, ids(wanted)]);
      }
    }
  });

  it('all together, on a later page, are answered too', async () => {
    const [row] = (await list(shop, { filter: { currency: 'EUR' } })).nodes;
    const filter = {
      ...{ status: [row?.status], merchantId: shop.id, payerId: row?.payer?.id, orderNumber: row?.orderNumber },
      ...{ billNumber: row?.billNumber, createdFrom: '2020-01-01T00:00:00Z', createdBefore: '2100-01-01T00:00:00Z' },
      ...{ currency: 'EUR', amountFrom: '0.01', amountTo: '1000000.00' },
    };
    const found = await list(shop, { filter });
    expect(ids(found.nodes)).toEqual([row?.id]);
    expect((await list(shop, { filter, after: found.pageInfo.endCursor })).nodes).toEqual([]);
    expect(await list(shop, { filter: Object.fromEntries(Object.keys(filter).map((key) => [key, null])) })).toEqual(
      await list(shop),
    );
  });

  it.each<[string, Json]>([
    ['currency', { amountFrom: '1.00' }],
    ['currency', { amountTo: '1.00' }],
    ['currency', { currency: 'usd' }],
    ['amountFrom', { currency: 'USD', amountFrom: '1.005' }],
    ['amountTo', { currency: 'JPY', amountTo: '1.5' }],
    ['amountTo', { currency: 'USD', amountTo: '1e9' }],
  ])('are refused where %s is wrong: %j', async (field, filter) => {
    const { errors } = await shop.raw('query ($f: OrderFilter) { orders(filter: $f) { nodes { id } } }', { f: filter });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', issues: [{ path: ['filter', field] }] } }]);
  });

  it('find all tries under one number, newest first', async () => {
    const one = await shop.sale({ orderNumber: 'tried', payment: pay('pm_card_visa_chargeDeclined') });
    const two = await shop.sale({ orderNumber: 'tried' });
    expect(ids((await list(shop, { filter: { orderNumber: 'tried' } })).nodes)).toEqual([two.order.id, one.order.id]);
  });
});

describe('who sees what', () => {
  it("an operator sees all its merchants' orders, and narrows them down", async () => {
    const all = (await pages(shop.operator, { first: 100 })).flatMap(({ nodes }) => nodes);
    expect(new Set(all.map(({ merchant }) => merchant.id))).toEqual(new Set([shop.id, neighbour.id]));
    const theirs = await list(shop.operator, { filter: { merchantId: neighbour.id } });
    expect(theirs.nodes.map(({ merchant }) => merchant.id)).toEqual([neighbour.id, neighbour.id]);
  });

  it('a merchant sees its own', async () => {
    expect((await list(neighbour)).nodes.map(({ merchant }) => merchant.id)).toEqual([neighbour.id, neighbour.id]);
  });

  it('a test key sees nothing live, and the other way round', async () => {
    const [only, ...others] = (await list(live)).nodes;
    expect(others).toEqual([]);
    expect(ids((await list(live.operator)).nodes)).toEqual([only?.id]);
    const id = only?.id ?? '';
    for (const client of [shop, shop.operator]) {
      const read = await client.ask(
        'query ($id: ID!, $bill: String!) { order(id: $id) { id } byBill: order(billNumber: $bill) { id } node(id: $id) { id } }',
        { id, bill: only?.billNumber },
      );
      expect(read).toEqual({ order: null, byBill: null, node: null });
      expect(ids((await pages(client, { first: 100 })).flatMap(({ nodes }) => nodes))).not.toContain(id);
    }
    for (const wrong of [shop.payOrder(id), shop.capture(id), shop.cancel(id), shop.increase(id, '200.00')]) {
      expect(await wrong).toMatchObject({ code: 'NOT_FOUND', message: 'no such order' });
    }
    expect((await live.payOrder(id)).order).toMatchObject({ status: 'CAPTURED' });
    const [testOrder] = (await list(shop)).nodes;
    expect(await live.cancel(testOrder?.id ?? '')).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('live and test numbers, payers and accounts do not meet', async () => {
    const made = await live.createOrder({ orderNumber: 'list-1', payer: { reference: 'payer-1' } });
    expect(made.order).toMatchObject({ status: 'CREATED' });
    const { payer } = await live.ask<{ payer: { id: string } }>('{ payer(reference: "payer-1") { id } }');
    expect(await shop.ask('query ($id: ID!) { payer(id: $id) { id } }', { id: payer.id })).toEqual({ payer: null });
    const { operator } = await shop.operator.ask<{
      operator: { paymentSystemAccounts: { id: string; mode: string }[] };
    }>('{ operator { paymentSystemAccounts { id mode } } }');
    const liveAccount = operator.paymentSystemAccounts.find(({ mode }) => mode === 'LIVE');
    if (liveAccount)
      expect(await shop.createOrder({ paymentSystemAccountId: liveAccount.id })).toMatchObject({
        code: 'KEY_MODE_MISMATCH',
      });
  });

  it('a key without a scope is told which one it lacks', async () => {
    const { secret } = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'reader', merchantId: shop.id, scopes: ['orders:read'] },
      'secret',
    );
    const reader = new Shop(product.url, secret, shop.id, shop.operator, shop.stripe);
    expect(await reader.ask('{ orders { nodes { id status operations { id } } } }')).toHaveProperty('orders');
    const refused = await reader.raw(
      'mutation { createOrder(input: { orderNumber: "x", amount: { amount: "1", currency: "USD" } }) { __typename } }',
    );
    expect(refused.errors).toMatchObject([
      { message: expect.stringContaining('orders:write'), extensions: { code: 'FORBIDDEN' } },
    ]);
    const [row] = (await list(shop)).nodes;
    const payer = await reader.raw('query ($id: ID!) { order(id: $id) { id payer { email } } }', { id: row?.id });
    expect(payer.errors).toMatchObject([
      { message: expect.stringContaining('payers:read'), extensions: { code: 'FORBIDDEN' } },
    ]);
  });
});

describe('one order', () => {
  it('is found by bill number, by id and by node, and so are its parts', async () => {
    const { order } = await shop.sale();
    const parts = await shop.ask<{ order: { operations: { id: string; transactions: { id: string }[] }[] } }>(
      'query ($id: ID!) { order(id: $id) { operations { id transactions { id } } } }',
      { id: order.id },
    );
    const [operation] = parts.order.operations;
    const found = await shop.ask(
      `query ($order: ID!, $bill: String!, $operation: ID!, $transaction: ID!) {
        byBill: order(billNumber: $bill) { id } byId: order(id: $order) { id } order: node(id: $order) { __typename id ... on Order { billNumber } }
        operation: node(id: $operation) { __typename id } transaction: node(id: $transaction) { __typename id } }`,
      {
        order: order.id,
        bill: order.billNumber,
        operation: operation?.id,
        transaction: operation?.transactions[0]?.id,
      },
    );
    expect(found).toEqual({
      byBill: { id: order.id },
      byId: { id: order.id },
      order: { __typename: 'Order', id: order.id, billNumber: order.billNumber },
      operation: { __typename: 'Operation', id: operation?.id },
      transaction: { __typename: 'Transaction', id: operation?.transactions[0]?.id },
    });
    const wrongDigit = order.billNumber.slice(0, -1) + ((Number(order.billNumber.at(-1)) + 1) % 10);
    expect(await shop.ask('query ($b: String!) { order(billNumber: $b) { id } }', { b: wrongDigit })).toEqual({
      order: null,
    });
    expect(await shop.ask('{ order { id } }')).toEqual({ order: null });
  });
});

describe('a page of 20 with merchants, payers, operations and transactions', () => {
  const PAGE = `query ($filter: OrderFilter) { orders(first: 20, filter: $filter) { nodes { id merchant { name } payer { reference }
    disputes { id } operations { type transactions { type status } } } } }`;

  it('costs as many statements as a page of one', async () => {
    const one = await statementsOf(() => shop.ask(PAGE, { filter: { orderNumber: 'list-0' } }));
    const twenty = await statementsOf(() => shop.ask(PAGE));
    expect(twenty.sort()).toEqual([...new Set(twenty)]);
    expect(twenty.length).toBeLessThanOrEqual(one.length);
    // The orders, and one for each of the five kinds of things about them.
    expect(twenty.length).toBeLessThanOrEqual(6);
  });

  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const seen: string[] = [];
    const query = pg.Client.prototype.query;
    pg.Client.prototype.query = function (this: pg.Client, ...parameters: unknown[]) {
      const [first] = parameters as [string | { text?: string; name?: string }];
      const text = typeof first === 'string' ? first : (first.text ?? '');
      if (/^\s*select/i.test(text) && / from (orders|merchants|payers|operations|transactions|disputes)\b/.test(text))
        seen.push(text);
      return Reflect.apply(query, this, parameters) as never;
    } as typeof query;
    try {
      await work();
    } finally {
      pg.Client.prototype.query = query;
    }
    return seen;
  }
});
