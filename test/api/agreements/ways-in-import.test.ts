import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AgreementResult,
  aBillingShop,
  afterDays,
  agreementOf,
  changed,
  charged,
  day,
  subscribe,
} from '../../support/agreements.js';
import { aMerchant, type Json, type Product, type Shop, startProduct } from '../../support/product.js';
import { atStripe, externalIdsOf } from '../payers/stored-cards.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

/** A card that another gateway has stored at the operator's payment system account. */
async function aForeignCard(owner: Shop = shop): Promise<{ token: string; externalCustomerId: string }> {
  const customer = await atStripe(product, owner, 'customers', { name: 'Moved' });
  const method = await atStripe(product, owner, 'payment_methods/pm_card_visa/attach', {
    customer: String(customer.id),
  });
  return { token: String(method.id), externalCustomerId: String(customer.id) };
}

let imports = 0;
async function importOne(input: Json = {}, by: Shop = shop): Promise<AgreementResult> {
  imports += 1;
  return by.do(
    'importAgreement',
    {
      payer: { reference: `moved-${imports}` },
      terms: { type: 'RECURRING', amountVariability: 'VARIABLE' },
      currency: 'USD',
      credential: input.credential ?? (await aForeignCard(by)),
      firstTransaction: { date: '2023-03-31', reference: 'MCC0123456' },
      ...input,
    },
    `agreement { id reference status nextChargeAt paymentsMade paymentsRemaining firstTransactionAt firstTransactionReference
       credential { id lastFour } schedule { startDate } terms { startDate }
       upcomingCharges(first: 3) { date number amount { amount } } }`,
  );
}

