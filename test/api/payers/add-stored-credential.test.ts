import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aMerchant, aShop, type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import {
  add,
  aStoredCard,
  asked,
  attend,
  type CredentialView,
  credentialById,
  credentialsOf,
  externalIdsOf,
  stored,
} from './stored-cards.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});
beforeEach(() => product.sandbox.control.clearRequests());
afterAll(() => product.close());

const CARD = { type: 'CARD', status: 'ACTIVE', removedBecause: null, brand: 'visa', lastFour: '4242', mandate: null };

function authenticate(externalId: string, outcome: 'succeed' | 'fail'): void {
  product.sandbox.control.completeAuthentication(shop.stripe.accountId, externalId, outcome);
}

function sent(path: string): Json[] {
  return product.sandbox.control
    .requests({ accountId: shop.stripe.accountId, method: 'POST', path })
    .map(({ params }) => params as Json);
}

describe('a card that is added', () => {
  it('is checked by an order of nothing, and stored for its payer', async () => {
    const { order, storedCredential } = await add(shop, { payer: { reference: 'first', email: 'f@example.com' } });
    expect(storedCredential).toMatchObject({ ...CARD, payer: { reference: 'first' } });
    expect(order).toMatchObject({
      status: 'VERIFIED',
      amount: { amount: '0.00', currency: 'USD' },
      source: 'INTERNET',
      storedOnFile: 'TO_BE_STORED',
      storedCredential: { id: storedCredential?.id },
      operations: [
        {
          type: 'VERIFICATION',
          status: 'SUCCEEDED',
          transactions: [{ type: 'VERIFICATION', status: 'SUCCEEDED', externalId: expect.stringMatching(/^seti_/) }],
        },
      ],
    });
    expect(order.orderNumber).toMatch(/^check-[0-9a-f-]{36}$/);
    expect(await credentialsOf(shop, 'first')).toEqual([storedCredential]);
    expect(asked(product, shop, 'POST', '/payment_intents')).toBe(0);
    expect(sent('/setup_intents$')).toMatchObject([{ usage: 'off_session', customer: expect.stringMatching(/^cus_/) }]);
  });

  it('takes the number, the currency and the source that are given', async () => {
    const payment = pay('pm_card_mastercard', { source: 'MOTO' });
    const { order, storedCredential } = await add(shop, { payment, orderNumber: 'my-check', currency: 'JPY' });
    expect(order).toMatchObject({
      status: 'VERIFIED',
      orderNumber: 'my-check',
      amount: { amount: '0', currency: 'JPY' },
      source: 'MOTO',
    });
    expect(storedCredential).toMatchObject({ brand: 'mastercard' });
    expect(await add(shop, { orderNumber: 'my-check' })).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
  });

  it('waits for the payer where the bank asks for 3-D Secure', async () => {
    const payer = { reference: 'asked' };
    const payment = pay('pm_card_authenticationRequired');
    const { order, storedCredential } = await add(shop, { payer, payment, returnUrl: 'https://shop.example/back' });
    expect(storedCredential).toBeNull();
    expect(order).toMatchObject({
      status: 'REQUIRES_ACTION',
      storedCredential: null,
      nextAction: { redirectUrl: expect.stringContaining('/authenticate/'), clientSecret: expect.any(String) },
    });
    authenticate(order.operations[0]?.transactions[0]?.externalId ?? '', 'succeed');
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('VERIFIED');
    expect(await credentialsOf(shop, 'asked')).toMatchObject([{ status: 'ACTIVE' }]);
  });

  it('is not stored where the payer fails to authenticate', async () => {
    const payer = { reference: 'failing' };
    const { order } = await add(shop, { payer, payment: pay('pm_card_authenticationRequired') });
    authenticate(order.operations[0]?.transactions[0]?.externalId ?? '', 'fail');
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('DECLINED');
    expect(await credentialsOf(shop, 'failing')).toEqual([]);
  });

  it('is not stored where its bank declines, and the number is free again', async () => {
    const input = { payer: { reference: 'poor' }, orderNumber: 'poor-1' };
    const declined = await add(shop, { ...input, payment: pay('pm_card_visa_chargeDeclined') });
    expect(declined).toMatchObject({
      storedCredential: null,
      order: {
        status: 'DECLINED',
        operations: [{ type: 'VERIFICATION', status: 'DECLINED', declineCode: 'generic_decline' }],
      },
    });
    expect(await credentialsOf(shop, 'poor')).toEqual([]);
    expect((await add(shop, input)).order.status).toBe('VERIFIED');
  });

  it('pays later orders of its payer, in any currency', async () => {
    const card = await aStoredCard(shop, { payer: { reference: 'later' } });
    const { order } = await shop.sale({ payment: stored(card.id), amount: { amount: '12.00', currency: 'EUR' } });
    expect(order).toMatchObject({ status: 'CAPTURED', source: 'INTERNET', storedOnFile: 'STORED' });
    const read = await shop.ask('query ($id: ID!) { order(id: $id) { payer { reference } } }', { id: order.id });
    expect(read.order).toEqual({ payer: { reference: 'later' } });
  });

  it('is stored though the answer to its check is lost', async () => {
    product.sandbox.control.addFault({ kind: 'timeout_after', method: 'POST', path: '/confirm$', count: 1 });
    const { order } = await add(shop, { payer: { reference: 'lost' } });
    product.advance(60);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('VERIFIED');
    expect(await credentialsOf(shop, 'lost')).toHaveLength(1);
  });
});

