import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aBillingShop,
  afterDays,
  agreementOf,
  authenticate,
  changed,
  charged,
  day,
  historyOf,
  orderFor,
  replaceCredential,
  subscribe,
} from '../../support/agreements.js';
import { type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { aStoredCard, atStripe, externalIdsOf, removeCard, stored } from '../payers/stored-cards.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

/** One that is charged daily, and whose card works until told otherwise. */
const DAILY = () => ({
  chargeAmount: { fixed: '20.00' },
  schedule: { period: 'WEEK', interval: 1, startDate: day(product, 1), localTime: '00:00' },
});

const tokenOf = async (id: string | undefined) => (await externalIdsOf(product, id ?? '')).token;

function lastIntent(): Json {
  const { accountId } = shop.stripe;
  return product.sandbox.control.requests({ accountId, method: 'POST', path: '^/v1/payment_intents$' }).at(-1)
    ?.params as Json;
}

describe('a new means of payment', () => {
  it('is checked, and charged from then on', async () => {
    const { agreement } = await subscribe(shop);
    const before = agreement.credential?.id;
    const replaced = await replaceCredential(shop, agreement.id);
    expect(replaced).toMatchObject({
      order: { status: 'VERIFIED', source: 'INTERNET', storedOnFile: 'TO_BE_STORED' },
      agreement: { status: 'ACTIVE', credential: { brand: 'mastercard' } },
    });
    expect(replaced.agreement.credential?.id).not.toBe(before);
    await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(lastIntent()).toMatchObject({ payment_method: await tokenOf(replaced.agreement.credential?.id) });
    const entries = (await historyOf(shop, agreement.id)).filter(({ kind }) => kind === 'CREDENTIAL');
    expect(entries).toMatchObject([
      { before: { storedCredentialId: before }, after: { storedCredentialId: replaced.agreement.credential?.id } },
      { apiKeyId: expect.stringMatching(/^key_/), note: expect.stringContaining(replaced.order.orderNumber) },
      { before: { storedCredentialId: null } },
    ]);
  });

  it('may be paid with at once', async () => {
    const { agreement } = await subscribe(shop);
    const replaced = await replaceCredential(shop, agreement.id, { amount: '4.50', orderNumber: 'new-card-4711' });
    expect(replaced.order).toMatchObject({
      status: 'CAPTURED',
      amount: { amount: '4.50' },
      orderNumber: 'new-card-4711',
    });
    expect(replaced.agreement).toMatchObject({ credential: { brand: 'mastercard' }, paymentsMade: 0 });
  });

  it('takes the place of the old one only when its payer has authenticated', async () => {
    const { agreement } = await subscribe(shop);
    const waiting = await replaceCredential(shop, agreement.id, { payment: pay('pm_card_authenticationRequired') });
    expect(waiting).toMatchObject({
      order: { status: 'REQUIRES_ACTION' },
      agreement: { status: 'ACTIVE', credential: { id: agreement.credential?.id } },
    });
    const meanwhile = await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(meanwhile).toMatchObject({ order: { status: 'CAPTURED' } });
    await authenticate(product, shop, waiting.order);
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ credential: { lastFour: '3184' } });
  });

  it.each([
    ['declined', 'pm_card_visa_chargeDeclined'],
    ['not authenticated', 'pm_card_authenticationRequired'],
  ])('that is %s leaves the old one', async (_, token) => {
    const { agreement } = await subscribe(shop);
    const tried = await replaceCredential(shop, agreement.id, { payment: pay(token) });
    if (tried.order.status === 'REQUIRES_ACTION') await authenticate(product, shop, tried.order, 'fail');
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'ACTIVE',
      credential: { id: agreement.credential?.id },
    });
    const { order } = await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(order).toMatchObject({ status: 'CAPTURED' });
  });

  it('may be one that the payer has stored, and nobody else’s', async () => {
    const { agreement } = await subscribe(shop, { payer: { reference: 'two-cards' } });
    const own = await aStoredCard(shop, { payer: { reference: 'two-cards' }, payment: pay('pm_card_mastercard') });
    const others = await aStoredCard(shop, { payer: { reference: 'somebody' } });
    expect(await replaceCredential(shop, agreement.id, { payment: stored(others.id) })).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
    });
    const token = await externalIdsOf(product, others.id);
    const stolen = { credential: { token: token.token, externalCustomerId: token.customer } };
    expect(await replaceCredential(shop, agreement.id, { payment: stolen })).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
    });
    const foreign = await aStoredCard(await aBillingShop(product));
    expect(await replaceCredential(shop, agreement.id, { payment: stored(foreign.id) })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await replaceCredential(shop, agreement.id, { payment: stored(own.id) })).toMatchObject({
      agreement: { credential: { id: own.id } },
      order: { storedOnFile: 'STORED' },
    });
  });

  it('is not given by the merchant alone', async () => {
    const { agreement } = await subscribe(shop);
    const payment = pay('pm_card_mastercard', { source: 'MERCHANT' });
    expect(await replaceCredential(shop, agreement.id, { payment })).toMatchObject({ code: 'NEW_CIT_REQUIRED' });
  });

  it.each(['0', '-1', '1.001'])('is not paid with %s', async (amount) => {
    const { agreement } = await subscribe(shop);
    const refused = await replaceCredential(shop, agreement.id, { amount });
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['amount'] }] });
  });

  it('that was asked for and never confirmed takes nothing away when its time is up', async () => {
    const own = await startProduct();
    try {
      const other = await aBillingShop(own);
      const { agreement } = await subscribe(other, {
        payment: pay('pm_card_authenticationRequiredOnSetup', { source: 'MOTO' }),
      });
      const again = await replaceCredential(other, agreement.id, { payment: stored(agreement.credential?.id ?? '') });
      expect(again.order).toMatchObject({ status: 'REQUIRES_ACTION' });
      await afterDays(own, 1.2);
      const after = await agreementOf(other, agreement.id);
      expect(after.orders.nodes[0]).toMatchObject({ status: 'EXPIRED' });
      expect(after).toMatchObject({ status: 'ACTIVE', suspendedBecause: null });
    } finally {
      await own.close();
    }
  });

  it('stays when the hold that the first one paid with is captured later', async () => {
    const { order } = await orderFor(shop, 'createOrder', {
      orderNumber: 'held-first',
      amount: { amount: '30.00', currency: 'USD' },
      captureMode: 'MANUAL',
      payer: { reference: 'held-first' },
      payment: pay('pm_card_visa'),
      agreement: { type: 'UNSCHEDULED' },
    });
    await replaceCredential(shop, order.agreement.id);
    await shop.capture(order.id);
    expect(await agreementOf(shop, order.agreement.id)).toMatchObject({ credential: { brand: 'mastercard' } });
  });

  it('has what failed tried again at once', async () => {
    const own = await startProduct();
    try {
      const other = await aBillingShop(own, { timeZone: 'UTC' });
      const schedule = { period: 'MONTH', startDate: day(own, 1), localTime: '00:00' };
      const { agreement } = await subscribe(other, {
        chargeAmount: { fixed: '20.00' },
        schedule,
      });
      const { token } = await externalIdsOf(own, agreement.credential?.id ?? '');
      own.sandbox.control.declineFrom(token, { code: 'insufficient_funds' });
      await afterDays(own, 1.1);
      expect(await agreementOf(other, agreement.id)).toMatchObject({
        status: 'PAST_DUE',
        charges: { nodes: [{ attempts: 1 }] },
      });
      await replaceCredential(other, agreement.id);
      await afterDays(own, 0.01);
      expect(await agreementOf(other, agreement.id)).toMatchObject({
        status: 'ACTIVE',
        paymentsMade: 1,
        charges: { nodes: [{ number: 1, status: 'PAID', attempts: 2 }] },
      });
    } finally {
      await own.close();
    }
  });

  it('cannot be given when the agreement’s account is disconnected, and says what to do instead', async () => {
    const own = await aBillingShop(product);
    const { agreement } = await subscribe(own);
    const asked = { idempotencyKey: 'before-it-was-disconnected' };
    await replaceCredential(own, agreement.id, asked);
    const { operator } = await own.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
      '{ operator { paymentSystemAccounts { id } } }',
    );
    const accountId = operator.paymentSystemAccounts[0]?.id;
    await own.operator.do('disconnectPaymentSystem', { accountId }, 'account { status }');
    const refused = await replaceCredential(own, agreement.id);
    expect(refused).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE', retryable: false });
    expect(refused.message).toMatch(/cannot be moved to another one.*createAgreement at another account/);
    expect(await replaceCredential(own, agreement.id, asked)).toMatchObject({ order: { status: 'VERIFIED' } });
  });

  it('is asked for once per idempotency key', async () => {
    const { agreement } = await subscribe(shop);
    const asked = { idempotencyKey: 'new-card-once' };
    const answers = await Promise.all([1, 2].map(() => replaceCredential(shop, agreement.id, asked)));
    for (const { code } of answers) if (code) expect(code).toBe('IDEMPOTENCY_KEY_IN_USE');
    const again = await replaceCredential(shop, agreement.id, asked);
    expect(again).toMatchObject({ agreement: { credential: { brand: 'mastercard' } } });
    const renewals = (await agreementOf(shop, agreement.id)).orders.nodes.length;
    expect(renewals).toBe(2);
    expect(await replaceCredential(shop, agreement.id, { ...asked, amount: '1.00' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    await changed(shop, 'cancelAgreement', agreement.id);
    expect(await replaceCredential(shop, agreement.id, asked)).toMatchObject({ agreement: { status: 'CANCELED' } });
    expect(await replaceCredential(shop, agreement.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});

describe('the means of payment of an agreement', () => {
  it('when its payer has it removed, suspends the agreement until there is another one', async () => {
    const { agreement } = await subscribe(shop, DAILY());
    await removeCard(shop, agreement.credential?.id ?? '');
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'CREDENTIAL_UNUSABLE',
      nextChargeAt: null,
    });
    expect(await changed(shop, 'resumeAgreement', agreement.id)).toMatchObject({ code: 'CREDENTIAL_UNUSABLE' });
    expect(await replaceCredential(shop, agreement.id)).toMatchObject({ agreement: { status: 'SUSPENDED' } });
    expect(await changed(shop, 'resumeAgreement', agreement.id)).toMatchObject({
      agreement: { status: 'ACTIVE', suspendedBecause: null, nextChargeAt: expect.any(String) },
    });
  });

  it('suspends every agreement that it is of, and no other', async () => {
    const payer = { reference: 'many-agreements' };
    const first = await subscribe(shop, { payer });
    const payment = stored(first.agreement.credential?.id ?? '');
    const second = await subscribe(shop, { payer, payment });
    const third = await subscribe(shop, { payer });
    await removeCard(shop, first.agreement.credential?.id ?? '');
    for (const [{ agreement }, status] of [
      [first, 'SUSPENDED'],
      [second, 'SUSPENDED'],
      [third, 'ACTIVE'],
    ] as const) {
      expect(await agreementOf(shop, agreement.id)).toMatchObject({ status });
    }
  });

  it('detached at the payment system suspends it, too', async () => {
    const { agreement } = await subscribe(shop);
    await atStripe(product, shop, `payment_methods/${await tokenOf(agreement.credential?.id)}/detach`, {});
    await product.settle();
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'SUSPENDED',
      suspendedBecause: 'CREDENTIAL_UNUSABLE',
    });
  });

  it('renewed by its bank stays, and needs nothing of its payer', async () => {
    const { agreement } = await subscribe(shop);
    const token = await tokenOf(agreement.credential?.id);
    product.sandbox.control.renewCard(token, { expMonth: 7, expYear: 2061, last4: '1881' });
    await product.settle();
    expect(await agreementOf(shop, agreement.id)).toMatchObject({
      status: 'ACTIVE',
      credential: { id: agreement.credential?.id, lastFour: '1881' },
    });
    const { order } = await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(order).toMatchObject({ status: 'CAPTURED' });
  });
});
