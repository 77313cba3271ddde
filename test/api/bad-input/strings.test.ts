import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, type Json, PLENTY, type Product, type Shop, startProduct } from '../../support/product.js';
import { dump } from './dump.js';

const logged: string[] = [];
let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct({ rate: PLENTY, logTo: { write: (line) => void logged.push(line) } });
  shop = await aShop(product);
});

afterAll(() => product.close());

const CREATE = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  ... on CreateOrderPayload { order { id } } ... on Problem { code issues { path message } } } }`;
const input = (more: Json = {}): Json => ({ orderNumber: 'n', amount: { amount: '1.00', currency: 'USD' }, ...more });

/** What is wrong with the request itself: no data, a code of ours, nothing of our insides. */
function expectRefused(answer: {
  status: number;
  data?: unknown;
  errors?: readonly { message: string; extensions: Json }[];
}) {
  expect(answer.status).toBeGreaterThanOrEqual(200);
  expect(answer.status).toBeLessThan(500);
  expect(answer.data ?? null).toBeNull();
  expect(answer.errors?.map(({ extensions }) => extensions.code)).toContain('BAD_REQUEST');
  expect(JSON.stringify(answer)).not.toMatch(/INTERNAL|stacktrace|node_modules|\.ts:\d| {4}at /);
}

async function post(body: string, headers: Json = {}) {
  const response = await fetch(`${shop.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${shop.key}`, ...headers },
    body,
  });
  const text = await response.text();
  return {
    status: response.status,
    ...(JSON.parse(text) as { data?: Json; errors?: { message: string; extensions: Json }[] }),
  };
}

describe('a request that does not fit the schema', () => {
  it.each<[string, Json]>([
    ['an unknown field', input({ ordernumber: 'n' })],
    ['an unknown field within', input({ amount: { amount: '1', currency: 'USD', cents: 100 } })],
    ['a missing field', { amount: { amount: '1', currency: 'USD' } }],
    ['a wrong enum', input({ captureMode: 'LATER' })],
    ['an enum in lower case', input({ captureMode: 'manual' })],
    ['null for what must be there', input({ orderNumber: null })],
    ['a number for a text', input({ orderNumber: 17 })],
    ['a list for a text', input({ orderNumber: ['n'] })],
    ['an object for a text', input({ orderNumber: { $ne: 'n' } })],
    ['a text for a boolean', input({ saveCredential: 'true' })],
    ['a text for an object', input({ metadata: 'a=1' })],
    ['a list for an object', input({ metadata: [] })],
    ['a time without a zone', input({ expiresAt: '2030-01-01T00:00:00' })],
    ['a day that is none', input({ expiresAt: '2030-02-30T00:00:00Z' })],
    ['a number for a time', input({ expiresAt: 1893456000 })],
    ['a URL longer than any', input({ callbackUrl: `https://shop.example/${'x'.repeat(3000)}` })],
    ['an input that is a text', 'input' as unknown as Json],
    ['no input', null as unknown as Json],
  ])('is refused: %s', async (_, wrong) => {
    expectRefused(await shop.raw(CREATE, { input: wrong }));
  });

  it.each([
    ['a field that is not there', '{ orders { nodes { card } } }'],
    ['no selection', '{ orders }'],
    [
      'two mutations in one request',
      `mutation { a: cancelOrder(input: { orderId: "x" }) { __typename } b: cancelOrder(input: { orderId: "x" }) { __typename } }`,
    ],
    ['a syntax error', '{ orders { nodes { id }'],
    ['nothing', ''],
    ['an unknown variable', '{ order(id: $id) { id } }'],
    ['a depth bomb', `{ __schema { types { ${'fields { type { '.repeat(30)} name ${'} } '.repeat(30)} } } }`],
    [
      'an alias bomb',
      `{ ${Array.from({ length: 500 }, (_, n) => `a${n}: orders(first: 100) { nodes { id } }`).join(' ')} }`,
    ],
  ])('is refused: %s', async (_, query) => {
    expectRefused(await shop.raw(query));
  });

  it.each([
    ['not JSON', '{"query":', 400],
    ['a text', '"query"', 400],
    ['a batch', '[{"query":"{ viewer { mode } }"}]', 400],
    ['null', 'null', 400],
    ['nothing', '', 400],
  ])('is refused: a body that is %s', async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expectRefused(answer);
  });

  it.each([
    ['100 KB and a byte', 100_001],
    ['10 MB', 10_000_000],
  ])('is refused: a body of %s', async (_, size) => {
    const query = JSON.stringify({ query: '{ viewer { mode } } #' });
    const body = query.replace('#', '#'.padEnd(size - query.length + 1, '#'));
    expect(body).toHaveLength(size);
    const answer = await post(body);
    expect(answer.status).toBe(413);
    expectRefused(answer);
  });

  it('is taken at exactly 100 KB', async () => {
    const query = JSON.stringify({ query: '{ viewer { mode } } ' });
    const body = query + ' '.repeat(100_000 - query.length);
    expect((await post(body)).status).toBe(200);
  });
});