describe('an imported agreement', () => {
  it('keeps the date and the reference of its first transaction, and is charged without its payer', async () => {
    const { agreement } = await importOne({ paymentsMade: 7 });
    expect(agreement).toMatchObject({
      status: 'ACTIVE',
      paymentsMade: 7,
      credential: { lastFour: '4242' },
      firstTransactionAt: '2023-03-31T00:00:00.000Z',
      firstTransactionReference: 'MCC0123456',
    });
    const { order } = await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(order).toMatchObject({ status: 'CAPTURED', source: 'MERCHANT', storedOnFile: 'STORED' });
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ paymentsMade: 8 });
  });

  it('keeps its anchor: one that was charged on the 31st goes on so', async () => {
    const { agreement, message } = await importOne({
      chargeAmount: { sequence: ['1.00', '2.00', '3.00'] },
      schedule: { period: 'MONTH', startDate: '2023-03-31' },
      terms: { type: 'RECURRING', amountVariability: 'VARIABLE', startDate: '2023-03-31' },
    });
    expect(message).toBeUndefined();
    const { upcomingCharges } = agreement;
    expect(upcomingCharges.map(({ number, amount }) => `${number}: ${amount.amount}`)).toEqual([
      '1: 1.00',
      '2: 2.00',
      '3: 3.00',
    ]);
    const lastDays = upcomingCharges.map(({ date }) => {
      const [year = 0, month = 0] = date.split('-').map(Number);
      return `${date.slice(0, 8)}${Math.min(31, new Date(Date.UTC(year, month, 0)).getUTCDate())}`;
    });
    expect(upcomingCharges.map(({ date }) => date)).toEqual(lastDays);
    expect((upcomingCharges[0]?.date ?? '') >= day(product)).toBe(true);
  });

  it('charges nothing for what is past', async () => {
    const own = await startProduct();
    try {
      const other = await aBillingShop(own, { timeZone: 'UTC' });
      const customer = await atStripe(own, other, 'customers', { name: 'Moved' });
      const method = await atStripe(own, other, 'payment_methods/pm_card_visa/attach', {
        customer: String(customer.id),
      });
      const credential = { token: String(method.id), externalCustomerId: String(customer.id) };
      const schedule = { period: 'DAY', startDate: '2023-03-31', localTime: '00:00' };
      const { agreement } = await importOne({ credential, schedule, chargeAmount: { fixed: '2.00' } }, other);
      await afterDays(own, 1);
      const after = await agreementOf(other, agreement.id);
      expect(after.charges.nodes.map(({ number }) => number)).toEqual([1]);
    } finally {
      await own.close();
    }
  });

  it('keeps its distance to the last charge of the old gateway', async () => {
    const { agreement } = await importOne({
      lastPaymentDate: day(product, -3),
      terms: { type: 'RECURRING', amountVariability: 'VARIABLE', minimumDaysBetweenPayments: 7 },
      chargeAmount: { fixed: '2.00' },
      schedule: { period: 'WEEK', startDate: day(product, 1), localTime: '00:00' },
    });
    expect(agreement.upcomingCharges[0]).toMatchObject({ number: 1, date: day(product, 4) });
    expect(await charged(shop, 'chargeAgreement', agreement.id, { amount: '2.00' })).toMatchObject({
      code: 'AGREEMENT_LIMIT_EXCEEDED',
    });
  });

  it('of a plan counts the parts that were paid elsewhere', async () => {
    const plan = (numberOfPayments: number) => ({
      paymentsMade: 2,
      terms: { type: 'INSTALLMENT', numberOfPayments },
      chargeAmount: { sequence: ['3.00', '4.00'] },
    });
    expect(await importOne(plan(3))).toMatchObject({
      issues: [{ path: ['terms', 'numberOfPayments'], message: expect.stringMatching(/^must be at least 4/) }],
    });
    const { agreement } = await importOne(plan(4));
    expect(agreement).toMatchObject({ paymentsMade: 2, paymentsRemaining: 2 });
    const { order } = await charged(shop, 'chargeAgreement', agreement.id);
    expect(order.amount).toMatchObject({ amount: '3.00' });
  });

  it('is refused before its token is looked at', async () => {
    product.sandbox.control.clearRequests();
    const refused = await importOne({
      credential: { token: 'pm_1nonexistent', externalCustomerId: 'cus_1nonexistent' },
      firstTransaction: { date: day(product, 2), reference: 'x' },
      lastPaymentDate: day(product, 1),
      terms: { type: 'RECURRING', amountVariability: 'VARIABLE', expiryDate: '2021-01-01' },
    });
    expect(refused.issues.map(({ path }) => path.join('.')).sort()).toEqual([
      'firstTransaction.date',
      'lastPaymentDate',
      'lastPaymentDate',
      'terms.expiryDate',
    ]);
    expect(product.sandbox.control.requests({ path: '/v1/payment_methods' })).toEqual([]);
  });

  it('is not made for a merchant who may not charge it', async () => {
    const own = await aMerchant(product, shop.operator, shop.stripe, { allowedSources: ['INTERNET'] });
    expect(await importOne({ credential: await aForeignCard() }, own)).toMatchObject({ code: 'SOURCE_NOT_ALLOWED' });
  });

  it('tells every fault at once', async () => {
    const refused = await importOne({
      firstTransaction: { date: day(product, 2), reference: 'x' },
      paymentsMade: 12,
      terms: { type: 'RECURRING', numberOfPayments: 12, expiryDate: '2021-01-01' },
      chargeAmount: { fixed: '0' },
      schedule: { period: 'DAY', startDate: '2020-01-01', finishDate: '2021-01-01' },
    });
    expect(refused.issues.map(({ path }) => path.join('.')).sort()).toEqual([
      'chargeAmount.fixed',
      'firstTransaction.date',
      'paymentsMade',
      'schedule.finishDate',
      'terms.amountVariability',
      'terms.expiryDate',
    ]);
    expect(refused.code).toBe('INVALID_INPUT');
  });

  it.each([
    ['a token that is not there', { token: 'pm_1nonexistent' }],
    ['a customer that is another', { externalCustomerId: 'cus_another' }],
    ['a token of no customer', { token: 'pm_card_visa' }],
  ])('is refused with %s', async (_, wrong) => {
    const credential = { ...(await aForeignCard()), ...wrong };
    expect(await importOne({ credential })).toMatchObject({ code: 'CREDENTIAL_UNUSABLE' });
  });

  it('takes no card that is stored for another payer, nor for one of another merchant', async () => {
    const { agreement } = await subscribe(shop, { payer: { reference: 'owner' } });
    const { token, customer } = await externalIdsOf(product, agreement.credential?.id ?? '');
    const credential = { token, externalCustomerId: customer };
    expect(await importOne({ credential })).toMatchObject({ code: 'CREDENTIAL_UNUSABLE' });
    const allowedSources = ['INTERNET', 'MERCHANT'];
    const neighbour = await aMerchant(product, shop.operator, shop.stripe, { allowedSources });
    expect(await importOne({ credential }, neighbour)).toMatchObject({ code: 'CREDENTIAL_UNUSABLE' });
    expect(await importOne({ credential, payer: { reference: 'owner' } })).toMatchObject({
      agreement: { status: 'ACTIVE', credential: { id: agreement.credential?.id } },
    });
  });

  it('takes a stored credential of its payer, and of no other', async () => {
    const { agreement } = await subscribe(shop, { payer: { reference: 'has-one' } });
    const credential = { storedCredentialId: agreement.credential?.id };
    expect(await importOne({ credential, payer: { reference: 'has-one' } })).toMatchObject({
      agreement: { credential: { id: agreement.credential?.id } },
    });
    expect(await importOne({ credential, payer: { reference: 'has-none' } })).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
    });
    expect(await importOne({ credential }, await aBillingShop(product))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is imported once per key, and told again though the card is gone by then', async () => {
    const credential = await aForeignCard();
    const asked = { credential, payer: { reference: 'once' }, idempotencyKey: 'import-once' };
    const answers = await Promise.all([1, 2].map(() => importOne(asked)));
    const ids = answers.map(({ agreement }) => agreement.id);
    expect(new Set(ids).size).toBe(1);
    await atStripe(product, shop, `payment_methods/${credential.token}/detach`, {});
    expect(await importOne(asked)).toMatchObject({ agreement: { id: ids[0] } });
    expect(await importOne({ ...asked, paymentsMade: 1 })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is not imported while the payment system does not answer', async () => {
    const credential = await aForeignCard();
    product.sandbox.control.addFault({ method: 'GET', path: '/v1/payment_methods/', kind: 'error_500_before' });
    try {
      expect(await importOne({ credential })).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE', retryable: true });
    } finally {
      product.sandbox.control.clearFaults();
    }
  });

  it('needs a token with its customer, or a stored credential', async () => {
    for (const credential of [
      { token: 'pm_1' },
      { externalCustomerId: 'cus_1' },
      {},
      { token: 'pm_1', storedCredentialId: 'x' },
    ])
      expect(await importOne({ credential })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('keeps its reference to itself', async () => {
    const terms = { type: 'UNSCHEDULED', reference: 'moved-reference' };
    const { agreement } = await importOne({ terms });
    expect(await importOne({ terms })).toMatchObject({ code: 'DUPLICATE_REFERENCE' });
    await changed(shop, 'cancelAgreement', agreement.id);
    expect(await importOne({ terms })).toMatchObject({ code: 'DUPLICATE_REFERENCE' });
    expect(await importOne({ terms }, await aBillingShop(product))).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });
});