describe('a request to add a card', () => {
  it('is carried out once per key, however often and however simultaneously it comes', async () => {
    const input = { payer: { reference: 'once' }, idempotencyKey: 'add-once' };
    const first = await add(shop, input);
    expect(await add(shop, input)).toEqual(first);
    expect(await add(shop, { ...input, currency: 'EUR' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const twice = { payer: { reference: 'twice' }, idempotencyKey: 'add-twice' };
    const answers = await Promise.all([add(shop, twice), add(shop, twice)]);
    expect(answers.filter(({ order }) => order?.status === 'VERIFIED').length).toBeGreaterThan(0);
    expect(await credentialsOf(shop, 'twice')).toHaveLength(1);
    expect(asked(product, shop, 'POST', '/setup_intents$')).toBe(2);
  });

  it.each<[string, () => Promise<Json>, string, string]>([
    [
      'what is stored already',
      async () => ({ payment: stored((await aStoredCard(shop)).id) }),
      'INVALID_INPUT',
      'is stored already',
    ],
    [
      'what is NOT_STORED',
      async () => ({ payment: pay('pm_card_visa', { storedOnFile: 'NOT_STORED' }) }),
      'STORED_ON_FILE_CONFLICT',
      'not NOT_STORED',
    ],
    [
      'what is STORED',
      async () => ({ payment: pay('pm_card_visa', { storedOnFile: 'STORED' }) }),
      'STORED_ON_FILE_CONFLICT',
      'not STORED',
    ],
    [
      'a merchant as its source',
      async () => ({ payment: pay('pm_card_visa', { source: 'MERCHANT' }) }),
      'SOURCE_NOT_ALLOWED',
      'MERCHANT is not allowed',
    ],
    ['a currency that is none', async () => ({ currency: 'ABC' }), 'INVALID_INPUT', 'ISO 4217'],
    [
      'an account that is nobody’s',
      async () => ({ paymentSystemAccountId: 'psa_0' }),
      'NOT_FOUND',
      'payment system account',
    ],
    ['another merchant', async () => ({ merchantId: 'mer_0' }), 'NOT_FOUND', 'no such merchant'],
  ])('is refused with %s', async (_name, input, code, message) => {
    const given = await input();
    product.sandbox.control.clearRequests();
    expect(await add(shop, given)).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(asked(product, shop, 'POST', '.')).toBe(0);
  });

  it("finds nothing where it names what another merchant's payer stored", async () => {
    const card = await aStoredCard(shop);
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    const nothing = { code: 'NOT_FOUND', message: 'no such stored credential' };
    expect(await add(neighbour, { payment: stored(card.id) })).toMatchObject(nothing);
    expect(await add(shop, { payment: stored('cred_broken') })).toMatchObject(nothing);
  });

  it("refuses another merchant's payer, and names the merchant with an operator's key", async () => {
    const made = await shop.ask<{ payer: { id: string } }>('{ payer(reference: "first") { id } }');
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    expect(await add(neighbour, { payer: { id: made.payer.id } })).toMatchObject({
      code: 'NOT_FOUND',
      message: 'no such payer',
    });
    const input = { payer: { id: made.payer.id }, payment: pay('pm_card_visa') };
    expect(await shop.operator.do('addStoredCredential', input, 'order { id }')).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['merchantId'] }],
    });
    expect(
      await shop.operator.do('addStoredCredential', { ...input, merchantId: shop.id }, 'order { status }'),
    ).toEqual({ order: { status: 'VERIFIED' } });
  });
});

describe('a bank account that is added', () => {
  const mandate = { acceptedAt: '2026-11-21T12:00:00Z', ipAddress: '203.0.113.7', userAgent: 'Firefox' };

  async function aBankAccount(reference: string): Promise<CredentialView> {
    const payer = { reference, email: 'payer@example.com', name: 'Pat Payer' };
    const { order } = await add(shop, { payer, payment: pay('pm_success_de', { mandate }), currency: 'EUR' });
    expect(order.operations[0]).toMatchObject({ type: 'VERIFICATION' });
    await product.settle();
    await attend(product);
    const [account] = await credentialsOf(shop, reference);
    if (!account) throw new Error(`nothing was stored: ${(await shop.order(order.id)).status}`);
    return account;
  }

  it('is stored with its mandate, which is shown as soon as the payment system has shown it', async () => {
    const account = await aBankAccount('banker');
    expect(account).toMatchObject({
      type: 'BANK_ACCOUNT',
      status: 'ACTIVE',
      lastFour: '3000',
      expiryMonth: null,
      expiryYear: null,
      mandate: { status: 'ACTIVE', reference: expect.any(String), url: expect.stringMatching(/^https?:/) },
    });
    const seen = await externalIdsOf(product, account.id);
    expect(seen).toMatchObject({ mandate: expect.stringMatching(/^mandate_/), due: null });
    expect(sent('/setup_intents/[^/]+/confirm$')).toMatchObject([
      { mandate_data: { customer_acceptance: { type: 'online', online: { ip_address: '203.0.113.7' } } } },
    ]);
  });

  it('is looked at again where the payment system does not show the mandate', async () => {
    product.sandbox.control.addFault({ kind: 'error_503', method: 'GET', path: '/mandates/', count: 1 });
    const account = await aBankAccount('unlucky');
    expect(account.mandate).toBeNull();
    product.advance(10);
    await attend(product);
    expect(await credentialById(shop, account.id)).toMatchObject({ mandate: { status: 'ACTIVE' } });
  });
});
