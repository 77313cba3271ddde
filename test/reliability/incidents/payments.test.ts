import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { booksOf } from '../orders/books.js';
import { racing } from '../orders/disorder.js';
import { Scene } from './scene.js';

jest.setTimeout(60_000);

let scene: Scene;

beforeAll(async () => {
  // One of these incidents begins with an answer that comes too late.
  scene = await Scene.open({ stripeTimeoutMs: 2_000 });
});

afterEach(async () => {
  expect(await scene.aftermath()).toEqual([]);
});

afterAll(() => scene.close());

const HOUR = 3_600;

it('killbill#1015: a second payment while the first is unknown', async () => {
  const shop = await scene.begin();
  scene.mute();
  scene.lose('reset_after', '/confirm$', 2);
  const { order } = await shop.sale({ orderNumber: 'n', idempotencyKey: 'first' });
  expect(order).toMatchObject({ status: 'PROCESSING', operations: [{ status: 'UNKNOWN' }] });
  for (const racer of [0, 1]) {
    expect(await scene.at(racer).payOrder(order.id)).toMatchObject({ code: 'OUTCOME_PENDING' });
    expect(await scene.at(racer).cancel(order.id)).toMatchObject({ code: 'OUTCOME_PENDING' });
    expect(await scene.at(racer).sale({ orderNumber: 'n' })).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
  }
  expect((await shop.sale({ orderNumber: 'n', idempotencyKey: 'first' })).order.id).toBe(order.id);
  await scene.later(6);
  expect((await shop.order(order.id)).status).toBe('CAPTURED');
  expect(await shop.payOrder(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  expect((await booksOf(scene.one, shop)).charges).toHaveLength(1);
});

it('killbill#639: the same key again after an unknown outcome', async () => {
  const shop = await scene.begin();
  scene.mute();
  scene.lose('reset_after', '/confirm$', 2);
  const input = { orderNumber: 'n', idempotencyKey: 'k' };
  const first = await shop.sale(input);
  const second = await scene.at(1).sale(input);
  await scene.later(6);
  const third = await shop.sale(input);
  expect([second.order.id, third.order.id]).toEqual([first.order.id, first.order.id]);
  expect(third.order.status).toBe('CAPTURED');
  expect((await booksOf(scene.one, shop)).payments).toHaveLength(1);
});

it('hyperswitch#3675: what the payment system has never seen does not stay pending for ever', async () => {
  const shop = await scene.begin();
  scene.mute();
  const { id } = await shop.hold();
  const { order } = await shop.sale();
  for (const path of ['/v1/payment_intents$', '/capture$', '/v1/refunds$']) scene.lose('reset_before', path);
  const { order: never } = await shop.sale({ orderNumber: 'n' });
  await shop.capture(id);
  await shop.cancel(order.id);
  expect(never.status).toBe('PROCESSING');
  // It comes back when nobody may repeat anything under the old keys any more.
  scene.advance(25 * HOUR);
  scene.one.sandbox.control.clearFaults();
  await scene.one.settle();
  expect(await shop.order(never.id)).toMatchObject({
    status: 'DECLINED',
    operations: [{ status: 'FAILED', declineCode: 'not_carried_out' }],
  });
  const [held, sold] = await Promise.all([shop.order(id), shop.order(order.id)]);
  expect(held).toMatchObject({ status: 'AUTHORIZED', operations: [{}, { type: 'CAPTURE', status: 'FAILED' }] });
  expect(sold).toMatchObject({ status: 'CAPTURED', operations: [{}, { type: 'CANCELLATION', status: 'FAILED' }] });
  expect((await shop.sale({ orderNumber: 'n' })).order.status).toBe('CAPTURED');
  expect((await shop.capture(id)).order.status).toBe('CAPTURED');
  expect((await shop.cancel(order.id)).order.status).toBe('REFUNDED');
  expect((await booksOf(scene.one, shop)).payments).toHaveLength(3);
});

it('medusa#16292: a capture that is asked for again after its answer was lost has the key that it had', async () => {
  const shop = await scene.begin();
  const { id } = await shop.hold();
  scene.mute();
  // It is under way for longer than anybody waits for it: whoever looks meanwhile sees nothing of it.
  scene.lose('slow', '/capture$', 1, 'POST', 6_000);
  const part = { amount: '30.00', finalCapture: false };
  expect((await shop.capture(id, { ...part, idempotencyKey: 'k' })).operation.status).toBe('UNKNOWN');
  // The shop, which was told nothing certain, tries again, under its key and under another one.
  expect((await scene.at(1).capture(id, { ...part, idempotencyKey: 'k' })).operation.status).toBe('UNKNOWN');
  expect(await scene.at(1).capture(id, { ...part, idempotencyKey: 'l' })).toMatchObject({ code: 'OUTCOME_PENDING' });
  await scene.later(6);
  expect((await booksOf(scene.one, shop)).payments).toMatchObject([{ amount_received: 0 }]);
  expect(new Set(scene.sent('/capture$').map(({ status }) => status))).toEqual(new Set([409]));
  const taken = { payments: [{ amount_received: 3_000 }] };
  await eventually(async () => expect(await booksOf(scene.one, shop)).toMatchObject(taken));
  await scene.later(16);
  expect((await shop.capture(id, { ...part, idempotencyKey: 'k' })).order.capturedAmount.amount).toBe('30.00');
  expect(new Set(scene.sent('/capture$').map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  expect(await booksOf(scene.one, shop)).toMatchObject(taken);
});

it('formancehq/payments#745: a call without a key, repeated without an end', async () => {
  const shop = await scene.begin();
  scene.mute();
  const payer = { reference: 'p', email: 'p@example.com' };
  const { id } = await shop.hold({ saveCredential: true, payer });
  await shop.increase(id, '120.00');
  await shop.capture(id, { amount: '50.00', finalCapture: false });
  await shop.cancel(id);
  await shop.do('addStoredCredential', { payer, payment: { credential: { token: 'pm_card_visa' } } }, '__typename');
  const { order: paged } = await shop.createOrder();
  const page = new PayerAtPage(scene.one, shop, paged.id);
  await page.open();
  await shop.payOrder(paged.id);
  const { id: stuck } = await shop.hold();
  scene.lose('error_500_before', '/capture$');
  await shop.capture(stuck);
  const begun = scene.sent('/capture$').length;
  for (const hours of [1, 22, 1]) await scene.later(hours * HOUR);
  const repeated = scene.sent('/capture$').length;
  for (const days of [1, 7]) await scene.later(days * 24 * HOUR);

  const calls = scene.sent('^/v1/').filter(({ path }) => !path.startsWith('/v1/webhook_endpoints'));
  const kinds = calls.map(({ path }) => path.replace(/\/(?:pi|seti|cs_test|pm|cus)_\w+/, '/:id'));
  expect([...new Set(kinds)].sort()).toEqual([
    '/v1/checkout/sessions',
    '/v1/checkout/sessions/:id/expire',
    '/v1/customers',
    '/v1/payment_intents',
    '/v1/payment_intents/:id/cancel',
    '/v1/payment_intents/:id/capture',
    '/v1/payment_intents/:id/confirm',
    '/v1/payment_intents/:id/increment_authorization',
    '/v1/refunds',
    '/v1/setup_intents',
    '/v1/setup_intents/:id/confirm',
  ]);
  expect(calls.filter(({ idempotencyKey }) => !idempotencyKey)).toEqual([]);
  // One key never asks for two things, nor two keys for one.
  const asked = calls.map(({ path, params, idempotencyKey }) => [
    String(idempotencyKey),
    JSON.stringify([path, params]),
  ]);
  const [keys, things] = [0, 1].map((part) => new Set(asked.map((each) => each[part])).size);
  expect([keys, things]).toEqual(Array(2).fill(new Set(asked.map(String)).size));
  expect(repeated).toBeGreaterThan(begun);
  expect(scene.sent('/capture$')).toHaveLength(repeated);
});

it('saleor#19220: a webhook beside the completing of an order makes no second payment', async () => {
  const shop = await scene.begin();
  scene.mute();
  for (let trial = 1; trial <= 2; trial += 1) {
    const { order } = await shop.createOrder();
    const payer = new PayerAtPage(scene.one, shop, order.id);
    payer.pay((await payer.open()) ?? '');
    const told = await scene.events(['checkout.session.completed', 'payment_intent.succeeded']);
    const completing = [() => shop.payOrder(order.id), () => scene.at(1).payOrder(order.id), () => payer.comeBack()];
    await Promise.all([
      ...told.slice(-2).flatMap((event) => [scene.tell(event), scene.tell(event, 1)]),
      ...completing.map((complete) => complete()),
      scene.wakeBoth('payment-systems.process-inbox'),
    ]);
    await scene.later(3);
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
    const { payments, charges } = await booksOf(scene.one, shop);
    expect([payments, charges].map(({ length }) => length)).toEqual([trial, trial]);
  }
  expect(await scene.toldOf('CAPTURED')).toBe(2);
});

it('lago#5978: whoever loses the race for a number leaves no broken transaction behind, and its key is free', async () => {
  const shop = await scene.begin();
  const amount = { amount: '10.00', currency: 'USD' };
  const input = { orderNumber: 'n', amount, payer: { reference: 'p', email: 'p@example.com' } };
  const results = await racing(8, (racer) => scene.at(racer).createOrder({ ...input, idempotencyKey: `k${racer}` }));
  const codes = results.map(({ code }) => code ?? 'done').sort();
  expect(codes).toEqual([...Array(7).fill('DUPLICATE_ORDER_NUMBER'), 'done']);
  const lost = results.findIndex(({ code }) => code === 'DUPLICATE_ORDER_NUMBER');
  expect(await shop.createOrder({ ...input, idempotencyKey: `k${lost}` })).toMatchObject({
    code: 'DUPLICATE_ORDER_NUMBER',
  });
  const free = await shop.createOrder({ ...input, orderNumber: 'm', idempotencyKey: `k${lost}` });
  expect(free.order.status).toBe('CREATED');
});

it('convoy#2747: sixteen requests with one key do one thing', async () => {
  const shop = await scene.begin();
  const { order } = await shop.sale();
  await racing(16, (racer) => scene.at(racer).cancel(order.id, { amount: '5.00', idempotencyKey: 'k' }));
  await shop.cancel(order.id, { amount: '5.00', idempotencyKey: 'k' });
  expect((await shop.order(order.id)).refundedAmount.amount).toBe('5.00');
  expect((await booksOf(scene.one, shop)).refunds).toHaveLength(1);
});

const CURRENCIES = [
  { currency: 'JPY', amount: '5000', part: '2000', units: [5_000, 3_000, 2_000] },
  { currency: 'KWD', amount: '10.120', part: '4.110', units: [10_120, 6_010, 4_110] },
  { currency: 'ISK', amount: '5000', part: '2000', units: [500_000, 300_000, 200_000] },
  { currency: 'UGX', amount: '50000', part: '20000', units: [5_000_000, 3_000_000, 2_000_000] },
] as const;

it('killbill-stripe-plugin PR#17: three decimals, or none, are neither a hundredth nor a hundredfold', async () => {
  const shop = await scene.begin();
  for (const { currency, amount, part, units } of CURRENCIES) {
    const { id } = await shop.hold({ amount: { amount, currency } });
    const rest = (await shop.cancel(id, { amount: part })).order.capturableAmount.amount;
    expect((await shop.capture(id)).order.capturedAmount.amount).toBe(rest);
    await shop.cancel(id, { amount: part });
    const { payments, charges, refunds } = await booksOf(scene.one, shop);
    expect([payments[0]?.amount, charges[0]?.amount_captured, refunds[0]?.amount]).toEqual(units);
    await scene.one.settle();
    expect(await shop.order(id)).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: { amount: part } });
  }
  // Where the payment system counts in other units than the currency has, so would a comparison.
  await scene.begin();
});
