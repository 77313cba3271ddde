import { describe, expect, it } from '@jest/globals';
import { chargeOf, eventTypes, HOLD, newShop, refusalOf, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const MULTI = { ...HOLD, payment_method_options: { card: { request_multicapture: 'if_available' as const } } };
const RAISABLE = {
  ...HOLD,
  payment_method_options: { card: { request_incremental_authorization: 'if_available' as const } },
};

describe('one capture', () => {
  it('takes everything unless told otherwise', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    const done = await stripe.paymentIntents.capture(held.id);
    expect(done).toMatchObject({ status: 'succeeded', amount_received: 1000, amount_capturable: 0 });
    expect(await chargeOf(stripe, done)).toMatchObject({ amount_captured: 1000, amount_refunded: 0, captured: true });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
  });

  it('releases the rest as a refund without money', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 600 });
    const refunds = await stripe.refunds.list({ payment_intent: held.id });
    expect(refunds.data).toMatchObject([{ amount: 400, balance_transaction: null, status: 'succeeded' }]);
    await stripe.refunds.create({ payment_intent: held.id, amount: 600 });
    expect(await chargeOf(stripe, held)).toMatchObject({ amount_refunded: 1000, refunded: true });
  });

  it('refuses more than was authorised, nothing and odd numbers', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    expect(await refusalOf(stripe.paymentIntents.capture(held.id, { amount_to_capture: 1001 }))).toMatchObject({
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
    for (const amount of [0, -5]) {
      expect(await refusalOf(stripe.paymentIntents.capture(held.id, { amount_to_capture: amount }))).toMatchObject({
        code: 'parameter_invalid_integer',
      });
    }
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({ status: 'requires_capture' });
  });
});

describe('several captures', () => {
  it('needs the feature', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    const refused = stripe.paymentIntents.capture(held.id, { amount_to_capture: 100, final_capture: false });
    expect(await refusalOf(refused)).toMatchObject({ statusCode: 400, param: 'final_capture' });
    const without = newShop(sandbox.current, { features: { multicapture: false } });
    const intent = await without.stripe.paymentIntents.create(MULTI);
    const charge = await chargeOf(without.stripe, intent);
    expect(charge.payment_method_details?.card?.multicapture).toEqual({ status: 'unavailable' });
    const plain = { ...MULTI, payment_method: 'pm_card_credit_disableEnterpriseCardFeatures' };
    const other = await chargeOf(stripe, await stripe.paymentIntents.create(plain));
    expect(other.payment_method_details?.card?.multicapture).toEqual({ status: 'unavailable' });
  });

  it('keeps the hold open until the final one, with a balance transaction for each', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(MULTI);
    expect((await chargeOf(stripe, held)).payment_method_details?.card?.multicapture).toEqual({ status: 'available' });
    const first = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, final_capture: false });
    expect(first).toMatchObject({ status: 'requires_capture', amount_received: 300, amount_capturable: 700 });
    expect(await chargeOf(stripe, held)).toMatchObject({ amount_captured: 300, captured: false, amount_refunded: 0 });
    const last = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 200 });
    expect(last).toMatchObject({ status: 'succeeded', amount_received: 500, amount_capturable: 0 });
    expect(await chargeOf(stripe, held)).toMatchObject({
      amount_captured: 500,
      captured: true,
      amount_refunded: 0,
      refunded: false,
    });
    const transactions = await stripe.balanceTransactions.list({ source: String(held.latest_charge) });
    expect(transactions.data.map(({ amount, fee }) => [amount, fee])).toEqual([
      [200, 36],
      [300, 39],
    ]);
    expect((await eventTypes(stripe)).slice(3)).toEqual([
      'charge.updated',
      'payment_intent.amount_capturable_updated',
      'charge.updated',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
  });

  it('gives the rest back with a final capture of zero', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(MULTI);
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, final_capture: false });
    const done = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 0, final_capture: true });
    expect(done).toMatchObject({ status: 'succeeded', amount_received: 300, amount_capturable: 0 });
    expect(await chargeOf(stripe, held)).toMatchObject({ amount_captured: 300, amount_refunded: 0, captured: true });
    expect(await stripe.refunds.create({ payment_intent: held.id })).toMatchObject({ amount: 300 });
    expect(await chargeOf(stripe, held)).toMatchObject({ amount_refunded: 300, refunded: true });
  });

  it('is over only with the final one, and refunds what was captured so far', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(MULTI);
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, final_capture: false });
    const over = refusalOf(stripe.refunds.create({ payment_intent: held.id, amount: 301 }));
    expect((await over).message).toContain('$3.01');
    await stripe.refunds.create({ payment_intent: held.id, amount: 300 });
    const all = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 700, final_capture: false });
    expect(all).toMatchObject({ status: 'requires_capture', amount_capturable: 0, amount_received: 1000 });
    const done = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 0 });
    expect(done.status).toBe('succeeded');
    expect(await chargeOf(stripe, held)).toMatchObject({
      amount_captured: 1000,
      amount_refunded: 300,
      refunded: false,
    });
  });

  it('can be canceled, which keeps what was captured', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(MULTI);
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, final_capture: false });
    const canceled = await stripe.paymentIntents.cancel(held.id);
    expect(canceled).toMatchObject({ status: 'canceled', amount_received: 300, amount_capturable: 0 });
    expect(await chargeOf(stripe, held)).toMatchObject({ amount_captured: 300, amount_refunded: 0, captured: true });
  });

  it('stops at fifty', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(MULTI);
    for (let made = 0; made < 50; made += 1) {
      await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1, final_capture: false });
    }
    expect((await refusalOf(stripe.paymentIntents.capture(held.id, { amount_to_capture: 1 }))).message).toContain('50');
  });
});

