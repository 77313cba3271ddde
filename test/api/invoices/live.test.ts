import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addItem, aPayer, type InvoiceView } from '../../support/invoices.js';
import { aMerchant, aShop, Client, type Product, type Shop, startProduct } from '../../support/product.js';
import { Listener } from '../live/listener.js';

let product: Product;
let shop: Shop;
let neighbour: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
  neighbour = await aMerchant(product, shop.operator, shop.stripe);
});

afterAll(() => product.close());

const WATCH = `subscription ($invoiceId: ID, $merchantId: ID, $after: EventCursor) {
  invoiceStatusChanged(invoiceId: $invoiceId, merchantId: $merchantId, after: $after) {
    cursor previousStatus status invoiceId invoice { id status number } } }`;

function told({ messages }: Listener) {
  const payloads = messages.filter(({ type }) => type === 'next').map(({ payload }) => payload as unknown);
  return payloads.map((payload) => {
    const { data } = payload as { data: { invoiceStatusChanged: Record<string, string> } };
    const { previousStatus, status, invoiceId, cursor = '' } = data.invoiceStatusChanged;
    return { change: `${previousStatus ?? ''}>${status}`, invoiceId, cursor };
  });
}

const changed = (mutation: string, invoiceId: string) =>
  shop.do<{ invoice: InvoiceView }>(mutation, { invoiceId }, 'invoice { id status }');

describe('changes of the status of invoices', () => {
  it('are told live, and from a cursor on without a gap', async () => {
    const all = await Listener.of(shop);
    await all.follow({ merchantId: shop.id }, WATCH);
    const { invoice } = await addItem(shop, { payer: aPayer() });
    await addItem(shop, { payer: aPayer() });
    await all.until(() => told(all).length === 2);
    expect(told(all).map(({ change }) => change)).toEqual(['>DRAFT', '>DRAFT']);

    const one = await Listener.of(shop);
    await one.follow({ invoiceId: invoice.id }, WATCH);
    await changed('finalizeInvoice', invoice.id);
    await changed('voidInvoice', invoice.id);
    await one.until(() => told(one).length === 2);
    expect(told(one).map(({ change }) => change)).toEqual(['DRAFT>OPEN', 'OPEN>VOID']);

    const late = await Listener.of(shop);
    await late.follow({ invoiceId: invoice.id, after: told(one)[0]?.cursor }, WATCH);
    await late.until(() => told(late).length === 1);
    expect(told(late)[0]).toMatchObject({ change: 'OPEN>VOID', invoiceId: invoice.id });
    for (const each of [all, one, late]) each.drop();
  });

  it('are told to nobody else', async () => {
    const { invoice } = await addItem(shop, { payer: aPayer() });
    const listener = await Listener.of(neighbour);
    expect(await listener.refusal({ invoiceId: invoice.id }, WATCH)).toMatchObject([{ message: 'no such invoice' }]);
    expect(await listener.refusal({ merchantId: shop.id }, WATCH)).toMatchObject([{ message: expect.any(String) }]);
    await listener.follow({}, WATCH);
    await changed('voidInvoice', invoice.id);
    await listener.quiet();
    const { order } = await shop.createOrder();
    const { token } = await shop.do<{ token: string }>('createClientToken', { orderId: order.id }, 'token');
    const payer = await Listener.of(new Client(product.url, token));
    const [refused] = await payer.refusal({ invoiceId: invoice.id }, WATCH);
    expect(refused).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    const made = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'orders', merchantId: shop.id, scopes: ['orders:read'] },
      'secret',
    );
    const narrow = await Listener.of(new Client(product.url, made.secret));
    const [without] = await narrow.refusal({ invoiceId: invoice.id }, WATCH);
    expect(without).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    for (const each of [listener, payer, narrow]) each.drop();
  });
});
