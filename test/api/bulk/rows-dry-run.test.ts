import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, agreementOf, changed, day, subscribe } from '../../support/agreements.js';
import { outcomes, sent } from '../../support/bulk-rows.js';
import { asOwner } from '../../support/charging.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

/** What only says that files were sent and looked at, or when somebody was here. */
const OF_FILES = ['bulk_operations', 'bulk_rows', 'agenda_jobs', 'quittance_jobs'];

/** Every row of every table, by its text: an update that counts the same is seen, too. */
async function contents(): Promise<Record<string, string>> {
  const tables = await asOwner<{ name: string }>(
    product,
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = 'public' order by 1`,
  );
  const kept = tables.map(({ name }) => name).filter((name) => !OF_FILES.includes(name) && !/agenda|job/i.test(name));
  const sums = kept.map((name) => {
    const notOurs = name === 'events' ? `where type not like 'bulk_operation.%'` : '';
    return `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as sum
       from ${name} t ${name === 'api_keys' ? 'where false' : notOurs}`;
  });
  const found = await asOwner<{ name: string; sum: string }>(product, sums.join(' union all '));
  return Object.fromEntries(found.map(({ name, sum }) => [name, sum]));
}

const callsToStripe = () => product.sandbox.control.requests().length;

describe('a dry run', () => {
  it('says what the run would say, and changes nothing anywhere', async () => {
    const one = await subscribe(shop, { terms: { reference: 'dry-1', maximumAmount: '50.00' } });
    const two = await subscribe(shop, { terms: { reference: 'dry-2' } });
    await changed(shop, 'suspendAgreement', two.agreement.id);
    await shop.createOrder({ orderNumber: 'taken' });
    const done = await sent(product, shop, 'chargeAgreements', [
      { orderNumber: 'done-1', agreementReference: 'dry-1', amount: '5.00' },
    ]);
    expect(outcomes(done)).toEqual(['2 SUCCEEDED']);
    await product.settle();
    const before = await contents();
    const calls = callsToStripe();

    const charges = [
      { orderNumber: 'done-1', agreementReference: 'dry-1', amount: '5.00' },
      { orderNumber: 'dry-2', agreementReference: 'dry-1', amount: '50.01' },
      { orderNumber: 'dry-3', agreementReference: 'dry-2', amount: '5.00' },
      { orderNumber: 'taken', agreementReference: 'dry-1', amount: '5.00' },
      { orderNumber: 'dry-5', agreementReference: 'dry-1', amount: '6.00' },
      { orderNumber: 'done-1x', agreementReference: 'nobody', amount: '6.00' },
    ];
    const rehearsed = await sent(product, shop, 'chargeAgreements', charges, { dryRun: true });
    expect(rehearsed.operation).toMatchObject({
      status: 'COMPLETED',
      dryRun: true,
      counts: { succeeded: 1, repeated: 1 },
    });
    expect(outcomes(rehearsed)).toEqual([
      '2 REPEATED',
      '3 FAILED AGREEMENT_LIMIT_EXCEEDED',
      '4 FAILED ILLEGAL_TRANSITION',
      '5 FAILED DUPLICATE_ORDER_NUMBER',
      '6 SUCCEEDED',
      '7 FAILED NOT_FOUND',
    ]);

    const common = { 'terms.type': 'RECURRING', 'terms.amountVariability': 'VARIABLE', currency: 'USD' };
    const created = await sent(
      product,
      shop,
      'createAgreements',
      [
        { ...common, 'terms.reference': 'new-1', 'payer.reference': 'new', 'payment.credential.token': 'pm_card_visa' },
        { ...common, 'terms.reference': 'dry-1' },
        { ...common, 'terms.reference': 'new-2', 'terms.startDate': day(product, -2) },
        {
          ...common,
          'terms.reference': 'new-3',
          'credential.token': 'pm_nobody_looks',
          'credential.externalCustomerId': 'cus_1',
          'firstTransaction.date': '2024-03-31',
          'firstTransaction.reference': 'MCC-1',
        },
        {
          ...common,
          'terms.reference': 'dry-2',
          'credential.token': 'pm_nobody_looks',
          'credential.externalCustomerId': 'cus_1',
          'firstTransaction.date': '2024-03-31',
          'firstTransaction.reference': 'MCC-1',
        },
      ],
      { dryRun: true },
    );
    expect(outcomes(created)).toEqual([
      '2 SUCCEEDED',
      '3 FAILED DUPLICATE_REFERENCE',
      '4 FAILED INVALID_INPUT',
      '5 SUCCEEDED',
      '6 FAILED DUPLICATE_REFERENCE',
    ]);

    const updated = await sent(
      product,
      shop,
      'updateAgreements',
      [
        { changeReference: 'd-1', agreementReference: 'dry-1', maximumAmount: '70.00' },
        { changeReference: 'd-2', agreementReference: 'dry-1', expiryDate: day(product, -1) },
      ],
      { dryRun: true },
    );
    expect(outcomes(updated)).toEqual(['2 SUCCEEDED', '3 FAILED INVALID_INPUT']);

    expect(await contents()).toEqual(before);
    expect(callsToStripe()).toBe(calls);
    expect((await agreementOf(shop, one.agreement.id)).orders.nodes).toHaveLength(2);

    // No reference was taken: the run itself does what the rehearsal said.
    const real = await sent(product, shop, 'chargeAgreements', charges);
    expect(outcomes(real)).toEqual(outcomes(rehearsed));
  });
});
