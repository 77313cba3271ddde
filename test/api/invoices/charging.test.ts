import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { publicId } from '../../../src/kernel/ids.js';
import { subscribe } from '../../support/agreements.js';
import { asOwner, debit, meansBehind, paidAt, paymentsAt } from '../../support/charging.js';
import {
  aBilledPayer,
  anInvoicingShop,
  attend,
  changedInvoice,
  type DraftWanted,
  daysPass,
  type InvoiceView,
  invoiceOf,
  writeDrafts,
} from '../../support/invoicing.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { connect, type Json, type Product, type Shop, startProduct } from '../../support/product.js';

jest.setTimeout(60_000);

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await anInvoicingShop(product);
});

afterAll(() => product.close());

/** A payer's invoice over 10.00, due to be closed, and charged. */
async function billed({ agreement = {}, of = shop, ...draft }: DraftWanted & { agreement?: Json; of?: Shop } = {}) {
  const payer = await aBilledPayer(of, agreement);
  const means = await meansBehind(product, of, payer.order);
  const [id = ''] = await writeDrafts(product, of, payer.payerId, [draft]);
  return { ...payer, means, id: publicId('invoice', id), uuid: id };
}

let strangers = 0;

/** Somebody who is billed and has agreed to nothing. */
async function unagreed(draft: DraftWanted = {}, of = shop) {
  strangers += 1;
  const { order } = await of.createOrder({ payer: { reference: `stranger-${strangers}` } });
  const { order: made } = await of.ask<{ order: { payer: { id: string } } }>(
    'query ($id: ID!) { order(id: $id) { payer { id } } }',
    { id: order.id },
  );
  const [uuid = ''] = await writeDrafts(product, of, made.payer.id, [draft]);
  return { id: publicId('invoice', uuid), uuid, payerId: made.payer.id };
}

async function statusesTold(uuid: string): Promise<string[]> {
  const rows = await asOwner<{ told: string }>(
    product,
    `select (payload ->> 'previousStatus') || ' ' || (payload ->> 'status') as told from events
     where type = 'invoice.status_changed' and subject_id = $1 order by sequence`,
    [uuid],
  );
  return rows.map(({ told }) => told);
}

const onPage = (invoice: InvoiceView) => new PayerAtPage(product, shop, invoice.order?.id ?? '');

