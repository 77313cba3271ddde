import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  aMerchant,
  aShop,
  connect,
  type Json,
  type Product,
  pay,
  type Shop,
  startProduct,
} from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

interface Credential {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly brand: string;
  readonly lastFour: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
}

async function credentialsOf(owner: Shop, reference: string): Promise<Credential[]> {
  const { payer } = await owner.ask<{ payer: { storedCredentials: Credential[] } }>(
    `query ($r: String!) { payer(reference: $r) { storedCredentials { id type status brand lastFour expiryMonth expiryYear } } }`,
    { r: reference },
  );
  return payer.storedCredentials;
}

let payers = 0;

/** A payer whose card was stored by an order. */
async function aStoredCard(owner = shop, token = 'pm_card_visa'): Promise<{ reference: string; id: string }> {
  payers += 1;
  const reference = `payer-${payers}`;
  await owner.sale({ payment: pay(token), payer: { reference }, saveCredential: true });
  const [credential] = await credentialsOf(owner, reference);
  if (!credential) throw new Error('nothing was stored');
  return { reference, id: credential.id };
}

const stored = (storedCredentialId: string, more: Json = {}): Json => ({ credential: { storedCredentialId }, ...more });

function sent(path: string, stripe = shop.stripe): Json[] {
  return product.sandbox.control
    .requests({ accountId: stripe.accountId, method: 'POST', path })
    .map(({ params }) => params as Json);
}

describe('a card that is to be stored', () => {
  it('is stored for its payer once the payment succeeds', async () => {
    product.sandbox.control.clearRequests();
    const { order } = await shop.sale({ payer: { reference: 'keeper', email: 'k@example.com' }, saveCredential: true });
    expect(order).toMatchObject({ status: 'CAPTURED', source: 'INTERNET', storedOnFile: 'TO_BE_STORED' });
    expect(await credentialsOf(shop, 'keeper')).toEqual([
      {
        id: expect.stringMatching(/^cred_/),
        type: 'CARD',
        status: 'ACTIVE',
        brand: 'visa',
        lastFour: '4242',
        expiryMonth: expect.any(Number),
        expiryYear: expect.any(Number),
      },
    ]);
    const [customer] = sent('/customers$');
    expect(customer).toMatchObject({ email: 'k@example.com' });
    const [created] = sent('/payment_intents$');
    expect(created).toMatchObject({ setup_future_usage: 'off_session', customer: expect.stringMatching(/^cus_/) });
    expect(created).not.toHaveProperty('off_session');
  });

  it('is stored by the word for it as well, and when the order is paid later', async () => {
    await shop.sale({
      payment: pay('pm_card_mastercard', { storedOnFile: 'TO_BE_STORED' }),
      payer: { reference: 'by-word' },
    });
    expect(await credentialsOf(shop, 'by-word')).toMatchObject([{ brand: 'mastercard' }]);
    const { order } = await shop.createOrder({ payer: { reference: 'later' }, saveCredential: true });
    expect((await shop.payOrder(order.id)).order).toMatchObject({ storedOnFile: 'TO_BE_STORED' });
    expect(await credentialsOf(shop, 'later')).toHaveLength(1);
  });

  it('is stored by a hold, and by a payment that the payer had to authenticate', async () => {
    await shop.hold({ payer: { reference: 'held' }, saveCredential: true });
    expect(await credentialsOf(shop, 'held')).toHaveLength(1);
    const { order } = await shop.sale({
      payment: pay('pm_card_authenticationRequired'),
      payer: { reference: 'asked' },
      saveCredential: true,
    });
    expect(await credentialsOf(shop, 'asked')).toEqual([]);
    product.sandbox.control.completeAuthentication(
      shop.stripe.accountId,
      order.operations[0]?.transactions[0]?.externalId ?? '',
      'succeed',
    );
    await product.settle();
    expect(await credentialsOf(shop, 'asked')).toHaveLength(1);
  });

  it('is not stored when the payment is declined, nor without being asked for', async () => {
    await shop.sale({
      payment: pay('pm_card_visa_chargeDeclined'),
      payer: { reference: 'poor' },
      saveCredential: true,
    });
    expect(await credentialsOf(shop, 'poor')).toEqual([]);
    await shop.sale({ payer: { reference: 'private' } });
    expect(await credentialsOf(shop, 'private')).toEqual([]);
  });

  it('needs a payer', async () => {
    expect(await shop.sale({ saveCredential: true })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['payer'] }],
    });
  });

  it('belongs to the same customer as the one before', async () => {
    product.sandbox.control.clearRequests();
    const payer = { reference: 'collector' };
    await shop.sale({ payer, saveCredential: true });
    await shop.sale({ payer, saveCredential: true, payment: pay('pm_card_mastercard') });
    expect(sent('/customers$')).toHaveLength(1);
    expect((await credentialsOf(shop, 'collector')).map(({ brand }) => brand)).toEqual(['mastercard', 'visa']);
  });
});

