import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Product, startProduct } from '../../support/product.js';
import { aShopWithBooks, type Books } from './books.js';

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

interface PayoutView {
  readonly id: string;
  readonly status: string;
  readonly amount: { amount: string; currency: string };
  readonly automatic: boolean;
  readonly failureReason: string | null;
  readonly movements: { nodes: { kind: string; net: { amount: string }; order: { id: string } | null }[] };
}

async function payouts(books: Books): Promise<PayoutView[]> {
  const { operator } = await books.shop.operator.ask<{ operator: { payouts: { nodes: PayoutView[] } } }>(
    `query { operator { payouts { nodes { id status amount { amount currency } automatic failureReason
      movements { nodes { kind net { amount } order { id } } } } } } }`,
  );
  return operator.payouts.nodes;
}

async function told(id: string): Promise<string[]> {
  const { rows } = await admin.query<{ status: string }>(
    `select payload->>'status' as status from events where type = 'payout.status_changed'
     and payload->>'payoutId' = $1 and merchant_id is null order by sequence`,
    [id],
  );
  return rows.map(({ status }) => status);
}

async function withPayout(): Promise<{ books: Books; orderId: string; payoutId: string }> {
  const books = await aShopWithBooks(product);
  const { order } = await books.shop.sale();
  await product.settle();
  await books.untilAvailable();
  const [payout] = product.sandbox.control.payOut(books.shop.stripe.accountId);
  await product.settle();
  return { books, orderId: order.id, payoutId: payout?.id ?? '' };
}

describe('a payout', () => {
  it('leaves the payment system, and no merchant’s balance', async () => {
    const { books, orderId, payoutId } = await withPayout();
    expect(await books.accounts()).toEqual(['PAYOUTS -96.80 USD']);
    expect(await books.balance()).toEqual(['USD available 100.00 pending 0.00 fees -3.20']);
    const [payout] = await payouts(books);
    expect(payout).toMatchObject({
      amount: { amount: '96.80', currency: 'USD' },
      automatic: true,
      failureReason: null,
      movements: { nodes: [] },
    });
    product.sandbox.control.movePayout(payoutId, 'paid');
    await product.settle();
    expect(await payouts(books)).toMatchObject([
      {
        status: 'PAID',
        movements: { nodes: [{ kind: 'CAPTURE', net: { amount: '96.80' }, order: { id: orderId } }] },
      },
    ]);
    expect((await told(payout?.id ?? '')).at(-1)).toBe('PAID');
  });

  it('that fails comes back', async () => {
    const { books, payoutId } = await withPayout();
    product.sandbox.control.movePayout(payoutId, 'paid');
    await product.settle();
    product.sandbox.control.failPayout(payoutId, 'account_closed');
    await product.settle();
    const [payout] = await payouts(books);
    expect(payout).toMatchObject({ status: 'FAILED', failureReason: expect.stringContaining('account') });
    expect(await books.accounts()).toEqual(['CLEARING -96.80 USD']);
    expect(await told(payout?.id ?? '')).toEqual(expect.arrayContaining(['PAID', 'FAILED']));
  });

  it('is known by its movement where its events were lost', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    await product.settle();
    await books.untilAvailable();
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    product.sandbox.control.payOut(books.shop.stripe.accountId);
    product.sandbox.control.setWebhookFaults({ lose: 0 });
    expect(await payouts(books)).toEqual([]);
    product.advance(25 * 3600);
    await product.settle();
    expect(await payouts(books)).toEqual([expect.objectContaining({ amount: { amount: '96.80', currency: 'USD' } })]);
    expect(await books.accounts()).toEqual(['PAYOUTS -96.80 USD']);
  });

  it('is nobody else’s', async () => {
    const { books } = await withPayout();
    const other = await aShopWithBooks(product);
    expect(await payouts(other)).toEqual([]);
    const [payout] = await payouts(books);
    const node = 'query ($id: ID!) { node(id: $id) { id } }';
    expect(await other.shop.operator.ask(node, { id: payout?.id })).toEqual({ node: null });
    expect(await books.shop.operator.ask(node, { id: payout?.id })).toEqual({ node: { id: payout?.id } });
    await expect(books.shop.ask(node, { id: payout?.id })).rejects.toThrow('FORBIDDEN');
  });
});

it('the operator’s other traffic and the payment system’s own fees are told apart from merchants’', async () => {
  const books = await aShopWithBooks(product);
  await books.shop.sale();
  product.sandbox.control.bookMovement(books.shop.stripe.accountId, {
    type: 'stripe_fee',
    amount: -700,
    currency: 'usd',
    description: 'Billing',
  });
  await product.settle();
  expect(await books.accounts()).toEqual(['CLEARING -89.80 USD', 'OTHER -7.00 USD']);
  expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees -3.20']);
});