describe('an invoice whose payer agreed to be charged', () => {
  it('is closed, charged at once without the payer, and paid', async () => {
    const { id, uuid, agreement } = await billed();
    await attend(product);
    const invoice = await invoiceOf(shop, id);
    expect(invoice).toMatchObject({ status: 'PAID', attempts: 1, retryAt: null, chargeStop: null });
    expect(invoice.paid.amount).toBe('10.00');
    expect(invoice.order).toMatchObject({ status: 'CAPTURED', source: 'MERCHANT', orderNumber: invoice.number });
    expect(await paidAt(product, shop, agreement.id)).toEqual([1000]);
    const [payment] = await paymentsAt(product, shop, agreement.id);
    expect(payment?.description).toContain('A month');
    expect(await statusesTold(uuid)).toEqual(['DRAFT OPEN', 'OPEN PAID']);
  });

  it('is charged under the newest agreement to which no schedule is tied', async () => {
    const { id, agreement, reference } = await billed();
    const payer = { reference };
    const today = product.clock.now().toISOString().slice(0, 10);
    const schedule = { period: 'MONTH', startDate: today, localTime: '23:59' };
    await subscribe(shop, { payer, schedule, chargeAmount: { fixed: '5.00' } });
    await subscribe(shop, { payer, currency: 'EUR' });
    await attend(product);
    expect((await invoiceOf(shop, id)).status).toBe('PAID');
    expect(await paidAt(product, shop, agreement.id)).toEqual([1000]);
  });

  it.each<[string, Json, RegExp]>([
    ['more than was agreed', { terms: { maximumAmount: '9.99' } }, /9\.99/],
    ['less than was agreed', { terms: { minimumAmount: '10.01' } }, /10\.01/],
  ])('of %s is not charged, and its payer has a link', async (_, agreement, detail) => {
    const { id, agreement: made } = await billed({ agreement });
    await attend(product);
    const invoice = await invoiceOf(shop, id);
    expect(invoice).toMatchObject({ status: 'OPEN', chargeStop: 'REFUSED_BY_TERMS', attempts: 0, retryAt: null });
    expect(invoice.chargeStopDetail).toMatch(detail);
    expect(invoice.paymentPageUrl).toMatch(/^http/);
    expect(await paymentsAt(product, shop, made.id)).toEqual([]);
  });

  it('waits for its payer where their bank wants to see them, and is paid by that payment', async () => {
    const { id, means } = await billed();
    product.sandbox.control.declineFrom(means, { code: 'authentication_required', times: 1 });
    await attend(product);
    const waiting = await invoiceOf(shop, id);
    expect(waiting).toMatchObject({ status: 'OPEN', order: { status: 'REQUIRES_ACTION' }, chargeStop: null });
    expect(waiting.paymentPageUrl).toMatch(/^http/);
    const page = onPage(waiting);
    await page.pay((await page.open()) ?? '');
    await attend(product);
    const paid = await invoiceOf(shop, id);
    expect(paid).toMatchObject({ status: 'PAID', order: { id: waiting.order?.id, status: 'CAPTURED' } });
    expect(paid.orders.nodes).toHaveLength(1);
  });

  it('is not charged while its operator is suspended, though it is closed, and charged when it is resumed', async () => {
    const of = await anInvoicingShop(product);
    const { id, agreement, uuid } = await billed({ of });
    await product.platform.do('suspendOperator', { operatorId: of.operator.id }, 'operator { id }');
    await attend(product);
    expect(await statusesTold(uuid)).toEqual(['DRAFT OPEN']);
    expect(await paymentsAt(product, of, agreement.id)).toEqual([]);
    await product.platform.do('resumeOperator', { operatorId: of.operator.id }, 'operator { id }');
    await daysPass(product, 0.05);
    expect((await invoiceOf(of, id)).status).toBe('PAID');
    expect(await paidAt(product, of, agreement.id)).toEqual([1000]);
  });

  it('whose number is taken by an order of the merchant’s takes one beside it', async () => {
    const of = await anInvoicingShop(product);
    await of.createOrder({ orderNumber: 'TEST-INV-000001' });
    const { id } = await billed({ of });
    await attend(product);
    const invoice = await invoiceOf(of, id);
    expect(invoice.status).toBe('PAID');
    expect(invoice.order?.orderNumber).toMatch(/^TEST-INV-000001-[0-9a-z]{6}$/);
  });

  it('whose account is gone is left to its payer as soon as there is another one to pay through', async () => {
    const of = await anInvoicingShop(product);
    const { id } = await billed({ of });
    const { operator } = await of.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
      '{ operator { paymentSystemAccounts { id } } }',
    );
    const accountId = operator.paymentSystemAccounts[0]?.id;
    await of.operator.do('disconnectPaymentSystem', { accountId }, 'account { status }');
    await attend(product);
    expect(await invoiceOf(of, id)).toMatchObject({ status: 'OPEN', chargeStop: 'REFUSED_BY_TERMS', order: null });
    await connect(of.operator, product.sandbox.control.createAccount());
    await daysPass(product, 0.05);
    expect(await invoiceOf(of, id)).toMatchObject({ status: 'OPEN', order: { status: 'CREATED' } });
  });
});

