import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accountOf, PaymentPace } from '../../../src/features/payment-systems/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { anOperator, connect, type Product, startProduct } from '../../support/product.js';

const NOON = new Date('2027-03-01T12:00:00Z');

let product: Product;
let now = NOON;
let account: Awaited<ReturnType<typeof accountOf>>;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());
beforeEach(async () => {
  now = NOON;
  const operator = await anOperator(product);
  const accountId = await connect(operator, product.sandbox.control.createAccount());
  const uuid = uuidOf('paymentSystemAccount', accountId) ?? '';
  account = await product.built.units.sql(operator.uuid, (tx) => accountOf(tx, operator.uuid, uuid));
});

/** As each worker process has one of its own: a hundred turns a second, at a time that stands still. */
function aWorkersPace(): PaymentPace {
  // Turns are reserved by prepared statements alone; entities are not asked for.
  const units = new UnitsOfWork(null as never, product.app, { now: () => now });
  return new PaymentPace(units, { TEST: 100, LIVE: 100 });
}

async function startsInMs(count: number): Promise<number> {
  const turns = await aWorkersPace().reserve(account, count);
  return turns.startsInMs;
}

describe('the pace of a payment system account', () => {
  it('gives workers one pace between them, not one each', async () => {
    const starts = await Promise.all([10, 10, 10, 10].map(startsInMs));
    expect(starts.toSorted((a, b) => a - b)).toEqual([0, 100, 200, 300]);
  });

  it('goes on where the turns end, and at once when they are over', async () => {
    expect(await startsInMs(50)).toBe(0);
    now = new Date(NOON.getTime() + 200);
    expect(await startsInMs(1)).toBe(300);
    now = new Date(NOON.getTime() + 2_000);
    expect(await startsInMs(1)).toBe(0);
  });

  it('does not wait for hours after a clock was set back', async () => {
    expect(await startsInMs(1)).toBe(0);
    now = new Date(NOON.getTime() - 2 * 3_600_000);
    expect(await startsInMs(1)).toBe(60_000);
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
