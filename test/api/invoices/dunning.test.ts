import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { publicId } from '../../../src/kernel/ids.js';
import { agreementOf, changed, subscribe } from '../../support/agreements.js';
import { asOwner, meansBehind, paidAt, paymentsAt } from '../../support/charging.js';
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
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

// Days pass a dozen times, each with all that is due on them.
jest.setTimeout(60_000);

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await anInvoicingShop(product);
});

afterAll(() => product.close());

interface Declined extends DraftWanted {
  readonly code: string;
  readonly times?: number;
  readonly advice?: 'do_not_try_again' | 'try_again_later' | 'confirm_card_data';
  readonly of?: Shop;
}

/** An invoice over 10.00, charged to a card that is declined. */
async function declined({ code, times, advice, of = shop, ...draft }: Declined) {
  const { payerId, order, agreement, reference } = await aBilledPayer(of);
  product.sandbox.control.declineFrom(await meansBehind(product, of, order), {
    code,
    ...(times !== undefined && { times }),
    ...(advice && { advice_code: advice }),
  });
  const [uuid = ''] = await writeDrafts(product, of, payerId, [draft]);
  await attend(product);
  return { id: publicId('invoice', uuid), uuid, agreementId: agreement.id, reference };
}

const stood = ({ status, attempts, chargeStop }: InvoiceView) => `${status} ×${attempts} ${chargeStop ?? ''}`.trim();

