import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, changed, charged, day, subscribe } from '../../support/agreements.js';
import { aMerchant, Client, type Json, type Product, pay, Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
let neighbour: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
  neighbour = await aMerchant(product, shop.operator, shop.stripe);
});

afterAll(() => product.close());

const monthly = (more: Json = {}): Json => ({
  chargeAmount: { fixed: '20.00' },
  schedule: { period: 'MONTH', startDate: day(product, 10), timeZone: 'UTC' },
  ...more,
});

const ONE =
  'query ($id: ID, $reference: String, $merchantId: ID) { agreement(id: $id, reference: $reference, merchantId: $merchantId) { id } }';

async function found(client: Client, variables: Json): Promise<string | null> {
  const { agreement } = await client.ask<{ agreement: { id: string } | null }>(ONE, variables);
  return agreement?.id ?? null;
}

async function listed(client: Client, filter: Json, more = ''): Promise<string[]> {
  const { agreements } = await client.ask<{ agreements: { nodes: { id: string }[] } }>(
    `query ($filter: AgreementFilter) { agreements(filter: $filter ${more}) { nodes { id } } }`,
    { filter },
  );
  return agreements.nodes.map(({ id }) => id);
}

describe('an agreement', () => {
  it('is found by its id and by the merchant’s reference', async () => {
    const { agreement } = await subscribe(shop, { terms: { reference: 'gold-1' } });
    expect(await found(shop, { id: agreement.id })).toBe(agreement.id);
    expect(await found(shop, { reference: 'gold-1' })).toBe(agreement.id);
    expect(await found(shop.operator, { reference: 'gold-1', merchantId: shop.id })).toBe(agreement.id);
    expect(await found(shop, { reference: 'gold-\u0000' })).toBeNull();
    await expect(found(shop.operator, { reference: 'gold-1' })).rejects.toThrow('BAD_REQUEST: merchantId');
  });

  it('is nobody else’s, by whatever way it is asked for', async () => {
    const { agreement } = await subscribe(shop, { terms: { reference: 'silver-1' } });
    const { charges, history } = await partsOf(shop, agreement.id);
    const stranger = await aBillingShop(product);
    for (const other of [neighbour, stranger, stranger.operator]) {
      expect(await found(other, { id: agreement.id })).toBeNull();
      for (const id of [agreement.id, ...charges, ...history]) {
        expect(await other.ask('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
      }
      for (const mutation of ['suspendAgreement', 'cancelAgreement', 'updateAgreement']) {
        expect(await changed(other as Shop, mutation, agreement.id)).toMatchObject({ code: 'NOT_FOUND' });
      }
    }
    expect(await found(neighbour, { reference: 'silver-1' })).toBeNull();
    expect(await listed(neighbour, {})).toEqual([]);
  });

  it('is not for the token of a payer, nor is what leads to it', async () => {
    const { order, agreement } = await subscribe(shop);
    const { token } = await shop.do<{ token: string }>('createClientToken', { orderId: order.id }, 'token');
    const payer = new Client(product.url, token);
    for (const query of [
      `{ agreement(id: "${agreement.id}") { id } }`,
      '{ agreements { nodes { id } } }',
      `{ order(id: "${order.id}") { agreement { id } } }`,
      `{ order(id: "${order.id}") { chargeNumber } }`,
      `mutation { cancelAgreement(input: { agreementId: "${agreement.id}" }) { __typename } }`,
    ]) {
      expect((await payer.raw(query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });
});

async function partsOf(client: Client, id: string) {
  const { agreement } = await client.ask<{
    agreement: { charges: { nodes: { id: string }[] }; history: { nodes: { id: string }[] } };
  }>('query ($id: ID!) { agreement(id: $id) { charges { nodes { id } } history { nodes { id } } } }', { id });
  const ids = ({ nodes }: { nodes: { id: string }[] }) => nodes.map((node) => node.id);
  return { charges: ids(agreement.charges), history: ids(agreement.history) };
}

describe('a list of agreements', () => {
  it('is newest first, in pages, and as the filter says', async () => {
    const own = await aMerchant(product, shop.operator, shop.stripe, { allowedSources: ['INTERNET', 'MERCHANT'] });
    const { agreement: first } = await subscribe(own, { terms: { reference: 'first' }, payer: { reference: 'P' } });
    const { agreement: second } = await subscribe(own, monthly());
    const { agreement: third } = await subscribe(own, { terms: { type: 'UNSCHEDULED', amountVariability: null } });
    await changed(own, 'suspendAgreement', first.id);
    expect(await listed(own, {})).toEqual([third.id, second.id, first.id]);
    expect(await listed(own, {}, ', first: 2')).toEqual([third.id, second.id]);
    expect(await listed(own, { status: ['SUSPENDED'] })).toEqual([first.id]);
    expect(await listed(own, { type: ['UNSCHEDULED', 'OTHER'] })).toEqual([third.id]);
    expect(await listed(own, { reference: 'first' })).toEqual([first.id]);
    expect(await listed(own, { nextChargeBefore: `${day(product, 12)}T00:00:00Z` })).toEqual([second.id]);
    expect(await listed(own, { nextChargeBefore: `${day(product, 5)}T00:00:00Z` })).toEqual([]);
    expect(await listed(shop.operator, { merchantId: own.id, status: ['ACTIVE'] })).toEqual([third.id, second.id]);
    const { payer } = await own
      .ask<{ agreement: { payer: { id: string } } }>('query ($id: ID) { agreement(id: $id) { payer { id } } }', {
        id: first.id,
      })
      .then(({ agreement }) => agreement);
    expect(await listed(own, { payerId: payer.id })).toEqual([first.id]);
    expect(await listed(own, { payerId: 'payer_none' })).toEqual([]);
  });
});

describe('what an agreement shows', () => {
  it('is its terms, its plan and what comes next, in its currency', async () => {
    const { agreement } = await subscribe(shop, {
      ...monthly({ terms: { maximumAmount: '25', minimumDaysBetweenPayments: 20, metadata: { plan: 'gold' } } }),
    });
    const shown = await shop.ask(
      `query ($id: ID!) { agreement(id: $id) { currency metadata
        terms { amountVariability maximumAmount { amount currency } minimumAmount { amount } minimumDaysBetweenPayments retailer { tradingName } }
        chargeAmount { fixed { amount } range { from { amount } } sequence { amount } } schedule { period interval localTime timeZone }
        upcomingCharges(first: 2) { number amount { amount currency } } installments { number } installmentStatement { partsPaid }
        firstTransactionAt merchant { id } payer { id } credential { lastFour } topUp { amount { amount } } } }`,
      { id: agreement.id },
    );
    expect(shown).toEqual({
      agreement: {
        currency: 'USD',
        metadata: { plan: 'gold' },
        terms: {
          amountVariability: 'VARIABLE',
          maximumAmount: { amount: '25.00', currency: 'USD' },
          minimumAmount: null,
          minimumDaysBetweenPayments: 20,
          retailer: null,
        },
        chargeAmount: { fixed: { amount: '20.00' }, range: null, sequence: null },
        schedule: { period: 'MONTH', interval: 1, localTime: '09:00', timeZone: 'UTC' },
        upcomingCharges: [1, 2].map((number) => ({ number, amount: { amount: '20.00', currency: 'USD' } })),
        installments: null,
        installmentStatement: null,
        firstTransactionAt: expect.any(String),
        merchant: { id: shop.id },
        payer: { id: expect.any(String) },
        credential: { lastFour: '4242' },
        topUp: null,
      },
    });
  });

  it('forecasts 1 to 100 charges, and none while it is suspended', async () => {
    const { agreement } = await subscribe(shop, monthly());
    const upcoming = async (first: number) => {
      const query =
        'query ($id: ID!, $first: Int) { agreement(id: $id) { upcomingCharges(first: $first) { number } } }';
      const data = await shop.ask<{ agreement: { upcomingCharges: Json[] } }>(query, { id: agreement.id, first });
      return data.agreement.upcomingCharges.length;
    };
    expect(await upcoming(100)).toBe(100);
    for (const first of [0, -1, 101]) await expect(upcoming(first)).rejects.toThrow('must be 1 to 100');
    await changed(shop, 'suspendAgreement', agreement.id);
    expect(await upcoming(12)).toBe(0);
  });

  it('is waited for on the page where its first order is paid', async () => {
    const { agreement, order, paymentPageUrl } = await subscribe(shop, { payment: null, firstAmount: '5.00' });
    expect([agreement.status, order.status]).toEqual(['PENDING', 'CREATED']);
    expect(paymentPageUrl).toMatch(/\/pay\/ord_[0-9a-z]{26}\.op_[0-9a-z]{26}\.[A-Za-z0-9_-]{43}$/);
    const query = 'query ($id: ID!) { order(id: $id) { paymentPageUrl } agreement { pendingUntil } }';
    const shown = await shop.ask(query.replace('agreement {', `agreement(id: "${agreement.id}") {`), { id: order.id });
    expect(shown).toEqual({ order: { paymentPageUrl }, agreement: { pendingUntil: expect.any(String) } });
    await shop.payOrder(order.id);
    expect(await shop.ask('query ($id: ID!) { order(id: $id) { paymentPageUrl } }', { id: order.id })).toEqual({
      order: { paymentPageUrl: null },
    });
  });

  it('is established by an order that says so, if its key may make agreements', async () => {
    const input = {
      payer: { reference: 'established' },
      payment: pay('pm_card_visa'),
      agreement: { type: 'UNSCHEDULED', reference: 'by-order', maximumAmount: '50' },
    };
    const { order } = await shop.createOrder(input);
    const query =
      'query ($id: ID!) { order(id: $id) { agreement { reference status terms { maximumAmount { amount } } } } }';
    expect(await shop.ask(query, { id: order.id })).toEqual({
      order: { agreement: { reference: 'by-order', status: 'ACTIVE', terms: { maximumAmount: { amount: '50.00' } } } },
    });
    const { secret } = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'orders alone', merchantId: shop.id, scopes: ['orders:read', 'orders:write'] },
      'secret',
    );
    const narrow = new Shop(product.url, secret, shop.id, shop.operator, shop.stripe);
    await expect(narrow.createOrder(input)).rejects.toThrow('FORBIDDEN: this key lacks the scope "agreements:write"');
  });

  it('is reached from its orders, and its charges lead to theirs', async () => {
    const { agreement, order: first } = await subscribe(shop, monthly());
    const { order } = await charged(shop, 'chargeAgreement', agreement.id, { period: 1 });
    const query =
      'query ($id: ID!) { order(id: $id) { chargeNumber agreement { id } storedCredential { lastFour } paymentPageUrl } }';
    expect(await shop.ask(query, { id: order.id })).toEqual({
      order: {
        chargeNumber: 1,
        agreement: { id: agreement.id },
        storedCredential: { lastFour: '4242' },
        paymentPageUrl: null,
      },
    });
    expect(await shop.ask(query, { id: first.id })).toMatchObject({
      order: { chargeNumber: null, agreement: { id: agreement.id } },
    });
    const [charge = ''] = (await partsOf(shop, agreement.id)).charges;
    const node =
      'query ($id: ID!) { node(id: $id) { id ... on AgreementCharge { number kind orders { id } agreementId } } }';
    expect(await shop.ask(node, { id: charge })).toEqual({
      node: { id: charge, number: 1, kind: 'SCHEDULED', orders: [{ id: order.id }], agreementId: agreement.id },
    });
    const { orders } = await shop.ask<{ orders: { nodes: { id: string }[] } }>(
      'query ($filter: OrderFilter) { orders(filter: $filter) { nodes { id } } }',
      { filter: { agreementId: agreement.id } },
    );
    expect(orders.nodes.map(({ id }) => id)).toEqual([order.id, first.id]);
  });

  it('has every change in its history: who, what before, and what after', async () => {
    const { agreement } = await subscribe(shop, monthly());
    await changed(shop, 'updateAgreement', agreement.id, { maximumAmount: '30', chargeAmount: { fixed: '22.5' } });
    const { agreement: shown } = await shop.ask<{ agreement: { history: { nodes: Json[] } } }>(
      'query ($id: ID!) { agreement(id: $id) { history { nodes { id kind apiKeyId before after agreementId } } } }',
      { id: agreement.id },
    );
    const entries = shown.history.nodes;
    expect(entries.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['CREATED', 'STATUS', 'TERMS', 'CHARGE_AMOUNT']),
    );
    expect(entries.find(({ kind }) => kind === 'TERMS')).toMatchObject({
      before: { maximumAmount: null },
      after: { maximumAmount: '30.00' },
      apiKeyId: expect.stringMatching(/^key_/),
      agreementId: agreement.id,
    });
    expect(entries.find(({ kind }) => kind === 'CHARGE_AMOUNT')).toMatchObject({
      before: { chargeAmounts: ['20.00'] },
      after: { chargeAmounts: ['22.50'] },
    });
    const credential = entries.find(({ kind }) => kind === 'CREDENTIAL') as { after: Json } | undefined;
    expect(credential?.after.storedCredentialId).toMatch(/^cred_/);
    const id = String(entries[0]?.id);
    expect(await shop.ask('query ($id: ID!) { node(id: $id) { id __typename } }', { id })).toEqual({
      node: { id, __typename: 'AgreementChange' },
    });
  });
});
