import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, agreementOf, bill, charged, subscribe } from '../../support/agreements.js';
import { chargesOf, meansBehind, paidAt } from '../../support/charging.js';
import {
  type Json,
  type OrderView,
  type Product,
  type Refusal,
  type Shop,
  startProduct,
} from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

/** Tops up by 20.00 below 5.00. */
async function prepaid(input: Json = {}): Promise<{ id: string; means: string }> {
  const made = await subscribe(shop, {
    terms: { type: 'UNSCHEDULED' },
    topUp: { threshold: '5.00', amount: '20.00' },
    ...input,
  });
  if (!made.agreement) throw new Error(`${made.code}: ${made.message}`);
  return { id: made.agreement.id, means: await meansBehind(product, shop, made.order) };
}

type Reported = { order: OrderView | null; agreement: { id: string } } & Refusal;

const report = (agreementId: string, balance: string, more: Json = {}): Promise<Reported> =>
  shop.do('reportBalance', { agreementId, balance, ...more }, 'agreement { id } order { id status amount { amount } }');

describe('reportBalance', () => {
  it('tops up when the balance falls below the threshold, and only then', async () => {
    const { id } = await prepaid();
    for (const balance of ['80.00', '5.00']) expect((await report(id, balance)).order).toBeNull();
    expect((await report(id, '4.99')).order).toMatchObject({ status: 'CAPTURED', amount: { amount: '20.00' } });
    expect((await report(id, '4.00')).order).toBeNull();
    expect((await report(id, '24.00')).order).toBeNull();
    expect((await report(id, '-3.00')).order).toMatchObject({ status: 'CAPTURED' });
    expect(await paidAt(product, shop, id)).toEqual([2000, 2000]);
    expect(await chargesOf(shop, id)).toEqual(['PAID TOP_UP ×1', 'PAID TOP_UP ×1']);
  });

  it('tops up once for one crossing, however many reports race', async () => {
    const { id } = await prepaid();
    const reports = await Promise.all(Array.from({ length: 10 }, (_, index) => report(id, `${index % 5}.00`)));
    expect(reports.filter(({ order }) => order !== null)).toHaveLength(1);
    await bill(product);
    expect(await paidAt(product, shop, id)).toEqual([2000]);
  });

  it('answers the same request once', async () => {
    const { id } = await prepaid();
    const keyed = { idempotencyKey: `low-${id}` };
    const [first, second] = [await report(id, '1.00', keyed), await report(id, '1.00', keyed)];
    expect(second.order?.id).toBe(first.order?.id);
    expect(await report(id, '2.00', keyed)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await paidAt(product, shop, id)).toEqual([2000]);
  });

  it('that is declined tries again with the next crossing, not with the next report', async () => {
    const { id, means } = await prepaid();
    product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
    expect((await report(id, '1.00')).order).toMatchObject({ status: 'DECLINED' });
    expect((await report(id, '0.50')).order).toBeNull();
    expect(await agreementOf(shop, id)).toMatchObject({
      status: 'ACTIVE',
      charges: { nodes: [{ gaveUpBecause: 'DECLINED' }] },
    });
    expect((await report(id, '9.00')).order).toBeNull();
    expect((await report(id, '1.00')).order).toMatchObject({ status: 'CAPTURED' });
  });

  it('does not suspend for a soft decline where the merchant never tries again', async () => {
    const strict = await aBillingShop(product, { retryPolicyDays: [] });
    const made = await subscribe(strict, { terms: { type: 'UNSCHEDULED' } });
    product.sandbox.control.declineFrom(await meansBehind(product, strict, made.order), {
      code: 'do_not_honor',
      times: 1,
    });
    await charged(strict, 'chargeAgreement', made.agreement.id, { amount: '1.00' });
    expect(await agreementOf(strict, made.agreement.id)).toMatchObject({
      status: 'ACTIVE',
      charges: { nodes: [{ gaveUpBecause: 'DECLINED' }] },
    });
  });

  it('while the outcome of the last charge is not known leaves the crossing to a later report', async () => {
    const { id } = await prepaid();
    product.sandbox.control.addFault({ kind: 'error_503', accountId: shop.stripe.accountId });
    expect((await report(id, '1.00')).order).toMatchObject({ status: 'PROCESSING' });
    expect((await report(id, '30.00')).order).toBeNull();
    expect((await report(id, '1.00')).order).toBeNull();
    product.sandbox.control.clearFaults();
    product.advance(60);
    await bill(product);
    expect(await paidAt(product, shop, id)).toEqual([2000]);
    expect((await report(id, '1.00')).order).toMatchObject({ status: 'CAPTURED' });
  });

  it('keeps to the limits of the agreement', async () => {
    const { id } = await prepaid({ terms: { type: 'UNSCHEDULED', numberOfPayments: 1 } });
    expect((await report(id, '1.00')).order).toMatchObject({ status: 'CAPTURED' });
    await report(id, '9.00');
    const refused = await report(id, '1.00');
    expect(['AGREEMENT_LIMIT_EXCEEDED', 'ILLEGAL_TRANSITION']).toContain(refused.code);
    expect((await agreementOf(shop, id)).status).toBe('COMPLETED');
  });

  it.each(['1.005', 'abc', ''])('refuses the balance %j', async (balance) => {
    const { id } = await prepaid();
    const asked = report(id, balance).then(
      ({ code }) => code,
      (error: Error) => error.message.split(':')[0],
    );
    expect(['INVALID_INPUT', 'BAD_REQUEST', 'BAD_USER_INPUT']).toContain(await asked);
  });

  it('is refused where there is nothing to top up', async () => {
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED' } });
    expect((await report(agreement.id, '1.00')).code).toBe('ILLEGAL_TRANSITION');
  });
});
