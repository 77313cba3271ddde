import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accountOf, PaymentPace } from '../../../src/features/payment-systems/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { asOwner } from '../../support/charging.js';
import { anOperator, connect, type Product, startProduct } from '../../support/product.js';

let product: Product;
let account: Awaited<ReturnType<typeof accountOf>>;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());
beforeEach(async () => {
  const operator = await anOperator(product);
  const accountId = await connect(operator, product.sandbox.control.createAccount());
  const uuid = uuidOf('paymentSystemAccount', accountId) ?? '';
  account = await product.built.units.sql(operator.uuid, (tx) => accountOf(tx, operator.uuid, uuid));
});

/** As each worker process has one of its own: a hundred turns a second, by clocks that are hours apart. */
function aWorkersPace(clockAheadMs = 0): PaymentPace {
  const clock = { now: () => new Date(product.clock.now().getTime() + clockAheadMs) };
  // Turns are reserved by prepared statements alone; entities are not asked for.
  return new PaymentPace(new UnitsOfWork(null as never, product.app, clock), { TEST: 100, LIVE: 100 });
}

/** Until when the account's turns are given away, in milliseconds of the database's time. */
async function givenAwayUntil(): Promise<number> {
  const [row] = await asOwner<{ until: string }>(
    product,
    `select extract(epoch from free_at) * 1000 as until from payment_paces where account_id = $1`,
    [account.id],
  );
  return Number(row?.until);
}

describe('the pace of a payment system account', () => {
  it('gives workers one pace between them, not one each', async () => {
    await aWorkersPace().reserve(account, 1_000);
    const before = await givenAwayUntil();
    await Promise.all([10, 20, 30, 40].map((count) => aWorkersPace().reserve(account, count)));
    expect(Math.round((await givenAwayUntil()) - before)).toBe(1_000);
  });

  it('does not mind workers whose clocks are hours apart', async () => {
    await aWorkersPace().reserve(account, 1_000);
    const before = await givenAwayUntil();
    for (const hours of [-2, 2, -5]) await aWorkersPace(hours * 3_600_000).reserve(account, 10);
    expect(Math.round((await givenAwayUntil()) - before)).toBe(300);
  });

  it('does not make up for turns that nobody took', async () => {
    await aWorkersPace().reserve(account, 1);
    const first = await givenAwayUntil();
    await asOwner(product, `update payment_paces set free_at = free_at - interval '1 hour' where account_id = $1`, [
      account.id,
    ]);
    await aWorkersPace().reserve(account, 1);
    expect(await givenAwayUntil()).toBeGreaterThan(first);
  });

  it('lets the turns come in their order, each after the one before', async () => {
    const turns = await aWorkersPace().reserve(account, 4);
    const came: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (turn) => {
        await turns.next();
        came.push(turn);
      }),
    );
    expect(came).toEqual([1, 2, 3, 4]);
  });
});
