import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { uuidOf } from '../../../src/kernel/ids.js';
import { asOwner, debit } from '../../support/charging.js';
import { anInvoicingShop } from '../../support/invoicing.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';
import { act, aPayer, closed, type InvoiceView, invoiceOf, waiting, withAgreement } from './by-hand.js';
import { MoneyOfInvoice } from './money-of-invoice.js';

// Debits take days, and each day all that is due on it is done.
jest.setTimeout(60_000);

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await anInvoicingShop(product);
  product.sandbox.control.setDebitDelay(shop.stripe.accountId, 5 * 86_400);
});

afterAll(() => product?.close());

const moneyOf = ({ id }: InvoiceView) => new MoneyOfInvoice(product, shop, id);

async function debited(): Promise<InvoiceView> {
  const { payer } = await withAgreement(product, shop, debit('pm_success_de'));
  const invoice = await closed(shop, { payer });
  await act(shop, 'payInvoice', invoice.id);
  await moneyOf(invoice).debitsArrive();
  expect((await invoiceOf(shop, invoice.id)).status).toBe('PAID');
  return invoice;
}

const part = (invoice: InvoiceView, amount: string) => ({
  reason: 'Less',
  lines: [{ itemId: invoice.items.nodes[0]?.id, amount }],
});

describe('a debit that comes back', () => {
  it('is owed again also where it was made on the invoice’s own page, of which nothing is stored', async () => {
    const invoice = await waiting(product, shop, { payer: { ...aPayer(), email: 'payer@shop.example' } });
    const money = moneyOf(invoice);
    await money.payOnPage({ iban: 'DE89370400440532013000' });
    await money.debitsArrive();
    expect((await invoiceOf(shop, invoice.id)).status).toBe('PAID');
    await money.comesBack();
    const owed = await invoiceOf(shop, invoice.id);
    expect(owed).toMatchObject({ status: 'OPEN', chargeStop: 'RETURNED', paid: { amount: '0.00' } });
    expect(owed.order).toMatchObject({ status: 'CREATED', amount: { amount: '119.00' } });
    await money.isWon();
    expect(await invoiceOf(shop, invoice.id)).toMatchObject({ status: 'PAID', paid: { amount: '119.00' } });
    expect(await money.isAccountedFor()).toBe(true);
  });

  it('and is won pays what is still owed; the rest goes back, and is told', async () => {
    const invoice = await debited();
    const money = moneyOf(invoice);
    await money.comesBack();
    await act(shop, 'createCreditNote', invoice.id, part(invoice, '40.00'));
    await money.isWon();
    const after = await invoiceOf(shop, invoice.id);
    expect(after).toMatchObject({ status: 'PAID', paid: { amount: '71.40' }, refunded: { amount: '0.00' } });
    expect(after.order?.refundedAmount.amount).toBe('47.60');
    expect(await money.overpaid()).toMatchObject([{ amount: '47.60', operationId: expect.stringMatching(/^opn_/) }]);
    expect(await money.isAccountedFor()).toBe(true);
  });

  it('and is won when all was credited goes back whole', async () => {
    const invoice = await debited();
    const money = moneyOf(invoice);
    await money.comesBack();
    expect((await act(shop, 'createCreditNote', invoice.id, { reason: 'All' })).invoice.status).toBe('PAID');
    await money.isWon();
    expect(await invoiceOf(shop, invoice.id)).toMatchObject({ status: 'PAID', paid: { amount: '0.00' } });
    expect(await money.overpaid()).toMatchObject([{ amount: '119.00' }]);
    expect(await money.isAccountedFor()).toBe(true);
  });

  it('after its invoice was paid outside changes nothing more, and is told when it is won', async () => {
    const invoice = await debited();
    const money = moneyOf(invoice);
    await money.comesBack();
    const outside = { paidOutside: { reference: 'Cash' } };
    expect((await act(shop, 'payInvoice', invoice.id, outside)).invoice).toMatchObject({
      status: 'PAID',
      chargeStop: null,
    });
    await money.isWon();
    await money.comesBack();
    expect(await invoiceOf(shop, invoice.id)).toMatchObject({ status: 'PAID', paid: { amount: '119.00' } });
    expect(await money.overpaid()).toMatchObject([{ amount: '119.00' }]);
  });

  it('after its money became the payer’s credit keeps the invoice from being voided', async () => {
    const invoice = await debited();
    const money = moneyOf(invoice);
    await act(shop, 'createCreditNote', invoice.id, { reason: 'All', settlement: 'BALANCE' });
    await money.comesBack();
    expect(await act(shop, 'voidInvoice', invoice.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining("119.00 EUR its payer's credit"),
    });
    expect((await act(shop, 'markInvoiceUncollectible', invoice.id)).invoice.status).toBe('UNCOLLECTIBLE');
  });

  it('is won although its invoice was credited in full and its money is the payer’s credit: a person is told', async () => {
    const invoice = await debited();
    const money = moneyOf(invoice);
    await act(shop, 'createCreditNote', invoice.id, { ...part(invoice, '50.00'), settlement: 'BALANCE' });
    await money.comesBack();
    await act(shop, 'payInvoice', invoice.id, { paidOutside: { reference: 'Cash' } });
    await money.isWon();
    expect(await money.overpaid()).toMatchObject([{ amount: '119.00', operationId: null }]);
    expect(await money.isAccountedFor(11_900n)).toBe(true);
  });
});

