import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { orderInboxHandlers, reconcileOrders } from '../../../src/features/orders/index.js';
import { accountOf } from '../../../src/features/payment-systems/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { run, type Sql } from '../../../src/platform/database/sql.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import type { FaultKind } from '../../../src/stripe-sandbox/http/faults.js';
import { aShop, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { booksAgree, booksOf, dashboard, ordersOf, rowsOf } from './books.js';
import { deliver, eventsOf, type InboxRow, racing } from './disorder.js';
import { around, carriersWith, gatewayOf } from './dying.js';

jest.setTimeout(30_000);

let product: Product;
let shop: Shop;

beforeAll(async () => {
  // Six of these incidents begin with an answer that never comes; nothing is asked at the same time as others.
  product = await startProduct({ stripeTimeoutMs: 800 });
});

// A shop for each, so that every incident's books are its own.
afterEach(async () => {
  product.sandbox.control.clearFaults();
  product.sandbox.control.setWebhookFaults({});
  await product.settle();
  product.advance(60);
  await product.settle();
  expect(await booksAgree(product, shop)).toEqual([]);
});

afterAll(() => product.close());

const mute = () => product.sandbox.control.setWebhookFaults({ lose: 1 });

const lose = (kind: FaultKind, path: string, count = 1) =>
  product.sandbox.control.addFault({ kind, path, count, method: 'POST', accountId: shop.stripe.accountId });

const inbox = () =>
  rowsOf<InboxRow>(
    product,
    shop,
    'select type, status, error from inbox_events where operator_id = $1 and $2::uuid is not null order by received_at',
  );

const statusChanges = (status: string) =>
  rowsOf(
    product,
    shop,
    `select sequence from events where operator_id = $1 and $2::uuid is not null and type = 'order.status_changed'
       and payload->>'status' = '${status}'`,
  );

/**
 * Somebody who reads a payment now and writes what they read when told to:
 * the hands that are slow in a race.
 */
function slowReader() {
  const read = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const gateway = around(gatewayOf(product, shop), async (method, call) => {
    const answer = await call();
    if (method !== 'retrievePayment') return answer;
    read.resolve();
    await goOn.promise;
    return answer;
  });
  return { carriers: carriersWith(product.built.units, gateway), hasRead: read.promise, goOn: goOn.resolve };
}

async function onlyOrder() {
  const [order] = await ordersOf(product, shop);
  if (!order) throw new Error('the shop has no order');
  return order;
}

/** A webhook's worker that has read the payment and not written yet. */
async function lateWebhook() {
  const reader = slowReader();
  const order = await onlyOrder();
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  const [{ accountId } = { accountId: '' }] = await rowsOf<{ accountId: string }>(
    product,
    shop,
    'select payment_system_account_id as "accountId" from orders where operator_id = $1 and merchant_id = $2',
  );
  const account = await product.built.units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId));
  const work = orderInboxHandlers(reader.carriers).payment(account, order.external_payment_id ?? '');
  await reader.hasRead;
  return {
    async write() {
      reader.goOn();
      await work.catch(() => {});
    },
  };
}

async function lateReconciler() {
  const reader = slowReader();
  const system: Sql = { query: (asked, parameters) => run(product.system, asked, parameters) };
  const failures: unknown[] = [];
  const work = reconcileOrders(reader.carriers, system, new OperatorLanes((error) => failures.push(error)));
  await reader.hasRead;
  return {
    failures,
    async write() {
      reader.goOn();
      await work;
    },
  };
}

