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

interface CheckView {
  readonly orders: number;
  readonly movements: number;
  readonly differenceCount: number;
  readonly differences: readonly {
    kind: string;
    orderId: string | null;
    movementExternalId: string | null;
    detail: string;
  }[];
}

async function check(books: Books): Promise<CheckView> {
  await product.built.jobs.wake('ledger.check');
  const { operator } = await books.shop.operator.ask<{ operator: { ledgerChecks: CheckView[] } }>(
    `query { operator { ledgerChecks { orders movements differenceCount paymentSystemAccountId checkedAt
      differences { kind orderId movementExternalId detail } } } }`,
  );
  const [last] = operator.ledgerChecks;
  if (!last) throw new Error('nothing was checked');
  return last;
}

/** Behind the product's back: no constraint of the database would let it through. */
async function plant(sql: string, ...values: unknown[]): Promise<void> {
  await admin.query("set session_replication_role = 'replica'");
  const { rowCount } = await admin.query(sql, values);
  await admin.query("set session_replication_role = 'origin'");
  expect(rowCount).toBe(1);
}

/** A shop with a sale and a refund of a part, of which all is known; some minutes ago. */
async function withSale() {
  const books = await aShopWithBooks(product);
  const { order } = await books.shop.sale();
  await books.shop.cancel(order.id, { amount: '10.00' });
  await product.settle();
  product.advance(600);
  const { rows } = await admin.query<{ external_id: string }>(
    "select external_id from balance_movements where order_id = $1 and kind = 'CAPTURE'",
    [uuidOf('order', order.id)],
  );
  return { books, orderId: order.id, uuid: uuidOf('order', order.id), movement: rows[0]?.external_id };
}

async function told(operatorId: string): Promise<string[]> {
  const { rows } = await admin.query<{ kind: string }>(
    `select payload->>'kind' as kind from events
     where type = 'ledger.difference_found' and operator_id = $1 and merchant_id is null order by sequence`,
    [uuidOf('operator', operatorId)],
  );
  return rows.map(({ kind }) => kind);
}