describe('an invoice whose charge is declined', () => {
  it('is tried again after 1, 3, 5 and 7 days, then has a link, and is past due when its day is over', async () => {
    const { id, agreementId, uuid } = await declined({ code: 'do_not_honor' });
    const days: string[] = [];
    for (let passed = 0; passed <= 8; passed += 1) {
      days.push(`${passed}: ${stood(await invoiceOf(shop, id))}`);
      await daysPass(product, 1);
    }
    expect(days).toEqual([
      '0: OPEN ×1',
      '1: OPEN ×2',
      '2: OPEN ×2',
      '3: OPEN ×3',
      '4: OPEN ×3',
      '5: OPEN ×4',
      '6: OPEN ×4',
      '7: OPEN ×5 RETRIES_EXHAUSTED',
      '8: OPEN ×5 RETRIES_EXHAUSTED',
    ]);
    // What is charged beside an agreement's plan does not end it.
    expect((await agreementOf(shop, agreementId)).status).toBe('ACTIVE');
    const given = await invoiceOf(shop, id);
    expect(given).toMatchObject({ declineCode: 'do_not_honor', order: { status: 'CREATED' }, retryAt: null });
    const numbers = given.orders.nodes.map(({ orderNumber }) => orderNumber).toReversed();
    expect(numbers).toEqual([given.number, ...[2, 3, 4, 5, 6].map((nth) => `${given.number}-${nth}`)]);
    await daysPass(product, 7);
    const late = await invoiceOf(shop, id);
    expect(late.status).toBe('PAST_DUE');
    const page = new PayerAtPage(product, shop, late.order?.id ?? '');
    await page.pay((await page.open()) ?? '');
    await attend(product);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAID', chargeStop: null });
    const told = await asOwner<{ status: string }>(
      product,
      `select payload ->> 'status' as status from events where type = 'invoice.status_changed' and subject_id = $1 order by sequence`,
      [uuid],
    );
    expect(told.map(({ status }) => status)).toEqual(['OPEN', 'PAST_DUE', 'PAID']);
  });

  it('is paid by the try that succeeds, marked as made again for want of funds', async () => {
    const { id, agreementId, uuid } = await declined({ code: 'insufficient_funds', times: 1 });
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'OPEN', attempts: 1, declineCode: 'insufficient_funds' });
    await daysPass(product, 1.01);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAID', attempts: 2, retryAt: null });
    expect(await paidAt(product, shop, agreementId)).toEqual([1000]);
    const requests = await asOwner<{ again: string | null }>(
      product,
      `select p.request ->> 'resubmission' as again from operations p join orders o on o.id = p.order_id
       where o.invoice_id = $1 order by p.id`,
      [uuid],
    );
    expect(requests).toEqual([{ again: null }, { again: 'true' }]);
  });

  it('is tried by the merchant’s own policy, and goes on when it is past due', async () => {
    const patient = await anInvoicingShop(product, { retryPolicyDays: [2, 20] });
    const { id } = await declined({ code: 'insufficient_funds', times: 2, of: patient });
    await daysPass(product, 1);
    expect(stood(await invoiceOf(patient, id))).toBe('OPEN ×1');
    await daysPass(product, 1.1);
    expect(stood(await invoiceOf(patient, id))).toBe('OPEN ×2');
    await daysPass(product, 14);
    expect(stood(await invoiceOf(patient, id))).toBe('PAST_DUE ×2');
    await daysPass(product, 4);
    expect(stood(await invoiceOf(patient, id))).toBe('PAID ×3');
  });

  it.each<[string, Declined]>([
    ['a card that was stolen', { code: 'stolen_card' }],
    ['a bank that wants no more tries', { code: 'do_not_honor', advice: 'do_not_try_again' }],
  ])('is not tried again for %s', async (_, wanted) => {
    const { id } = await declined(wanted);
    expect(stood(await invoiceOf(shop, id))).toBe('OPEN ×1 HARD_DECLINE');
    await daysPass(product, 8);
    const after = await invoiceOf(shop, id);
    expect(stood(after)).toBe('OPEN ×1 HARD_DECLINE');
    expect(after.paymentPageUrl).toMatch(/^http/);
  });

  it('is left to its payer when its agreement ends in between, and charged under another when there is one', async () => {
    const [left, moved] = [
      await declined({ code: 'insufficient_funds' }),
      await declined({ code: 'insufficient_funds' }),
    ];
    for (const { agreementId } of [left, moved]) await changed(shop, 'cancelAgreement', agreementId);
    const { agreement } = await subscribe(shop, { payer: { reference: moved.reference } });
    await daysPass(product, 1.01);
    expect(stood(await invoiceOf(shop, left.id))).toBe('OPEN ×1 NO_AGREEMENT');
    expect(stood(await invoiceOf(shop, moved.id))).toBe('PAID ×2');
    expect(await paidAt(product, shop, agreement.id)).toEqual([1000]);
  });

  it('is tried again within hours where nobody’s bank has said no', async () => {
    const of = await anInvoicingShop(product);
    const { payerId, agreement } = await aBilledPayer(of);
    const [uuid = ''] = await writeDrafts(product, of, payerId, [{}]);
    const { accountId } = of.stripe;
    product.sandbox.control.addFault({ kind: 'reset_before', path: '/payment_intents', method: 'POST', accountId });
    await attend(product);
    const id = publicId('invoice', uuid);
    expect(await invoiceOf(of, id)).toMatchObject({ status: 'OPEN', retryAt: null, order: { status: 'PROCESSING' } });
    product.sandbox.control.clearFaults();
    // By now the payment system has forgotten the key, and nothing may be sent under it again.
    product.advance(86_400);
    await product.settle();
    expect(await invoiceOf(of, id)).toMatchObject({ status: 'OPEN', declineCode: null, order: { status: 'DECLINED' } });
    await daysPass(product, 0.05);
    expect(await invoiceOf(of, id)).toMatchObject({ status: 'PAID', attempts: 2 });
    expect(await paidAt(product, of, agreement.id)).toEqual([1000]);
  });

  it('is not tried any more once somebody has voided, written off or paid it', async () => {
    const ends: readonly [string, Json, string][] = [
      ['voidInvoice', {}, 'VOID'],
      ['markInvoiceUncollectible', {}, 'UNCOLLECTIBLE'],
      ['payInvoice', { paidOutside: { reference: 'transfer 7' } }, 'PAID'],
    ];
    const invoices = [];
    for (const [mutation, input, status] of ends) {
      const { id, agreementId } = await declined({ code: 'insufficient_funds' });
      expect(await changedInvoice(shop, mutation, id, input)).toMatchObject({ invoice: { status } });
      invoices.push({ id, agreementId, status });
    }
    await daysPass(product, 8);
    for (const { id, agreementId, status } of invoices) {
      expect(await invoiceOf(shop, id)).toMatchObject({ status, attempts: 1 });
      expect(await paymentsAt(product, shop, agreementId)).toHaveLength(1);
    }
  });
});