describe('an invoice whose payer agreed to nothing', () => {
  it('is open with a link, and paid by it', async () => {
    const { id, uuid } = await unagreed();
    await attend(product);
    const open = await invoiceOf(shop, id);
    expect(open).toMatchObject({ status: 'OPEN', chargeStop: 'NO_AGREEMENT', retryAt: null, attempts: 0 });
    expect(open.order).toMatchObject({ status: 'CREATED', orderNumber: open.number });
    expect(open.paymentPageUrl).toMatch(/^http/);
    const told = await asOwner<{ payload: Json }>(
      product,
      `select payload from events where type = 'invoice.needs_payer' and subject_id = $1`,
      [uuid],
    );
    expect(told).toMatchObject([
      { payload: { orderId: open.order?.id, chargeStop: 'NO_AGREEMENT', amountDue: '10.00' } },
    ]);
    const page = onPage(open);
    await page.pay((await page.open()) ?? '');
    await attend(product);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAID', chargeStop: null, paid: { amount: '10.00' } });
    expect(await statusesTold(uuid)).toEqual(['DRAFT OPEN', 'OPEN PAID']);
  });

  it('has another link when one has run out, as long as it is owed', async () => {
    const { id } = await unagreed();
    await attend(product);
    const first = await invoiceOf(shop, id);
    await daysPass(product, 30.1);
    const second = await invoiceOf(shop, id);
    expect(second).toMatchObject({
      status: 'PAST_DUE',
      order: { status: 'CREATED', orderNumber: `${first.number}-2` },
    });
    await changedInvoice(shop, 'voidInvoice', id);
    await daysPass(product, 30.1);
    const after = await invoiceOf(shop, id);
    expect(after.orders.nodes.map(({ status }) => status)).toEqual(['EXPIRED', 'EXPIRED']);
  });

  it('has no other link while it is written off, and one when it is owed again', async () => {
    const { id } = await unagreed();
    await attend(product);
    await changedInvoice(shop, 'markInvoiceUncollectible', id);
    await daysPass(product, 30.1);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'UNCOLLECTIBLE', order: { status: 'EXPIRED' } });
    await changedInvoice(shop, 'reopenInvoice', id);
    await attend(product);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAST_DUE', order: { status: 'CREATED' }, attempts: 0 });
  });

  it.each<[string, () => Promise<{ id: string; uuid: string }>]>([
    ['that nobody agreed to', () => unagreed({ items: [10n] })],
    ['under an agreement', () => billed({ items: [10n] })],
  ])('of less than the payment system takes, %s, has no link, and its merchant hears why', async (_, made) => {
    const { id, uuid } = await made();
    await attend(product);
    const invoice = await invoiceOf(shop, id);
    expect(invoice).toMatchObject({ status: 'OPEN', order: null, retryAt: null, paymentPageUrl: null });
    expect(invoice).toMatchObject({ chargeStop: 'AMOUNT_NOT_ACCEPTED', attempts: 0 });
    expect(invoice.chargeStopDetail).toMatch(/0\.50/);
    const told = await asOwner<{ payload: Json }>(
      product,
      `select payload from events where type = 'invoice.needs_payer' and subject_id = $1`,
      [uuid],
    );
    expect(told).toMatchObject([{ payload: { orderId: null, chargeStop: 'AMOUNT_NOT_ACCEPTED', amountDue: '0.10' } }]);
  });

  it('of more than the payment system takes is charged once a credit note made it less', async () => {
    const { id } = await billed({ items: [99_999_999n, 1_000n] });
    await attend(product);
    expect(await invoiceOf(shop, id)).toMatchObject({ chargeStop: 'AMOUNT_NOT_ACCEPTED', attempts: 0 });
    const { invoice } = await shop.ask<{ invoice: { items: { nodes: { id: string; net: { amount: string } }[] } } }>(
      'query ($id: ID!) { invoice(id: $id) { items { nodes { id net { amount } } } } }',
      { id },
    );
    const large = invoice.items.nodes.find(({ net }) => net.amount === '999999.99');
    const lines = [{ itemId: large?.id }];
    const note = await shop.do('createCreditNote', { invoiceId: id, reason: 'A slip', lines }, 'creditNote { id }');
    expect(note).toMatchObject({ creditNote: {} });
    await attend(product);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAID', chargeStop: null, paid: { amount: '10.00' } });
  });

  it('of an amount that is not taken is not sent to a page that is not there', async () => {
    const { id } = await unagreed({ items: [10n] });
    await attend(product);
    const { code, message } = await shop.do<{ code: string; message: string }>(
      'payInvoice',
      { invoiceId: id },
      'invoice { id }',
    );
    expect(code).toBe('AGREEMENT_REQUIRED');
    expect(message).toMatch(/at least 0\.50 in USD.*no page to pay on either/);
  });
});