describe('the nightly check', () => {
  it('finds nothing where nothing is wrong: refunds, disputes, exchange and payouts', async () => {
    const { books } = await withSale();
    product.sandbox.control.setSettlement(books.shop.stripe.accountId, { currency: 'usd', rates: { eur: 1.1 } });
    await books.shop.sale({ amount: { amount: '33.33', currency: 'EUR' } });
    await books.shop.sale({ payment: { credential: { token: 'pm_card_createDispute' } } });
    await books.shop.sale({ payment: { credential: { token: 'pm_card_refundFail' } } });
    await product.settle();
    await books.untilAvailable();
    product.sandbox.control.payOut(books.shop.stripe.accountId);
    await product.settle();
    product.advance(600);
    expect(await check(books)).toMatchObject({ orders: 4, movements: 7, differenceCount: 0, differences: [] });
    expect(await told(books.shop.operator.id)).toEqual([]);
  });

  it('finds nothing where a hold is booked in full and what was not captured is taken back', async () => {
    const books = await aShopWithBooks(product, { multicapture: false });
    product.sandbox.control.setPartialCaptureReversals(books.shop.stripe.accountId, true);
    const order = await books.shop.hold();
    await books.shop.capture(order.id, { amount: '60.00' });
    await product.settle();
    expect(await books.balance()).toEqual([expect.stringMatching(/^USD available 0.00 pending 60.00 fees -/)]);
    await books.untilAvailable();
    expect(await books.balance()).toEqual([expect.stringMatching(/^USD available 60.00 pending 0.00 fees -/)]);
    expect(await check(books)).toMatchObject({ orders: 1, movements: 2, differences: [] });
  });

  it('finds nothing where movements are known late', async () => {
    const books = await aShopWithBooks(product);
    product.sandbox.control.setMovementDelay(books.shop.stripe.accountId, 3600);
    await books.shop.sale();
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees 0.00']);
    product.advance(2 * 3600);
    await product.settle();
    expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees -3.20']);
    expect((await check(books)).differences).toEqual([]);
  });

  it('finds an order that captured something else than was posted', async () => {
    const { books, orderId, uuid } = await withSale();
    await plant('update orders set captured_minor = 9000 where id = $1', uuid);
    const { differences } = await check(books);
    expect(differences).toEqual([
      {
        kind: 'ORDER_AND_LEDGER',
        orderId,
        movementExternalId: null,
        detail: 'captured, refunded: 9000, 1000 USD beside 10000, 1000',
      },
    ]);
    expect(await told(books.shop.operator.id)).toEqual(['ORDER_AND_LEDGER']);
  });

  it('finds entries that say something else than is kept beside them', async () => {
    const { books, orderId, uuid } = await withSale();
    await plant(
      `update ledger_entries e set amount_minor = amount_minor + 5 from ledger_postings p
       where p.id = e.posting_id and p.order_id = $1 and p.kind = 'CAPTURE' and e.account = 'PENDING'`,
      uuid,
    );
    expect((await check(books)).differences).toMatchObject([{ kind: 'ORDER_AND_ENTRIES', orderId }]);
  });

  it('finds a dispute that nothing was withdrawn for', async () => {
    const { books, orderId, uuid } = await withSale();
    await plant(
      `insert into disputes (operator_id, id, order_id, external_id, status, amount_minor, created_at, updated_at)
       select operator_id, gen_random_uuid(), id, 'dp_planted', 'LOST', 100, now(), now() from orders where id = $1`,
      uuid,
    );
    expect((await check(books)).differences).toMatchObject([{ kind: 'DISPUTES_AND_LEDGER', orderId }]);
  });

  it('finds and takes in a movement that is missing here', async () => {
    const { books, movement } = await withSale();
    const charged = product.sandbox.control.bookMovement(books.shop.stripe.accountId, {
      type: 'stripe_fee',
      amount: -100,
      currency: 'usd',
    });
    product.advance(25 * 3600);
    await product.settle();
    product.advance(600);
    await plant('delete from balance_movements where external_id = $1', charged.id);
    await plant(
      "delete from ledger_entries e using ledger_postings p where p.id = e.posting_id and p.kind = 'OTHER' and e.account = 'OTHER'",
    );
    await plant(
      "delete from ledger_entries e using ledger_postings p where p.id = e.posting_id and p.kind = 'OTHER' and e.account = 'CLEARING'",
    );
    const { differences } = await check(books);
    expect(differences).toMatchObject([{ kind: 'MOVEMENT_MISSING_HERE', movementExternalId: charged.id }]);
    expect(movement).not.toBe(charged.id);
    expect((await check(books)).differences).toEqual([]);
  });

  it('finds a movement that the payment system does not know, or knows otherwise', async () => {
    const { books, movement } = await withSale();
    await plant("update balance_movements set external_id = 'txn_planted' where external_id = $1", movement);
    expect((await check(books)).differences.map(({ kind }) => kind).sort()).toEqual(
      expect.arrayContaining(['MOVEMENT_MISSING_HERE', 'MOVEMENT_MISSING_THERE']),
    );
    const other = await withSale();
    await plant(
      'update balance_movements set fee_minor = 321, net_minor = amount_minor - 321 where external_id = $1',
      other.movement,
    );
    const { differences } = await check(other.books);
    expect(differences).toMatchObject([
      {
        kind: 'MOVEMENT_DIFFERS',
        movementExternalId: other.movement,
        detail: 'amount, fee, net: 10000, 321, 9679 USD beside 10000, 320, 9680 USD',
      },
      { kind: 'CLEARING_AND_MOVEMENTS' },
    ]);
  });

  it('finds what has been awaited for too long', async () => {
    const { books, orderId, uuid } = await withSale();
    await plant(
      "update ledger_orders set captured_moved_minor = 0, awaited_since = now() - interval '4 days' where order_id = $1",
      uuid,
    );
    const kinds = (await check(books)).differences.filter((each) => each.orderId === orderId).map(({ kind }) => kind);
    expect(kinds).toEqual(['MOVEMENT_AWAITED']);
  });

  it('tells monitoring how many differences there are', async () => {
    const reply = await (await fetch(`${product.url}/metrics`)).text();
    expect(Number(/^ledger_differences (\d+)$/m.exec(reply)?.[1])).toBeGreaterThan(3);
    expect(reply).toMatch(/^ledger_checks_total\{outcome="clean"\} \d+$/m);
    expect(reply).toMatch(/^ledger_checks_total\{outcome="differences"\} \d+$/m);
  });

  it('shows an operator its own checks only', async () => {
    const other = await aShopWithBooks(product);
    const { operator } = await other.shop.operator.ask<{ operator: { ledgerChecks: unknown[] } }>(
      'query { operator { ledgerChecks { differenceCount } } }',
    );
    expect(operator.ledgerChecks).toEqual([]);
  });
});