describe('an invoice that is written off', () => {
  it('has a link when it is owed again, where it never had one', async () => {
    const invoice = await closed(shop);
    await act(shop, 'markInvoiceUncollectible', invoice.id);
    expect((await act(shop, 'reopenInvoice', invoice.id)).invoice.chargeStop).toBe('CANCELED');
    await moneyOf(invoice).attend();
    expect((await invoiceOf(shop, invoice.id)).paymentPageUrl).toMatch(/^http/);
  });

  it('is not charged by surprise when it is owed again, but when somebody asks', async () => {
    const { payer } = await withAgreement(product, shop);
    const invoice = await closed(shop, { payer });
    await act(shop, 'markInvoiceUncollectible', invoice.id);
    await act(shop, 'reopenInvoice', invoice.id);
    await moneyOf(invoice).attend();
    expect(await invoiceOf(shop, invoice.id)).toMatchObject({ status: 'OPEN', order: { status: 'CREATED' } });
    expect((await act(shop, 'payInvoice', invoice.id)).invoice).toMatchObject({ status: 'PAID', chargeStop: null });
  });

  it('remembers the debit that failed meanwhile', async () => {
    const { payer } = await withAgreement(product, shop, debit('pm_failed_de'));
    const invoice = await closed(shop, { payer });
    await act(shop, 'payInvoice', invoice.id);
    await act(shop, 'markInvoiceUncollectible', invoice.id);
    await moneyOf(invoice).debitsArrive();
    const rows = await asOwner<{ failed: number; due: Date | null }>(
      product,
      'select declines + technical_failures as failed, retry_at as due from invoices where id = $1',
      [uuidOf('invoice', invoice.id)],
    );
    expect(rows).toEqual([{ failed: 1, due: null }]);
    await act(shop, 'reopenInvoice', invoice.id);
    await moneyOf(invoice).attend();
    expect((await invoiceOf(shop, invoice.id)).paymentPageUrl).toMatch(/^http/);
  });

  it('keeps a page to be paid on, over what a credit note has left', async () => {
    const invoice = await waiting(product, shop);
    await act(shop, 'markInvoiceUncollectible', invoice.id);
    await act(shop, 'createCreditNote', invoice.id, part(invoice, '40.00'));
    const after = await invoiceOf(shop, invoice.id);
    expect(after).toMatchObject({ status: 'UNCOLLECTIBLE', amountDue: { amount: '71.40' } });
    expect(after.order).toMatchObject({ status: 'CREATED', amount: { amount: '71.40' } });
    await moneyOf(invoice).payOnPage();
    expect(await invoiceOf(shop, invoice.id)).toMatchObject({ status: 'PAID', paid: { amount: '71.40' } });
  });
});

it('of which nobody owes anything any more, an event says so', async () => {
  const invoice = await closed(shop);
  await act(shop, 'voidInvoice', invoice.id);
  const told = await asOwner<{ due: string }>(
    product,
    `select payload ->> 'amountDue' as due from events where type = 'invoice.status_changed'
     and payload ->> 'status' = 'VOID' and subject_id = $1`,
    [uuidOf('invoice', invoice.id)],
  );
  expect(told).toEqual([{ due: '0.00' }]);
});
