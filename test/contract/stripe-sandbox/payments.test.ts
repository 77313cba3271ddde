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

describe('an intent in steps', () => {
  it('waits for its payment method, then for its confirmation', async () => {
    const { stripe } = newShop(sandbox.current);
    const { payment_method: _method, confirm: _confirm, ...open } = HOLD;
    const made = await stripe.paymentIntents.create({ ...open, description: 'Order 7', receipt_email: 'a@b.example' });
    expect(made).toMatchObject({ status: 'requires_payment_method', description: 'Order 7', latest_charge: null });
    expect(await refusalOf(stripe.paymentIntents.confirm(made.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      message: expect.stringContaining("it's missing a payment method"),
    });
    const named = await stripe.paymentIntents.update(made.id, { payment_method: 'pm_card_visa', amount: 1200 });
    expect(named).toMatchObject({ status: 'requires_confirmation', amount: 1200 });
    const held = await stripe.paymentIntents.confirm(made.id);
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1200 });
    expect(await chargeOf(stripe, held)).toMatchObject({
      description: 'Order 7',
      receipt_email: 'a@b.example',
      balance_transaction: null,
    });
    expect(await refusalOf(stripe.paymentIntents.confirm(made.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: made.id },
    });
  });

  it('is canceled before anything was paid', async () => {
    const { stripe } = newShop(sandbox.current);
    const { confirm: _confirm, ...open } = SALE;
    const made = await stripe.paymentIntents.create(open);
    expect(await stripe.paymentIntents.cancel(made.id)).toMatchObject({ status: 'canceled', amount_received: 0 });
    expect(await eventTypes(stripe)).toEqual(['payment_intent.created', 'payment_intent.canceled']);
    expect(await refusalOf(stripe.paymentIntents.capture(made.id))).toMatchObject({
      message:
        'This PaymentIntent could not be captured because it has a status of canceled. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.',
    });
  });
});

describe('the card of a charge', () => {
  it('is shown with what the network said', async () => {
    const { stripe } = newShop(sandbox.current);
    const intent = await stripe.paymentIntents.create({ ...HOLD, statement_descriptor_suffix: 'ORDER 7' });
    const charge = await chargeOf(stripe, intent);
    expect(charge.calculated_statement_descriptor).toContain('ORDER 7');
    expect(charge.payment_method_details?.card).toMatchObject({
      amount_authorized: 1000,
      brand: 'visa',
      country: 'US',
      exp_month: 12,
      funding: 'credit',
      last4: '4242',
      network: 'visa',
      network_transaction_id: expect.stringMatching(/^\d{15}$/),
      extended_authorization: { status: 'disabled' },
      incremental_authorization: { status: 'unavailable' },
      overcapture: { status: 'unavailable', maximum_amount_capturable: 1000 },
    });
    const over = { card: { request_overcapture: 'if_available' as const } };
    const tipped = await stripe.paymentIntents.create({ ...HOLD, payment_method_options: over });
    expect(await stripe.paymentIntents.capture(tipped.id, { amount_to_capture: 1100 })).toMatchObject({
      amount_received: 1100,
    });
  });

  it('takes a suffix of the statement, and nothing else', async () => {
    const { stripe } = newShop(sandbox.current);
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, statement_descriptor: 'SHOP' }))).toMatchObject({
      param: 'statement_descriptor',
    });
  });
});
