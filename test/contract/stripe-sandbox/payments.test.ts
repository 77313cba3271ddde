import { describe, expect, it } from '@jest/globals';
import { chargeOf, eventTypes, HOLD, newShop, refusalOf, SALE, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

describe('an automatic payment', () => {
  it('succeeds at once, with one balance transaction', async () => {
    const { stripe } = newShop(sandbox.current);
    const intent = await stripe.paymentIntents.create({ ...SALE, expand: ['latest_charge.balance_transaction'] });
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 1000,
      amount_capturable: 0,
      latest_charge: {
        amount_captured: 1000,
        captured: true,
        paid: true,
        refunded: false,
        status: 'succeeded',
        balance_transaction: { amount: 1000, fee: 59, net: 941, type: 'charge', status: 'pending' },
      },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });
});

describe('a hold', () => {
  it('is captured in part, and the rest is shown as refunded', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1000, amount_received: 0 });
    expect(await stripe.balanceTransactions.list()).toMatchObject({ data: [] });
    const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 600 });
    expect(captured).toMatchObject({ status: 'succeeded', amount: 1000, amount_received: 600, amount_capturable: 0 });
    expect(await chargeOf(stripe, captured)).toMatchObject({
      amount: 1000,
      amount_captured: 600,
      amount_refunded: 400,
      captured: true,
      refunded: false,
    });
    const transactions = await stripe.balanceTransactions.list({ source: String(held.latest_charge) });
    expect(transactions.data.map((each) => each.amount)).toEqual([600]);
  });

  it('cannot be captured twice', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    await stripe.paymentIntents.capture(held.id);
    const error = await refusalOf(stripe.paymentIntents.capture(held.id));
    expect(error).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: held.id, status: 'succeeded' },
    });
  });
});
