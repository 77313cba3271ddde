import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, subscribe } from '../../support/agreements.js';
import { addItem, aPayer, INVOICE, type InvoiceView, invoiceOf, monthAfter, moveTo } from '../../support/invoices.js';
import {
  aMerchant,
  aShop,
  type Json,
  type Product,
  type Refusal,
  type Shop,
  startProduct,
} from '../../support/product.js';

let product: Product;
let shop: Shop;
let neighbour: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
  neighbour = await aMerchant(product, shop.operator, shop.stripe);
});

afterAll(() => product.close());

const money = (amount: string, currency = 'EUR') => ({ amount, currency });

function remove(who: Shop, itemId: string, more: Json = {}) {
  return who.do<{ invoice: InvoiceView } & Refusal>('removeInvoiceItem', { itemId, ...more }, `invoice { ${INVOICE} }`);
}

async function payerIdOf(who: Shop, reference: string): Promise<string> {
  const { payer } = await who.ask<{ payer: { id: string } }>('query ($r: String) { payer(reference: $r) { id } }', {
    r: reference,
  });
  return payer.id;
}

/** What the payer is charged next, in a currency. */
async function upcoming(who: Shop, payerId: string, currency = 'EUR'): Promise<(InvoiceView & Json) | null> {
  const { upcomingInvoice } = await who.ask<{ upcomingInvoice: (InvoiceView & Json) | null }>(
    `query ($payerId: ID!, $currency: CurrencyCode!) { upcomingInvoice(payerId: $payerId, currency: $currency) {
       ${INVOICE} taxLines { rate net { amount } tax { amount } } agreement { id } items { nodes { id } } } }`,
    { payerId, currency },
  );
  return upcomingInvoice;
}

describe('the totals of a draft', () => {
  it('are refreshed by the job, with the moment that they are of', async () => {
    const payer = aPayer();
    const first = await addItem(shop, { payer, unitPrice: '10.00', taxRate: '19' });
    const [a, b] = [await addItem(shop, { payer, unitPrice: '0.05', taxRate: '19' }), await addItem(shop, { payer })];
    const id = first.invoice.id;
    const untouched = await addItem(shop, { payer: aPayer() });
    expect([a.invoice.id, b.invoice.id]).toEqual([id, id]);
    expect(await invoiceOf(shop, id)).toMatchObject({ total: money('0.00'), itemCount: 0 });

    const before = product.clock.now();
    await product.built.jobs.wake('invoices.refresh-drafts');
    const refreshed = await invoiceOf(shop, id);
    expect(refreshed).toMatchObject({
      subtotal: money('20.05'),
      tax: money('1.91'),
      total: money('21.96'),
      itemCount: 3,
    });
    expect(refreshed).toMatchObject({ amountDue: money('21.96'), status: 'DRAFT' });
    expect(new Date(refreshed.totalsAt).getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(await invoiceOf(shop, untouched.invoice.id)).toMatchObject({ total: money('10.00'), itemCount: 1 });

    // Nothing has changed since, so nothing is added up again.
    await product.built.jobs.wake('invoices.refresh-drafts');
    expect((await invoiceOf(shop, id)).totalsAt).toBe(refreshed.totalsAt);

    await remove(shop, a.item.id);
    expect((await invoiceOf(shop, id)).total).toEqual(money('21.96'));
    await product.built.jobs.wake('invoices.refresh-drafts');
    expect(await invoiceOf(shop, id)).toMatchObject({ total: money('21.90'), tax: money('1.90'), itemCount: 2 });
  });

  it('are by the operator’s own time, and refreshed when that is moved', async () => {
    const ahead = await aShop(product);
    const { invoice } = await addItem(ahead, { payer: aPayer(), date: monthAfter(product.clock.now(), 2) });
    const to = new Date(product.clock.now().getTime() + 20 * 86_400_000);
    await moveTo(product, ahead.operator.id, to);
    await product.built.jobs.wake('invoices.refresh-drafts');
    const { totalsAt, total } = await invoiceOf(ahead, invoice.id);
    expect(total).toEqual(money('10.00'));
    expect(new Date(totalsAt).getTime()).toBeGreaterThanOrEqual(to.getTime());
  });

  it('know of every item in the end, whoever adds while they are refreshed', async () => {
    const payer = aPayer();
    const { invoice } = await addItem(shop, { payer });
    for (let round = 0; round < 6; round += 1) {
      const adding = Array.from({ length: 8 }, () => addItem(shop, { payer }));
      const refreshing = Array.from({ length: 3 }, () => product.built.jobs.wake('invoices.refresh-drafts'));
      await Promise.all([...adding, ...refreshing]);
    }
    await product.built.jobs.wake('invoices.refresh-drafts');
    expect(await invoiceOf(shop, invoice.id)).toMatchObject({ itemCount: 49, total: money('490.00') });
  });
});

describe('an item that is removed', () => {
  it('is gone, once, and its reference is free', async () => {
    const payer = aPayer();
    const { item, invoice } = await addItem(shop, { payer, reference: 'wrong' });
    const removed = await remove(shop, item.id, { idempotencyKey: 'remove-1' });
    expect(removed.invoice.id).toBe(invoice.id);
    expect((await remove(shop, item.id, { idempotencyKey: 'remove-1' })).invoice.id).toBe(invoice.id);
    expect(await remove(shop, item.id)).toMatchObject({ code: 'NOT_FOUND', message: 'no such invoice item' });
    expect((await addItem(shop, { payer, reference: 'wrong', unitPrice: '7' })).item.unitPrice).toBe('7.00');
    const { item: raced } = await addItem(shop, { payer });
    const answers = await Promise.all(Array.from({ length: 5 }, () => remove(shop, raced.id)));
    expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'NOT_FOUND')).toHaveLength(4);
  });

  it('is nobody else’s to remove, and nobody’s once it is closed', async () => {
    const { item, invoice } = await addItem(shop, { payer: aPayer() });
    const stranger = await aShop(product);
    for (const other of [neighbour, stranger]) {
      expect(await remove(other, item.id)).toMatchObject({ code: 'NOT_FOUND', message: 'no such invoice item' });
    }
    expect(await remove(shop, 'ini_broken')).toMatchObject({ code: 'NOT_FOUND', message: 'no such invoice item' });
    const closed = await shop.do<{ invoice: InvoiceView }>(
      'finalizeInvoice',
      { invoiceId: invoice.id },
      'invoice { status }',
    );
    expect(closed.invoice.status).not.toBe('DRAFT');
    const refused = await remove(shop, item.id);
    expect(refused).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(refused.message).toContain('only a DRAFT loses items');
  });

  it('leaves a draft that is thrown away without a number at its closing', async () => {
    const operator = await aShop(product);
    const { item, invoice } = await addItem(operator, { payer: aPayer() });
    await remove(operator, item.id);
    await moveTo(product, operator.operator.id, new Date(invoice.closesAt));
    await product.built.jobs.wake('invoices.attend');
    expect(await invoiceOf(operator, invoice.id)).toMatchObject({ status: 'VOID', number: null, closedAt: null });
  });
});

