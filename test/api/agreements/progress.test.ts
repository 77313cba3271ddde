import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import { aBillingShop, bill, day, subscribe } from '../../support/agreements.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

const MONTHLY = { chargeAmount: { fixed: '20.00' } };

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

interface Progress {
  readonly due: number;
  readonly dueSince: string | null;
  readonly lagSeconds: number;
  readonly underWay: number;
  readonly waitingForRetry: number;
}

async function progress(): Promise<Progress> {
  const { operator } = await shop.operator.ask<{ operator: { billing: Progress } }>(
    '{ operator { billing { due dueSince lagSeconds underWay waitingForRetry } } }',
  );
  return operator.billing;
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${product.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(name) && !each.startsWith('#'));
  return Number(line?.split(' ').at(-1));
}

it('tells how far the charging is, in the API and at /metrics', async () => {
  const schedule = { period: 'MONTH', startDate: day(product, 1), localTime: '00:00', timeZone: 'UTC' };
  const { agreement } = await subscribe(shop, { ...MONTHLY, schedule });
  await subscribe(shop, { ...MONTHLY, schedule });
  await bill(product);
  expect(await progress()).toEqual({ due: 0, dueSince: null, lagSeconds: 0, underWay: 0, waitingForRetry: 0 });

  product.advance(2 * 86_400);
  const behind = await progress();
  expect(behind).toMatchObject({ due: 2, dueSince: agreement.nextChargeAt, underWay: 0 });
  expect(behind.lagSeconds).toBeGreaterThanOrEqual(86_400);

  await bill(product);
  expect(await progress()).toMatchObject({ due: 0, lagSeconds: 0, underWay: 0, waitingForRetry: 0 });
  expect(await metric('billing_charges_claimed_total')).toBe(2);
  expect(await metric('billing_charges_carried_out_total{status="CAPTURED"}')).toBe(2);
  expect(await metric('billing_lag_seconds')).toBe(0);
});

it('counts what waits to be tried again', async () => {
  const schedule = { period: 'DAY', startDate: day(product, 1), localTime: '00:00', timeZone: 'UTC', interval: 28 };
  const { order } = await subscribe(shop, { ...MONTHLY, schedule });
  const { setupIntents } = sdk(product.sandbox, shop.stripe.secretKey);
  const check = await setupIntents.retrieve(order.operations[0]?.transactions[0]?.externalId ?? '');
  product.sandbox.control.declineFrom(String(check.payment_method), { code: 'do_not_honor' });
  product.advance(1.5 * 86_400);
  await bill(product);
  expect(await progress()).toMatchObject({ due: 0, waitingForRetry: 1 });
});

it("keeps an operator's progress from merchants", async () => {
  const { errors } = await shop.raw('{ operator { billing { due } } }');
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});