describe('an order number', () => {
  it.each([
    ['empty', ''],
    ['of 129 characters', 'n'.repeat(129)],
    ['of 129 emoji', '🧾'.repeat(129)],
    ['of 90,000 characters', 'n'.repeat(90_000)],
    ['with a NUL', 'a\u0000b'],
    ['with a line break', 'a\nb'],
    ['with an escape', 'a\u001b[31mb'],
    ['with half a pair', 'a\ud800b'],
    ['with the other half', '\udc00'],
  ])('is refused %s', async (_, orderNumber) => {
    expect(await shop.createOrder({ orderNumber })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: expect.arrayContaining([{ path: ['orderNumber'], message: expect.any(String) }]),
    });
  });

  it.each([
    ['of 128 characters', 'n'.repeat(128)],
    ['of 128 emoji', '🧾'.repeat(128)],
    ['from right to left', 'הזמנה \u202e123'],
    ['of a family', '👨‍👩‍👧‍👦'],
    ['of blanks', '   '],
    ['of JSON', '{"$ne":null}'],
    ['of SQL', `'); drop table orders; --`],
    ['of a template', '{{7*7}} %s %n'],
    ['of HTML', '<script>alert(1)</script>'],
    ['named like a property', '__proto__'],
    ['of bytes that are not a character', '\ufffe\uffff'],
  ])('comes back as it was given %s', async (_, orderNumber) => {
    const { order, ...refusal } = await shop.createOrder({ orderNumber });
    expect(refusal).toEqual({});
    expect(await shop.order(order.id)).toMatchObject({ orderNumber });
    const found = await shop.ask<{ orders: { nodes: { id: string }[] } }>(
      'query ($n: String!) { orders(filter: { orderNumber: $n }) { nodes { id } } }',
      { n: orderNumber },
    );
    expect(found.orders.nodes).toEqual([{ id: order.id }]);
    expect(await shop.createOrder({ orderNumber })).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
  });
});

