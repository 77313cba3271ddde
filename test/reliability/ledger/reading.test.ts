import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { attendMovements, checkLedgers, type LedgerParts, sweepAccount } from '../../../src/features/ledger/index.js';
import { DUE_SWEEPS } from '../../../src/features/ledger/movements-sql.js';
import { stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { StripePaymentSystem } from '../../../src/features/payment-systems/stripe-payment-system.js';
import { later } from '../../../src/kernel/clock.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { run, type Sql } from '../../../src/platform/database/sql.js';
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

type List = StripePaymentSystem['listMovements'];

/** What a process of its own has; its pages of movements are of two, and may be seen or changed on their way. */
function partsOf(books: Books, around: (list: List) => List = (list) => list): LedgerParts {
  const { hostname, port } = new URL(product.sandbox.url);
  const options = { host: hostname, port: Number(port), protocol: 'http', timeoutMs: 1500 } as const;
  const system = new StripePaymentSystem(stripeClient(books.shop.stripe.secretKey, options), () => {}, 2);
  const listMovements = around(system.listMovements.bind(system));
  const seen = new Proxy(system, {
    get: (target, name) => (name === 'listMovements' ? listMovements : Reflect.get(target, name).bind(target)),
  });
  const accounts = admin
    .query<{ id: string }>('select id from payment_system_accounts where operator_id = $1', [operatorOf(books)])
    .then(({ rows }) => rows.map(({ id }) => ({ operatorId: operatorOf(books), id })));
  return {
    units: product.built.units,
    system: { query: () => accounts } as unknown as Sql,
    gateways: { systemFor: () => seen } as unknown as LedgerParts['gateways'],
    onFailure: (error) => failures.push(error),
  };
}

const failures: unknown[] = [];

function operatorOf(books: Books): string {
  return uuidOf('operator', books.shop.operator.id) ?? '';
}

async function accountOf(books: Books): Promise<string> {
  const { rows } = await admin.query<{ id: string }>('select id from payment_system_accounts where operator_id = $1', [
    operatorOf(books),
  ]);
  return rows[0]?.id ?? '';
}

async function isDue(books: Books, seconds: number): Promise<boolean> {
  const at = later(product.clock.now(), seconds * 1000);
  const due = await run<{ operatorId: string }>(product.system, DUE_SWEEPS, [at]);
  return due.some(({ operatorId }) => operatorId === operatorOf(books));
}

describe('an account is read', () => {
  it('once a day when nothing is awaited', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    expect(await isDue(books, 0)).toBe(true);
    await product.settle();
    expect(await isDue(books, 3600)).toBe(false);
    expect(await isDue(books, 25 * 3600)).toBe(true);
  });

  it('soon again, and ever more rarely, while something is', async () => {
    const books = await aShopWithBooks(product);
    product.sandbox.control.setMovementDelay(books.shop.stripe.accountId, 24 * 3600);
    await books.shop.sale();
    await product.settle();
    expect(await isDue(books, 5)).toBe(true);
    product.advance(4 * 3600);
    await product.built.jobs.wake('ledger.sweep-movements');
    expect(await isDue(books, 600)).toBe(false);
    expect(await isDue(books, 2 * 3600)).toBe(true);
  });

  it('by one at a time, for as long as it renews its lease', async () => {
    const books = await aShopWithBooks(product);
    for (let count = 0; count < 3; count += 1) await books.shop.sale();
    const accountId = await accountOf(books);
    const sweep = (around?: (list: List) => List) => sweepAccount(partsOf(books, around), operatorOf(books), accountId);
    let others = 0;
    let pages = 0;
    await sweep((list) => async (search) => {
      pages += 1;
      // Each page takes most of the lease; together they take longer.
      product.advance(40);
      expect(await isDue(books, 0)).toBe(false);
      await sweep((other) => async (place) => {
        others += 1;
        return other(place);
      });
      return list(search);
    });
    expect([pages, others]).toEqual([2, 0]);
    expect(await books.balance()).toEqual(['USD available 0.00 pending 300.00 fees -9.60']);
  });

  it('by another when the lease of one that died is over', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    const accountId = await accountOf(books);
    const dying = partsOf(books, () => () => Promise.reject(new Error('died')));
    await expect(sweepAccount(dying, operatorOf(books), accountId)).rejects.toThrow('died');
    expect(await isDue(books, 59)).toBe(false);
    expect(await isDue(books, 61)).toBe(true);
  });
});

