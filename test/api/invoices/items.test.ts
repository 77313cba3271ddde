import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  addItem,
  aPayer,
  type InvoiceView,
  type ItemResult,
  invoiceOf,
  monthAfter,
  moveTo,
} from '../../support/invoices.js';
import {
  aMerchant,
  anOperator,
  aShop,
  Client,
  type Json,
  type Product,
  type Refusal,
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

const money = (amount: string, currency = 'EUR') => ({ amount, currency });

async function draftsOf(client: Client, filter: Json): Promise<InvoiceView[]> {
  const { invoices } = await client.ask<{ invoices: { nodes: InvoiceView[] } }>(
    'query ($filter: InvoiceFilter) { invoices(filter: $filter, first: 100) { nodes { id month currency status } } }',
    { filter },
  );
  return invoices.nodes;
}

async function payerId(client: Client, reference: string): Promise<string> {
  const { payer } = await client.ask<{ payer: { id: string } }>(
    'query ($reference: String) { payer(reference: $reference) { id } }',
    { reference },
  );
  return payer.id;
}

/** How often an invoice was told to have come to a status. */
async function told(invoice: { id: string }): Promise<Json[]> {
  const { rows } = await product.system.query<{ payload: Json }>(
    "select payload from events where type = 'invoice.status_changed' and payload->>'invoiceId' = $1 order by sequence",
    [invoice.id],
  );
  return rows.map(({ payload }) => payload);
}

describe('an item', () => {
  it('is on the draft of its month, with what it comes to', async () => {
    const payer = aPayer();
    const month = monthAfter(product.clock.now(), 1);
    const { item, invoice } = await addItem(shop, {
      payer,
      description: 'Traffic in Germany',
      date: `${month.slice(0, 8)}17`,
      quantity: '1234567',
      unitPrice: '0.00015',
      taxRate: '19',
      reference: 'meter-1',
      metadata: { sim: '8949' },
    });
    expect(item).toMatchObject({
      description: 'Traffic in Germany',
      date: `${month.slice(0, 8)}17`,
      quantity: '1234567',
      unitPrice: '0.00015',
      taxRate: '19',
      net: money('185.19'),
      tax: money('35.19'),
      total: money('220.38'),
      reference: 'meter-1',
      metadata: { sim: '8949' },
    });
    expect(invoice).toMatchObject({ status: 'DRAFT', number: null, month: month.slice(0, 7), currency: 'EUR' });
    expect(invoice).toMatchObject({ issuedOn: null, dueOn: null, closedAt: null, timeZone: 'UTC' });
    expect(invoice.closesAt).toBe(`${monthAfter(new Date(month), 1).slice(0, 8)}02T00:00:00.000Z`);
    const name = new Date(month).toLocaleString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
    expect(invoice.title).toBe(`Invoice for ${name}`);
    expect(await told(invoice)).toEqual([
      expect.objectContaining({ previousStatus: null, status: 'DRAFT', amountDue: null, mode: 'TEST', number: null }),
    ]);
  });

  it('comes to another draft in another currency, month or for another payer, and to the same else', async () => {
    const payer = aPayer();
    const next = monthAfter(product.clock.now(), 1);
    const added = await Promise.all([
      addItem(shop, { payer }),
      addItem(shop, { payer, currency: 'JPY', unitPrice: '100' }),
      addItem(shop, { payer, date: next }),
      addItem(shop, { payer: aPayer() }),
    ]);
    expect(new Set(added.map(({ invoice }) => invoice.id)).size).toBe(4);
    const again = await addItem(shop, { payer: { id: await payerId(shop, payer.reference) }, date: next });
    expect(again.invoice.id).toBe(added[2]?.invoice.id);
  });

  it('is dated and priced as is left out: today where the merchant is, one of it, without tax', async () => {
    const east = await aMerchant(product, shop.operator, shop.stripe, { timeZone: 'Pacific/Kiritimati' });
    const west = await aMerchant(product, shop.operator, shop.stripe, { timeZone: 'Pacific/Pago_Pago' });
    for (const [merchant, timeZone] of [
      [east, 'Pacific/Kiritimati'],
      [west, 'Pacific/Pago_Pago'],
    ] as const) {
      const { item, invoice } = await addItem(merchant, { payer: aPayer(), unitPrice: '3' });
      const today = product.clock.now().toLocaleDateString('sv-SE', { timeZone });
      expect(item).toMatchObject({ date: today, quantity: '1', unitPrice: '3.00', taxRate: null, tax: money('0.00') });
      expect(invoice).toMatchObject({ month: today.slice(0, 7), timeZone });
    }
  });

  it('without a date has that of its draft’s zone, also after the merchant has moved', async () => {
    const merchant = await aMerchant(product, shop.operator, shop.stripe, { timeZone: 'Pacific/Kiritimati' });
    const payer = aPayer();
    await addItem(merchant, { payer });
    await shop.operator.do(
      'updateMerchant',
      { merchantId: merchant.id, timeZone: 'Pacific/Pago_Pago' },
      'merchant { id }',
    );
    const { item, invoice } = await addItem(merchant, { payer });
    // On the first day of a month it is another month's, and that draft is made where the merchant is now.
    const today = product.clock.now().toLocaleDateString('sv-SE', { timeZone: invoice.timeZone });
    expect(item.date).toBe(today);
  });

  it('is added once per idempotency key, and once per reference', async () => {
    const payer = aPayer();
    const input = { payer, idempotencyKey: 'item-1' };
    const first = await addItem(shop, input);
    expect((await addItem(shop, input)).item.id).toBe(first.item.id);
    expect(await addItem(shop, { ...input, unitPrice: '11' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });

    const metered = { payer, reference: 'meter-2', quantity: '1.50', taxRate: '19.0' };
    const one = await addItem(shop, metered);
    const same = await addItem(shop, { ...metered, quantity: '1.5', taxRate: '19', unitPrice: '10' });
    expect(same.item.id).toBe(one.item.id);
    const other = await addItem(shop, { ...metered, payer: aPayer(), quantity: '2', description: 'Else' });
    expect(other).toMatchObject({ code: 'DUPLICATE_REFERENCE' });
    expect(other.message).toContain('different in payer, description, quantity');
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    expect((await addItem(neighbour, metered)).item.id).not.toBe(one.item.id);
  });

  it('makes no payer, and changes none, where it is refused', async () => {
    const { reference } = aPayer();
    const refused = await addItem(shop, { payer: { reference, name: 'Nobody' }, date: '2001-01-01' });
    expect(refused).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    const { payer } = await shop.ask('query ($r: String) { payer(reference: $r) { id } }', { r: reference });
    expect(payer).toBeNull();
  });

  it('updates what is said of its payer, as an order does', async () => {
    const payer = aPayer();
    await addItem(shop, { payer: { ...payer, name: 'Ann' } });
    await addItem(shop, { payer });
    await addItem(shop, { payer: { ...payer, email: 'ann@shop.example' } });
    const found = await shop.ask('query ($r: String) { payer(reference: $r) { name email } }', { r: payer.reference });
    expect(found).toEqual({ payer: { name: 'Ann', email: 'ann@shop.example' } });
  });
});

describe('an item is refused', () => {
  it('with every fault of its input at once', async () => {
    const refused = await addItem(shop, {
      payer: { email: 'nobody' },
      currency: 'EURO',
      description: '',
      quantity: '0',
      unitPrice: '1.123456789',
      taxRate: '100.5',
      reference: '',
      metadata: { a: 1 },
    });
    expect(refused).toMatchObject({ code: 'INVALID_INPUT' });
    expect(refused.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).sort()).toEqual([
      'currency: "EURO" is not an ISO 4217 currency code in upper case',
      'description: must not be empty',
      'metadata.a: must be a string',
      'payer.email: is not an email address',
      'quantity: must be more than zero, not "0"',
      'reference: must not be empty',
      'taxRate: must be at most 100, not "100.5"',
      'unitPrice: must have at most 8 fraction digits, not the 9 of "1.123456789"',
    ]);
  });

  it.each([
    [{ quantity: '-1' }, 'quantity: must be a decimal number without a sign'],
    [{ quantity: '1000000000001' }, 'quantity: must be at most 1000000000000'],
    [{ quantity: '1.1234567' }, 'quantity: must have at most 6 fraction digits'],
    [{ quantity: '1e3' }, 'quantity: must be a decimal number'],
    [{ taxRate: '8.12345' }, 'taxRate: must have at most 4 fraction digits'],
    [{ unitPrice: '10000000000000000' }, 'unitPrice: must be at most 1000000000000000'],
    [{ description: 'x'.repeat(501) }, 'description: must have at most 500 characters, not 501'],
    [{ description: ' \n ' }, 'description: must have a character that can be seen'],
    [{ description: 'Refund \u202eEUR 00.01' }, 'description: must not have characters that turn the direction'],
    [{ reference: ' ' }, 'reference: must have a character that can be seen'],
  ])('where it is not fit: %#', async (input, message) => {
    const refused = await addItem(shop, { payer: aPayer(), ...input });
    expect(refused).toMatchObject({ code: 'INVALID_INPUT' });
    expect(refused.message).toContain(message);
  });

  it('where it comes to more than the payment system ever takes, and tells the limit', async () => {
    const most = await addItem(shop, { payer: aPayer(), unitPrice: '999999.99' });
    expect(most.item.total).toEqual(money('999999.99'));
    const over = await addItem(shop, { payer: aPayer(), unitPrice: '999999.99', taxRate: '0.0001' });
    expect(over).toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    expect(over.message).toContain('at most 999999.99 in EUR, not 1000000.99');
    const huge = await addItem(shop, { payer: aPayer(), quantity: '1000000000000', unitPrice: '1000000000000000' });
    expect(huge).toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    expect(await addItem(shop, { payer: aPayer(), currency: 'IRR' })).toMatchObject({ code: 'CURRENCY_NOT_SUPPORTED' });
  });

  it('only beyond the greatest quantity, price and rate, and the smallest of each is taken', async () => {
    const edges = [
      { quantity: '1000000000000', unitPrice: '0' },
      { quantity: '1000000000000.000000', unitPrice: '0.0000001', net: '100000.00' },
      { quantity: '999999999999.999999', unitPrice: '0' },
      { quantity: '0.000001', unitPrice: '999999999999.99999999', net: '1000000.00', refusedAs: 'AMOUNT_OUT_OF_RANGE' },
      { quantity: '0.000001', unitPrice: '1000000000', net: '1000.00' },
      { quantity: '0.000001', unitPrice: '0.00000001' },
      { unitPrice: '1', taxRate: '100', net: '1.00', tax: '1.00' },
      { unitPrice: '1', taxRate: '0.0001', net: '1.00' },
      { unitPrice: '0.005', taxRate: '99.9999', net: '0.01', tax: '0.01' },
    ];
    for (const { net = '0.00', tax = '0.00', refusedAs, ...input } of edges) {
      const { code, item } = await addItem(shop, { payer: aPayer(), ...input });
      expect(code).toBe(refusedAs);
      if (!refusedAs) expect(item).toMatchObject({ net: money(net), tax: money(tax) });
    }
    const dear = await addItem(shop, { payer: aPayer(), quantity: '0.000001', unitPrice: '1000000000000000' });
    expect(dear).toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    const rupiah = { payer: aPayer(), currency: 'IDR', quantity: '0.000001', unitPrice: '1000000000000000' };
    expect((await addItem(shop, rupiah)).item).toMatchObject({ unitPrice: '1000000000000000.00' });
  });

  it('where its month is closed, or lies too far ahead', async () => {
    const operator = await anOperator(product);
    const merchant = await aMerchant(product, operator, shop.stripe, { timeZone: 'America/New_York' });
    const month = monthAfter(product.clock.now(), 1);
    const second = `${monthAfter(new Date(month), 1).slice(0, 8)}02`;
    // A minute before the 2nd begins there, which is 4 or 5 hours after it began in UTC.
    const payer = aPayer();
    const { invoice } = await addItem(merchant, { payer, date: month });
    const closing = new Date(invoice.closesAt);
    expect(closing.toLocaleString('sv-SE', { timeZone: 'America/New_York' })).toBe(`${second} 00:00:00`);
    await moveTo(product, operator.id, new Date(closing.getTime() - 60_000));
    const last = await addItem(merchant, { payer, date: month });
    expect(last.invoice.id).toBe(invoice.id);
    const today = await addItem(merchant, { payer });
    expect(today.invoice.id).not.toBe(invoice.id);

    await moveTo(product, operator.id, closing);
    const refused = await addItem(merchant, { payer, date: `${month.slice(0, 8)}28` });
    expect(refused).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    const name = new Date(month).toLocaleString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
    expect(refused.message).toContain(`the invoice of ${name} was closed at ${invoice.closesAt}`);
    expect(await addItem(merchant, { payer: aPayer(), date: month })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });

    const ahead = new Date(second);
    ahead.setUTCFullYear(ahead.getUTCFullYear() + 1);
    const limit = ahead.toISOString().slice(0, 10);
    expect((await addItem(merchant, { payer, date: limit })).item.date).toBe(limit);
    ahead.setUTCDate(3);
    const beyond = await addItem(merchant, { payer, date: ahead.toISOString().slice(0, 10) });
    expect(beyond.issues).toEqual([
      {
        path: ['date'],
        message: `must be at most 12 months ahead, until ${limit}, not ${ahead.toISOString().slice(0, 10)}`,
      },
    ]);
  });

  it('to who may not, and where the merchant or the payer is somebody else’s', async () => {
    const stranger = await aShop(product);
    const mine = aPayer();
    const { invoice } = await addItem(shop, { payer: mine });
    const payer = { id: await payerId(shop, mine.reference) };
    expect(await addItem(stranger, { payer })).toMatchObject({ code: 'NOT_FOUND', message: 'no such payer' });
    expect(await addItem(stranger.operator, { payer: aPayer(), merchantId: shop.id })).toMatchObject({
      code: 'NOT_FOUND',
      message: 'no such merchant',
    });
    expect(await addItem(shop.operator, { payer: aPayer() })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await invoiceOf(stranger, invoice.id)).toBeNull();
    const { secret } = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'reader', merchantId: shop.id, scopes: ['invoices:read'] },
      'secret',
    );
    const reader = new Client(product.url, secret);
    expect((await invoiceOf(reader, invoice.id)).id).toBe(invoice.id);
    await expect(addItem(reader, { payer: aPayer() })).rejects.toThrow('FORBIDDEN');
  });
});

