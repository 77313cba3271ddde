import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, afterDays, agreementOf, bill, changed, charged } from '../../support/agreements.js';
import { chargesOf, declined, eventsOf, monthly, paidAt, paymentsAt, toMidnight } from '../../support/charging.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterAll(() => product.close());

describe('a declined charge', () => {
  it('is tried again after 1, 3, 5 and 7 days, then suspends the agreement', async () => {
    const { agreement } = await declined(product, shop, 'do_not_honor');
    await toMidnight(product);
    const tries: string[] = [];
    for (let passed = 0; passed <= 9; passed += 1) {
      const { status, charges } = await agreementOf(shop, agreement.id);
      tries.push(`${passed}: ${status} ×${charges.nodes[0]?.attempts}`);
      await afterDays(product, 1);
    }
    expect(tries).toEqual([
      '0: PAST_DUE ×1',
      '1: PAST_DUE ×2',
      '2: PAST_DUE ×2',
      '3: PAST_DUE ×3',
      '4: PAST_DUE ×3',
      '5: PAST_DUE ×4',
      '6: PAST_DUE ×4',
      '7: SUSPENDED ×5',
      '8: SUSPENDED ×5',
      '9: SUSPENDED ×5',
    ]);
    const after = await agreementOf(shop, agreement.id);
    expect(after).toMatchObject({ suspendedBecause: 'RETRIES_EXHAUSTED', paymentsMade: 0 });
    expect(after.charges.nodes).toMatchObject([
      { status: 'FAILED', gaveUpBecause: 'RETRIES_EXHAUSTED', retryAt: null },
    ]);
    expect(after.orders.nodes.filter(({ status }) => status === 'DECLINED')).toHaveLength(5);
    expect((await eventsOf(product, agreement.id, 'agreement.charge_failed')).map(({ attempts }) => attempts)).toEqual([
      1, 2, 3, 4, 5,
    ]);
    expect(await eventsOf(product, agreement.id, 'agreement.status_changed')).toMatchObject([
      { status: 'PENDING' },
      { status: 'ACTIVE' },
      { status: 'PAST_DUE' },
      { status: 'SUSPENDED', suspendedBecause: 'RETRIES_EXHAUSTED' },
    ]);
  });

  it("is tried again by the merchant's own policy, and recovers the agreement when it is paid", async () => {
    const patient = await aBillingShop(product, { timeZone: 'UTC', retryPolicyDays: [2, 10] });
    const { agreement } = await declined(product, patient, 'insufficient_funds', { times: 2 });
    await toMidnight(product);
    await afterDays(product, 1);
    expect(await chargesOf(patient, agreement.id)).toEqual(['OPEN 1 ×1']);
    await afterDays(product, 1);
    expect(await chargesOf(patient, agreement.id)).toEqual(['OPEN 1 ×2']);
    await afterDays(product, 8);
    expect(await agreementOf(patient, agreement.id)).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    expect(await chargesOf(patient, agreement.id)).toEqual(['PAID 1 ×3']);
    expect(await paidAt(product, patient, agreement.id)).toEqual([2000]);
  });

  it.each<[string, 'do_not_try_again' | 'confirm_card_data' | null, string]>([
    ['lost_card', null, 'HARD_DECLINE'],
    ['stolen_card', null, 'HARD_DECLINE'],
    ['revocation_of_authorization', null, 'HARD_DECLINE'],
    ['generic_decline', 'do_not_try_again', 'NOT_TO_BE_TRIED_AGAIN'],
    ['generic_decline', 'confirm_card_data', 'HARD_DECLINE'],
  ])('%s with the advice %s is not tried again: %s', async (code, advice, because) => {
    const { agreement } = await declined(product, shop, code, { advice });
    await toMidnight(product);
    await afterDays(product, 8);
    const after = await agreementOf(shop, agreement.id);
    expect(after).toMatchObject({ status: 'SUSPENDED', suspendedBecause: 'HARD_DECLINE' });
    expect(after.charges.nodes).toMatchObject([{ status: 'FAILED', attempts: 1, gaveUpBecause: because }]);
  });

  it('is tried again where the advice is to try later', async () => {
    const { agreement } = await declined(product, shop, 'generic_decline', { advice: 'try_again_later', times: 1 });
    await toMidnight(product);
    await afterDays(product, 1);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
  });

  it('is given up where the next period falls due meanwhile', async () => {
    const { agreement } = await declined(product, shop, 'do_not_honor', { schedule: { period: 'DAY' }, times: 2 });
    await toMidnight(product);
    await afterDays(product, 1);
    await afterDays(product, 1);
    const after = await agreementOf(shop, agreement.id);
    expect(after).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
    expect(after.charges.nodes.map(({ number, gaveUpBecause }) => [number, gaveUpBecause])).toEqual([
      [3, null],
      [2, 'NEXT_PERIOD_DUE'],
      [1, 'NEXT_PERIOD_DUE'],
    ]);
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
  });

  it('waits while the merchant has the agreement suspended, and is tried when it is resumed', async () => {
    const { agreement } = await declined(product, shop, 'do_not_honor', { times: 1 });
    await toMidnight(product);
    await changed(shop, 'suspendAgreement', agreement.id);
    await afterDays(product, 4);
    expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1']);
    await changed(shop, 'resumeAgreement', agreement.id);
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
  });

  it('keeps its distance to what was paid meanwhile, instead of being refused', async () => {
    const terms = { minimumDaysBetweenPayments: 5 };
    const { agreement } = await declined(product, shop, 'do_not_honor', { terms, times: 1 });
    await toMidnight(product);
    await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00', outsideSchedule: true });
    await afterDays(product, 1.1);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'PAST_DUE', paymentsMade: 1 });
    await afterDays(product, 4);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2', 'PAID EXTRA ×1']);
  });
});