describe('a look ahead', () => {
  it('has the amounts of this moment, the agreement that it would be charged under, and when', async () => {
    const { agreement } = await subscribe(shop, { currency: 'EUR', payer: { reference: 'looks' } });
    const payerId = await payerIdOf(shop, 'looks');
    expect(await upcoming(shop, payerId)).toBeNull();
    const later = await addItem(shop, { payer: { id: payerId }, date: monthAfter(product.clock.now(), 1) });
    expect((await upcoming(shop, payerId))?.id).toBe(later.invoice.id);
    const now = await addItem(shop, { payer: { id: payerId }, unitPrice: '8.40', taxRate: '19' });
    await addItem(shop, { payer: { id: payerId }, unitPrice: '1.00' });
    const seen = await upcoming(shop, payerId);
    expect(seen).toMatchObject({
      id: now.invoice.id,
      status: 'DRAFT',
      subtotal: money('9.40'),
      tax: money('1.60'),
      total: money('11.00'),
      creditApplied: money('0.00'),
      amountDue: money('11.00'),
      itemCount: 2,
      closesAt: now.invoice.closesAt,
      agreement: { id: agreement.id },
      taxLines: [
        { rate: '19', net: { amount: '8.40' }, tax: { amount: '1.60' } },
        { rate: null, net: { amount: '1.00' }, tax: { amount: '0.00' } },
      ],
    });
    expect(await upcoming(shop, payerId, 'USD')).toBeNull();
    await expect(upcoming(shop, payerId, 'EURO')).rejects.toThrow('BAD_REQUEST');
    expect(await upcoming(neighbour, payerId)).toBeNull();
    // What was asked is not what is kept: the draft itself waits for its hour.
    expect(await invoiceOf(shop, now.invoice.id)).toMatchObject({ total: money('0.00'), creditApplied: money('0.00') });
  });

  it('uses the payer’s credit, as closing does, and shows nothing where the draft is empty', async () => {
    const payer = aPayer();
    const paid = await addItem(shop, { payer, unitPrice: '30.00' });
    await shop.do('finalizeInvoice', { invoiceId: paid.invoice.id }, 'invoice { id }');
    const invoiceId = paid.invoice.id;
    await shop.do('payInvoice', { invoiceId, paidOutside: { reference: 'bank 1' } }, 'invoice { status }');
    await shop.do('createCreditNote', { invoiceId, reason: 'Twice', settlement: 'BALANCE' }, 'creditNote { id }');
    const payerId = await payerIdOf(shop, payer.reference);
    const { item } = await addItem(shop, { payer, unitPrice: '50.00' });
    expect(await upcoming(shop, payerId)).toMatchObject({
      total: money('50.00'),
      creditApplied: money('30.00'),
      amountDue: money('20.00'),
    });
    await remove(shop, item.id);
    expect(await upcoming(shop, payerId)).toBeNull();
    await addItem(shop, { payer, unitPrice: '12.00' });
    expect(await upcoming(shop, payerId)).toMatchObject({ creditApplied: money('12.00'), amountDue: money('0.00') });
  });
});
