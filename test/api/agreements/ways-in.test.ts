import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aBillingShop,
  afterDays,
  agreementOf,
  authenticate,
  changed,
  charged,
  orderFor,
  replaceCredential,
  subscribe,
} from '../../support/agreements.js';
import { type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const TERMS = { type: 'RECURRING', amountVariability: 'VARIABLE' };
const AUTHENTICATED = 'pm_card_authenticationRequired';

/** What the payment system was asked under the path, in order, as the parameters of each request. */
function sent(path: RegExp, method = 'POST'): Json[] {
  const { accountId } = shop.stripe;
  return product.sandbox.control
    .requests({ accountId })
    .filter((request) => request.method === method && path.test(request.path))
    .map(({ params }) => params as Json);
}

describe('an agreement with a token', () => {
  it('begins with a payment of firstAmount, and is charged later without the payer', async () => {
    product.sandbox.control.clearRequests();
    const { agreement, order, paymentPageUrl } = await subscribe(shop, { firstAmount: '9.99' });
    expect(order).toMatchObject({ status: 'CAPTURED', source: 'INTERNET', storedOnFile: 'TO_BE_STORED' });
    expect(order.amount).toEqual({ amount: '9.99', currency: 'USD' });
    expect(agreement).toMatchObject({ status: 'ACTIVE', credential: { brand: 'visa', lastFour: '4242' } });
    expect(agreement.paymentsMade).toBe(0);
    expect(paymentPageUrl).toBeNull();

    const [intent] = sent(/^\/v1\/payment_intents$/);
    expect(intent).toMatchObject({
      setup_future_usage: 'off_session',
      metadata: {
        quittance_agreement: agreement.id,
        quittance_agreement_type: 'RECURRING',
        quittance_source: 'INTERNET',
      },
    });
    expect(sent(/payment_intents\/[^/]+\/confirm/)[0]).not.toHaveProperty('off_session');

    product.sandbox.control.clearRequests();
    await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    const [charge] = sent(/^\/v1\/payment_intents$/);
    expect(charge).not.toHaveProperty('setup_future_usage');
    expect(charge).toMatchObject({
      metadata: { quittance_agreement: agreement.id, quittance_source: 'MERCHANT' },
    });
    expect(sent(/payment_intents\/[^/]+\/confirm/)[0]).toMatchObject({ off_session: 'recurring' });
  });

  it('begins with a check that takes no money when no firstAmount is given', async () => {
    product.sandbox.control.clearRequests();
    const { agreement, order } = await subscribe(shop);
    expect(order).toMatchObject({ status: 'VERIFIED', amount: { amount: '0.00' } });
    expect(agreement).toMatchObject({ status: 'ACTIVE', credential: { lastFour: '4242' } });
    expect(sent(/^\/v1\/setup_intents$/)).toMatchObject([
      { usage: 'off_session', metadata: { quittance_agreement: agreement.id, quittance_source: 'INTERNET' } },
    ]);
    expect(sent(/^\/v1\/payment_intents$/)).toEqual([]);
  });

  it.each([
    ['RECURRING', 'recurring'],
    ['INSTALLMENT', 'recurring'],
    ['UNSCHEDULED', 'one_off'],
    ['OTHER', 'one_off'],
  ])('of type %s is charged as %s', async (type, offSession) => {
    const parts = type === 'INSTALLMENT' ? { chargeAmount: { sequence: ['3.00', '3.00'] } } : {};
    const { agreement } = await subscribe(shop, { terms: { type }, ...parts });
    product.sandbox.control.clearRequests();
    await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(sent(/payment_intents\/[^/]+\/confirm/)[0]).toMatchObject({ off_session: offSession });
    expect(sent(/^\/v1\/payment_intents$/)[0]).toMatchObject({
      metadata: { quittance_agreement_type: type, quittance_source: 'MERCHANT' },
    });
  });

  it.each(['MOTO', 'TELEPHONE_ORDER', 'CALL_CENTER'])('made over %s asks nobody to authenticate', async (source) => {
    product.sandbox.control.clearRequests();
    const payment = pay(AUTHENTICATED, { source });
    const checked = await subscribe(shop, { payment });
    expect(checked.order).toMatchObject({ source, status: 'VERIFIED' });
    expect(sent(/^\/v1\/setup_intents$/)[0]).toMatchObject({ payment_method_options: { card: { moto: 'true' } } });
    const paid = await subscribe(shop, { payment, firstAmount: '4.00' });
    expect(paid.order).toMatchObject({ source, status: 'CAPTURED' });
    expect(sent(/^\/v1\/payment_intents$/)[0]).toMatchObject({
      payment_method_options: { card: { moto: 'true' } },
      setup_future_usage: 'off_session',
    });
  });

  it('is made with a stored credential of the payer, and of no other', async () => {
    const first = await subscribe(shop, { payer: { reference: 'two-agreements' } });
    const storedCredentialId = first.agreement.credential?.id;
    const payment = { credential: { storedCredentialId } };
    const second = await subscribe(shop, { payer: { reference: 'two-agreements' }, payment, firstAmount: '2.00' });
    expect(second).toMatchObject({
      agreement: { status: 'ACTIVE', credential: { id: storedCredentialId } },
      order: { storedOnFile: 'STORED', status: 'CAPTURED' },
    });
    expect(await subscribe(shop, { payer: { reference: 'somebody-else' }, payment })).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
    });
    const neighbour = await aBillingShop(product);
    expect(await subscribe(neighbour, { payer: { reference: 'two-agreements' }, payment })).toMatchObject({
      code: 'NOT_FOUND',
      message: 'no such stored credential',
    });
  });

  it.each([
    ['MERCHANT', undefined, 'NEW_CIT_REQUIRED'],
    ['MERCHANT', 'NOT_STORED', 'STORED_ON_FILE_CONFLICT'],
    ['INTERNET', 'NOT_STORED', 'STORED_ON_FILE_CONFLICT'],
    ['INTERNET', 'STORED', 'STORED_ON_FILE_CONFLICT'],
    ['CARD_PRESENT', undefined, 'SOURCE_NOT_ALLOWED'],
  ])('is refused as source %s and stored-on-file %s', async (source, storedOnFile, code) => {
    product.sandbox.control.clearRequests();
    const refused = await subscribe(shop, {
      payment: pay('pm_card_visa', { source, storedOnFile }),
      terms: { reference: `refused-${source}-${storedOnFile}` },
    });
    expect(refused).toMatchObject({ code });
    expect(sent(/./)).toEqual([]);
    const { agreement } = await shop.ask<{ agreement: unknown }>(
      `{ agreement(reference: "refused-${source}-${storedOnFile}") { id } }`,
    );
    expect(agreement).toBeNull();
  });
});