describe('a card', () => {
  it('is tried 15 times in 30 days under all its agreements together, and no more', async () => {
    const eager = await aBillingShop(product, { timeZone: 'UTC', retryPolicyDays: [1, 2, 3, 4, 5, 6, 7] });
    const first = await monthly(product, eager);
    const credentialId = first.agreement.credential?.id;
    const ids = [first.agreement.id];
    for (let more = 0; more < 2; more += 1) {
      const other = await monthly(product, eager, {
        payer: await payerOf(eager, first.agreement.id),
        payment: { credential: { storedCredentialId: credentialId } },
      });
      ids.push(other.agreement.id);
    }
    product.sandbox.control.declineFrom(first.means, { code: 'do_not_honor' });
    await toMidnight(product);
    for (let passed = 0; passed < 9; passed += 1) await afterDays(product, 1);
    const after = await Promise.all(ids.map((id) => agreementOf(eager, id)));
    expect(after.map(({ suspendedBecause }) => suspendedBecause)).toEqual(ids.map(() => 'SCHEME_LIMIT'));
    const tried = await Promise.all(ids.map((id) => paymentsAt(product, eager, id)));
    expect(tried.flat().filter(({ metadata }) => metadata.quittance_source === 'MERCHANT')).toHaveLength(15);

    expect(await changed(eager, 'resumeAgreement', ids[0] ?? '')).toMatchObject({ agreement: { status: 'ACTIVE' } });
    expect(await charged(eager, 'chargeAgreement', ids[0] ?? '', { amount: '1.00' })).toMatchObject({
      code: 'AGREEMENT_LIMIT_EXCEEDED',
      message: expect.stringContaining('15'),
    });
  });

  it('that pays every day is within the limit: only what comes to nothing counts', async () => {
    const { agreement, means } = await monthly(product, shop, { schedule: { period: 'DAY' } });
    await toMidnight(product);
    for (let passed = 0; passed < 17; passed += 1) await afterDays(product, 1);
    product.sandbox.control.declineFrom(means, { code: 'do_not_honor', times: 1 });
    await afterDays(product, 1);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'PAST_DUE', paymentsMade: 18 });
    await afterDays(product, 1);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'ACTIVE', paymentsMade: 19 });
    await changed(shop, 'cancelAgreement', agreement.id);
  });
});

async function payerOf(shop: Shop, id: string): Promise<{ reference: string }> {
  const { agreement } = await shop.ask<{ agreement: { payer: { reference: string } } }>(
    'query ($id: ID!) { agreement(id: $id) { payer { reference } } }',
    { id },
  );
  return { reference: agreement.payer.reference };
}
