import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import { aBillingShop } from '../../support/agreements.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';
import {
  act,
  attend,
  closed,
  type InvoiceResult,
  type InvoiceView,
  invoiceOf,
  paid,
  withAgreement,
} from './by-hand.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
});

afterAll(() => product?.close());

const credit = (invoice: InvoiceView, net: string | null, input: Json = {}): Promise<InvoiceResult> =>
  act(shop, 'createCreditNote', invoice.id, {
    reason: 'Returned',
    ...(net !== null && { lines: [{ itemId: invoice.items.nodes[0]?.id, amount: net }] }),
    ...input,
  });

const toBalance = (invoice: InvoiceView, net: string | null = null) => credit(invoice, net, { settlement: 'BALANCE' });

const cancel = (invoice: InvoiceView, amount?: string) =>
  shop.cancel(invoice.order?.id ?? '', amount === undefined ? {} : { amount });

describe('what notes have made its payer’s credit', () => {
  it('is not given back a second time by cancelling the order that paid', async () => {
    const invoice = await paid(product, shop);
    await toBalance(invoice, '60.00');
    for (const amount of ['100.00', undefined])
      expect(await cancel(invoice, amount)).toMatchObject({
        code: 'AMOUNT_EXCEEDS_AVAILABLE',
        message: `amount: ${amount ?? '119.00'} EUR is more than the 47.60 EUR that can be given back: of the 119.00 EUR left of what was paid, credit notes have made 71.40 EUR its payer's credit`,
      });
    expect(await cancel(invoice, '47.60')).toMatchObject({ order: { status: 'PARTIALLY_REFUNDED' } });
    expect(await cancel(invoice, '0.01')).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
    expect(await credit(invoice, '1.00')).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
    expect((await invoiceOf(shop, invoice.id)).refunded.amount).toBe('47.60');
  });

  it('is what was not given back before', async () => {
    const invoice = await paid(product, shop);
    await cancel(invoice, '100.00');
    expect(await toBalance(invoice)).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
    expect((await toBalance(invoice, '10.00')).creditNote.total.amount).toBe('11.90');
    expect(await cancel(invoice, '10.00')).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
    expect(await cancel(invoice, '7.10')).toMatchObject({ order: { status: 'PARTIALLY_REFUNDED' } });
  });

  it('and what is given back at the same moment are never more than came', async () => {
    const trials = Array.from({ length: 4 }, async () => {
      const invoice = await paid(product, shop);
      const [note, cancelled] = await Promise.all([toBalance(invoice), cancel(invoice, '119.00')]);
      expect([note.code, cancelled.code].filter((code) => code === undefined)).toHaveLength(1);
      for (const code of [note.code, cancelled.code])
        expect([undefined, 'AMOUNT_EXCEEDS_AVAILABLE', 'OUTCOME_PENDING']).toContain(code);
    });
    await Promise.all(trials);
  });
});

async function disputed(invoice: InvoiceView): Promise<string> {
  const { operations } = await shop.order(invoice.order?.id ?? '');
  const intent = operations[0]?.transactions[0]?.externalId ?? '';
  const { latest_charge: charge } = await sdk(product.sandbox, shop.stripe.secretKey).paymentIntents.retrieve(intent);
  const dispute = product.sandbox.control.createDispute(String(charge), 'fraudulent');
  await product.settle();
  return dispute.id;
}

it('charged by several at once is charged once, and who was slower is told', async () => {
  const { payer } = await withAgreement(product, shop);
  const { id } = await closed(shop, { payer });
  const answers = await Promise.all(Array.from({ length: 6 }, () => act(shop, 'payInvoice', id)));
  for (const { code, invoice } of answers)
    expect(['OUTCOME_PENDING', 'ILLEGAL_TRANSITION', 'PAID']).toContain(code ?? invoice.status);
  expect(answers.some(({ invoice }) => invoice?.status === 'PAID')).toBe(true);
  expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAID', attempts: 1 });
});

it('shows what it was charged under when its payer pays by a link', async () => {
  const { payer, agreementId, means } = await withAgreement(product, shop);
  const { id } = await closed(shop, { payer });
  product.sandbox.control.declineFrom(means, { code: 'lost_card', times: 1 });
  await act(shop, 'payInvoice', id);
  await attend(product);
  const invoice = await invoiceOf(shop, id);
  expect(invoice).toMatchObject({ chargeStop: 'HARD_DECLINE', agreement: { id: agreementId } });
  expect(invoice.paymentPageUrl).not.toBeNull();
});

describe('a payment that its payer’s bank disputes', () => {
  it('is shown as gone while it is argued about and once it is lost, and is here again when it is won', async () => {
    for (const [outcome, refunded] of [
      ['won', '0.00'],
      ['lost', '119.00'],
    ] as const) {
      const invoice = await paid(product, shop);
      const dispute = await disputed(invoice);
      expect(await invoiceOf(shop, invoice.id)).toMatchObject({ status: 'PAID', refunded: { amount: '119.00' } });
      product.sandbox.control.resolveDispute(dispute, outcome);
      await product.settle();
      const after = await invoiceOf(shop, invoice.id);
      expect(after).toMatchObject({ status: 'PAID', amountDue: { amount: '0.00' }, refunded: { amount: refunded } });
    }
  });

  it('is neither refunded nor made credit', async () => {
    const invoice = await paid(product, shop);
    await disputed(invoice);
    for (const settlement of ['REFUND', 'BALANCE'])
      expect(await credit(invoice, '10.00', { settlement })).toMatchObject({ code: 'ORDER_DISPUTED' });
  });
});
