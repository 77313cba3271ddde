import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { claimBatch } from '../../../src/features/agreements/billing-batch.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { aBillingShop, agreementOf, bill, changed, charged, historyOf, subscribe } from '../../support/agreements.js';
import { asOwner, chargesOf, monthly, paidAt, paymentsAt } from '../../support/charging.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

const DAY_MS = 86_400_000;
let product: Product;
let other: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  const { database, sandbox, masterKey } = product;
  other = await startProduct({ database, sandbox, masterKey });
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});

afterEach(() => product.sandbox.control.clearFaults());

afterAll(async () => {
  await other.close();
  await product.close();
});

/** Both processes' clocks and the payment system's. */
function pass(seconds: number): void {
  product.advance(seconds);
  other.clock.advance(seconds);
}

/** To a minute past the so-manyth next midnight. */
function passDays(days: number): void {
  pass((days * DAY_MS - (product.clock.now().getTime() % DAY_MS) + 60_000) / 1000);
}

const wake = (of: Product) => of.built.jobs.wake('agreements.bill');

const each = { chargeAmount: { fixed: '20.00' } };

const daily = (more: Json = {}) => ({ ...each, schedule: { period: 'DAY' }, ...more });

describe('one that cannot be charged leaves the others charged', () => {
  it('where its order number is taken: another is found', async () => {
    const many = await Promise.all(
      ['gym', 'pool', 'golf'].map((reference) =>
        monthly(product, shop, { terms: { reference: `${reference}-${Date.now()}` } }),
      ),
    );
    const [first] = many;
    await shop.sale({ orderNumber: `${first?.agreement.reference}-1` });
    passDays(1);
    await bill(product);
    for (const { agreement } of many) {
      expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
      const charge = (await agreementOf(shop, agreement.id)).orders.nodes[0];
      const isFirst = agreement === first?.agreement;
      expect(charge?.orderNumber).toMatch(new RegExp(`^${agreement.reference}-1${isFirst ? '-.{6}' : ''}$`));
    }
  });

  it('where its order number is taken and it is behind, too', async () => {
    const reference = `sauna-${Date.now()}`;
    const { agreement, means } = await monthly(product, shop, { terms: { reference } });
    product.sandbox.control.declineFrom(means, { code: 'do_not_honor', times: 1 });
    passDays(1);
    await bill(product);
    await shop.sale({ orderNumber: `${reference}-1` });
    passDays(1);
    pass(300);
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×2']);
  });

  it('where a rule refuses it: it is suspended, with its reason, and no period is used up', async () => {
    const mine = await aBillingShop(product, { timeZone: 'UTC' });
    const [refused, fine] = [await monthly(product, mine), await monthly(product, mine)];
    const owner =
      'update agreements set maximum_minor = 100 where id = (select agreement_id from orders where id::text = $1)';
    const uuid = uuidOfOrder(refused.order.id);
    await asOwner(product, owner, [uuid]);
    passDays(1);
    await bill(product);
    expect(await chargesOf(mine, fine.agreement.id)).toEqual(['PAID 1 ×1']);
    expect(await agreementOf(mine, refused.agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'NOT_ALLOWED',
      charges: { nodes: [] },
    });
    const notes = (await historyOf(mine, refused.agreement.id)).map(({ note }) => note);
    expect(notes.join()).toContain('maximumAmount');
  });

  it('where the merchant may charge nobody any more, all are suspended, and nothing is sent', async () => {
    const mine = await aBillingShop(product, { timeZone: 'UTC' });
    const { agreement } = await monthly(product, mine);
    await mine.operator.do('updateMerchant', { merchantId: mine.id, allowedSources: ['INTERNET'] }, 'merchant { id }');
    passDays(1);
    await bill(product);
    expect(await agreementOf(mine, agreement.id)).toMatchObject({ suspendedBecause: 'NOT_ALLOWED' });
    expect(await paymentsAt(product, mine, agreement.id)).toEqual([]);
  });
});

