import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { publicId } from '../../../src/kernel/ids.js';
import { aBillingShop, agreementOf, subscribe } from '../../support/agreements.js';
import { chargesOf, monthly, paidAt, tomorrow } from '../../support/charging.js';
import { anInvoicingShop, attend, changedInvoice, invoiceOf, writeDrafts } from '../../support/invoicing.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { billWith, chargesDisagree, untilMidnight } from '../agreements/billing.js';
import { booksOf, dashboard, ordersOf } from '../orders/books.js';
import { Died, dyingAt } from '../orders/dying.js';
import { Scene } from './scene.js';

jest.setTimeout(60_000);

const HOUR = 3_600;
const DAY = 24 * HOUR;

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open({ stripeTimeoutMs: 10_000 });
});

afterEach(async () => {
  expect(await scene.aftermath()).toEqual([]);
  expect(await chargesDisagree(scene.one, scene.shop)).toEqual([]);
});

afterAll(() => scene.close());

/** Charged 20.00 from the next midnight on, each day. */
async function daily() {
  const shop = await scene.begin(aBillingShop(scene.one, { timeZone: 'UTC' }));
  const { agreement, means } = await monthly(scene.one, shop, { schedule: { period: 'DAY' } });
  return { shop, id: agreement.id, means };
}

/** Lets so much time pass; then both processes bill and look after what is not known, at the same moments. */
async function billed(seconds: number): Promise<void> {
  scene.advance(seconds);
  for (let round = 0; round < 2; round += 1) {
    await scene.wakeBoth('agreements.bill');
    await scene.wakeBoth('orders.reconcile');
  }
}

it('lago#5837: fifty wake-ups that have piled up are one charge', async () => {
  const { shop, id } = await daily();
  scene.one.sandbox.control.clearRequests();
  scene.advance(untilMidnight(scene.one));
  await Promise.all(Array.from({ length: 50 }, () => scene.wakeBoth('agreements.bill')));
  await scene.one.settle();
  expect(await paidAt(scene.one, shop, id)).toEqual([2000]);
  expect(await agreementOf(shop, id)).toMatchObject({ paymentsMade: 1 });
  expect([scene.sent('/v1/payment_intents$'), scene.sent('/confirm$')].map(({ length }) => length)).toEqual([1, 1]);
});

it('polar#10653: a charge whose outcome nobody knows yet is not made again, however long that takes', async () => {
  const { shop, id } = await daily();
  scene.mute();
  scene.one.sandbox.control.clearRequests();
  scene.lose('reset_after', '/confirm$');
  scene.lose('error_503', '/v1/payment_intents', undefined, 'GET');
  await billed(untilMidnight(scene.one));
  // The schedule, the reconcilers, the merchant, and in the end the next period: all find it taken.
  for (const hours of [1, 11, 13]) {
    await billed(hours * HOUR);
    expect(await scene.at(1).do('chargeAgreement', { agreementId: id }, '__typename')).toMatchObject({
      code: 'OUTCOME_PENDING',
    });
  }
  expect(scene.sent('/v1/payment_intents$')).toHaveLength(1);
  expect(await chargesOf(shop, id)).toEqual(['OPEN 1 ×1']);
  scene.one.sandbox.control.clearFaults();
  await billed(HOUR);
  await billed(60);
  expect(await paidAt(scene.one, shop, id)).toEqual([2000, 2000]);
  expect(await chargesOf(shop, id)).toEqual(['PAID 1 ×1', 'PAID 2 ×1']);
});

it('polar#13272: a charge that nobody works on any more holds up the next ones not for ever', async () => {
  const { shop, id, means } = await daily();
  scene.mute();
  // Whoever has it dies with it.
  scene.advance(untilMidnight(scene.one));
  const deaths = await billWith(scene.one, shop, dyingAt(scene.one, shop, 'before confirmPayment'));
  expect(deaths.every((each) => each instanceof Died)).toBe(true);
  await billed(0);
  expect(await chargesOf(shop, id)).toEqual(['OPEN 1 ×1']);
  await billed(152);
  expect(await chargesOf(shop, id)).toEqual(['PAID 1 ×1']);

  // It waits for its payer, and is cancelled in the payment system's console, which nobody hears.
  scene.one.sandbox.control.declineFrom(means, { code: 'authentication_required', times: 1 });
  await billed(DAY);
  expect(await agreementOf(shop, id)).toMatchObject({ status: 'PAST_DUE' });
  const waiting = (await ordersOf(scene.one, shop)).find(({ status }) => status === 'REQUIRES_ACTION');
  await dashboard(scene.one, shop).paymentIntents.cancel(waiting?.external_payment_id ?? '');
  await billed(DAY);
  await billed(60);
  expect(await chargesOf(shop, id)).toEqual(['PAID 1 ×1', 'FAILED 2 ×1', 'PAID 3 ×1']);
  expect(await agreementOf(shop, id)).toMatchObject({ status: 'ACTIVE', paymentsMade: 2 });
});

