import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { attendMovements, type LedgerParts, sweepAccount } from '../../../src/features/ledger/index.js';
import { stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { StripePaymentSystem } from '../../../src/features/payment-systems/stripe-payment-system.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { run, type Sql } from '../../../src/platform/database/sql.js';
import type { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { aShopWithBooks, type Books } from '../../api/ledger/books.js';
import { type Product, startProduct } from '../../support/product.js';

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

class Died extends Error {}

/** What failed without holding up the rest. */
const failures: unknown[] = [];
const onFailure = (error: unknown): void => void failures.push(error);

/** Whoever died reading is taken over from when its lease is over. */
const LEASE_SECONDS = 61;

/** What a process of its own has, on the same database and payment system; `units` may be dying ones. */
function partsOf(books: Books, units: UnitsOfWork = product.built.units): LedgerParts {
  const { hostname, port } = new URL(product.sandbox.url);
  const options = { host: hostname, port: Number(port), protocol: 'http', timeoutMs: 1500 } as const;
  const system = new StripePaymentSystem(stripeClient(books.shop.stripe.secretKey, options), () => {});
  const across: Sql = { query: (statement, parameters) => run(product.system, statement, parameters) };
  return {
    units,
    system: across,
    gateways: { systemFor: () => system } as unknown as LedgerParts['gateways'],
    onFailure,
  };
}

/** Units of work of a process that ends at one of its transactions: before it commits, or right after. */
function dying(at: number, when: 'before' | 'after'): UnitsOfWork {
  let count = 0;
  return new Proxy(product.built.units, {
    get: (target, name) => {
      if (name !== 'sql') return Reflect.get(target, name);
      return async (operatorId: string, work: Parameters<UnitsOfWork['sql']>[1]) => {
        count += 1;
        if (count > at) throw new Died();
        if (count < at) return target.sql(operatorId, work);
        if (when === 'after') await target.sql(operatorId, work);
        else
          await target.sql(operatorId, async (transaction) => {
            await work(transaction);
            throw new Died();
          });
        throw new Died();
      };
    },
  });
}

async function accountOf(books: Books): Promise<{ operatorId: string; accountId: string }> {
  const operatorId = uuidOf('operator', books.shop.operator.id) ?? '';
  const { rows } = await admin.query<{ id: string }>('select id from payment_system_accounts where operator_id = $1', [
    operatorId,
  ]);
  return { operatorId, accountId: rows[0]?.id ?? '' };
}

async function sweep(books: Books, units?: UnitsOfWork): Promise<void> {
  const { operatorId, accountId } = await accountOf(books);
  await sweepAccount(partsOf(books, units), operatorId, accountId);
}

/** A sale and a refund in another currency than the account settles in, and a fee of the payment system. */
async function withMovements(): Promise<Books> {
  const books = await aShopWithBooks(product);
  product.sandbox.control.setSettlement(books.shop.stripe.accountId, { currency: 'usd', rates: { eur: 1.1 } });
  const { order } = await books.shop.sale({ amount: { amount: '100.00', currency: 'EUR' } });
  await books.shop.cancel(order.id, { amount: '20.00' });
  const fee = { type: 'stripe_fee', amount: -700, currency: 'usd' } as const;
  product.sandbox.control.bookMovement(books.shop.stripe.accountId, fee);
  return books;
}

const SWEPT = {
  accounts: ['CLEARING -77.51 USD', 'EXCHANGE -80.00 EUR', 'EXCHANGE 88.00 USD', 'OTHER -7.00 USD'],
  balance: ['EUR available 0.00 pending 80.00 fees 0.00', 'USD available 0.00 pending 0.00 fees -3.49'],
};

async function swept(books: Books) {
  return { accounts: await books.accounts(), balance: await books.balance() };
}

describe('a sweep that is cut off', () => {
  const deaths = Array.from({ length: 8 }, (_, index) => index + 1).flatMap((at) => [
    [at, 'before'] as const,
    [at, 'after'] as const,
  ]);
  it.each(deaths)('at its transaction %i, %s it commits, is made up for by the next one', async (at, when) => {
    const books = await withMovements();
    await sweep(books, dying(at, when)).catch((error: unknown) => expect(error).toBeInstanceOf(Died));
    product.advance(LEASE_SECONDS);
    await sweep(books);
    expect(await swept(books)).toEqual(SWEPT);
    await sweep(books);
    expect(await swept(books)).toEqual(SWEPT);
  });
});

it('eight sweeps at once post each movement once', async () => {
  for (let trial = 0; trial < 5; trial += 1) {
    const books = await withMovements();
    await Promise.all(Array.from({ length: 8 }, () => sweep(books)));
    expect(await swept(books)).toEqual(SWEPT);
  }
});

it('captures, refunds, sweeps and releases at the same moments leave the books in order', async () => {
  const books = await aShopWithBooks(product);
  const lanes = new OperatorLanes((error) => {
    throw error;
  });
  const held = await Promise.all(Array.from({ length: 6 }, () => books.shop.hold()));
  const parts = partsOf(books);
  const busy = held.map(async ({ id }) => {
    await books.shop.capture(id);
    await books.shop.cancel(id, { amount: '40.00' });
  });
  for (let round = 0; round < 4; round += 1) {
    product.advance(24 * 3600);
    await Promise.all([sweep(books), sweep(books), attendMovements(parts, lanes)]);
  }
  await Promise.all(busy);
  await product.settle();
  await books.untilAvailable();
  expect(await books.balance()).toEqual(['USD available 360.00 pending 0.00 fees -19.20']);
  expect(await books.accounts()).toEqual(['CLEARING -340.80 USD']);
});

it('a movement that comes before its order’s capture is recorded waits for it', async () => {
  const books = await aShopWithBooks(product);
  const order = await books.shop.hold();
  await product.settle();
  const intent = order.operations[0]?.transactions[0]?.externalId;
  product.sandbox.control.setWebhookFaults({ lose: 1 });
  const captured = await fetch(`${product.sandbox.url}/v1/payment_intents/${intent}/capture`, {
    method: 'POST',
    headers: { authorization: `Bearer ${books.shop.stripe.secretKey}`, 'idempotency-key': `elsewhere ${intent}` },
  });
  expect(captured.status).toBe(200);
  await sweep(books);
  expect(await books.balance()).toEqual([]);
  expect(await books.accounts()).toEqual([]);
  product.sandbox.control.setWebhookFaults({ lose: 0 });
  await product.built.jobs.wake('payment-systems.fetch-undelivered');
  await product.settle();
  expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees 0.00']);
  product.advance(120);
  await product.settle();
  expect(await books.balance()).toEqual(['USD available 0.00 pending 100.00 fees -3.20']);
  await books.untilAvailable();
  expect(await books.balance()).toEqual(['USD available 100.00 pending 0.00 fees -3.20']);
});

describe('kept balances', () => {
  const keep = () => product.built.jobs.wake('ledger.keep-balances');
  const total = async (books: Books) => (await books.balance())[0];

  it('say the same as all entries, before and after, and while a transaction is still running', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    await keep();
    expect(await total(books)).toBe('USD available 0.00 pending 100.00 fees 0.00');
    const { rows } = await admin.query('select 1 from ledger_balances where operator_id = $1', [
      uuidOf('operator', books.shop.operator.id),
    ]);
    expect(rows).toHaveLength(2);
    const late = new pg.Client({ connectionString: product.database.url });
    await late.connect();
    try {
      await late.query('begin');
      await late.query('select pg_current_xact_id()');
      await books.shop.sale();
      await keep();
      expect(await total(books)).toBe('USD available 0.00 pending 200.00 fees 0.00');
    } finally {
      await late.query('rollback');
      await late.end();
    }
    await Promise.all([keep(), keep(), books.shop.sale(), books.shop.sale(), keep()]);
    await keep();
    expect(await total(books)).toBe('USD available 0.00 pending 400.00 fees 0.00');
    expect(await books.accounts()).toEqual(['CLEARING -400.00 USD']);
  });

  it('do not count where they come from a cluster that was further', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    await keep();
    const operatorId = uuidOf('operator', books.shop.operator.id);
    await admin.query("update ledger_positions set up_to = '9000000000000' where operator_id = $1", [operatorId]);
    await books.shop.sale();
    expect(await total(books)).toBe('USD available 0.00 pending 200.00 fees 0.00');
    await keep();
    await books.shop.sale();
    expect(await total(books)).toBe('USD available 0.00 pending 300.00 fees 0.00');
  });
});