describe('a payment system account', () => {
  it('whose keys are rejected is waited for, and what is due is charged with the new ones', async () => {
    const mine = await aBillingShop(product, { timeZone: 'UTC' });
    const made = await Promise.all([monthly(product, mine), monthly(product, mine)]);
    product.sandbox.control.revokeKey(mine.stripe.secretKey);
    passDays(1);
    await bill(product);
    for (let passed = 0; passed < 3; passed += 1) {
      passDays(1);
      await bill(product);
    }
    const keys = product.sandbox.control.rollKeys(mine.stripe.accountId);
    const account = await mine.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
      '{ operator { paymentSystemAccounts { id } } }',
    );
    const { secretKey, publishableKey } = keys;
    const accountId = account.operator.paymentSystemAccounts[0]?.id;
    const rotated = await mine.operator.do<Json>(
      'rotatePaymentSystemKeys',
      { accountId, secretKey, publishableKey },
      'account { status }',
    );
    expect(rotated).toMatchObject({ account: { status: 'ACTIVE' } });
    Object.assign(mine.stripe, keys);
    passDays(1);
    await bill(product);
    passDays(1);
    await bill(product);
    for (const { agreement } of made) {
      expect(await agreementOf(mine, agreement.id)).toMatchObject({ status: 'ACTIVE', paymentsMade: 1 });
      expect(await paidAt(product, mine, agreement.id)).toEqual([2000]);
    }
  });

  it('that is disconnected suspends, and refuses what is asked for', async () => {
    const mine = await aBillingShop(product, { timeZone: 'UTC' });
    const [scheduled, asked] = [await monthly(product, mine), await subscribe(mine)];
    const account = await mine.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
      '{ operator { paymentSystemAccounts { id } } }',
    );
    const accountId = account.operator.paymentSystemAccounts[0]?.id;
    expect(await mine.operator.do<Json>('disconnectPaymentSystem', { accountId }, 'account { status }')).toMatchObject({
      account: { status: 'DISCONNECTED' },
    });
    expect(await charged(mine, 'chargeAgreement', asked.agreement.id, { amount: '1.00' })).toMatchObject({
      code: 'PAYMENT_SYSTEM_UNAVAILABLE',
    });
    passDays(1);
    await bill(product);
    expect(await agreementOf(mine, scheduled.agreement.id)).toMatchObject({
      suspendedBecause: 'NOT_ALLOWED',
      charges: { nodes: [] },
    });
  });
});

describe('an outcome that is not known', () => {
  it.each([
    ['timeout_after', '/payment_intents$'],
    ['timeout_after', '/confirm$'],
    ['error_500_after', '/payment_intents$'],
    ['error_500_after', '/confirm$'],
    ['reset_after', '/confirm$'],
  ] as const)('%s of %s is settled by the reconciler, without another charge', async (kind, path) => {
    const { agreement } = await monthly(product, shop, daily());
    passDays(1);
    product.sandbox.control.addFault({ kind, method: 'POST', path, accountId: shop.stripe.accountId, count: 1 });
    await wake(product);
    pass(100);
    await Promise.all([bill(product), bill(other)]);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
    passDays(2);
    await Promise.all([wake(product), wake(other)]);
    await bill(product);
    const charges = await chargesOf(shop, agreement.id);
    expect(charges).toEqual(['PAID 1 ×1', 'PAID 2 ×1', 'PAID 3 ×1']);
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000, 2000, 2000]);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('keeps the next period waiting', async () => {
    const { agreement } = await monthly(product, shop, daily());
    product.sandbox.control.addFault({ kind: 'error_503', accountId: shop.stripe.accountId });
    passDays(1);
    await wake(product);
    passDays(1);
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1']);
    expect(await charged(shop, 'chargeAgreement', agreement.id)).toMatchObject({ code: 'OUTCOME_PENDING' });
    product.sandbox.control.clearFaults();
    pass(3600);
    await bill(product);
    pass(3600);
    await bill(product);
    const paid = await paidAt(product, shop, agreement.id);
    expect(paid.length).toBe((await agreementOf(shop, agreement.id)).paymentsMade);
    await changed(shop, 'cancelAgreement', agreement.id);
  });

  it('that turns out to be a success after the agreement was ended is recorded as paid', async () => {
    const { agreement } = await monthly(product, shop);
    passDays(1);
    const fault = { method: 'POST', path: '/confirm$', accountId: shop.stripe.accountId, count: 1 };
    product.sandbox.control.addFault({ kind: 'timeout_after', ...fault });
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    await wake(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1']);
    expect(await changed(shop, 'cancelAgreement', agreement.id)).toMatchObject({ agreement: { status: 'CANCELED' } });
    product.sandbox.control.setWebhookFaults({});
    pass(100);
    await bill(product);
    expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'CANCELED', paymentsMade: 1 });
    expect(await paidAt(product, shop, agreement.id)).toEqual([2000]);
  });

  it('a process that died between its claim and its calls: the reconciler carries it out', async () => {
    const mine = await aBillingShop(product, { timeZone: 'UTC' });
    const made = await Promise.all([monthly(product, mine), monthly(product, mine)]);
    passDays(1);
    const operatorId = await operatorOf(made[0]?.order.id ?? '');
    const batch = await product.built.units.sql(operatorId, (tx) => claimBatch(tx));
    expect(batch.files).toHaveLength(2);
    await bill(product);
    expect(await chargesOf(mine, made[0]?.agreement.id ?? '')).toEqual(['OPEN 1 ×1']);
    pass(100);
    await bill(product);
    for (const { agreement } of made) {
      expect(await chargesOf(mine, agreement.id)).toEqual(['PAID 1 ×1']);
      expect(await paidAt(product, mine, agreement.id)).toEqual([2000]);
    }
  });
});

function uuidOfOrder(id: string): string {
  return uuidOf('order', id) ?? '';
}

async function operatorOf(orderId: string): Promise<string> {
  const [row] = await asOwner<{ operator_id: string }>(product, 'select operator_id from orders where id = $1', [
    uuidOfOrder(orderId),
  ]);
  return row?.operator_id ?? '';
}