describe('cancelling', () => {
  it('gives the whole hold back', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    const canceled = await stripe.paymentIntents.cancel(held.id, { cancellation_reason: 'requested_by_customer' });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'requested_by_customer',
      canceled_at: expect.any(Number),
    });
    expect(await chargeOf(stripe, held)).toMatchObject({ captured: false, refunded: true, amount_refunded: 1000 });
    expect((await eventTypes(stripe)).slice(-2)).toEqual(['charge.refunded', 'payment_intent.canceled']);
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
    expect(await refusalOf(stripe.paymentIntents.cancel(held.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      message: expect.stringContaining('You cannot cancel this PaymentIntent because it has a status of canceled.'),
    });
    expect(await refusalOf(stripe.refunds.create({ payment_intent: held.id }))).toMatchObject({ statusCode: 400 });
  });
});

describe('raising a hold', () => {
  it('takes the new total', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(RAISABLE);
    const raised = await stripe.paymentIntents.incrementAuthorization(held.id, {
      amount: 1500,
      metadata: { day: '2' },
    });
    expect(raised).toMatchObject({ amount: 1500, amount_capturable: 1500, metadata: { day: '2' } });
    const charge = await chargeOf(stripe, held);
    expect(charge).toMatchObject({ amount: 1500, payment_method_details: { card: { amount_authorized: 1500 } } });
    const done = await stripe.paymentIntents.capture(held.id);
    expect(done).toMatchObject({ amount_received: 1500 });
  });

  it('refuses a total that is not higher, and a hold that did not ask for it', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(RAISABLE);
    expect(await refusalOf(stripe.paymentIntents.incrementAuthorization(held.id, { amount: 1000 }))).toMatchObject({
      param: 'amount',
    });
    const plain = await stripe.paymentIntents.create(HOLD);
    expect(await refusalOf(stripe.paymentIntents.incrementAuthorization(plain.id, { amount: 1500 }))).toMatchObject({
      statusCode: 400,
    });
  });

  it('leaves the hold as it was when the issuer declines', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create({ ...RAISABLE, payment_method: 'pm_card_incrementDeclined' });
    const error = await refusalOf(stripe.paymentIntents.incrementAuthorization(held.id, { amount: 1500 }));
    expect(error).toMatchObject({ type: 'StripeCardError', code: 'card_declined', statusCode: 402 });
    expect(await stripe.paymentIntents.capture(held.id)).toMatchObject({ amount_received: 1000, status: 'succeeded' });
  });
});

describe('a hold that nobody captures', () => {
  it('lapses after seven days', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    const charge = await chargeOf(stripe, held);
    expect(charge.payment_method_details?.card?.capture_before).toBe(charge.created + 7 * 86_400);
    sandbox.current.control.advanceClock({ seconds: 7 * 86_400 - 60 });
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({ status: 'requires_capture' });
    sandbox.current.control.advanceClock({ seconds: 120 });
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
      canceled_at: charge.created + 7 * 86_400,
    });
    expect((await eventTypes(stripe)).slice(-2)).toEqual(['charge.expired', 'payment_intent.canceled']);
    const [refund] = (await stripe.refunds.list({ payment_intent: held.id })).data;
    expect(refund).toMatchObject({ reason: 'expired_uncaptured_charge', amount: 1000 });
    expect(await refusalOf(stripe.paymentIntents.capture(held.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('keeps what was captured of it', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(MULTI);
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, final_capture: false });
    sandbox.current.control.advanceClock({ seconds: 8 * 86_400 });
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 300,
      amount_capturable: 0,
    });
    expect(await chargeOf(stripe, held)).toMatchObject({ amount_captured: 300, amount_refunded: 0, captured: true });
    expect((await eventTypes(stripe)).slice(-2)).toEqual(['charge.captured', 'payment_intent.succeeded']);
  });

  it('lapses sooner for a Visa charged by the merchant alone', async () => {
    const { stripe } = newShop(sandbox.current);
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const [method] = (await stripe.paymentMethods.list({ customer: customer.id })).data;
    const held = await stripe.paymentIntents.create({
      ...HOLD,
      customer: customer.id,
      payment_method: method?.id ?? '',
      off_session: true,
    });
    const charge = await chargeOf(stripe, held);
    expect(charge.payment_method_details?.card?.capture_before).toBe(charge.created + 5 * 86_400);
  });
});