describe('a stored card', () => {
  it("pays, and its payer is the order's", async () => {
    const card = await aStoredCard();
    product.sandbox.control.clearRequests();
    const { order } = await shop.sale({ payment: stored(card.id) });
    expect(order).toMatchObject({ status: 'CAPTURED', source: 'INTERNET', storedOnFile: 'STORED' });
    const [created] = sent('/payment_intents$');
    expect(created).toMatchObject({
      customer: expect.stringMatching(/^cus_/),
      payment_method: expect.stringMatching(/^pm_/),
    });
    expect(created).not.toHaveProperty('setup_future_usage');
    expect(JSON.stringify(sent('/payment_intents'))).not.toContain('off_session');
    const read = await shop.ask('query ($id: ID!) { order(id: $id) { payer { reference } } }', { id: order.id });
    expect(read.order).toEqual({ payer: { reference: card.reference } });
  });

  it("pays an order that waits, and its payer is the order's from then on", async () => {
    const card = await aStoredCard();
    const { order } = await shop.createOrder();
    const paid = await shop.do<{ order: Json }>(
      'payOrder',
      { orderId: order.id, payment: stored(card.id) },
      'order { status storedOnFile payer { reference } }',
    );
    expect(paid.order).toEqual({ status: 'CAPTURED', storedOnFile: 'STORED', payer: { reference: card.reference } });
    const read = await shop.ask('query ($id: ID!) { order(id: $id) { payer { reference } } }', { id: order.id });
    expect(read.order).toEqual({ payer: { reference: card.reference } });
  });

  it('is found by node, by whoever may see its payer', async () => {
    const card = await aStoredCard();
    const query = 'query ($id: ID!) { node(id: $id) { id ... on StoredCredential { lastFour } } }';
    expect(await shop.ask(query, { id: card.id })).toEqual({ node: { id: card.id, lastFour: '4242' } });
    expect(await shop.operator.ask(query, { id: card.id })).toEqual({ node: { id: card.id, lastFour: '4242' } });
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    expect(await neighbour.ask(query, { id: card.id })).toEqual({ node: null });
  });

  it.each([
    ['MOTO', true],
    ['TELEPHONE_ORDER', true],
    ['INTERNET', false],
  ])('from %s is told as such to the payment system', async (source, moto) => {
    const card = await aStoredCard();
    product.sandbox.control.clearRequests();
    const { order } = await shop.sale({ payment: stored(card.id, { source }) });
    expect(order).toMatchObject({ status: 'CAPTURED', source, storedOnFile: 'STORED' });
    expect(JSON.stringify(sent('/payment_intents$')).includes('"moto":"true"')).toBe(moto);
  });

  it("of another payer of the merchant is refused; another merchant's or operator's does not exist", async () => {
    const card = await aStoredCard();
    expect(await shop.sale({ payer: { reference: 'somebody-else' }, payment: stored(card.id) })).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
      message: expect.stringContaining('another payer'),
    });
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    expect(await neighbour.sale({ payment: stored(card.id) })).toEqual({
      code: 'NOT_FOUND',
      message: 'no such stored credential',
      retryable: false,
      issues: [],
    });
    const stranger = await aShop(product);
    expect(await stranger.sale({ payment: stored(card.id) })).toMatchObject({
      code: 'NOT_FOUND',
      message: 'no such stored credential',
    });
    const byOperator = await shop.operator.do(
      'createOrder',
      { orderNumber: 'op', merchantId: shop.id, amount: { amount: '1.00', currency: 'USD' }, payment: stored(card.id) },
      'order { status }',
    );
    expect(byOperator).toEqual({ order: { status: 'CAPTURED' } });
  });

  it('of another account is refused, and the message says so', async () => {
    const two = await aShop(product);
    const card = await aStoredCard(two);
    const paymentSystemAccountId = await connect(two.operator, product.sandbox.control.createAccount());
    expect(await two.sale({ payment: stored(card.id), paymentSystemAccountId })).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
      message: expect.stringContaining('another payment system account'),
    });
    expect(await two.sale({ payment: pay('pm_card_visa') })).toMatchObject({
      code: 'PAYMENT_SYSTEM_UNAVAILABLE',
      message: expect.stringContaining('paymentSystemAccountId'),
    });
    expect((await two.sale({ paymentSystemAccountId })).order).toMatchObject({ status: 'CAPTURED' });
  });

  it('that is declined can be used again', async () => {
    const card = await aStoredCard(shop, 'pm_card_chargeCustomerFail').catch(() => null);
    // Stripe charges nothing with this card, so it never gets stored by a payment.
    expect(card).toBeNull();
  });
});

