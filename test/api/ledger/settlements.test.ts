import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Client, type Product, startProduct } from '../../support/product.js';
import { aShopWithBooks, type Books, inWords } from './books.js';

let product: Product;
let admin: pg.Client;

beforeAll(async () => {
  product = await startProduct();
  admin = new pg.Client({ connectionString: product.database.url });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await product.close();
});

const usd = (amount: string) => ({ amount: { amount, currency: 'USD' } });

/** A shop of whose sale everything is available: 100.00, and fees of 3.20. */
async function withHundred(): Promise<Books> {
  const books = await aShopWithBooks(product);
  await books.shop.sale();
  await product.settle();
  await books.untilAvailable();
  return books;
}

describe('recordSettlement', () => {
  it('takes amount and fees off what is available, and says so', async () => {
    const books = await withHundred();
    const made = await books.settle({ ...usd('90.00'), fees: '3.20', idempotencyKey: 'a' });
    expect(made.settlement).toMatchObject({
      amount: { amount: '90.00', currency: 'USD' },
      fees: { amount: '3.20' },
      reference: 'transfer 1',
      inAdvance: false,
      merchant: { id: books.shop.id },
    });
    expect(await books.balance()).toEqual(['USD available 6.80 pending 0.00 fees 0.00']);
    expect(await books.accounts()).toEqual(['CLEARING -96.80 USD', 'SETTLEMENTS 90.00 USD']);
    const [newest] = await books.entries({ account: 'AVAILABLE' });
    expect(newest && inWords(newest)).toBe('SETTLEMENT AVAILABLE -93.20 USD');
    expect(newest?.settlement).toEqual({ id: made.settlement?.id, reference: 'transfer 1' });
    const { rows } = await admin.query(
      `select merchant_id is not null as told, payload from events where type = 'settlement.recorded'
       and payload->>'settlementId' = $1`,
      [made.settlement?.id],
    );
    expect(rows).toEqual([
      { told: true, payload: expect.objectContaining({ amount: '90.00', currency: 'USD', fees: '3.20' }) },
    ]);
  });

  it('refuses more than is available, naming both, unless it is in advance', async () => {
    const books = await withHundred();
    const refused = await books.settle({ ...usd('97.00'), fees: '3.20', idempotencyKey: 'a' });
    expect(refused.code).toBe('AMOUNT_EXCEEDS_AVAILABLE');
    expect(refused.message).toContain('97.00 USD with fees of 3.20 USD is more than the 100.00 USD');
    const advanced = await books.settle({ ...usd('150.00'), inAdvance: true, idempotencyKey: 'b' });
    expect(advanced.settlement).toMatchObject({ inAdvance: true });
    expect(await books.balance()).toEqual(['USD available -50.00 pending 0.00 fees -3.20']);
    expect((await books.settle({ ...usd('0.01'), idempotencyKey: 'c' })).code).toBe('AMOUNT_EXCEEDS_AVAILABLE');
  });

  it('counts a pending amount for nothing', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    expect((await books.settle({ ...usd('1.00'), idempotencyKey: 'a' })).code).toBe('AMOUNT_EXCEEDS_AVAILABLE');
  });

  it('records once for a key, and refuses the key for something else', async () => {
    const books = await withHundred();
    const first = await books.settle({ ...usd('60.00'), idempotencyKey: 'same' });
    const again = await books.settle({ ...usd('60.00'), idempotencyKey: 'same' });
    expect(again.settlement).toEqual(first.settlement);
    expect((await books.settle({ ...usd('10.00'), idempotencyKey: 'same' })).code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await books.balance()).toEqual(['USD available 40.00 pending 0.00 fees -3.20']);
  });

  it('never overdraws, however many come at once', async () => {
    const books = await withHundred();
    const keys = Array.from({ length: 8 }, (_, index) => `racer ${index}`);
    const results = await Promise.all(keys.map((idempotencyKey) => books.settle({ ...usd('30.00'), idempotencyKey })));
    expect(results.filter(({ settlement }) => settlement)).toHaveLength(3);
    expect(results.filter(({ code }) => code === 'AMOUNT_EXCEEDS_AVAILABLE')).toHaveLength(5);
    expect(await books.balance()).toEqual(['USD available 10.00 pending 0.00 fees -3.20']);
  });

  it('lists all faults of its input at once', async () => {
    const books = await aShopWithBooks(product);
    const { issues } = (await books.settle({
      amount: { amount: '-1.00', currency: 'USD' },
      reference: '',
      idempotencyKey: 'ä',
    })) as { issues?: { path: string[] }[] };
    expect(issues?.map(({ path }) => path.join('.'))).toEqual(['amount.amount', 'reference', 'idempotencyKey']);
    const ahead = new Date(product.clock.now().getTime() + 60_000).toISOString();
    expect((await books.settle({ ...usd('1.00'), occurredAt: ahead, idempotencyKey: 'a' })).code).toBe('INVALID_INPUT');
    expect((await books.settle({ ...usd('1.00'), fees: '-1.00', idempotencyKey: 'a' })).code).toBe('INVALID_INPUT');
  });

  it('knows no merchant of another operator, and is not for merchants', async () => {
    const [books, other] = [await withHundred(), await aShopWithBooks(product)];
    const foreign = await other.shop.operator.do<{ code: string; message: string }>(
      'recordSettlement',
      { merchantId: books.shop.id, ...usd('1.00'), reference: 'x', idempotencyKey: 'a' },
      'settlement { id }',
    );
    expect(foreign).toMatchObject({ code: 'NOT_FOUND', message: 'no such merchant' });
    await expect(
      books.shop.do(
        'recordSettlement',
        { merchantId: books.shop.id, ...usd('1.00'), reference: 'x', idempotencyKey: 'a' },
        'settlement { id }',
      ),
    ).rejects.toThrow('FORBIDDEN');
    expect(await books.balance()).toEqual(['USD available 100.00 pending 0.00 fees -3.20']);
  });

  it('shows a settlement by its id to its operator and its merchant, and to nobody else', async () => {
    const [books, other] = [await withHundred(), await aShopWithBooks(product)];
    const { settlement } = await books.settle({ ...usd('1.00'), idempotencyKey: 'a' });
    const node = 'query ($id: ID!) { node(id: $id) { id ... on Settlement { reference } } }';
    const found = { node: { id: settlement?.id, reference: 'transfer 1' } };
    expect(await books.shop.ask(node, { id: settlement?.id })).toEqual(found);
    expect(await books.shop.operator.ask(node, { id: settlement?.id })).toEqual(found);
    for (const stranger of [other.shop, other.shop.operator] as Client[]) {
      expect(await stranger.ask(node, { id: settlement?.id })).toEqual({ node: null });
    }
  });
});
