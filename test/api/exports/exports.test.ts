import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { uuidOf } from '../../../src/kernel/ids.js';
import { aBillingShop, subscribe } from '../../support/agreements.js';
import { eventually } from '../../support/eventually.js';
import { aMerchant, aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { aShopWithBooks } from '../ledger/books.js';
import { exportOf, loaded } from './csv.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

const numbersIn = async (link: { url: string }) => (await loaded(link)).map(({ orderNumber }) => orderNumber);
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('an export of orders', () => {
  it('has a row for each, with what the API says of it', async () => {
    const shop = await aShop(product);
    const { order } = await shop.sale({ orderNumber: 'a-1', description: '=2+3,"x"\nnext', metadata: { k: 'v;1;=2' } });
    const yen = await shop.createOrder({ orderNumber: '-2', amount: { amount: '100', currency: 'JPY' } });
    await shop.createOrder({ orderNumber: 'a-3', amount: { amount: '1.230', currency: 'KWD' } });
    const rows = await loaded(await exportOf(shop, 'orderExport'));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({
      id: order.id,
      merchantId: shop.id,
      payerId: '',
      agreementId: '',
      invoiceId: '',
      paymentSystemAccountId: expect.stringMatching(/^psa_[0-9a-z]{26}$/),
      createdAt: expect.stringMatching(ISO),
      updatedAt: expect.stringMatching(ISO),
      captureBefore: '',
      expiresAt: expect.stringMatching(ISO),
      orderNumber: 'a-1',
      billNumber: order.billNumber,
      status: 'CAPTURED',
      captureMode: 'AUTOMATIC',
      source: 'INTERNET',
      currency: 'USD',
      amount: '100.00',
      authorizedAmount: '100.00',
      capturedAmount: '100.00',
      voidedAmount: '0.00',
      refundedAmount: '0.00',
      disputedAmount: '0.00',
      externalPaymentId: expect.stringMatching(/^pi_/),
      description: `'=2+3,"x"\nnext`,
      metadata: '{"k": "v;1;\'=2"}',
    });
    expect(rows.map(({ orderNumber, amount, capturedAmount }) => [orderNumber, amount, capturedAmount])).toEqual([
      ['a-1', '100.00', '100.00'],
      ["'-2", '100', '0'],
      ['a-3', '1.230', '0.000'],
    ]);
    expect(rows[1]?.id).toBe(yen.order.id);
    const { createdAt } = (
      await shop.ask<{ order: { createdAt: string } }>('query ($id: ID!) { order(id: $id) { createdAt } }', {
        id: order.id,
      })
    ).order;
    expect(rows[0]?.createdAt).toBe(createdAt);
  });

  it('is of what its filter and days say, in the zone of whose orders they are', async () => {
    const shop = await aShop(product);
    await shop.sale({ orderNumber: 'paid' });
    await shop.createOrder({ orderNumber: "it's", amount: { amount: '5.00', currency: 'EUR' } });
    const of = async (filter: object) => numbersIn(await exportOf(shop, 'orderExport', { filter }));
    expect(await of({ status: ['CAPTURED', 'REFUNDED'] })).toEqual(['paid']);
    expect(await of({ orderNumber: "it's" })).toEqual(["it's"]);
    expect(await of({ currency: 'EUR', amountFrom: '5', amountTo: '5.01' })).toEqual(["it's"]);
    expect(await of({ billNumber: 'nonsense' })).toEqual([]);
    expect(await of({ orderNumber: 'a\0' })).toEqual([]);
    expect(await of({ createdBefore: '2000-01-01T00:00:00Z' })).toEqual([]);
    expect(await of({ createdFrom: '2000-01-01T00:00:00Z', status: ['CREATED'] })).toEqual(["it's"]);
    await expect(of({ amountFrom: '5' })).rejects.toThrow('is needed with an amount range');
    await expect(of({ orderNumber: 'x'.repeat(5000) })).rejects.toThrow('too long for a link');
    await shop.operator.do(
      'updateMerchant',
      { merchantId: shop.id, timeZone: 'Pacific/Kiritimati' },
      'merchant { id }',
    );
    const there = new Date(product.clock.now().getTime() + 14 * 3_600_000).toISOString().slice(0, 10);
    const dayBefore = new Date(product.clock.now().getTime() - 10 * 3_600_000).toISOString().slice(0, 10);
    expect(await numbersIn(await exportOf(shop, 'orderExport', { from: there, to: there }))).toHaveLength(2);
    expect(await numbersIn(await exportOf(shop, 'orderExport', { to: dayBefore }))).toEqual([]);
    await expect(exportOf(shop, 'orderExport', { from: '2026-02-02', to: '2026-02-01' })).rejects.toThrow(
      '2026-02-01 is before from, 2026-02-02',
    );
  });

  it('shows nobody what is another merchant’s or operator’s', async () => {
    const shop = await aShop(product);
    const sibling = await aMerchant(product, shop.operator, shop.stripe);
    const stranger = await aShop(product);
    await shop.createOrder({ orderNumber: 'mine' });
    await sibling.createOrder({ orderNumber: 'sibling' });
    await stranger.createOrder({ orderNumber: 'stranger' });
    expect(await numbersIn(await exportOf(shop, 'orderExport'))).toEqual(['mine']);
    expect(await numbersIn(await exportOf(shop, 'orderExport', { filter: { merchantId: sibling.id } }))).toEqual([]);
    expect(await numbersIn(await exportOf(shop, 'orderExport', { filter: { merchantId: stranger.id } }))).toEqual([]);
    expect(await numbersIn(await exportOf(shop.operator, 'orderExport', {}, 'operator'))).toEqual(['mine', 'sibling']);
    const filter = { merchantId: sibling.id };
    expect(await numbersIn(await exportOf(shop.operator, 'orderExport', { filter }, 'operator'))).toEqual(['sibling']);
    await expect(exportOf(shop, 'orderExport', {}, 'operator')).rejects.toThrow('FORBIDDEN');
    await expect(
      product.platform.ask('query ($id: ID!) { operator(id: $id) { orderExport { url } } }', {
        id: shop.operator.id,
      }),
    ).rejects.toThrow('FORBIDDEN');
  });

  it('is a header alone where there is none, and of one mode', async () => {
    const shop = await aShop(product);
    const { url } = await exportOf(shop, 'orderExport');
    expect(await (await fetch(url)).text()).toMatch(/^id,merchantId,[A-Za-z,]+\r\n$/);
    await shop.createOrder();
    const { secret } = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'x', merchantId: shop.id, scopes: ['merchants:read'] },
      'secret',
    );
    const reader = Object.assign(Object.create(shop) as Shop, { key: secret });
    await expect(exportOf(reader, 'orderExport')).rejects.toThrow('orders:read');
  });

  it('is a file to be kept, named by its days', async () => {
    const shop = await aShop(product);
    const nameOf = async (variables: object) =>
      (await fetch((await exportOf(shop, 'orderExport', { ...variables })).url)).headers.get('content-disposition');
    expect(await nameOf({})).toBe('attachment; filename="orders.csv"');
    expect(await nameOf({ from: '2026-01-01', to: '2026-01-31' })).toBe(
      'attachment; filename="orders-2026-01-01-2026-01-31.csv"',
    );
  });
});