/** An invoice over 10.00 on whose page its payer is, and an agreement under which it could be charged as well. */
async function withOpenPage(reference: string) {
  const { shop, one } = scene;
  const payer = { reference, email: 'payer@shop.example' };
  const { order } = await shop.createOrder({ payer });
  const { order: made } = await shop.ask<{ order: { payer: { id: string } } }>(
    'query ($id: ID!) { order(id: $id) { payer { id } } }',
    { id: order.id },
  );
  const [uuid = ''] = await writeDrafts(one, shop, made.payer.id, [{}]);
  await attend(one);
  await subscribe(shop, { payer });
  const id = publicId('invoice', uuid);
  const onPage = new PayerAtPage(one, shop, (await invoiceOf(shop, id)).order?.id ?? '');
  const page = (await onPage.open()) ?? '';
  return { id, pay: async () => onPage.pay(page).outcome };
}

it('lago#5708: an open page and an automatic charge do not both take the money', async () => {
  const shop = await scene.begin(anInvoicingShop(scene.one));
  const charge = (id: string, racer = 0) => changedInvoice(scene.at(racer), 'payInvoice', id);

  // The charge comes first: the page is closed before it is made.
  const charged = await withOpenPage('charged');
  expect(await charge(charged.id)).toMatchObject({ invoice: { status: 'PAID' } });
  await expect(charged.pay()).rejects.toThrow('expired');

  // The payer comes first, and nobody has heard of it.
  scene.mute();
  const paid = await withOpenPage('paid');
  expect(await paid.pay()).toBe('complete');
  expect(await charge(paid.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });

  // Neither: the payer pays at the moment at which both processes charge.
  const raced = await Promise.all(['one', 'two', 'three'].map(withOpenPage));
  await Promise.all(
    raced.flatMap(({ id, pay }) => [
      charge(id),
      charge(id, 1),
      pay().catch(() => {}),
      scene.wakeBoth('invoices.attend'),
    ]),
  );
  await scene.later(61);
  await attend(scene.one);
  for (const { id } of [charged, paid, ...raced]) {
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'PAID', paid: { amount: '10.00' } });
  }
  const { charges } = await booksOf(scene.one, shop);
  expect(charges.filter((each) => each.paid).map(({ amount }) => amount)).toEqual(Array(5).fill(1_000));
});

it('erpnext#26951: the parts of a plan come to its total, and no part is a rounded share of it', async () => {
  const shop = await scene.begin(aBillingShop(scene.one, { timeZone: 'UTC' }));
  const planned = (total: string, parts: number) =>
    subscribe(shop, {
      terms: { type: 'INSTALLMENT' },
      installments: { total, parts, firstPartNow: false },
      schedule: { period: 'DAY', startDate: tomorrow(scene.one), localTime: '00:00' },
    });
  const partsOf = async (total: string, parts: number) =>
    (await planned(total, parts)).agreement.installments?.map(({ amount }) => amount.amount);
  expect(await partsOf('30000.00', 3)).toEqual(['10000.00', '10000.00', '10000.00']);
  expect(await partsOf('100.00', 7)).toEqual(['14.29', '14.29', '14.29', '14.29', '14.28', '14.28', '14.28']);
  const { agreement } = await planned('100.00', 3);
  await billed(untilMidnight(scene.one));
  for (let part = 2; part <= 3; part += 1) await billed(DAY);
  expect(await paidAt(scene.one, shop, agreement.id)).toEqual([3334, 3333, 3333]);
  expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED', paymentsMade: 3 });
});
