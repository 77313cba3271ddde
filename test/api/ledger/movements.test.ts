import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { uuidOf } from '../../../src/kernel/ids.js';
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

/** Behind the product's back. */
async function plant(sql: string, ...values: unknown[]): Promise<void> {
  await admin.query("set session_replication_role = 'replica'");
  await admin.query(sql, values);
  await admin.query("set session_replication_role = 'origin'");
}

interface KnownMovement {
  readonly kind: string;
  readonly status: string;
  readonly order_id: string | null;
}

async function known(books: Books): Promise<KnownMovement[]> {
  const { rows } = await admin.query<KnownMovement>(
    'select kind, status, order_id from balance_movements where operator_id = $1 order by occurred_at, kind',
    [uuidOf('operator', books.shop.operator.id)],
  );
  return rows;
}

async function atStripe(books: Books, path: string, form?: Record<string, string>) {
  const answer = await fetch(`${product.sandbox.url}/v1/${path}`, {
    method: form ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${books.shop.stripe.secretKey}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    ...(form && { body: new URLSearchParams(form).toString() }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { id: string; metadata: Record<string, string> };
}

/** With no event told of it. */
async function silently<Result>(work: () => Promise<Result> | Result): Promise<Result> {
  product.sandbox.control.setWebhookFaults({ lose: 1 });
  const result = await work();
  product.sandbox.control.setWebhookFaults({ lose: 0 });
  return result;
}

it('parts of an exchanged payment come to the whole', async () => {
  const books = await aShopWithBooks(product);
  product.sandbox.control.setSettlement(books.shop.stripe.accountId, { currency: 'usd', rates: { mdl: 0.05123 } });
  const order = await books.shop.hold({ amount: { amount: '100.00', currency: 'MDL' } });
  await books.shop.capture(order.id, { amount: '60.00', finalCapture: false });
  await books.shop.capture(order.id, { amount: '40.00' });
  await product.settle();
  const { rows } = await admin.query(
    'select captured_moved_minor, awaited_since from ledger_orders where order_id = $1',
    [uuidOf('order', order.id)],
  );
  expect(rows).toEqual([{ captured_moved_minor: '10000', awaited_since: null }]);
  await books.untilAvailable();
  expect(await books.balance()).toContain('MDL available 100.00 pending 0.00 fees 0.00');
});

it.each(['ISK', 'UGX'])('of %s, which has no minor unit, are booked with their fees', async (currency) => {
  const books = await aShopWithBooks(product);
  const { order } = await books.shop.sale({ amount: { amount: '1625', currency } });
  await books.shop.cancel(order.id, { amount: '600' });
  await product.settle();
  expect(await known(books)).toMatchObject([
    { kind: 'CAPTURE', status: 'POSTED' },
    { kind: 'REFUND', status: 'POSTED' },
  ]);
  expect(await books.balance()).toEqual([`${currency} available 0 pending 1025 fees -47`]);
  await books.untilAvailable();
  expect(await books.balance()).toEqual([`${currency} available 1025 pending 0 fees -47`]);
});

describe('a refund of a payment that its order does not know', () => {
  async function refundedElsewhere(books: Books) {
    const { order } = await books.shop.sale();
    const paymentId = order.operations[0]?.transactions[0]?.externalId ?? '';
    const uuid = uuidOf('order', order.id);
    await plant('update orders set external_payment_id = null where id = $1', uuid);
    await silently(() => atStripe(books, 'refunds', { payment_intent: paymentId, amount: '1000' }));
    return { uuid };
  }

  it('follows its capture', async () => {
    const books = await aShopWithBooks(product);
    const { uuid } = await refundedElsewhere(books);
    await product.built.jobs.wake('ledger.sweep-movements');
    expect(await known(books)).toEqual([
      { kind: 'CAPTURE', status: 'POSTED', order_id: uuid },
      { kind: 'REFUND', status: 'POSTED', order_id: uuid },
    ]);
  });

  it('waits for its capture, and is not ours when that never comes', async () => {
    const books = await aShopWithBooks(product);
    product.sandbox.control.setMovementDelay(books.shop.stripe.accountId, 3600);
    const { uuid } = await refundedElsewhere(books);
    await product.built.jobs.wake('ledger.sweep-movements');
    expect(await known(books)).toEqual([{ kind: 'REFUND', status: 'WAITING', order_id: null }]);
    const stranger = await aShopWithBooks(product);
    product.sandbox.control.setMovementDelay(stranger.shop.stripe.accountId, 30 * 24 * 3600);
    const { id } = await atStripe(stranger, 'payment_intents', {
      ...{ amount: '5000', currency: 'usd', payment_method: 'pm_card_visa', confirm: 'true' },
      ...{ 'automatic_payment_methods[enabled]': 'true', 'automatic_payment_methods[allow_redirects]': 'never' },
    });
    await atStripe(stranger, 'refunds', { payment_intent: id, amount: '1000' });
    product.advance(25 * 3600);
    await product.settle();
    product.advance(7 * 3600);
    await product.settle();
    expect(await known(books)).toEqual(
      expect.arrayContaining([
        { kind: 'CAPTURE', status: 'POSTED', order_id: uuid },
        { kind: 'REFUND', status: 'POSTED', order_id: uuid },
      ]),
    );
    expect(await known(stranger)).toEqual([{ kind: 'REFUND', status: 'POSTED', order_id: null }]);
  });
});

it('another payment with copied metadata is none of the order’s', async () => {
  const books = await aShopWithBooks(product);
  const { order } = await books.shop.sale();
  const paymentId = order.operations[0]?.transactions[0]?.externalId ?? '';
  const { metadata } = await atStripe(books, `payment_intents/${paymentId}`);
  const copied = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`metadata[${key}]`, value]));
  expect(Object.keys(copied).length).toBeGreaterThan(2);
  await silently(() =>
    atStripe(books, 'payment_intents', {
      ...{ amount: '5000', currency: 'usd', payment_method: 'pm_card_visa', confirm: 'true' },
      ...{ 'automatic_payment_methods[enabled]': 'true', 'automatic_payment_methods[allow_redirects]': 'never' },
      ...copied,
    }),
  );
  await product.settle();
  const orders = (await known(books)).map(({ order_id }) => order_id);
  expect(orders.sort()).toEqual([uuidOf('order', order.id), null].sort());
  expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees -3.20']);
});