describe('a token with its customer', () => {
  /** What the payment system knows a stored card by. */
  async function externalIdsOf(reference: string): Promise<{ token: string; externalCustomerId: string }> {
    const admin = new pg.Client({ connectionString: product.database.url });
    await admin.connect();
    const { rows } = await admin.query<{ token: string; externalCustomerId: string }>(
      `select c.external_id as token, c.external_customer_id as "externalCustomerId"
       from stored_credentials c join payers p on p.id = c.payer_id where p.reference = $1`,
      [reference],
    );
    await admin.end();
    return rows[0] ?? { token: '', externalCustomerId: '' };
  }

  it('pays, and is stored already', async () => {
    const { reference } = await aStoredCard();
    const credential = await externalIdsOf(reference);
    const { order } = await shop.sale({ payment: { credential }, payer: { reference } });
    expect(order).toMatchObject({ status: 'CAPTURED', storedOnFile: 'STORED' });
    expect((await shop.sale({ payment: { credential } })).order).toMatchObject({ status: 'CAPTURED' });
  });

  it('that is stored for somebody else is refused before anything is sent', async () => {
    const { reference } = await aStoredCard();
    const credential = await externalIdsOf(reference);
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    product.sandbox.control.clearRequests();
    const refusals = [
      await neighbour.sale({ payment: { credential } }),
      await neighbour.sale({ payment: { credential }, payer: { reference: 'thief' }, saveCredential: true }),
      await shop.sale({ payment: { credential }, payer: { reference: 'another' } }),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ code: 'CREDENTIAL_UNUSABLE', message: expect.stringContaining('another payer') });
    }
    expect(sent('.')).toEqual([]);
  });

  it('needs the customer: without, the payment system refuses it', async () => {
    const { reference } = await aStoredCard();
    const { token } = await externalIdsOf(reference);
    expect((await shop.sale({ payment: pay(token) })).order).toMatchObject({
      status: 'DECLINED',
      operations: [{ status: 'FAILED' }],
    });
  });
});

