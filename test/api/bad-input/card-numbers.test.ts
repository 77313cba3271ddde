import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop } from '../../support/agreements.js';
import {
  anOperator,
  type Client,
  type Json,
  PLENTY,
  type Product,
  type Shop,
  startProduct,
} from '../../support/product.js';
import { dump } from './dump.js';
import { Schema } from './schema-walk.js';
import { fillFor, senderOf } from './senders.js';

const logged: string[] = [];
let product: Product;
let shop: Shop;
let schema: Schema;
let bystander: string;

beforeAll(async () => {
  product = await startProduct({ rate: PLENTY, logTo: { write: (line) => void logged.push(line) } });
  shop = await aBillingShop(product);
  schema = await Schema.of(shop);
  bystander = (await anOperator(product)).id;
});

afterAll(() => product.close());

/** The same number as people write it. */
const SPELLINGS: readonly string[] = [
  '4000056655665556',
  '4000 0566 5566 5556',
  '4000-0566-5566-5556',
  '４００００５６６５５６６５５５６',
  '٤٠٠٠٠٥٦٦٥٥٦٦٥٥٥٦',
  'card: 4000.0566.5566.5556, thanks',
];

/** With all that is no digit taken away, in any script: the number's digits in a row. */
function digitsOf(text: string): string {
  return text.normalize('NFKC').replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
}

function carriesNumber(text: string): boolean {
  return /4000[\s.-]?0566[\s.-]?5566[\s.-]?5556/.test(digitsOf(text));
}

describe('a card number', () => {
  it.each(SPELLINGS)('in any text of any mutation is refused and kept nowhere: %s', async (spelling) => {
    const accepted: string[] = [];
    const echoed: string[] = [];
    const filled = await fillFor(shop, bystander);
    for (const mutation of schema.mutations) {
      for (const path of schema.pathsTo(mutation, ['String', 'URL', 'ID', 'Decimal', 'CurrencyCode', 'TimeZone'])) {
        const at = `${mutation.name}.${path.join('.')}`;
        const isUrl = /Url$/.test(path.at(-1) ?? '');
        const value = isUrl ? `https://shop.example/?card=${spelling}` : spelling;
        const input = schema.inputWith(mutation, path, value, filled);
        const answer = await senderOf(product, shop, mutation).raw(schema.document(mutation), { input });
        if (carriesNumber(JSON.stringify(answer))) echoed.push(at);
        const result = answer.data?.[mutation.name] as { __typename: string; code?: string } | undefined;
        if (answer.status >= 500 || answer.errors?.[0]?.extensions.code === 'INTERNAL')
          accepted.push(`${at}: INTERNAL`);
        else if (result && result.__typename !== 'Problem') accepted.push(at);
      }
    }
    expect(accepted).toEqual([]);
    expect(echoed).toEqual([]);
    expect((await dump(product.database.url)).split('\n').filter(carriesNumber)).toEqual([]);
    expect(logged.filter(carriesNumber)).toEqual([]);
  });

  it.each([
    ['payer.email', { payer: { email: '4000056655665556@example.com' } }],
    ['payer.phone', { payer: { phone: '4000 0566 5566 5556' } }],
    ['callbackUrl', { callbackUrl: 'https://shop.example/4000+0566+5566+5556' }],
    ['returnUrl', { returnUrl: 'https://shop.example/?card=4000%200566%205566%205556' }],
    ['payment.credential.token', { payment: { credential: { token: '4000056655665556' } } }],
    ['returnUrl', { returnUrl: 'https://shop.example/?card=%34%30%30%30056655665556' }],
    [
      'payment.credential.externalCustomerId',
      { payment: { credential: { token: 'pm_card_visa', externalCustomerId: 'cus_4000056655665556' } } },
    ],
    ['idempotencyKey', { idempotencyKey: '4000056655665556' }],
  ])('in a text of another form is refused as such: %s', async (path, input) => {
    expect(await shop.createOrder(input)).toMatchObject({
      code: 'CARD_DATA_NOT_ALLOWED',
      issues: [{ path: path.split('.') }],
    });
  });

  it.each<[string, Json]>([
    ['description', { description: 'see sk_live_51H8xkPqabcdefgh' }],
    ['metadata', { metadata: { key: 'whsec_abcdefghijklmnop' } }],
    ['returnUrl', { returnUrl: 'https://shop.example/?key=rk_test%5F51H8xkPqabcdefgh' }],
    ['payment.credential.token', { payment: { credential: { token: 'sk_test_51H8xkPqabcdefgh' } } }],
  ])('is not alone: a secret key is refused, too, in %s', async (path, input) => {
    const refused = await shop.createOrder(input);
    expect(refused).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: expect.arrayContaining(path.split('.')) }],
    });
    expect(JSON.stringify(refused)).not.toContain('51H8xkPq');
  });

  it.each(SPELLINGS)('in metadata, as value or key, is refused: %s', async (spelling) => {
    for (const metadata of [{ note: spelling }, { [spelling.slice(0, 40)]: 'x' }]) {
      expect(await shop.createOrder({ metadata })).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED' });
    }
    expect((await dump(product.database.url)).split('\n').filter(carriesNumber)).toEqual([]);
  });

  it('is named where it stands, beside every other fault, and not repeated', async () => {
    const refused = await shop.createOrder({
      orderNumber: '4000056655665556',
      description: 'paid with 4000 0566 5566 5556',
      amount: { amount: '-1', currency: 'USD' },
    });
    expect(refused).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED', retryable: false });
    expect(refused.issues.map(({ path }) => path.join('.'))).toEqual(['orderNumber', 'amount.amount', 'description']);
    expect(carriesNumber(JSON.stringify(refused))).toBe(false);
  });
});