describe('a payout whose event was lost', () => {
  async function withPayout() {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    await product.settle();
    await books.untilAvailable();
    const [payout] = product.sandbox.control.payOut(books.shop.stripe.accountId);
    product.sandbox.control.movePayout(payout?.id ?? '', 'paid');
    await product.settle();
    return { books, payoutId: payout?.id ?? '' };
  }

  const status = async (payoutId: string) => {
    const { rows } = await admin.query<{ status: string }>('select status from payouts where external_id = $1', [
      payoutId,
    ]);
    return rows.map((each) => each.status);
  };

  it('has failed when its money came back', async () => {
    const { payoutId } = await withPayout();
    expect(await status(payoutId)).toEqual(['PAID']);
    await silently(async () => {
      product.sandbox.control.failPayout(payoutId, 'account_closed');
      await product.sandbox.control.settleWebhooks();
    });
    product.advance(25 * 3600);
    await product.built.jobs.wake('ledger.sweep-movements');
    expect(await status(payoutId)).toEqual(['FAILED']);
  });

  it('is made known by the nightly check where the look at it was cut off', async () => {
    const { payoutId } = await withPayout();
    await plant('delete from payouts where external_id = $1', payoutId);
    await product.built.jobs.wake('ledger.check');
    expect(await status(payoutId)).toEqual(['PAID']);
  });
});

describe('disconnecting an account', () => {
  it('waits until all money was told of; what is pending becomes available without it', async () => {
    const books = await aShopWithBooks(product);
    product.sandbox.control.setMovementDelay(books.shop.stripe.accountId, 3600);
    await books.shop.sale();
    await product.settle();
    const { operator } = await books.shop.operator.ask<{
      operator: { paymentSystemAccounts: { id: string }[] };
    }>('query { operator { paymentSystemAccounts { id } } }');
    const disconnect = () =>
      books.shop.operator.do<{ code?: string; account?: { status: string } }>(
        'disconnectPaymentSystem',
        { accountId: operator.paymentSystemAccounts[0]?.id },
        'account { status }',
      );
    expect(await disconnect()).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    product.advance(2 * 3600);
    await product.settle();
    expect(await disconnect()).toMatchObject({ account: { status: 'DISCONNECTED' } });
    await books.untilAvailable();
    expect(await books.balance()).toEqual(['USD available 100.00 pending 0.00 fees -3.20']);
  });
});

it('an order that cannot be posted keeps no other money from being available', async () => {
  const books = await aShopWithBooks(product);
  const { order } = await books.shop.sale();
  await books.shop.sale();
  await product.settle();
  await plant('update ledger_orders set disputed_minor = 5 where order_id = $1', uuidOf('order', order.id));
  await books.untilAvailable();
  expect(await books.balance()).toEqual(['USD available 100.00 pending 100.00 fees -6.40']);
  await plant('update ledger_orders set disputed_minor = 0 where order_id = $1', uuidOf('order', order.id));
  product.advance(3600);
  await product.settle();
  expect(await books.balance()).toEqual(['USD available 200.00 pending 0.00 fees -6.40']);
});

it('balances that cannot be kept keep nobody else’s from it', async () => {
  const broken = await aShopWithBooks(product);
  await broken.shop.sale();
  await broken.shop.sale();
  await plant(
    `update ledger_entries set amount_minor = 9223372036854775807 where operator_id = $1 and account = 'PENDING'`,
    uuidOf('operator', broken.shop.operator.id),
  );
  const books = await aShopWithBooks(product);
  await books.shop.sale();
  await product.built.jobs.wake('ledger.keep-balances');
  const { rows } = await admin.query('select balance_minor from ledger_balances where operator_id = $1 order by 1', [
    uuidOf('operator', books.shop.operator.id),
  ]);
  expect(rows).toEqual([{ balance_minor: '-10000' }, { balance_minor: '10000' }]);
});