it('all that became available at one moment is released in one run, whatever waits among it', async () => {
  const books = await aShopWithBooks(product);
  await books.shop.sale();
  await product.settle();
  await admin.query(
    `insert into balance_movements (operator_id, id, payment_system_account_id, mode, external_id, kind, amount_minor,
       fee_minor, net_minor, currency, original_minor, original_currency, available_at, occurred_at, order_id, status,
       due_at, created_at)
     select operator_id, gen_random_uuid(), payment_system_account_id, mode, 'txn_' || n, 'CAPTURE', 0, 0, 0, currency,
       0, currency, available_at, occurred_at, order_id, 'POSTED', now(), created_at
     from balance_movements, generate_series(1, 1200) as n where operator_id = $1`,
    [operatorOf(books)],
  );
  const mine = { ...partsOf(books), system: { query: async () => [{ operatorId: operatorOf(books), id: 'any' }] } };
  await attendMovements(mine as never, new OperatorLanes((error) => failures.push(error)));
  const { rows } = await admin.query(
    'select count(*)::int as due from balance_movements where operator_id = $1 and due_at <= now()',
    [operatorOf(books)],
  );
  expect(rows).toEqual([{ due: 0 }]);
});

interface Counts {
  checked: number[];
  failed: number;
  skipped: number;
}

async function check(parts: LedgerParts, isStopping = () => false): Promise<Counts> {
  const counts: Counts = { checked: [], failed: 0, skipped: 0 };
  const meter = {
    checked: (_: string, differences: number) => void counts.checked.push(differences),
    failed: () => {
      counts.failed += 1;
    },
    skipped: () => {
      counts.skipped += 1;
    },
  };
  await checkLedgers({ ...parts, meter }, isStopping);
  return counts;
}

async function differences(books: Books): Promise<string[]> {
  const { rows } = await admin.query<{ kind: string; movement: string }>(
    `select kind, movement_external_id as movement from ledger_differences where operator_id = $1 and check_id = (
       select id from ledger_checks where operator_id = $1 order by id desc limit 1) order by 1, 2`,
    [operatorOf(books)],
  );
  return rows.map(({ kind, movement }) => `${kind} ${movement}`);
}

/** Five sales, some of the same second, all known. */
async function withSales(): Promise<Books> {
  const books = await aShopWithBooks(product);
  for (let count = 0; count < 5; count += 1) await books.shop.sale();
  await product.settle();
  product.advance(600);
  return books;
}

describe('the nightly check', () => {
  it('compares page by page, and finds what only we know wherever it is', async () => {
    const books = await withSales();
    expect(await check(partsOf(books))).toEqual({ checked: [0], failed: 0, skipped: 0 });
    await admin.query(
      `insert into balance_movements (operator_id, id, payment_system_account_id, mode, external_id, kind, amount_minor,
         fee_minor, net_minor, currency, original_minor, original_currency, available_at, occurred_at, status, created_at)
       select operator_id, gen_random_uuid(), payment_system_account_id, mode, 'txn_planted_' || external_id, 'OTHER', 0,
         0, 0, currency, 0, currency, available_at, occurred_at, 'POSTED', created_at
       from balance_movements where operator_id = $1`,
      [operatorOf(books)],
    );
    expect(await check(partsOf(books))).toMatchObject({ checked: [5] });
    const found = await differences(books);
    expect(new Set(found).size).toBe(5);
    expect(found.every((each) => each.startsWith('MOVEMENT_MISSING_THERE txn_planted_'))).toBe(true);
  });

  it('tells of what cannot be read until it is known, and it holds up nothing', async () => {
    const books = await aShopWithBooks(product);
    await books.shop.sale();
    const odd = product.sandbox.control.bookMovement(books.shop.stripe.accountId, {
      ...{ type: 'adjustment', amount: -100, currency: 'usd' },
    } as never);
    const unreadable =
      (list: List): List =>
      async (search) => {
        const answer = await list(search);
        if (answer.kind !== 'done') return answer;
        const movements = answer.value.movements.filter(({ externalId }) => externalId !== odd.id);
        const isThere = movements.length < answer.value.movements.length;
        const told = isThere ? [{ externalId: odd.id, reason: 'odd' }] : [];
        return { kind: 'done', value: { ...answer.value, movements, unreadable: told } };
      };
    product.advance(1);
    await books.shop.sale();
    expect(await check(partsOf(books, unreadable))).toMatchObject({ checked: [1] });
    expect(await differences(books)).toEqual([`MOVEMENT_UNREADABLE ${odd.id}`]);
    expect(await books.balance()).toEqual(['USD available 0.00 pending 200.00 fees -6.40']);
    // By then it is older than what is compared.
    product.advance(8 * 24 * 3600);
    expect(await check(partsOf(books, unreadable))).toMatchObject({ checked: [1] });
    expect(await differences(books)).toEqual([`MOVEMENT_UNREADABLE ${odd.id}`]);
  });

  it('goes on with an operator’s other accounts where one fails, and counts what it does not come to', async () => {
    const books = await withSales();
    const parts = partsOf(books);
    const accountId = await accountOf(books);
    const gone = { operatorId: operatorOf(books), id: operatorOf(books) };
    const mine = { operatorId: operatorOf(books), id: accountId };
    const both = { ...parts, system: { query: async () => [gone, mine] } as unknown as Sql };
    const before = failures.length;
    expect(await check(both)).toEqual({ checked: [0], failed: 1, skipped: 0 });
    expect(failures).toHaveLength(before + 1);
    expect(await check(both, () => true)).toEqual({ checked: [], failed: 0, skipped: 2 });
  });
});