describe('incidents of other systems', () => {
  it('killbill#1015: no second payment while the first is unknown', async () => {
    shop = await aShop(product);
    mute();
    lose('timeout_after', '/confirm$');
    const { order } = await shop.sale({ orderNumber: 'n', idempotencyKey: 'first' });
    expect(order).toMatchObject({ status: 'PROCESSING', operations: [{ status: 'UNKNOWN' }] });
    expect(await shop.payOrder(order.id)).toMatchObject({ code: 'OUTCOME_PENDING' });
    expect(await shop.cancel(order.id)).toMatchObject({ code: 'OUTCOME_PENDING' });
    expect(await shop.sale({ orderNumber: 'n' })).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
    expect((await shop.sale({ orderNumber: 'n', idempotencyKey: 'first' })).order.id).toBe(order.id);
    product.advance(6);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
    expect(await shop.payOrder(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect((await booksOf(product, shop)).charges).toHaveLength(1);
  });

  it('killbill#809: a reconciler that read before a capture does not write over it', async () => {
    shop = await aShop(product);
    mute();
    lose('timeout_after', '/confirm$');
    const { id } = await shop.hold();
    product.advance(6);
    const late = await lateReconciler();
    const [authorized] = await eventsOf(product, shop, ['payment_intent.amount_capturable_updated']);
    await deliver(product, shop, authorized ?? {});
    await product.built.jobs.wake('payment-systems.process-inbox');
    expect((await shop.capture(id)).order.status).toBe('CAPTURED');
    await late.write();
    expect(late.failures).toEqual([]);
    expect((await shop.order(id)).status).toBe('CAPTURED');
  });

  it('killbill#639: the same key after an unknown outcome is the same payment', async () => {
    shop = await aShop(product);
    mute();
    lose('reset_after', '/confirm$', 2);
    const input = { orderNumber: 'n', idempotencyKey: 'k' };
    const first = await shop.sale(input);
    const second = await shop.sale(input);
    product.advance(6);
    await product.settle();
    const third = await shop.sale(input);
    expect([second.order.id, third.order.id]).toEqual([first.order.id, first.order.id]);
    expect(third.order.status).toBe('CAPTURED');
    expect((await booksOf(product, shop)).payments).toHaveLength(1);
  });

  it('hyperswitch#13182: of two refunds of 60 on 100 one is made', async () => {
    shop = await aShop(product);
    const { order } = await shop.sale();
    const results = await racing(2, () => shop.cancel(order.id, { amount: '60.00' }));
    expect(results.filter(({ code }) => code === undefined)).toHaveLength(1);
    expect((await booksOf(product, shop)).refunds.map(({ amount }) => amount)).toEqual([6_000]);
  });

  it('hyperswitch#9925: a sync that read before a cancel does not undo it', async () => {
    shop = await aShop(product);
    const { id } = await shop.hold();
    await product.settle();
    const late = await lateWebhook();
    expect((await shop.cancel(id)).order.status).toBe('CANCELED');
    await late.write();
    expect((await shop.order(id)).status).toBe('CANCELED');
  });

  it('hyperswitch#3675: a payment that Stripe has never seen does not stay pending for ever', async () => {
    shop = await aShop(product);
    mute();
    lose('timeout_before', '/v1/payment_intents$', 1);
    const { order } = await shop.sale({ orderNumber: 'n' });
    expect(order.status).toBe('PROCESSING');
    product.advance(25 * 3_600);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'DECLINED',
      operations: [{ status: 'FAILED', declineCode: 'not_carried_out' }],
    });
    expect((await booksOf(product, shop)).payments).toEqual([]);
    expect((await shop.sale({ orderNumber: 'n' })).order.status).toBe('CAPTURED');
  });

  it('the same for a capture and a refund that were never made', async () => {
    shop = await aShop(product);
    mute();
    const { id } = await shop.hold();
    const { order } = await shop.sale();
    lose('timeout_before', '/capture$');
    lose('timeout_before', '/v1/refunds$');
    await Promise.all([shop.capture(id), shop.cancel(order.id)]);
    product.advance(25 * 3_600);
    await product.settle();
    const [held, sold] = await Promise.all([shop.order(id), shop.order(order.id)]);
    expect(held).toMatchObject({ status: 'AUTHORIZED', operations: [{}, { type: 'CAPTURE', status: 'FAILED' }] });
    expect(sold).toMatchObject({ status: 'CAPTURED', operations: [{}, { type: 'CANCELLATION', status: 'FAILED' }] });
    expect((await shop.capture(id)).order.status).toBe('CAPTURED');
    expect((await shop.cancel(order.id)).order.status).toBe('REFUNDED');
  });

  it('lago#5398: whoever loses the race for a payer’s customer still pays and keeps its card', async () => {
    shop = await aShop(product);
    const sale = () => shop.sale({ saveCredential: true, payer: { reference: 'p', email: 'p@example.com' } });
    const results = await racing(8, sale);
    expect(results.map(({ order }) => order.status)).toEqual(Array(8).fill('CAPTURED'));
    const { customers, payments } = await booksOf(product, shop);
    expect(customers).toHaveLength(1);
    expect(new Set(payments.map(({ customer }) => customer))).toEqual(new Set([customers[0]?.id]));
    const kept = await rowsOf(
      product,
      shop,
      `select c.id from stored_credentials c join payers p on p.operator_id = c.operator_id and p.id = c.payer_id
       where c.operator_id = $1 and p.merchant_id = $2 and c.status = 'ACTIVE'`,
    );
    expect(kept).toHaveLength(8);
  });

  it('medusa#16292, the other way round: details that changed after a lost answer spoil nothing', async () => {
    shop = await aShop(product);
    mute();
    lose('timeout_after', '/v1/customers$');
    const sale = (email: string) => shop.sale({ saveCredential: true, payer: { reference: 'p', email } });
    const first = await sale('old@example.com');
    expect(first.order.status).toBe('PROCESSING');
    expect((await sale('new@example.com')).order.status).toBe('CAPTURED');
    product.advance(6);
    await product.settle();
    expect((await shop.order(first.order.id)).status).toBe('CAPTURED');
  });

  it('lago#5978: a lost race for a number leaves no broken transaction behind, and its key is free', async () => {
    shop = await aShop(product);
    const input = { orderNumber: 'n', amount: { amount: '10.00', currency: 'USD' } };
    const results = await racing(8, (racer) => shop.createOrder({ ...input, idempotencyKey: `k${racer}` }));
    const lost = results.findIndex(({ code }) => code === 'DUPLICATE_ORDER_NUMBER');
    expect(results.filter(({ code }) => code === 'DUPLICATE_ORDER_NUMBER')).toHaveLength(7);
    expect(await shop.createOrder({ ...input, idempotencyKey: `k${lost}` })).toMatchObject({
      code: 'DUPLICATE_ORDER_NUMBER',
    });
    const free = await shop.createOrder({ ...input, orderNumber: 'm', idempotencyKey: `k${lost}` });
    expect(free.order.status).toBe('CREATED');
  });

  it('lago#5878: webhooks of one payer’s orders, all at once, do not deadlock', async () => {
    shop = await aShop(product);
    mute();
    const deadlocks = async () => {
      const { rows } = await product.system.query(
        'select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()',
      );
      return rows[0]?.deadlocks as number;
    };
    const before = await deadlocks();
    const sale = () => shop.sale({ saveCredential: true, payer: { reference: 'p' } });
    const orders = await racing(6, sale);
    const events = await eventsOf(product, shop);
    await Promise.all([
      ...[...events, ...events].map((event) => deliver(product, shop, event)),
      ...orders.map(({ order }) => shop.cancel(order.id, { amount: '10.00' })),
    ]);
    await product.settle();
    expect(await deadlocks()).toBe(before);
  });

  it('polar#13315: a late “requires action” does not take a paid order back', async () => {
    shop = await aShop(product);
    mute();
    const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required') });
    const late = await lateWebhook();
    const payment = order.operations[0]?.transactions[0]?.externalId ?? '';
    product.sandbox.control.completeAuthentication(shop.stripe.accountId, payment, 'succeed');
    const [asked] = await eventsOf(product, shop, ['payment_intent.requires_action']);
    const [paid] = await eventsOf(product, shop, ['payment_intent.succeeded']);
    await deliver(product, shop, paid ?? {});
    await product.settle();
    await deliver(product, shop, asked ?? {});
    await product.settle();
    await late.write();
    expect(await shop.order(order.id)).toMatchObject({ status: 'CAPTURED', nextAction: null });
  });

  it('saleor#19220, pinelab#620: three identical webhooks at once settle a payment once', async () => {
    shop = await aShop(product);
    mute();
    const { order } = await shop.sale({ payment: pay('pm_card_threeDSecure2Required') });
    const payment = order.operations[0]?.transactions[0]?.externalId ?? '';
    product.sandbox.control.completeAuthentication(shop.stripe.accountId, payment, 'succeed');
    const [paid] = await eventsOf(product, shop, ['payment_intent.succeeded']);
    expect(await racing(3, () => deliver(product, shop, paid ?? {}))).toEqual([200, 200, 200]);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
    expect(await statusChanges('CAPTURED')).toHaveLength(1);
    expect((await inbox()).filter(({ type }) => type === 'payment_intent.succeeded')).toHaveLength(1);
  });

  it('statamic-cargo#191: an event that comes before its order is waited for, not acked away', async () => {
    shop = await aShop(product);
    await dashboard(product, shop).paymentIntents.create({
      amount: 10_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://shop.test/',
      metadata: {
        quittance_operator: uuidOf('operator', shop.operator.id) ?? '',
        quittance_merchant: uuidOf('merchant', shop.id) ?? '',
        quittance_order: '019a0000-0000-7000-8000-000000000001',
        quittance_transaction: '019a0000-0000-7000-8000-000000000002',
      },
    });
    await product.settle();
    const kept = (await inbox()).filter(({ type }) => type === 'payment_intent.succeeded');
    expect(kept).toMatchObject([{ status: 'PARKED' }]);
    product.advance(73 * 3_600);
    await product.settle();
    expect((await inbox()).map(({ status }) => status)).not.toContain('PROCESSED');
    // The payment is nobody's here, so there is nothing to compare it with.
    shop = await aShop(product);
  });

  it('convoy#2747: sixteen requests with one key do one thing', async () => {
    shop = await aShop(product);
    const { order } = await shop.sale();
    await racing(16, () => shop.cancel(order.id, { amount: '5.00', idempotencyKey: 'k' }));
    await shop.cancel(order.id, { amount: '5.00', idempotencyKey: 'k' });
    expect((await shop.order(order.id)).refundedAmount.amount).toBe('5.00');
    expect((await booksOf(product, shop)).refunds).toHaveLength(1);
  });

  it.each([
    { currency: 'JPY', amount: '5000', part: '2000', units: [5_000, 3_000, 2_000] },
    { currency: 'KWD', amount: '10.120', part: '4.110', units: [10_120, 6_010, 4_110] },
    { currency: 'ISK', amount: '5000', part: '2000', units: [500_000, 300_000, 200_000] },
    { currency: 'UGX', amount: '50000', part: '20000', units: [5_000_000, 3_000_000, 2_000_000] },
  ])('killbill-stripe-plugin PR#17: $currency is neither a hundredth nor a hundredfold', async (money) => {
    const own = await aShop(product);
    shop = await aShop(product);
    const { currency, amount, part, units } = money;
    const { id } = await own.hold({ amount: { amount, currency } });
    const rest = (await own.cancel(id, { amount: part })).order.capturableAmount.amount;
    const { order } = await own.capture(id);
    expect(order.capturedAmount.amount).toBe(rest);
    await own.cancel(id, { amount: part });
    const { payments, charges, refunds } = await booksOf(product, own);
    expect([payments[0]?.amount, charges[0]?.amount_captured, refunds[0]?.amount]).toEqual(units);
    await product.settle();
    expect(await own.order(id)).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: { amount: part } });
  });

  it('keys that are revoked between two calls leave the payment open until there are new ones', async () => {
    shop = await aShop(product);
    mute();
    lose('timeout_after', '/confirm$');
    const { order } = await shop.sale();
    const fresh = product.sandbox.control.rollKeys(shop.stripe.accountId);
    product.sandbox.control.revokeKey(shop.stripe.secretKey);
    shop.stripe.secretKey = fresh.secretKey;
    product.advance(6);
    await product.settle();
    expect((await shop.order(order.id)).operations[0]?.status).toBe('UNKNOWN');
    const { operator } = await shop.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
      '{ operator { paymentSystemAccounts { id } } }',
    );
    const { secretKey, publishableKey } = fresh;
    const rotated = await shop.operator.do(
      'rotatePaymentSystemKeys',
      { accountId: operator.paymentSystemAccounts[0]?.id, secretKey, publishableKey },
      'account { id }',
    );
    expect(rotated).toMatchObject({ account: {} });
    product.advance(20);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
  });

  it('an account that is disconnected leaves no order hanging', async () => {
    shop = await aShop(product);
    const sold = (await shop.sale()).order;
    const [waits, lapses] = [(await shop.createOrder()).order, (await shop.createOrder()).order];
    await product.settle();
    const { operator } = await shop.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
      '{ operator { paymentSystemAccounts { id } } }',
    );
    const accountId = operator.paymentSystemAccounts[0]?.id;
    const results = await Promise.all([
      shop.operator.do<{ code?: string }>('disconnectPaymentSystem', { accountId }, 'account { status }'),
      ...Array.from({ length: 6 }, () => shop.sale()),
    ]);
    const sales = results.slice(1).filter(({ code }) => code === undefined).length;
    if (results[0].code === undefined) {
      expect(await shop.payOrder(waits.id)).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE' });
      expect(await shop.cancel(sold.id)).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE' });
      expect(await shop.sale()).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE' });
    } else expect(sales).toBeGreaterThan(0);
    expect((await shop.cancel(waits.id)).order?.status).toBe('CANCELED');
    product.advance(25 * 3_600);
    await product.settle();
    expect((await shop.order(lapses.id)).status).toBe('EXPIRED');
  });
});
