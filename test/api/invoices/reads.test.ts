import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { aBillingShop, subscribe } from '../../support/agreements.js';
import { addItem, aPayer, type InvoiceView, invoiceOf, monthAfter } from '../../support/invoices.js';
import { aMerchant, aShop, Client, type Json, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
let neighbour: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
  neighbour = await aMerchant(product, shop.operator, shop.stripe);
});

afterAll(() => product.close());

const close = (who: Shop, invoiceId: string) =>
  who.do<{ invoice: InvoiceView }>('finalizeInvoice', { invoiceId }, 'invoice { id number status }');

async function listed(client: Client, filter: Json | null = null, page = ''): Promise<string[]> {
  const { invoices } = await client.ask<{ invoices: { nodes: { id: string }[] } }>(
    `query ($filter: InvoiceFilter) { invoices(filter: $filter ${page}) { nodes { id } } }`,
    { filter },
  );
  return invoices.nodes.map(({ id }) => id);
}

const node = (client: Client, id: string) => client.ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id });

describe('an invoice', () => {
  it('shows its payer, merchant, items and taxes, and what pays it', async () => {
    const { agreement } = await subscribe(shop, { currency: 'EUR', payer: { reference: 'all' } });
    const payer = { reference: 'all' };
    const items = [
      await addItem(shop, { payer, unitPrice: '10.00', taxRate: '19' }),
      await addItem(shop, { payer, unitPrice: '0.005', quantity: '3', taxRate: '8.1' }),
      await addItem(shop, { payer, unitPrice: '1.00' }),
      await addItem(shop, { payer, unitPrice: '2.00', taxRate: '0' }),
    ];
    const id = items[0]?.invoice.id ?? '';
    const { invoice } = await close(shop, id);
    expect(invoice).toMatchObject({ number: expect.stringMatching(/^TEST-INV-\d{6}$/) });
    await product.built.jobs.wake('invoices.attend');
    const MORE = `merchant { id } payer { reference invoices { nodes { id } } credit { amount } } agreement { id }
      items(first: 2) { nodes { id unitPrice net { amount } } pageInfo { hasNextPage endCursor } }
      taxLines { rate net { amount } tax { amount } } creditNotes { id }
      order { id invoice { id } } orders { nodes { id status } } paymentPageUrl`;
    const shown = await invoiceOf(shop, id, MORE);
    expect(shown).toMatchObject({
      status: 'PAID',
      subtotal: { amount: '13.02' },
      tax: { amount: '1.90' },
      total: { amount: '14.92' },
      paid: { amount: '14.92' },
      amountDue: { amount: '0.00' },
      itemCount: 4,
      attempts: 1,
      merchant: { id: shop.id },
      payer: { reference: 'all', invoices: { nodes: [{ id }] }, credit: [] },
      agreement: { id: agreement.id },
      taxLines: [
        { rate: '0', net: { amount: '2.00' }, tax: { amount: '0.00' } },
        { rate: '8.1', net: { amount: '0.02' }, tax: { amount: '0.00' } },
        { rate: '19', net: { amount: '10.00' }, tax: { amount: '1.90' } },
        { rate: null, net: { amount: '1.00' }, tax: { amount: '0.00' } },
      ],
      creditNotes: [],
      paymentPageUrl: null,
    });
    const { order, orders } = shown as unknown as { order: Json; orders: { nodes: Json[] } };
    expect(order).toMatchObject({ invoice: { id } });
    expect(orders.nodes).toEqual([{ id: order.id, status: 'CAPTURED' }]);
    const first = (shown as unknown as { items: { nodes: Json[]; pageInfo: { endCursor: string } } }).items;
    expect(first).toMatchObject({
      nodes: [{ unitPrice: '2.00' }, { unitPrice: '1.00' }],
      pageInfo: { hasNextPage: true },
    });
    const rest = await invoiceOf(
      shop,
      id,
      `items(first: 2, after: "${first.pageInfo.endCursor}") { nodes { unitPrice } }`,
    );
    expect(rest.items).toEqual({ nodes: [{ unitPrice: '0.005' }, { unitPrice: '10.00' }] });
  });

  it('that cannot be charged shows the page on which its payer pays it', async () => {
    const { invoice } = await addItem(shop, { payer: aPayer() });
    await close(shop, invoice.id);
    await product.built.jobs.wake('invoices.attend');
    const shown = await invoiceOf(shop, invoice.id, 'paymentPageUrl order { status }');
    expect(shown).toMatchObject({ status: 'OPEN', chargeStop: 'NO_AGREEMENT', order: { status: 'CREATED' } });
    expect(shown.paymentPageUrl).toMatch(/\/pay\/ord_/);
  });

  it('and its items are nobody else’s, by whatever way they are asked for', async () => {
    const { invoice, item } = await addItem(shop, { payer: aPayer() });
    expect(await node(shop, invoice.id)).toEqual({ node: { __typename: 'Invoice', id: invoice.id } });
    expect(await node(shop.operator, item.id)).toEqual({ node: { __typename: 'InvoiceItem', id: item.id } });
    const stranger = await aShop(product);
    const { secret } = await product.platform.do<{ secret: string }>(
      'createApiKey',
      { name: 'live', operatorId: shop.operator.id, mode: 'LIVE' },
      'secret',
    );
    for (const other of [neighbour, stranger, stranger.operator, new Client(product.url, secret)]) {
      expect(await invoiceOf(other, invoice.id)).toBeNull();
      expect(await node(other, invoice.id)).toEqual({ node: null });
      expect(await node(other, item.id)).toEqual({ node: null });
      expect(await listed(other, { merchantId: shop.id })).toEqual([]);
    }
    expect(await shop.ask('{ invoice(id: "inv_broken") { id } }')).toEqual({ invoice: null });
  });

  it('is not shown to a key without the scope', async () => {
    const { invoice, item } = await addItem(shop, { payer: aPayer() });
    const made = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'orders', merchantId: shop.id, scopes: ['orders:read', 'payers:read'] },
      'secret',
    );
    const key = new Client(product.url, made.secret);
    for (const ask of [invoiceOf(key, invoice.id), listed(key), node(key, invoice.id), node(key, item.id)]) {
      await expect(ask).rejects.toThrow('FORBIDDEN: this key lacks the scope "invoices:read"');
    }
  });
});