describe('items at the same moment', () => {
  it('make one draft, and all are on it', async () => {
    const payer = aPayer();
    const added = await Promise.all(Array.from({ length: 24 }, () => addItem(shop, { payer })));
    const [first] = added;
    expect(new Set(added.map(({ invoice }) => invoice.id)).size).toBe(1);
    expect(new Set(added.map(({ item }) => item.id)).size).toBe(24);
    const id = first?.invoice.id ?? '';
    expect(await draftsOf(shop, { payerId: await payerId(shop, payer.reference) })).toHaveLength(1);
    const { items } = await invoiceOf(shop, id, 'items(first: 100) { nodes { id } }');
    expect((items as { nodes: object[] }).nodes).toHaveLength(24);
    expect(await told({ id })).toHaveLength(1);
  });

  it('of one reference are one item', async () => {
    const payer = aPayer();
    const input = { payer, reference: 'meter-3' };
    const added = await Promise.all(Array.from({ length: 8 }, () => addItem(shop, input)));
    expect(new Set(added.map(({ item }) => item.id)).size).toBe(1);
    const different = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        addItem(shop, { payer, reference: 'meter-4', quantity: String(index + 1) }),
      ),
    );
    expect(different.filter(({ item }) => item)).toHaveLength(1);
    expect(different.filter(({ code }) => code === 'DUPLICATE_REFERENCE')).toHaveLength(7);
  });

  it('as their draft is closed are on it or on the next one, and none is lost', async () => {
    const payer = aPayer();
    const seed = await addItem(shop, { payer });
    const close = (invoiceId: string) =>
      shop.do<{ invoice?: InvoiceView } & Refusal>('finalizeInvoice', { invoiceId }, 'invoice { id status }');
    const work: Promise<ItemResult>[] = [];
    const closing: Promise<unknown>[] = [];
    for (let round = 0; round < 6; round += 1) {
      for (let each = 0; each < 6; each += 1) work.push(addItem(shop, { payer }));
      const [draft] = (
        await draftsOf(shop, { payerId: await payerId(shop, payer.reference), status: ['DRAFT'] })
      ).values();
      if (draft) closing.push(close(draft.id));
    }
    const added = await Promise.all(work);
    await Promise.all(closing);
    expect(added.filter(({ item }) => !item)).toEqual([]);
    const all = await draftsOf(shop, { payerId: await payerId(shop, payer.reference) });
    expect(all.filter(({ status }) => status !== 'DRAFT').length).toBeGreaterThan(0);
    const counts = await Promise.all(all.map(({ id }) => invoiceOf(shop, id, 'items(first: 100) { nodes { id } }')));
    const items = counts.flatMap(({ items }) => (items as { nodes: { id: string }[] }).nodes.map(({ id }) => id));
    expect(items.sort()).toEqual([seed, ...added].map(({ item }) => item.id).sort());
    for (const { status, itemCount, items: page } of counts) {
      if (status !== 'DRAFT') expect(itemCount).toBe((page as { nodes: object[] }).nodes.length);
    }
  });
});