describe('a link to an export', () => {
  it('is worth nothing altered, elsewhere, later, or while its operator is suspended', async () => {
    const shop = await aShop(product);
    const { url, expiresAt } = await exportOf(shop, 'orderExport');
    const [, claims = ''] = /orders\/([^.]+)\./.exec(url) ?? [];
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...said, merchantId: null })).toString('base64url');
    const statusOf = async (address: string, method = 'GET') => (await fetch(address, { method })).status;
    expect(await statusOf(url)).toBe(200);
    for (const bad of [
      url.replace(claims, other),
      url.replace('/orders/', '/agreements/'),
      url.replace('/orders/', '/ledger/'),
      url.replace('.csv', '.pdf'),
      url.replace('.csv', ''),
      `${url}/x`,
      `${product.url}/exports/orders/x.csv`,
    ]) {
      expect({ bad, status: await statusOf(bad) }).toEqual({ bad, status: 404 });
    }
    expect(await statusOf(url, 'HEAD')).toBe(404);
    const suspend = (mutation: string) =>
      product.platform.do(mutation, { operatorId: shop.operator.id }, 'operator { id }');
    await suspend('suspendOperator');
    expect(await statusOf(url)).toBe(404);
    await suspend('resumeOperator');
    expect(await statusOf(url)).toBe(200);
    expect(Date.parse(expiresAt) - product.clock.now().getTime()).toBeLessThanOrEqual(15 * 60_000);
    product.advance(15 * 60);
    expect(await statusOf(url)).toBe(404);
  });
});