describe('invoices', () => {
  it('are listed newest first, page by page, by what is asked for', async () => {
    const operator = await aShop(product);
    const other = await aMerchant(product, operator.operator, operator.stripe);
    const payer = aPayer();
    const next = monthAfter(product.clock.now(), 1);
    const one = await addItem(operator, { payer });
    const two = await addItem(operator, { payer, currency: 'USD' });
    const three = await addItem(operator, { payer, date: next });
    const four = await addItem(other, { payer: aPayer() });
    const ids = [one, two, three, four].map(({ invoice }) => invoice.id) as [string, string, string, string];
    const numbered = (await close(operator, ids[0])).invoice;

    expect(await listed(operator.operator)).toEqual(ids.toReversed());
    expect(await listed(operator)).toEqual([ids[2], ids[1], ids[0]]);
    expect(await listed(operator.operator, { merchantId: other.id })).toEqual([ids[3]]);
    expect(await listed(operator, { currency: 'USD' })).toEqual([ids[1]]);
    expect(await listed(operator, { month: next.slice(0, 7) })).toEqual([ids[2]]);
    expect(await listed(operator, { status: ['DRAFT'] })).toEqual([ids[2], ids[1]]);
    expect(await listed(operator, { status: [numbered.status], number: numbered.number })).toEqual([ids[0]]);
    for (const number of ['INV-000001', 'TEST-INV-1', 'TEST-INV-0000001', 'TEST-INV-000099', 'x\u0000']) {
      expect(await listed(operator, { number })).toEqual([]);
    }
    expect(await listed(operator, { payerId: 'payer_broken' })).toEqual([]);

    const { invoices } = await operator.ask<{ invoices: { pageInfo: { endCursor: string; hasNextPage: boolean } } }>(
      '{ invoices(first: 2) { pageInfo { endCursor hasNextPage } } }',
    );
    expect(invoices.pageInfo.hasNextPage).toBe(true);
    expect(await listed(operator, null, `first: 2, after: "${invoices.pageInfo.endCursor}"`)).toEqual([ids[0]]);
  });

  it('are not listed by what is no month and no currency', async () => {
    const { errors } = await shop.raw('{ invoices(filter: { month: "2026-13", currency: "EURO" }) { nodes { id } } }');
    expect(errors?.[0]?.message).toContain('filter.month: must be a month such as "2026-10"');
    expect(errors?.[0]?.message).toContain('filter.currency: "EURO" is not an ISO 4217 currency code');
  });

  it('cost as many statements twelve at a time as two at a time', async () => {
    const operator = await aShop(product);
    const PAGE = `{ invoices(first: 50) { nodes { id merchant { id } payer { id credit { amount } } order { id } agreement { id }
      items(first: 5) { nodes { id } } taxLines { rate } creditNotes { id lines { item { id } } } } } }`;
    const statements = async (count: number) => {
      for (let index = 0; index < count; index += 1) await addItem(operator, { payer: aPayer() });
      return statementsOf(() => operator.ask(PAGE));
    };
    const two = await statements(2);
    const twelve = await statements(10);
    expect(twelve.sort()).toEqual([...new Set(twelve)]);
    expect(twelve).toHaveLength(two.length);
    // The invoices, and one for each kind of thing about them that is there.
    expect(twelve.length).toBeLessThanOrEqual(7);
  });
});

async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...parameters: unknown[]) {
    const [first] = parameters as [string | { text?: string }];
    const text = typeof first === 'string' ? first : (first.text ?? '');
    if (/^\s*select/i.test(text) && /\bfrom (invoice|merchants|payer|orders|credit_note|unnest)/.test(text))
      seen.push(text);
    return Reflect.apply(query, this, parameters) as never;
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return seen;
}
