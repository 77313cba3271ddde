import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { orderInboxHandlers } from '../../../src/features/orders/index.js';
import { accountOf } from '../../../src/features/payment-systems/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { aMerchant, aShop, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { booksAgree, booksOf, dashboard, ordersOf, rowsOf } from './books.js';
import { chance, deliver, endpointOf, eventsOf, type InboxRow, racing, SEED, shuffled } from './disorder.js';
import { around, carriersWith, gatewayOf } from './dying.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterEach(() => product.sandbox.control.setWebhookFaults({}));

afterAll(() => product.close());

/** What was told before is taken in, or it would be looked up after what is done next. */
const mute = async () => {
  await product.sandbox.control.settleWebhooks();
  await product.built.jobs.wake('payment-systems.process-inbox');
  product.sandbox.control.setWebhookFaults({ lose: 1 });
};

const inbox = (shop: Shop) =>
  rowsOf<InboxRow>(
    product,
    shop,
    'select type, status, error from inbox_events where operator_id = $1 and $2::uuid is not null order by received_at',
  );

/** Everything that can happen to an order, one of each. */
async function aDay(shop: Shop): Promise<void> {
  const [captured, parts, canceled, raised] = await Promise.all([shop.hold(), shop.hold(), shop.hold(), shop.hold()]);
  const sold = (await shop.sale()).order;
  await shop.createOrder({ payment: pay('pm_card_visa_chargeDeclined') });
  await shop.capture(captured.id);
  await shop.cancel(captured.id, { amount: '10.00' });
  await shop.capture(parts.id, { amount: '30.00', finalCapture: false });
  await shop.capture(parts.id, { amount: '30.00' });
  await shop.cancel(canceled.id);
  await shop.increase(raised.id, '150.00');
  await shop.capture(raised.id, { amount: '140.00' });
  await shop.cancel(sold.id, { amount: '40.00' });
  await shop.cancel(sold.id);
}

const historyOf = (shop: Shop) =>
  rowsOf(
    product,
    shop,
    `select o.order_number, o.status, p.type, p.status as operation, t.type as kind, t.status as transaction, t.amount_minor::int as amount
     from orders o left join operations p on p.operator_id = o.operator_id and p.order_id = o.id
     left join transactions t on t.operator_id = p.operator_id and t.operation_id = p.id
     where o.operator_id = $1 and o.merchant_id = $2 order by o.id, p.id, t.position`,
  );

describe('webhooks in disorder', () => {
  it('are not needed: all of them lost, the books agree', async () => {
    const shop = await aShop(product);
    await mute();
    await aDay(shop);
    expect(await inbox(shop)).toEqual([]);
    expect(await booksAgree(product, shop)).toEqual([]);
  });

  it('all late, three times each and shuffled, change nothing', async () => {
    const shop = await aShop(product);
    await mute();
    await aDay(shop);
    const [before, events] = await Promise.all([historyOf(shop), eventsOf(product, shop)]);
    expect(events.length).toBeGreaterThan(15);
    for (const event of shuffled([...events, ...events, ...events], chance(SEED))) await deliver(product, shop, event);
    await product.settle();
    const kept = await inbox(shop);
    expect(kept.filter(({ status }) => status !== 'PROCESSED')).toEqual([]);
    expect(new Set(events.map(({ id }) => id)).size).toBeGreaterThanOrEqual(kept.length);
    expect(await historyOf(shop)).toEqual(before);
    expect(await booksAgree(product, shop)).toEqual([]);
  });

  it('that race the answers of the API, each three times, change nothing', async () => {
    const shop = await aShop(product);
    product.sandbox.control.setWebhookFaults({ duplicate: 1, delayMs: 30, shuffle: true });
    await racing(4, () => aDay(shop));
    await product.settle();
    product.advance(60);
    await product.settle();
    expect(await booksAgree(product, shop)).toEqual([]);
    expect((await ordersOf(product, shop)).filter(({ status }) => status === 'DECLINED')).toHaveLength(4);
  });

  it('that come before the answer of the API settle the payment; the answer that is lost changes nothing', async () => {
    const shop = await aShop(product);
    product.sandbox.control.addFault({
      kind: 'timeout_after',
      path: '/confirm$',
      count: 1,
      accountId: shop.stripe.accountId,
    });
    const { order } = await shop.sale();
    expect(order).toMatchObject({ status: 'CAPTURED', operations: [{ type: 'PAYMENT', status: 'SUCCEEDED' }] });
    expect(await booksAgree(product, shop)).toEqual([]);
  });

  it('that were lost are fetched', async () => {
    const shop = await aShop(product);
    const { id } = await shop.hold();
    await product.settle();
    await mute();
    const [order] = await ordersOf(product, shop);
    await dashboard(product, shop).paymentIntents.capture(order?.external_payment_id ?? '');
    await product.settle();
    expect((await shop.order(id)).status).toBe('AUTHORIZED');
    await product.built.jobs.wake('payment-systems.fetch-undelivered');
    await product.settle();
    expect((await shop.order(id)).status).toBe('CAPTURED');
    expect(await booksAgree(product, shop)).toEqual([]);
  });
});