describe('what looks like a card number', () => {
  const told = async (document: string, variables: Json, from: Client = shop) =>
    JSON.stringify(await from.raw(document, variables));

  it.each(SPELLINGS)('is not told by any query that takes a text: %s', async (spelling) => {
    const echoed: string[] = [];
    const SCALARS = ['String', 'URL', 'ID', 'Decimal', 'CurrencyCode', 'TimeZone', 'DateTime', 'Date', 'EventCursor'];
    for (const query of schema.queries) {
      for (const [argument = '', ...rest] of schema.pathsToArguments(query, SCALARS)) {
        const value = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), spelling);
        const answer = await told(schema.queryWith(query, argument), { value });
        if (carriesNumber(answer)) echoed.push(`${query.name}.${[argument, ...rest].join('.')}`);
      }
    }
    expect(echoed).toEqual([]);
  });

  it('is not told by an answer to it as a currency, an amount, a key, a list or a name', async () => {
    const pan = '4000056655665556';
    const create =
      'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on Problem { code message issues { path message } } } }';
    const list = 'query ($filter: OrderFilter) { orders(filter: $filter) { nodes { id } } }';
    const amount = { amount: '1.00', currency: 'USD' };
    const answers = [
      await told(create, { input: { orderNumber: 'n', amount: { ...amount, currency: pan } } }),
      await told(create, { input: { orderNumber: 'n', amount: { ...amount, amount: `${'x'.repeat(25)}${pan}` } } }),
      await told(create, { input: { orderNumber: 'n', amount, metadata: { [pan]: { deep: pan } } } }),
      await told(create, { input: { orderNumber: 'n', amount, metadata: { [`${'k'.repeat(25)}${pan}`]: pan } } }),
      await told(create, { input: { orderNumber: 'n', amount, metadata: [`${'k'.repeat(43)}${pan}`] } }),
      await told(create, { input: { orderNumber: 'n', amount, [`f${pan}`]: 1 } }),
      await told(list, { filter: { currency: pan } }),
      await told(list, { filter: { currency: 'USD', amountFrom: `x${pan}` } }),
      await told(list, { filter: { currency: 'USD', createdFrom: `${'x'.repeat(46)}${pan}` } }),
      await told(`{ orders { f${pan} } }`, {}),
      await told(`{ orders(first: 1, after: ${pan}) { nodes { id } } }`, {}),
    ];
    for (const answer of answers) expect(answer).not.toMatch(/4000056655/);
    expect(answers[0]).toContain('CARD_DATA_NOT_ALLOWED');
    expect(answers[2]).toContain('CARD_DATA_NOT_ALLOWED');
  });
});

