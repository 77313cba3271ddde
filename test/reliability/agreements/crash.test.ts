import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chargeAgreement } from '../../../src/features/agreements/charge-agreement.js';
import type { Carriers } from '../../../src/features/orders/carrier.js';
import { newUuid, uuidOf } from '../../../src/kernel/ids.js';
import { aBillingShop, agreementOf, bill } from '../../support/agreements.js';
import { declined, monthly, tomorrow } from '../../support/charging.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';
import { booksOf, ordersOf } from '../orders/books.js';
import { callerOf, Died, dyingAt, type Point, requestOf } from '../orders/dying.js';
import { billWith, chargesDisagree, chargesOf, moneyDisagrees, untilMidnight } from './billing.js';

jest.setTimeout(60_000);

type Act = (product: Product, shop: Shop, carriers: Carriers, agreementId: string) => Promise<readonly unknown[]>;

const byBilling: Act = (product, shop, carriers) => billWith(product, shop, carriers);

const byRequest: Act = async (_, shop, carriers, agreementId) => {
  const wanted = {
    agreementId,
    amount: null,
    orderNumber: null,
    description: null,
    period: null,
    outsideSchedule: false,
  };
  const caller = { ...callerOf(shop), keyId: newUuid() };
  const request = requestOf(caller.merchantId ?? '', 'chargeAgreement');
  return chargeAgreement(carriers, caller, wanted, request).then(
    () => [],
    (error: unknown) => [error],
  );
};

interface Death {
  readonly doing: string;
  readonly at: Point;
  readonly by: Act;
  /** Declined by the payer's bank, and tried again the next day. */
  readonly declined?: boolean;
}

const STEPS: readonly (readonly [what: string, at: Point])[] = [
  ['claimed, not sent', 'before preparePayment'],
  ['prepared, not remembered', 'after preparePayment'],
  ['remembered, not confirmed', 'before confirmPayment'],
  ['confirmed, not recorded', 'after confirmPayment'],
];

const DEATHS: readonly Death[] = [
  ...STEPS.map(([what, at]): Death => ({ doing: `a charge by schedule: ${what}`, at, by: byBilling })),
  ...STEPS.map(([what, at]): Death => ({ doing: `a charge that was asked for: ${what}`, at, by: byRequest })),
  { doing: 'a declined charge: not closed', at: 'before voidPayment', by: byBilling, declined: true },
  { doing: 'a declined charge: closed, not recorded', at: 'after voidPayment', by: byBilling, declined: true },
];

interface Aftermath {
  readonly shop: Shop;
  readonly agreementId: string;
  readonly death: readonly unknown[];
  /** The orders' states right after it. */
  readonly left: readonly string[];
}

describe('a process that dies while it charges', () => {
  let product: Product;
  let second: Product;
  const aftermaths = new Map<string, Aftermath>();

  /** Two processes find it at once. */
  const both = () => Promise.all([bill(product), bill(second)]);
  const advance = (seconds: number) => {
    product.advance(seconds);
    second.clock.advance(seconds);
  };

  beforeAll(async () => {
    product = await startProduct();
    const { database, sandbox, masterKey } = product;
    second = await startProduct({ database, sandbox, masterKey });
    sandbox.control.setWebhookFaults({ lose: 1 });
    const begun = await Promise.all(DEATHS.map((death) => begin(product, death)));
    advance(untilMidnight(product));
    for (const [index, death] of DEATHS.entries()) {
      const { shop, agreementId } = begun[index] as { shop: Shop; agreementId: string };
      const carriers = dyingAt(product, shop, death.at);
      const died = await death.by(product, shop, carriers, uuidOf('agreement', agreementId) ?? '');
      const left = (await ordersOf(product, shop)).map(({ status }) => status).filter((each) => each !== 'VERIFIED');
      aftermaths.set(death.doing, { shop, agreementId, death: died, left });
    }
    // Its time is not up: whoever looks now must leave it alone.
    await both();
    advance(92);
    await both();
    advance(60);
    await both();
  }, 60_000);

  afterAll(async () => {
    await second.close();
    await product.close();
  });

  it.each(DEATHS)('$doing', async ({ doing, declined: isDeclined = false }) => {
    const { shop, agreementId, death, left } = aftermaths.get(doing) as Aftermath;
    expect(new Set(death.map((each) => each instanceof Died))).toEqual(new Set([true]));
    expect(left).toEqual(['PROCESSING']);

    const [charge, ...more] = await chargesOf(product, shop);
    expect(more).toEqual([]);
    expect(charge).toMatchObject({ number: 1, attempts: 1, orders: 1, status: isDeclined ? 'OPEN' : 'PAID' });
    expect(await chargesDisagree(product, shop)).toEqual([]);
    expect(await moneyDisagrees(product, shop)).toEqual([]);
    expect((await booksOf(product, shop)).payments).toHaveLength(1);
    expect((await booksOf(product, shop)).charges.filter(({ paid }) => paid)).toHaveLength(isDeclined ? 0 : 1);
    expect(await agreementOf(shop, agreementId)).toMatchObject({
      status: isDeclined ? 'PAST_DUE' : 'ACTIVE',
      paymentsMade: isDeclined ? 0 : 1,
    });
  });

  it('leaves the next period to be charged as if nothing had happened', async () => {
    advance(86_400);
    await both();
    for (const { doing, declined: isDeclined } of DEATHS) {
      const { shop } = aftermaths.get(doing) as Aftermath;
      // What was declined and is due again is given up for the next period.
      const paid = (await chargesOf(product, shop)).filter(({ status }) => status === 'PAID');
      expect([doing, paid.map(({ number }) => number)]).toEqual([doing, isDeclined ? [2] : [1, 2]]);
      expect(await chargesDisagree(product, shop)).toEqual([]);
      expect(await moneyDisagrees(product, shop)).toEqual([]);
    }
  });
});

async function begin(product: Product, { declined: isDeclined = false }: Death) {
  const shop = await aBillingShop(product, { timeZone: 'UTC' });
  const daily = { schedule: { period: 'DAY', interval: 1, startDate: tomorrow(product), localTime: '00:00' } };
  const { agreement } = isDeclined
    ? await declined(product, shop, 'insufficient_funds', { ...daily, times: 1 })
    : await monthly(product, shop, daily);
  return { shop, agreementId: agreement.id };
}