describe('what the schemes forbid is refused before anything is sent', () => {
  const cases: [string, string, () => Promise<Json>][] = [
    [
      'MERCHANT where it is not allowed',
      'SOURCE_NOT_ALLOWED',
      async () => ({ payment: pay('pm_card_visa', { source: 'MERCHANT' }) }),
    ],
    [
      'a card at a terminal',
      'SOURCE_NOT_ALLOWED',
      async () => ({ payment: pay('pm_card_visa', { source: 'CARD_PRESENT' }) }),
    ],
    [
      'a payer at a terminal',
      'SOURCE_NOT_ALLOWED',
      async () => ({ payment: pay('pm_card_visa', { source: 'PAYER_PRESENT' }) }),
    ],
    [
      'a stored card that is NOT_STORED',
      'STORED_ON_FILE_CONFLICT',
      async () => ({ payment: stored((await aStoredCard()).id, { storedOnFile: 'NOT_STORED' }) }),
    ],
    [
      'a stored card TO_BE_STORED',
      'STORED_ON_FILE_CONFLICT',
      async () => ({ payment: stored((await aStoredCard()).id, { storedOnFile: 'TO_BE_STORED' }) }),
    ],
    [
      'a new token that is STORED',
      'STORED_ON_FILE_CONFLICT',
      async () => ({ payment: pay('pm_card_visa', { storedOnFile: 'STORED' }) }),
    ],
    [
      'saving what is NOT_STORED',
      'STORED_ON_FILE_CONFLICT',
      async () => ({
        saveCredential: true,
        payer: { reference: 'x' },
        payment: pay('pm_card_visa', { storedOnFile: 'NOT_STORED' }),
      }),
    ],
  ];

  it.each(cases)('%s: %s', async (_, code, make) => {
    const input = await make();
    product.sandbox.control.clearRequests();
    expect(await shop.sale(input)).toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(/source|storedOnFile/),
    });
    const { order } = await shop.createOrder({ ...input, payment: undefined });
    expect(await shop.do('payOrder', { orderId: order.id, payment: input.payment }, 'order { id }')).toMatchObject({
      code,
    });
    expect(sent('.')).toEqual([]);
    expect((await shop.order(order.id)).status).toBe('CREATED');
  });

  it('a merchant-initiated payment without an agreement, even where MERCHANT is allowed', async () => {
    const trusted = await aMerchant(product, shop.operator, shop.stripe, { allowedSources: ['INTERNET', 'MERCHANT'] });
    expect(await trusted.sale({ payment: pay('pm_card_visa', { source: 'MERCHANT' }) })).toMatchObject({
      code: 'AGREEMENT_REQUIRED',
    });
    expect(
      await trusted.sale({ payment: pay('pm_card_visa', { source: 'MERCHANT', storedOnFile: 'NOT_STORED' }) }),
    ).toMatchObject({ code: 'STORED_ON_FILE_CONFLICT' });
    expect(await trusted.sale({ payment: pay('pm_card_visa', { source: 'MOTO' }) })).toMatchObject({
      code: 'SOURCE_NOT_ALLOWED',
      message: expect.stringContaining('INTERNET, MERCHANT'),
    });
  });
});

describe('a new card by a remote source', () => {
  it.each(['MOTO', 'MAIL_ORDER', 'TELEPHONE_ORDER', 'VOICE_RESPONSE', 'CALL_CENTER'])(
    '%s is marked so',
    async (source) => {
      product.sandbox.control.clearRequests();
      expect((await shop.sale({ payment: pay('pm_card_visa', { source }) })).order).toMatchObject({
        status: 'CAPTURED',
        source,
        storedOnFile: 'NOT_STORED',
      });
      expect(sent('/payment_intents$')[0]).toMatchObject({ payment_method_options: { card: { moto: 'true' } } });
    },
  );

  it('never asks a payer who is not there to authenticate', async () => {
    const { order } = await shop.sale({ payment: pay('pm_card_authenticationRequired', { source: 'MOTO' }) });
    expect(order.status).toBe('CAPTURED');
  });
});
