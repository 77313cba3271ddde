import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop } from '../../support/agreements.js';
import {
  aMerchant,
  aShop,
  type Client,
  type Json,
  type Product,
  type Shop,
  startProduct,
} from '../../support/product.js';
import { type ReadPdf, readPdf } from '../../unit/invoices/pdf-reader.js';
import { act, aPayer, closed, type InvoiceView, item, paid, waiting } from '../invoices/by-hand.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { name: 'Rețele SRL', timeZone: 'UTC' });
});
afterAll(() => product.close());

async function urlOf(client: Client, field: 'invoice' | 'creditNote', id: string, language?: string): Promise<string> {
  const [type, more] = field === 'invoice' ? ['Invoice', ''] : ['CreditNote', ''];
  const data = await client.ask<{ node: { pdfUrl: string } | null }>(
    `query ($id: ID!, $language: PayerLanguage) { node(id: $id) { ... on ${type} { pdfUrl(language: $language) ${more} } } }`,
    { id, language },
  );
  return data.node?.pdfUrl ?? '';
}

async function printed(url: string, fileName: string): Promise<ReadPdf & { text: string }> {
  const response = await fetch(url);
  const header = (name: string) => response.headers.get(name);
  expect([response.status, header('content-type')]).toEqual([200, 'application/pdf']);
  expect(header('content-disposition')).toBe(`inline; filename="${fileName}"`);
  expect([header('cache-control'), header('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  const read = await readPdf(Buffer.from(await response.arrayBuffer()));
  return { ...read, text: read.texts.join(' ') };
}

const invoicePdf = async (invoice: { id: string; number?: string | null }, language?: string) =>
  printed(await urlOf(shop, 'invoice', invoice.id, language), `${invoice.number ?? 'draft'}.pdf`);

const items: readonly Json[] = [
  { description: 'Internet, 100 Mbit/s', unitPrice: '100.00', taxRate: '19' },
  { description: 'Traffic', quantity: '2.5', unitPrice: '0.125', taxRate: '8.1' },
  { description: 'Deposit', unitPrice: '5.00', taxRate: null },
];

describe('the PDF of an invoice', () => {
  it('says what it is for, what it comes to, and where its payer may pay', async () => {
    const invoice = await waiting(product, shop, { payer: { ...aPayer(), name: 'Ana Ionescu' }, items });
    const { text, links } = await invoicePdf(invoice);
    const expected = [
      `Invoice No. ${invoice.number}`,
      'Rețele SRL',
      'Ana Ionescu',
      'Internet, 100 Mbit/s',
      'Traffic',
      '2.5',
      '0.125',
      '8.1%',
      'Deposit',
      'Subtotal 105.31',
      `Total EUR ${invoice.total.amount}`,
      `Amount due EUR ${invoice.amountDue.amount}`,
    ];
    expect(expected.filter((each) => !text.includes(each))).toEqual([]);
    expect(links[0]).toBe(invoice.paymentPageUrl);
    expect((await fetch(invoice.paymentPageUrl ?? '')).status).toBe(200);
    expect(sumsIn(invoice)).toBe('105.31 + 19.03 = 124.34');
  });

  it('is in the language that is asked for, or in which its payer was asked to pay', async () => {
    const payer = aPayer();
    const invoice = await closed(shop, { payer });
    expect((await invoicePdf(invoice, 'RU')).text).toContain('Счёт');
    expect((await invoicePdf(invoice)).text).toContain('Invoice No.');
    await shop.createOrder({ payer, language: 'RO', amount: { amount: '1.00', currency: 'EUR' } });
    expect((await invoicePdf(invoice)).info.Language).toBe('ro');
    expect((await invoicePdf(invoice, 'EN')).info.Language).toBe('en');
  });

  it('says that it is paid, a draft, or void, and then has nowhere to pay', async () => {
    const one = await paid(product, shop);
    const isPaid = await invoicePdf(one);
    expect(isPaid.text).toContain('Paid in full');
    expect(isPaid.text).toContain('Amount due EUR 0.00');
    const payer = aPayer();
    const { invoice: draft } = await item(shop, payer, { description: 'First' });
    await item(shop, payer, { description: 'Second', unitPrice: '1.00' });
    const isDraft = await invoicePdf(draft);
    expect(isDraft.text).toMatch(/First.*Second/);
    expect(isDraft.text).toContain('Subtotal 101.00');
    const { invoice: voided } = await act(shop, 'voidInvoice', (await closed(shop)).id);
    const isVoid = await invoicePdf(voided);
    expect(isVoid.text).not.toContain('to be paid by');
    expect([isPaid.links, isDraft.links, isVoid.links]).toEqual([[], [], []]);
  });

  it('of a credit note says what it takes back, and why', async () => {
    const invoice = await closed(shop, { items });
    const [first] = await itemIds(invoice.id);
    const lines = [{ itemId: first, amount: '40.00' }];
    const { creditNote } = await act(shop, 'createCreditNote', invoice.id, { reason: 'Three days of silence', lines });
    const url = await urlOf(shop, 'creditNote', creditNote.id);
    const { text } = await printed(url, `${creditNote.number}.pdf`);
    const expected = [
      `Credit note No. ${creditNote.number}`,
      `For invoice ${invoice.number}`,
      'Three days of silence',
      'Internet, 100 Mbit/s',
      'EUR 47.60 credited',
      '40.00',
    ];
    expect(expected.filter((each) => !text.includes(each))).toEqual([]);
    expect((await invoicePdf(invoice)).text).toContain('-47.60');
  });

  it('is reached by its own link only, and by nobody else’s key', async () => {
    const invoice = await closed(shop);
    const url = await urlOf(shop, 'invoice', invoice.id);
    for (const bad of [url.replace('/invoices/', '/credit-notes/'), url.replace('.pdf', '.csv'), `${url}.pdf`]) {
      expect((await fetch(bad)).status).toBe(404);
    }
    for (const stranger of [await aMerchant(product, shop.operator, shop.stripe), await aShop(product)]) {
      expect(await urlOf(stranger, 'invoice', invoice.id)).toBe('');
    }
    product.advance(15 * 60);
    expect((await fetch(url)).status).toBe(404);
  });
});

const sumsIn = ({ subtotal, tax, total }: InvoiceView) => `${subtotal.amount} + ${tax.amount} = ${total.amount}`;

/** In the order in which they were added. */
async function itemIds(id: string): Promise<string[]> {
  const { invoice } = await shop.ask<{ invoice: { items: { nodes: { id: string }[] } } }>(
    'query ($id: ID!) { invoice(id: $id) { items(first: 50) { nodes { id } } } }',
    { id },
  );
  return invoice.items.nodes.map((node) => node.id).toReversed();
}