describe('metadata', () => {
  it.each<[string, Json, string[]]>([
    ['a thousand keys', Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, 'v'])), ['metadata']],
    ['51 keys', Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v'])), ['metadata']],
    ['an object within', { a: { b: 'c' } }, ['metadata', 'a']],
    ['a list within', { a: ['b'] }, ['metadata', 'a']],
    ['a number', { a: 1 }, ['metadata', 'a']],
    ['null', { a: null }, ['metadata', 'a']],
    ['an empty key', { '': 'v' }, ['metadata', '']],
    ['a key of 41', { ['k'.repeat(41)]: 'v' }, ['metadata', 'k'.repeat(40)]],
    ['a value of 501', { a: 'v'.repeat(501) }, ['metadata', 'a']],
    ['a NUL in a value', { a: '\u0000' }, ['metadata', 'a']],
    ['half a pair in a value', { a: '\ud800' }, ['metadata', 'a']],
    ['half a pair in a key', { 'a\udc00': 'v' }, ['metadata', 'a\udc00']],
    ['brackets in a key', { 'a[b]': 'v' }, ['metadata', 'a[b]']],
  ])('is refused with %s', async (_, metadata, path) => {
    const refused = await shop.createOrder({ metadata });
    expect(refused).toMatchObject({ code: 'INVALID_INPUT' });
    // Half of a pair cannot be sent back as it came.
    expect(refused.issues[0]?.path.map((each) => each.toWellFormed())).toEqual(path.map((each) => each.toWellFormed()));
  });

  it('comes back as it was given, whatever it is named', async () => {
    const metadata = JSON.parse(
      '{ "constructor": "c", "toString": "t", "é": "🧾", "empty": "", "lines": "a\\nb\\t", "1": "one" }',
    ) as Json;
    const { order } = await shop.createOrder({ metadata });
    const read = await shop.ask<{ order: { metadata: Json } }>('query ($id: ID!) { order(id: $id) { metadata } }', {
      id: order.id,
    });
    expect(Object.entries(read.order.metadata).sort()).toEqual(Object.entries(metadata).sort());
    const full = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}`.padStart(40, 'k'), 'v'.repeat(500)]));
    expect(await shop.createOrder({ metadata: full })).toHaveProperty('order');
  });
});

const NULLS = { source: null, storedOnFile: null };
const NULLS_WITHIN = { token: 'pm_card_visa', externalCustomerId: null, storedCredentialId: null, card: null };

describe('other fields', () => {
  it.each<[string, Json]>([
    ['description', { description: 'd'.repeat(501) }],
    ['description', { description: '' }],
    ['description', { description: 'a\u0000' }],
    ['callbackUrl', { callbackUrl: 'javascript:alert(1)' }],
    ['callbackUrl', { callbackUrl: 'ftp://shop.example' }],
    ['callbackUrl', { callbackUrl: 'shop.example/callback' }],
    ['callbackUrl', { callbackUrl: 'https://user:password@shop.example' }],
    ['callbackUrl', { callbackUrl: '' }],
    ['returnUrl', { returnUrl: 'file:///etc/passwd' }],
    ['returnUrl', { returnUrl: 'https://\u0000' }],
    ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['expiresAt', { expiresAt: '9999-12-30T23:59:59Z' }],
    ['payer.email', { payer: { email: 'not an address' } }],
    ['payer.email', { payer: { email: `${'a'.repeat(250)}@example.com` } }],
    ['payer.reference', { payer: { reference: '' } }],
    ['payer.reference', { payer: { reference: 'r'.repeat(101) } }],
    ['payer.reference', { payer: { reference: 'r\ud800' } }],
    ['payer.reference', { payer: { id: 'payer_x', reference: 'r' } }],
    ['payer.name', { payer: { name: 'n'.repeat(201) } }],
    ['payer.phone', { payer: { phone: '1'.repeat(41) } }],
    ['payment.credential', { payment: { credential: {} } }],
    ['payment.credential', { payment: { credential: { token: 'pm_card_visa', storedCredentialId: 'cred_x' } } }],
    ['payment.credential.token', { payment: { credential: { token: '' } } }],
    ['payment.credential.token', { payment: { credential: { token: '../refunds' } } }],
    ['payment.credential.token', { payment: { credential: { token: 'pm_card_visa?x=1' } } }],
    ['payment.credential.token', { payment: { credential: { token: 'p'.repeat(256) } } }],
    [
      'payment.credential.externalCustomerId',
      { payment: { credential: { token: 'pm_x', externalCustomerId: '../../' } } },
    ],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'k'.repeat(256) }],
    ['idempotencyKey', { idempotencyKey: 'k\u0000' }],
    ['idempotencyKey', { idempotencyKey: 'ключ' }],
  ])('are refused where they stand: %s %j', async (path, wrong) => {
    expect(await shop.createOrder(wrong)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: expect.arrayContaining([{ path: path.split('.'), message: expect.any(String) }]),
    });
  });

  it('that are null are as if they were not given', async () => {
    const { order, ...refusal } = await shop.createOrder({
      ...{ merchantId: null, paymentSystemAccountId: null, saveCredential: null, captureMode: null, description: null },
      ...{ payer: null, payment: null, returnUrl: null, callbackUrl: null, expiresAt: null, metadata: null },
      idempotencyKey: null,
    });
    expect(refusal).toEqual({});
    expect(order).toMatchObject({ status: 'CREATED' });
    const paid = await shop.do(
      'payOrder',
      { orderId: order.id, payment: { ...NULLS, credential: { ...NULLS_WITHIN } } },
      'order { status source storedOnFile }',
    );
    expect(paid).toEqual({ order: { status: 'CAPTURED', source: 'INTERNET', storedOnFile: 'NOT_STORED' } });
    expect(await shop.capture(order.id, { amount: null, finalCapture: null })).toMatchObject({
      operation: { status: 'SUCCEEDED' },
    });
    expect(await shop.cancel(order.id, { amount: null, reason: null })).toMatchObject({
      order: { status: 'REFUNDED' },
    });
    expect((await shop.order(order.id)).operations.at(-1)?.reason).toBe('MERCHANT');
  });

  it('all faults are told at once', async () => {
    const refused = await shop.createOrder({
      orderNumber: '',
      amount: { amount: '10.005', currency: 'USD' },
      description: 'd'.repeat(501),
      callbackUrl: 'nowhere',
      returnUrl: 'nowhere',
      expiresAt: '2020-01-01T00:00:00Z',
      payer: { email: 'nobody', phone: '' },
      payment: { credential: { token: 'a b' } },
      metadata: { a: 1, b: 2 },
      idempotencyKey: ' ',
    });
    expect(refused.code).toBe('INVALID_INPUT');
    expect(refused.issues.map(({ path }) => path.join('.')).sort()).toEqual(
      [
        ...['amount.amount', 'callbackUrl', 'description', 'expiresAt', 'idempotencyKey', 'metadata.a', 'metadata.b'],
        ...['orderNumber', 'payer.email', 'payer.phone', 'payment.credential.token', 'returnUrl'],
      ].sort(),
    );
  });

  it('nothing of it is left behind', async () => {
    expect(await dump(product.database.url)).toContain('public.payers\n\n');
  });
});

describe('questions', () => {
  const SQL = [
    `' or '1'='1`,
    `'; drop table orders; --`,
    `$1`,
    `\\'`,
    `%`,
    `_`,
    `1)--`,
    `\u0000`,
    '\ud800',
    '🧾',
    'x'.repeat(5000),
  ];

  it.each(SQL)('with %j in a filter find nothing and break nothing', async (text) => {
    for (const field of ['orderNumber', 'billNumber', 'merchantId', 'payerId']) {
      const answer = await shop.raw('query ($filter: OrderFilter) { orders(filter: $filter) { nodes { id } } }', {
        filter: { [field]: text },
      });
      expect(answer).toEqual({ status: 200, data: { orders: { nodes: [] } } });
    }
    const single = await shop.raw(
      'query ($t: String, $i: ID!) { order(billNumber: $t) { id } payer(reference: $t) { id } node(id: $i) { id } }',
      { t: text, i: text },
    );
    expect(single).toEqual({ status: 200, data: { order: null, payer: null, node: null } });
    for (const filter of [
      { currency: text },
      { currency: 'USD', amountFrom: text },
      { currency: 'USD', amountTo: text },
    ]) {
      expectRefused(
        await shop.raw('query ($filter: OrderFilter) { orders(filter: $filter) { nodes { id } } }', { filter }),
      );
    }
    for (const after of [text, Buffer.from(`1:${text}`).toString('base64url')]) {
      expectRefused(await shop.raw('query ($after: String) { orders(after: $after) { nodes { id } } }', { after }));
    }
  });

  it.each([0, -1, 101, 2_147_483_647, -2_147_483_648])('for a page of %d are refused', async (first) => {
    expectRefused(await shop.raw('query ($first: Int!) { orders(first: $first) { nodes { id } } }', { first }));
  });

  it.each(['1970-01-01T00:00:00Z', '9999-12-30T23:59:59.999999999Z', '1970-01-01T00:00:00-23:59'])(
    'about orders before and since %s are answered',
    async (moment) => {
      for (const filter of [{ createdFrom: moment }, { createdBefore: moment }]) {
        expect(
          await shop.raw('query ($filter: OrderFilter) { orders(filter: $filter) { pageInfo { hasNextPage } } }', {
            filter,
          }),
        ).toMatchObject({ status: 200, data: { orders: {} } });
      }
    },
  );

  it.each(['0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59-14:00'])(
    'about orders of %s are refused with the limits of times',
    async (createdFrom) => {
      const answer = await shop.raw(
        'query ($filter: OrderFilter) { orders(filter: $filter) { pageInfo { hasNextPage } } }',
        { filter: { createdFrom } },
      );
      expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
      expect(answer.errors?.[0]?.message).toContain('1970-01-01T00:00:00Z to 9999-12-30T23:59:59Z');
    },
  );
});

it('none of it was an error on our side', () => {
  const bad = logged.map((line) => JSON.parse(line) as { level: number }).filter(({ level }) => level >= 50);
  expect(bad).toEqual([]);
});
