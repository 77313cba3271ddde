import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Product, startProduct } from '../../support/product.js';
import { aShopWithBooks, type Books } from './books.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

interface StatementView {
  readonly opening: Record<string, { amount: string }>;
  readonly closing: Record<string, { amount: string }>;
  readonly entryCount: number;
  readonly downloadUrl: string;
  readonly downloadExpiresAt: string;
}

async function statement(books: Books, from: string, to: string, currency = 'USD'): Promise<StatementView> {
  const balance = 'available { amount } pending { amount } fees { amount } total { amount }';
  const { merchant } = await books.shop.ask<{ merchant: { statement: StatementView } }>(
    `query ($from: Date!, $to: Date!, $currency: CurrencyCode!) { merchant { statement(from: $from, to: $to, currency: $currency) {
      opening { ${balance} } closing { ${balance} } entryCount downloadUrl downloadExpiresAt } } }`,
    { from, to, currency },
  );
  return merchant.statement;
}

const inBalance = (balance: StatementView['opening']) =>
  ['available', 'pending', 'fees', 'total'].map((name) => balance[name]?.amount).join(' ');

const today = () => product.clock.now().toISOString().slice(0, 10);

async function lines(url: string): Promise<string[][]> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  return (await response.text())
    .split('\r\n')
    .filter(Boolean)
    .map((line) => line.split(','));
}

describe('a statement', () => {
  it('begins and ends with the balances, and its lines lead from one to the other', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    await product.settle();
    await books.untilAvailable();
    const day = today();
    await books.shop.sale({ orderNumber: '=1+1,"x"' });
    await books.settle({
      amount: { amount: '50.00', currency: 'USD' },
      reference: '@transfer',
      idempotencyKey: 'a',
    });
    await product.settle();
    const shown = await statement(books, day, day);
    expect(inBalance(shown.closing)).toBe('50.00 100.00 -6.40 143.60');
    const csv = await lines(shown.downloadUrl);
    expect(csv[0]?.join(',')).toBe(
      'posted_at,occurred_at,kind,account,amount,currency,order_number,bill_number,reference',
    );
    const sums = new Map<string, bigint>();
    const cents = (text = '') => BigInt(text.replace('.', ''));
    for (const [, , kind, account = '', amount] of csv.slice(1)) {
      if (kind === 'CLOSING') expect([account, sums.get(account)]).toEqual([account, cents(amount)]);
      else sums.set(account, (sums.get(account) ?? 0n) + cents(amount));
    }
    expect(csv.filter(([, , kind]) => kind === 'OPENING')).toHaveLength(3);
    expect(csv).toHaveLength(1 + 3 + shown.entryCount + 3);
    const text = csv.map((line) => line.join(',')).join('\n');
    expect(text).toContain(`"'=1+1,""x"""`);
    expect(text).toContain(`"'@transfer"`);
  });

  it('of a later day opens with what the earlier one closed with', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    await product.settle();
    const first = today();
    product.advance(24 * 3600);
    await books.shop.sale({ amount: { amount: '10.00', currency: 'USD' } });
    await product.settle();
    const second = today();
    const [one, other] = [await statement(books, first, first), await statement(books, second, second)];
    expect(inBalance(one.opening)).toBe('0.00 0.00 0.00 0.00');
    expect(inBalance(one.closing)).toBe('0.00 100.00 -3.20 96.80');
    expect(other.opening).toEqual(one.closing);
    expect((await statement(books, first, second)).entryCount).toBe(one.entryCount + other.entryCount);
    expect((await statement(books, first, second, 'EUR')).entryCount).toBe(0);
  });

  it('has its days in the merchant’s time zone', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.operator.do(
      'updateMerchant',
      { merchantId: books.shop.id, timeZone: 'Pacific/Kiritimati' },
      'merchant { id }',
    );
    await books.shop.sale();
    const there = new Date(product.clock.now().getTime() + 14 * 3_600_000).toISOString().slice(0, 10);
    const shown = await statement(books, there, there);
    expect(shown.entryCount).toBe(1);
    const entry = (await lines(shown.downloadUrl)).find(([, , kind]) => kind === 'CAPTURE');
    expect(entry?.[0]?.slice(0, 10)).toBe(there);
  });

  it('refuses days that make no period', async () => {
    const books = await aShopWithBooks(product);
    await expect(statement(books, '2026-02-02', '2026-02-01')).rejects.toThrow('2026-02-01 is before from, 2026-02-02');
    await expect(statement(books, '2026-01-01', '2027-01-02')).rejects.toThrow('367 days are more than 366');
    await expect(statement(books, '2026-01-01', '2026-01-02', 'XXQ')).rejects.toThrow('ISO 4217');
  });

  it('is loaded by its own link only, for a quarter of an hour', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    const { downloadUrl: url } = await statement(books, today(), today());
    expect((await fetch(url)).status).toBe(200);
    const [head = '', proof = ''] = url.split(/\.(?=[A-Za-z0-9_-]{43}\.csv$)/);
    const forged = [
      url.replace('.USD.', '.EUR.'),
      url.replace('.TEST.', '.LIVE.'),
      `${head}.${[...proof].reverse().join('')}`,
      url.replace('.csv', ''),
      `${url}x`,
    ];
    for (const each of forged) expect({ each, status: (await fetch(each)).status }).toEqual({ each, status: 404 });
    product.advance(15 * 60 + 1);
    expect((await fetch(url)).status).toBe(404);
  });
});