describe('an export of agreements', () => {
  it('has the columns of a file of updates, and says the rest in columns that are not read', async () => {
    const shop = await aBillingShop(product);
    const { agreement } = await subscribe(shop, {
      terms: { reference: '=gym', maximumAmount: '50.00' },
      chargeAmount: { sequence: ['10.00', '12.50'] },
      schedule: { period: 'MONTH', startDate: '2031-01-31' },
    });
    const [row, ...others] = await loaded(await exportOf(shop, 'agreementExport'));
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      'result.agreementId': agreement.id,
      'result.merchantId': shop.id,
      'result.nextChargeAt': expect.stringMatching(ISO),
      changeReference: '',
      agreementReference: "'=gym",
      maximumAmount: '50.00',
      minimumAmount: '',
      'chargeAmount.fixed': '',
      'chargeAmount.range.from': '',
      'chargeAmount.sequence': '10.00 12.50',
      'schedule.period': 'MONTH',
      'schedule.interval': '1',
      'schedule.startDate': '2031-01-31',
      'schedule.localTime': '09:00',
      'result.status': 'ACTIVE',
      'result.currency': 'USD',
    });
    const of = async (filter: object) => loaded(await exportOf(shop, 'agreementExport', { filter }));
    expect(await of({ reference: '=gym', status: ['ACTIVE'] })).toHaveLength(1);
    expect(await of({ type: ['INSTALLMENT'] })).toEqual([]);
    expect(await of({ nextChargeBefore: '2031-01-30T00:00:00Z' })).toEqual([]);
    const all = await loaded(await exportOf(shop.operator, 'agreementExport', {}, 'operator'));
    expect(all.map((each) => each['result.agreementId'])).toEqual([agreement.id]);
  });
});

describe('an export of the ledger', () => {
  it('has every entry; for the operator with the other side, so that each posting sums to zero', async () => {
    const books = await aShopWithBooks(product);
    const { order } = await books.shop.sale({ orderNumber: '+1' });
    await product.settle();
    await books.untilAvailable();
    await books.settle({
      amount: { amount: '50.00', currency: 'USD' },
      reference: '@bank',
      idempotencyKey: 'a',
    });
    const own = await loaded(await exportOf(books.shop, 'ledgerExport'));
    const entries = (await books.entries({ first: 100 })).toReversed();
    expect(own.map(({ postingId, kind, account, amount }) => [postingId, kind, account, amount]).sort()).toEqual(
      entries.map(({ postingId, kind, account, amount }) => [postingId, kind, account, amount.amount]).sort(),
    );
    expect(own[0]).toMatchObject({
      orderId: order.id,
      orderNumber: "'+1",
      billNumber: order.billNumber,
      kind: 'CAPTURE',
      currency: 'USD',
      amount: '100.00',
      postedAt: expect.stringMatching(ISO),
    });
    expect(own.some(({ settlementReference }) => settlementReference === "'@bank")).toBe(true);
    const all = await loaded(await exportOf(books.shop.operator, 'ledgerExport', {}, 'operator'));
    const sums = new Map<string, bigint>();
    for (const { postingId = '', amount = '' } of all) {
      sums.set(postingId, (sums.get(postingId) ?? 0n) + BigInt(amount.replace('.', '')));
    }
    expect(all.length).toBeGreaterThan(own.length);
    expect([...sums.values()].filter((sum) => sum !== 0n)).toEqual([]);
    expect(await loaded(await exportOf(books.shop, 'ledgerExport', { currency: 'EUR' }))).toEqual([]);
  });
});