describe('an agreement whose payer must authenticate', () => {
  it.each([
    ['payment', { firstAmount: '5.00' }, 'CAPTURED'],
    ['check', {}, 'VERIFIED'],
  ])('waits for the %s, and is ACTIVE when they have', async (_, input, done) => {
    const made = await subscribe(shop, { payment: pay(AUTHENTICATED), ...input });
    expect(made.order).toMatchObject({
      status: 'REQUIRES_ACTION',
      nextAction: { clientSecret: expect.any(String) },
    });
    expect(made.agreement).toMatchObject({ status: 'PENDING', credential: null, nextChargeAt: null });
    expect(made.paymentPageUrl).toEqual(expect.stringContaining(product.url));
    await authenticate(product, shop, made.order);
    const after = await agreementOf(shop, made.agreement.id);
    expect(after).toMatchObject({
      status: 'ACTIVE',
      credential: { lastFour: '3184' },
      orders: { nodes: [{ status: done }] },
    });
  });

  it('stays PENDING when they fail to, and begins by a second try', async () => {
    const { agreement, order } = await subscribe(shop, { payment: pay(AUTHENTICATED) });
    await authenticate(product, shop, order, 'fail');
    const failed = await agreementOf(shop, agreement.id);
    expect(failed).toMatchObject({ status: 'PENDING', credential: null });
    const again = await replaceCredential(shop, agreement.id);
    expect(again).toMatchObject({ agreement: { status: 'ACTIVE', credential: { brand: 'mastercard' } } });
  });

  it('is canceled after its time when they never do', async () => {
    const own = await startProduct();
    try {
      const other = await aBillingShop(own);
      const { agreement } = await subscribe(other, { payment: pay(AUTHENTICATED) });
      await afterDays(own, 0.9);
      expect(await agreementOf(other, agreement.id)).toMatchObject({ status: 'PENDING' });
      await afterDays(own, 0.5);
      await afterDays(own, 0.1);
      const after = await agreementOf(other, agreement.id);
      expect(after).toMatchObject({ status: 'CANCELED', orders: { nodes: [{ status: 'EXPIRED' }] } });
      expect(await replaceCredential(other, agreement.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    } finally {
      await own.close();
    }
  });

  it.each(['createAgreement', 'createOrder', 'payOrder'])('cannot be charged before that (%s)', async (way) => {
    const payment = pay(AUTHENTICATED);
    const payer = { reference: `impatient-${way}` };
    const amount = { amount: '8.00', currency: 'USD' };
    const orderNumber = `impatient-${way}`;
    let agreementId: string;
    if (way === 'createAgreement') agreementId = (await subscribe(shop, { payment })).agreement.id;
    else if (way === 'createOrder') {
      const { order } = await orderFor(shop, way, { orderNumber, amount, payer, payment, agreement: TERMS });
      agreementId = order.agreement.id;
    } else {
      const { order } = await shop.createOrder({ orderNumber, amount, payer });
      const paid = await orderFor(shop, 'payOrder', { orderId: order.id, payment, agreement: TERMS });
      agreementId = paid.order.agreement.id;
    }
    expect(await charged(shop, 'chargeAgreement', agreementId, { amount: '1.00' })).toMatchObject({
      code: expect.stringMatching(/NEW_CIT_REQUIRED|ILLEGAL_TRANSITION/),
    });
  });
});

describe('a declined first transaction', () => {
  it.each([
    ['payment', { firstAmount: '5.00' }],
    ['check', {}],
  ])('(%s) leaves the agreement PENDING until a second try succeeds', async (_, input) => {
    const declined = await subscribe(shop, { payment: pay('pm_card_visa_chargeDeclined'), ...input });
    expect(declined).toMatchObject({
      order: { status: 'DECLINED' },
      agreement: { status: 'PENDING', credential: null },
    });
    expect(await changed(shop, 'suspendAgreement', declined.agreement.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    const again = await replaceCredential(shop, declined.agreement.id, { amount: '5.00' });
    expect(again).toMatchObject({
      agreement: { status: 'ACTIVE', credential: { brand: 'mastercard' } },
      order: { status: 'CAPTURED', storedOnFile: 'TO_BE_STORED' },
    });
  });
});