describe('webhooks that lie', () => {
  it('with a forged, an old or a missing signature are not taken in', async () => {
    const shop = await aShop(product);
    await mute();
    await shop.hold();
    const [event] = await eventsOf(product, shop, ['payment_intent.amount_capturable_updated']);
    const { url } = endpointOf(product, shop);
    expect(await deliver(product, shop, event ?? {}, 'whsec_forged')).toBe(400);
    const answers = await Promise.all(
      ['', 't=1,v1=00', 'nonsense'].map((signature) =>
        fetch(url, { method: 'POST', body: JSON.stringify(event), headers: { 'stripe-signature': signature } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    const other = await aShop(product);
    expect(await deliver(product, shop, event ?? {}, endpointOf(product, other).secret)).toBe(400);
    expect(await inbox(shop)).toEqual([]);
  });

  it('with another amount, currency or state are asked about, and what Stripe says counts', async () => {
    const shop = await aShop(product);
    await mute();
    const { id } = await shop.hold();
    const [event] = await eventsOf(product, shop, ['payment_intent.amount_capturable_updated']);
    const object = { ...event?.data.object, status: 'succeeded', amount_received: 1, amount: 1, currency: 'eur' };
    await deliver(product, shop, { ...event, id: 'evt_altered', type: 'payment_intent.succeeded', data: { object } });
    await product.settle();
    expect((await shop.order(id)).status).toBe('AUTHORIZED');
    expect(await booksAgree(product, shop)).toEqual([]);
  });

  it('about payments that only claim to be ours change nothing', async () => {
    const shop = await aShop(product);
    const otherOperator = await aShop(product);
    const { id } = await shop.hold();
    const waiting = (await shop.createOrder()).order;
    const foreignId = (await otherOperator.hold()).id;
    const stripe = dashboard(product, shop);
    const [order] = await ordersOf(product, shop);
    const ours = await stripe.paymentIntents.retrieve(order?.external_payment_id ?? '');
    const lie = (metadata: Record<string, string>, more = {}) =>
      stripe.paymentIntents.create({
        amount: 10_000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        return_url: 'https://shop.test/',
        metadata: { ...ours.metadata, ...metadata } as Record<string, string>,
        ...more,
      });
    await lie({});
    await lie({ quittance_order: uuidOf('order', waiting.id) ?? '' });
    await lie({ quittance_order: uuidOf('order', foreignId) ?? '' });
    await lie({ quittance_operator: uuidOf('operator', otherOperator.operator.id) ?? '' });
    await lie({ quittance_order: '019a0000-0000-7000-8000-000000000000' });
    await lie({ quittance_order: 'not an id' });
    await lie({}, { currency: 'eur' });
    await lie({}, { amount: 100 });
    await product.settle();

    const kept = await inbox(shop);
    expect(kept.filter(({ type, status }) => type === 'payment_intent.succeeded' && status === 'PROCESSED')).toEqual(
      [],
    );
    expect((await shop.order(id)).status).toBe('AUTHORIZED');
    expect((await shop.order(waiting.id)).status).toBe('CREATED');
    expect((await otherOperator.order(foreignId)).status).toBe('AUTHORIZED');
    expect((await ordersOf(product, shop)).map(({ captured }) => captured)).toEqual([0, 0]);
  });

  it('about a payment at the wrong one of two accounts of an operator change nothing', async () => {
    const shop = await aShop(product);
    const second = product.sandbox.control.createAccount({});
    const { id } = await shop.hold();
    const [order] = await ordersOf(product, shop);
    const ours = await dashboard(product, shop).paymentIntents.retrieve(order?.external_payment_id ?? '');
    const connected = await shop.operator.do<{ account: { id: string } }>(
      'connectPaymentSystem',
      { secretKey: second.secretKey, publishableKey: second.publishableKey },
      'account { id }',
    );
    expect(connected.account.id).toBeDefined();
    await dashboard(product, shop, second.secretKey).paymentIntents.create({
      amount: 10_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://shop.test/',
      metadata: ours.metadata,
    });
    await product.settle();
    expect((await shop.order(id)).status).toBe('AUTHORIZED');
    const lies = (await inbox(shop)).filter(({ type }) => type === 'payment_intent.succeeded');
    expect(lies).toMatchObject([{ status: 'PARKED', error: expect.stringContaining('at another account') }]);
  });

  it('about the operator’s other traffic are marked foreign', async () => {
    const shop = await aShop(product);
    const stripe = dashboard(product, shop);
    const intent = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://shop.test/',
    });
    await stripe.refunds.create({ payment_intent: intent.id, amount: 100 });
    product.sandbox.control.createDispute(String(intent.latest_charge));
    await product.settle();
    const kept = await inbox(shop);
    expect(kept.length).toBeGreaterThanOrEqual(3);
    expect(kept.filter(({ status }) => status !== 'FOREIGN')).toEqual([]);
  });
});

describe('what is done in Stripe’s own console', () => {
  /** A held order and the console's hand on its payment. */
  async function held(features = {}) {
    const shop = await aShop(product, features);
    const { id } = await shop.hold();
    const [order] = await ordersOf(product, shop);
    return { shop, id, stripe: dashboard(product, shop), payment: order?.external_payment_id ?? '' };
  }

  async function adopted(shop: Shop, id: string) {
    await product.settle();
    expect(await booksAgree(product, shop)).toEqual([]);
    const { status, operations } = await shop.order(id);
    return { status, operations: operations.map((each) => `${each.type} ${each.amount.amount}`).join(', ') };
  }

  it('a capture', async () => {
    const { shop, id, stripe, payment } = await held();
    await stripe.paymentIntents.capture(payment);
    expect(await adopted(shop, id)).toEqual({ status: 'CAPTURED', operations: 'PAYMENT 100.00, CAPTURE 100.00' });
  });

  it('a capture of a part, which releases the rest', async () => {
    const { shop, id, stripe, payment } = await held({ multicapture: false });
    await stripe.paymentIntents.capture(payment, { amount_to_capture: 6_000 });
    expect(await adopted(shop, id)).toEqual({
      status: 'PARTIALLY_CAPTURED',
      operations: 'PAYMENT 100.00, CAPTURE 60.00',
    });
  });

  it('captures of several parts, and a cancel of what is left', async () => {
    const { shop, id, stripe, payment } = await held();
    await stripe.paymentIntents.capture(payment, { amount_to_capture: 3_000, final_capture: false });
    await product.settle();
    await stripe.paymentIntents.capture(payment, { amount_to_capture: 2_000, final_capture: false });
    await product.settle();
    await stripe.paymentIntents.cancel(payment);
    expect(await adopted(shop, id)).toEqual({
      status: 'PARTIALLY_CAPTURED',
      operations: 'PAYMENT 100.00, CAPTURE 30.00, CAPTURE 20.00, CANCELLATION 50.00',
    });
  });

  it('a cancel', async () => {
    const { shop, id, stripe, payment } = await held();
    await stripe.paymentIntents.cancel(payment);
    expect(await adopted(shop, id)).toEqual({ status: 'CANCELED', operations: 'PAYMENT 100.00, CANCELLATION 100.00' });
  });

  it('an increase, and then a capture', async () => {
    const { shop, id, stripe, payment } = await held();
    await stripe.paymentIntents.incrementAuthorization(payment, { amount: 13_000 });
    await product.settle();
    expect((await shop.order(id)).capturableAmount.amount).toBe('130.00');
    await stripe.paymentIntents.capture(payment);
    expect(await adopted(shop, id)).toMatchObject({ status: 'CAPTURED' });
  });

  it('refunds, ours between them', async () => {
    const { shop, id, stripe, payment } = await held();
    await shop.capture(id);
    await stripe.refunds.create({ payment_intent: payment, amount: 2_000 });
    await product.settle();
    await shop.cancel(id, { amount: '30.00' });
    await stripe.refunds.create({ payment_intent: payment });
    expect(await adopted(shop, id)).toMatchObject({ status: 'REFUNDED' });
  });

  it('an increase, a capture and a refund, all told backwards', async () => {
    const { shop, id, stripe, payment } = await held();
    await mute();
    await stripe.paymentIntents.incrementAuthorization(payment, { amount: 12_000 });
    await stripe.paymentIntents.capture(payment, { amount_to_capture: 11_000 });
    await stripe.refunds.create({ payment_intent: payment, amount: 5_000 });
    const events = await eventsOf(product, shop);
    for (const event of events.reverse()) {
      await deliver(product, shop, event);
      await product.built.jobs.wake('payment-systems.process-inbox');
    }
    product.advance(15);
    expect(await adopted(shop, id)).toMatchObject({ status: 'PARTIALLY_REFUNDED' });
  });

  it('a capture of what had been cancelled here in part', async () => {
    const { shop, id, stripe, payment } = await held();
    await shop.cancel(id, { amount: '40.00' });
    await stripe.paymentIntents.capture(payment, { amount_to_capture: 9_000 });
    expect(await adopted(shop, id)).toMatchObject({ status: 'PARTIALLY_CAPTURED' });
  });

  it('the same, while a capture of ours is refused', async () => {
    const { shop, id, stripe, payment } = await held();
    await shop.cancel(id, { amount: '40.00' });
    await mute();
    await stripe.paymentIntents.capture(payment);
    const { operation } = await shop.capture(id);
    expect(operation.status).toBe('SUCCEEDED');
    expect(await adopted(shop, id)).toMatchObject({ status: 'CAPTURED' });
  });

  it('the release of a rest is not taken for a refund', async () => {
    const { shop, id, stripe, payment } = await held({ multicapture: false });
    await shop.capture(id, { amount: '60.00' });
    const [release] = (await stripe.refunds.list({ payment_intent: payment })).data;
    expect(release).toMatchObject({ amount: 4_000, balance_transaction: null });
    const [some] = await eventsOf(product, shop);
    await deliver(product, shop, { ...some, id: 'evt_release', type: 'refund.created', data: { object: release } });
    expect(await adopted(shop, id)).toEqual({
      status: 'PARTIALLY_CAPTURED',
      operations: 'PAYMENT 100.00, CAPTURE 60.00',
    });
  });

  it('a cancel while ours is refused for it', async () => {
    const { shop, id, stripe, payment } = await held();
    await mute();
    await stripe.paymentIntents.cancel(payment);
    expect((await shop.cancel(id)).order.status).toBe('CANCELED');
    expect(await adopted(shop, id)).toMatchObject({ status: 'CANCELED' });
  });

  it('a cancel that a capture of ours runs into', async () => {
    const { shop, id, stripe, payment } = await held();
    await mute();
    await stripe.paymentIntents.cancel(payment);
    expect((await shop.capture(id)).operation.status).toBe('FAILED');
    expect(await adopted(shop, id)).toMatchObject({ status: 'CANCELED' });
  });

  it('a capture that a cancel of ours runs into', async () => {
    const { shop, id, stripe, payment } = await held();
    await mute();
    await stripe.paymentIntents.capture(payment);
    expect((await shop.cancel(id)).operation.status).toBe('FAILED');
    expect(await adopted(shop, id)).toMatchObject({ status: 'CAPTURED' });
  });
});

describe('what is read late', () => {
  it('of a dispute does not open it again', async () => {
    const shop = await aShop(product);
    const { order } = await shop.sale();
    await mute();
    const [charge] = (await booksOf(product, shop)).charges;
    const dispute = product.sandbox.control.createDispute(charge?.id ?? '');
    const read = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slow = around(gatewayOf(product, shop), async (method, run) => {
      const answer = await run();
      if (method !== 'retrieveDispute') return answer;
      read.resolve();
      await goOn.promise;
      return answer;
    });
    const { operatorId, accountId } = await accountIds(shop);
    const account = await product.built.units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId));
    const payment = String(charge?.payment_intent);
    const late = orderInboxHandlers(carriersWith(product.built.units, slow)).dispute(account, dispute.id, payment);
    await read.promise;
    product.sandbox.control.resolveDispute(dispute.id, 'won');
    const handlers = orderInboxHandlers(carriersWith(product.built.units, gatewayOf(product, shop)));
    await handlers.dispute(account, dispute.id, payment);
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
    goOn.resolve();
    await late;
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
  });

  async function accountIds(shop: Shop) {
    const [row] = await rowsOf<{ operatorId: string; accountId: string }>(
      product,
      shop,
      'select operator_id as "operatorId", payment_system_account_id as "accountId" from orders where operator_id = $1 and merchant_id = $2',
    );
    if (!row) throw new Error('the shop has no order');
    return row;
  }

  it('of a second merchant of the operator stays with the first', async () => {
    const shop = await aShop(product);
    const second = await aMerchant(product, shop.operator, shop.stripe);
    await Promise.all([shop.sale({ orderNumber: 'same' }), second.sale({ orderNumber: 'same' })]);
    await product.settle();
    const stripe = dashboard(product, shop);
    const intents = await stripe.paymentIntents.list();
    expect(intents.data.map(({ amount_received }) => amount_received)).toEqual([10_000, 10_000]);
    expect((await ordersOf(product, shop)).concat(await ordersOf(product, second)).map(({ status }) => status)).toEqual(
      ['CAPTURED', 'CAPTURED'],
    );
  });
});