describe('card data', () => {
  const card = { number: '4000056655665556', expiryMonth: 12, expiryYear: 2050, cvc: '737', holderName: 'A Payer' };

  it.each(['createOrder', 'payOrder'])('is refused by %s before anything else is looked at', async (mutation) => {
    const { order } = await shop.createOrder();
    const before = await dump(product.database.url);
    logged.length = 0;
    const payment = { credential: { card } };
    const answer =
      mutation === 'createOrder'
        ? await shop.createOrder({ payment, orderNumber: '', idempotencyKey: 'with-a-card' })
        : await shop.do('payOrder', { orderId: order.id, payment, idempotencyKey: 'with-a-card' }, 'order { id }');
    expect(answer).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED', retryable: false });
    const told = JSON.stringify(answer);
    for (const digits of ['4000', '5556', '0566', '737', '2050', 'A Payer']) expect(told).not.toContain(digits);
    expect(logged.filter((line) => carriesNumber(line) || line.includes('737'))).toEqual([]);
    const after = await dump(product.database.url);
    expect(after.match(/with-a-card/)).toBeNull();
    expect(after.length).toBe(before.length);
    expect(JSON.stringify(product.sandbox.control.requests())).not.toContain('4000056655665556');
  });

  it.each([
    ['as a number', 4000056655665556],
    ['in a list', ['4000056655665556']],
    ['in an object', { value: '4000056655665556' }],
  ])('of a wrong type is not repeated by the error: %s', async (_, number) => {
    logged.length = 0;
    const answer = await shop.raw(
      'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }',
      {
        input: {
          orderNumber: 'n',
          amount: { amount: '1', currency: 'USD' },
          payment: { credential: { card: { ...card, number } } },
        },
      },
    );
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'BAD_REQUEST' });
    const told = JSON.stringify(answer);
    expect(told).not.toContain('40000566');
    expect(told).not.toContain('566556');
    expect(logged.filter(carriesNumber)).toEqual([]);
  });

  it.each<[string, Json]>([
    ['whose code is a number', { ...card, cvc: 737 }],
    ['without its month', { ...card, expiryMonth: null }],
    ['with a field that there is not', { ...card, zip: '12345' }],
    ['whose month is a text', { ...card, expiryMonth: 'A Payer 737' }],
  ])('of a wrong form is not repeated around the fault: a card %s', async (_, wrong) => {
    const payment = { credential: { card: wrong } };
    const answer = await shop.raw(
      'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }',
      { input: { orderNumber: 'n', amount: { amount: '1', currency: 'USD' }, payment } },
    );
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'BAD_REQUEST' });
    expect(answer.errors?.[0]?.message).toContain('payment.credential.card');
    for (const value of ['737', 'A Payer', '2050', '5556']) expect(JSON.stringify(answer)).not.toContain(value);
  });

  it('written into the query itself is not repeated either', async () => {
    for (const number of ['4000056655665556', '"4000056655665556', '737', '"", cvc: 737']) {
      const answer = await shop.raw(
        `mutation { createOrder(input: { orderNumber: "n", amount: { amount: "1", currency: "USD" },
          payment: { credential: { card: { number: ${number}, expiryMonth: 1, expiryYear: 2050 } } } }) { __typename } }`,
      );
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST' });
      expect(JSON.stringify(answer)).not.toContain('4000056655665556');
      expect(JSON.stringify(answer)).not.toContain('737');
    }
    expect(logged.filter(carriesNumber)).toEqual([]);
  });
});