describe('a large export', () => {
  /** Long rows: what counts are their bytes, and what costs is their number. */
  const MANY = 10_000;
  let shop: Shop;

  beforeAll(async () => {
    shop = await aShop(product);
    const { order } = await shop.createOrder();
    await asOwner(async (owner) => {
      await owner.query("set session_replication_role = 'replica'");
      await owner.query(
        `insert into orders select made.* from orders o, generate_series(1, ${MANY - 1}) as n,
           jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'order_number', 'many-' || n,
             'bill_number', lpad(n::text, 12, '0'), 'metadata', jsonb_build_object('k', repeat('x', 3000)))) as made
         where o.id = $1`,
        [uuidOf('order', order.id)],
      );
    });
  });

  it('comes as it is read, without being in memory', async () => {
    const { url } = await exportOf(shop, 'orderExport');
    const before = bytesInUse();
    let [most, bytes, lines] = [0, 0, 0];
    for await (const block of (await fetch(url)).body ?? []) {
      const isLooked = Math.floor(bytes / 10_000_000) < Math.floor((bytes + block.length) / 10_000_000);
      bytes += block.length;
      for (const byte of block) lines += byte === 0x0a ? 1 : 0;
      // Whoever writes could run ahead here, were it not held back.
      await new Promise((resolve) => setImmediate(resolve));
      if (isLooked) most = Math.max(most, bytesInUse() - before);
    }
    expect(lines).toBe(MANY + 1);
    expect(bytes).toBeGreaterThan(30_000_000);
    expect(most).toBeLessThan(10_000_000);
  });

  it('is seen to be cut where it fails on its way', async () => {
    const reader = await begun((await exportOf(shop, 'orderExport')).url);
    await asOwner((owner) => owner.query(`select pg_terminate_backend(pid) ${COPYING}`));
    await expect(rest(reader)).rejects.toThrow();
  });

  it('ends when its reader goes away, and makes room for others', async () => {
    const { url } = await exportOf(shop, 'orderExport');
    const readers = [await begun(url), await begun(url)];
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    const sibling = await aShop(product);
    expect((await fetch((await exportOf(sibling, 'orderExport')).url)).status).toBe(200);
    for (const reader of readers) await reader.cancel();
    await eventually(() =>
      asOwner(async (owner) => expect((await owner.query(`select pid ${COPYING}`)).rows).toEqual([])),
    );
    expect((await fetch(url, { method: 'GET' })).status).toBe(200);
  });
});

const COPYING = `from pg_stat_activity where datname = current_database() and query like 'copy (%' and state = 'active'`;

async function asOwner<Result>(work: (owner: pg.Client) => Promise<Result>): Promise<Result> {
  const owner = new pg.Client({ connectionString: product.database.url });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

/**
 * Without what nobody holds any more, of which there may be any amount. Of that
 * the bytes are given back beside the program, and counted as given back when it
 * is looked for the next time: so it is looked for twice.
 */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** A reader who has had the beginning, and takes no more for now. */
async function begun(url: string) {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  if (!reader) throw new Error('there is no body');
  await reader.read();
  return reader;
}

async function rest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