describe('money that moves later', () => {
  const slow = () => {
    product.sandbox.control.setDebitDelay(shop.stripe.accountId, 5 * 86_400);
    return billed({ agreement: debit('pm_success_de'), currency: 'EUR' as never });
  };

  it('a debit is waited for, past due or not, and owed again with a link when it comes back', async () => {
    const { id, uuid, agreement } = await slow();
    await attend(product);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'OPEN', retryAt: null, order: { status: 'PROCESSING' } });
    await daysPass(product, 5.5);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAID', paid: { amount: '10.00' } });
    const [paid] = await paymentsAt(product, shop, agreement.id);
    product.sandbox.control.createDispute(String(paid?.latest_charge));
    await attend(product);
    const owed = await invoiceOf(shop, id);
    expect(owed).toMatchObject({ status: 'OPEN', chargeStop: 'RETURNED', paid: { amount: '0.00' }, paidAt: null });
    expect(owed.order).toMatchObject({
      status: 'CREATED',
      orderNumber: `${owed.number}-2`,
      amount: { amount: '10.00' },
    });
    const page = onPage(owed);
    await page.pay((await page.open()) ?? '');
    await attend(product);
    expect((await invoiceOf(shop, id)).status).toBe('PAID');
    expect(await statusesTold(uuid)).toEqual(['DRAFT OPEN', 'OPEN PAID', 'PAID OPEN', 'OPEN PAID']);
  });

  it('a debit that is won back pays it again, and its link is closed', async () => {
    const { id, agreement } = await slow();
    await attend(product);
    await daysPass(product, 5.5);
    const [paid] = await paymentsAt(product, shop, agreement.id);
    const dispute = product.sandbox.control.createDispute(String(paid?.latest_charge));
    await attend(product);
    const link = (await invoiceOf(shop, id)).order;
    expect(link?.status).toBe('CREATED');
    product.sandbox.control.resolveDispute(dispute.id, 'won');
    await attend(product);
    const invoice = await invoiceOf(shop, id);
    expect(invoice).toMatchObject({ status: 'PAID', chargeStop: null, paid: { amount: '10.00' } });
    expect(invoice.orders.nodes.find((each) => each.id === link?.id)?.status).toBe('EXPIRED');
    expect(invoice.orders.nodes.every(({ refundedAmount }) => refundedAmount.amount === '0.00')).toBe(true);
  });

  it.each<[string, string]>([
    ['voided', `status = 'VOID', voided_at = now()`],
    ['paid outside', `status = 'PAID', paid_at = now(), paid_minor = total_minor, paid_outside = 'transfer 7'`],
  ])('money for an invoice that was %s meanwhile is given back by itself, and told', async (_, change) => {
    const { id, uuid } = await slow();
    await attend(product);
    // The API refuses this while a payment is under way: what it cannot see is what another system does meanwhile.
    await asOwner(product, `update invoices set ${change}, retry_at = null, due_at = null where id = $1`, [uuid]);
    const before = await invoiceOf(shop, id);
    await daysPass(product, 5.5);
    const after = await invoiceOf(shop, id);
    expect(after.status).toBe(before.status);
    expect(after.paid).toEqual(before.paid);
    expect(after.orders.nodes).toMatchObject([
      {
        status: 'REFUNDED',
        refundedAmount: { amount: '10.00' },
        operations: [{}, { type: 'CANCELLATION', reason: 'DUPLICATE' }],
      },
    ]);
    const told = await asOwner<{ payload: Json }>(
      product,
      `select payload from events where type = 'invoice.overpaid' and subject_id = $1`,
      [uuid],
    );
    expect(told).toEqual([
      { payload: expect.objectContaining({ amount: '10.00', operationId: expect.stringMatching(/^opn_/) as unknown }) },
    ]);
  });
});
