import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { CLAIM_DUE_AGREEMENTS } from '../../../src/features/agreements/agreements-sql.js';
import { type BillingBatch, claimBatch } from '../../../src/features/agreements/billing-batch.js';
import { agreementsOfOrders, billingMeter, runBilling } from '../../../src/features/agreements/index.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import { PaymentPace } from '../../../src/features/payment-systems/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import type { Row, Statement } from '../../../src/platform/database/sql.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { aBillingShop, agreementOf, bill, charged, day, subscribe } from '../../support/agreements.js';
import { asOwner, meansBehind, monthly } from '../../support/charging.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

const DAY = 86_400;
let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

it('a period is not charged beside an extra charge that was made between the look and the lock', async () => {
  const shop = await aBillingShop(product, { timeZone: 'UTC' });
  const { agreement } = await monthly(product, shop);
  product.advance(1.1 * DAY);
  const meanwhile = () =>
    asOwner(
      product,
      `insert into agreement_charges (operator_id, id, agreement_id, kind, amount_minor, planned_at, status, attempts, created_at)
       select operator_id, gen_random_uuid(), id, 'EXTRA', 100, now(), 'OPEN', 0, now() from agreements where reference = $1`,
      [agreement.reference],
    );
  const batch = await claimed(shop, meanwhile);
  expect(batch.files).toEqual([]);
  expect(batch.others).toEqual([uuidOf('agreement', agreement.id)]);
});

/** A batch of the shop's operator, during which something happens as soon as its rows are locked. */
function claimed({ operator }: Shop, meanwhile: () => Promise<unknown>): Promise<BillingBatch> {
  return product.built.units.sql(uuidOf('operator', operator.id) ?? '', (transaction) => {
    const { operatorId, now, realNow } = transaction;
    const between: Transaction = {
      operatorId,
      now,
      realNow,
      query: async <Result extends Row>(statement: Statement, parameters?: readonly unknown[]) => {
        const rows = await transaction.query<Result>(statement, parameters);
        if (statement === CLAIM_DUE_AGREEMENTS) await meanwhile();
        return rows;
      },
      send: (statement, parameters) => transaction.send(statement, parameters),
      publish: (event) => transaction.publish(event),
    };
    return claimBatch(between);
  });
}

it('tries that the payment system did not carry out use up nothing of what the schemes allow', async () => {
  const shop = await aBillingShop(product, { timeZone: 'UTC' });
  const made = await subscribe(shop, { terms: { type: 'UNSCHEDULED' } });
  const { id, reference } = made.agreement;
  product.sandbox.control.declineFrom(await meansBehind(product, shop, made.order), { code: 'do_not_honor', times: 1 });
  expect((await charged(shop, 'chargeAgreement', id, { amount: '5.00' })).order.status).toBe('DECLINED');
  await asOwner(
    product,
    `with more as (insert into orders select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(),
           'order_number', o.order_number || n, 'bill_number', 500000000000 + n, 'external_payment_id', null))).*
         from orders o join agreements a on a.operator_id = o.operator_id and a.id = o.agreement_id, generate_series(1, 15) n
         where a.reference = $1 and o.charge_id is not null returning operator_id, id)
     insert into operations (operator_id, id, order_id, type, status, amount_minor, request, created_at, finished_at)
       select operator_id, gen_random_uuid(), id, 'PAYMENT', 'FAILED', 500, '{}', now(), now() from more`,
    [reference],
  );
  expect((await agreementOf(shop, id)).orders.nodes.filter(({ status }) => status === 'DECLINED')).toHaveLength(16);
  expect(await charged(shop, 'chargeAgreement', id, { amount: '5.00' })).toMatchObject({
    order: { status: 'CAPTURED' },
  });
});

it('billing_lag_seconds tells the longest delay of all operators, once per run', async () => {
  const [late, later] = [await aBillingShop(product), await aBillingShop(product)];
  await monthly(product, late);
  await monthly(product, later, { schedule: { startDate: day(product, 3) } });
  await bill(product);
  product.advance(3.1 * DAY);
  expect(await lagOfRun()).toBeGreaterThan(1.9 * DAY);
  expect(await lagOfRun()).toBe(0);
});

/** What the meter says when a run is over. */
async function lagOfRun(): Promise<number | undefined> {
  const { units } = product.built;
  const onFailure = () => {};
  const meter = billingMeter(new Registry());
  await runBilling({
    carriers: { units, agreements: agreementsOfOrders, gateways: NONE },
    system: { query: (wanted, parameters) => asOwner(product, wanted.text, [...(parameters ?? [])]) },
    lanes: new OperatorLanes(onFailure),
    pace: new PaymentPace(units, { TEST: 1e6, LIVE: 1e6 }),
    onFailure,
    meter,
  });
  return (await meter.lagSeconds.get()).values[0]?.value;
}

/** Nothing is sent: what was claimed is committed. */
const NONE = {
  gatewayFor: () => {
    throw new Error('nobody is asked');
  },
} as unknown as Carriers['gateways'];
