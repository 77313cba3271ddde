import { describe, expect, it } from '@jest/globals';
import { eventTypes, newShop, refusalOf, SALE, saved, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

describe('a payment method', () => {
  it('is used up by a payment without a customer', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create(SALE);
    const again = { ...SALE, payment_method: String(paid.payment_method) };
    expect((await refusalOf(stripe.paymentIntents.create(again))).message).toContain('It may not be used again');
    const { id: customer } = await stripe.customers.create();
    const error = await refusalOf(stripe.paymentMethods.attach(String(paid.payment_method), { customer }));
    expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining('may not be used again') });
  });

  it('belongs to its customer until it is detached', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const card = await saved(shop, 'pm_card_mastercard');
    const other = await stripe.customers.create();
    const stolen = { ...SALE, ...card, customer: other.id };
    expect(await refusalOf(stripe.paymentIntents.create(stolen))).toMatchObject({ param: 'payment_method' });
    const nobody = { ...SALE, payment_method: card.payment_method };
    expect(await refusalOf(stripe.paymentIntents.create(nobody))).toMatchObject({ statusCode: 400 });
    expect(await stripe.paymentMethods.detach(card.payment_method)).toMatchObject({ customer: null });
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, ...card }))).toMatchObject({ statusCode: 400 });
    expect(await eventTypes(stripe)).toEqual([
      'customer.created',
      'payment_method.attached',
      'customer.created',
      'payment_method.detached',
    ]);
  });

  it('is made from a card number only where that is allowed', async () => {
    const plain = newShop(sandbox.current);
    const card = { number: '4242 4242 4242 4242', exp_month: 4, exp_year: 2040, cvc: '123' };
    const refused = await refusalOf(plain.stripe.paymentMethods.create({ type: 'card', card }));
    expect(refused).toMatchObject({ statusCode: 402, message: expect.stringContaining('generally unsafe') });
    const { stripe } = newShop(sandbox.current, { features: { raw_card_data: true } });
    const method = await stripe.paymentMethods.create({ type: 'card', card, billing_details: { name: 'Ada' } });
    expect(method).toMatchObject({
      card: { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2040, funding: 'credit', country: 'US' },
      billing_details: { name: 'Ada', email: null },
      customer: null,
    });
    const wrong = { type: 'card' as const, card: { ...card, number: '4242424242424241' } };
    expect(await refusalOf(stripe.paymentMethods.create(wrong))).toMatchObject({ code: 'incorrect_number' });
    const old = { type: 'card' as const, card: { ...card, exp_year: 2020 } };
    expect(await refusalOf(stripe.paymentMethods.create(old))).toMatchObject({ code: 'invalid_expiry_year' });
    const declining = { type: 'card' as const, card: { ...card, number: '4000000000000002' } };
    const bad = await stripe.paymentMethods.create(declining);
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, payment_method: bad.id }))).toMatchObject({
      code: 'card_declined',
    });
    const same = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    expect(same.card?.fingerprint).toBe(method.card?.fingerprint);
  });

  it('is renewed by its network', async () => {
    const shop = newShop(sandbox.current);
    const { payment_method } = await saved(shop, 'pm_card_visa');
    sandbox.current.control.renewCard(payment_method, { expMonth: 1, expYear: 2044 });
    const [event] = (await shop.stripe.events.list({ type: 'payment_method.automatically_updated' })).data;
    expect(event?.data).toMatchObject({
      object: { card: { exp_year: 2044 } },
      previous_attributes: { card: { exp_month: 12 } },
    });
  });
});

describe('a setup intent', () => {
  it('checks and keeps a card', async () => {
    const { stripe } = newShop(sandbox.current);
    const { id: customer } = await stripe.customers.create();
    const done = await stripe.setupIntents.create({
      customer,
      payment_method: 'pm_card_visa',
      allowed_payment_method_types: ['card'],
      confirm: true,
      mandate_data: { customer_acceptance: { type: 'online', online: { ip_address: '10.0.0.1', user_agent: 'x' } } },
      expand: ['latest_attempt', 'mandate'],
    });
    expect(done).toMatchObject({
      status: 'succeeded',
      usage: 'off_session',
      latest_attempt: { status: 'succeeded' },
      mandate: { status: 'active', customer_acceptance: { type: 'online', online: { ip_address: '10.0.0.1' } } },
    });
    expect(await stripe.paymentMethods.retrieve(String(done.payment_method))).toMatchObject({ customer });
    expect(await eventTypes(stripe)).toEqual([
      'customer.created',
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
    expect(await refusalOf(stripe.setupIntents.cancel(done.id))).toMatchObject({
      code: 'setup_intent_unexpected_state',
    });
  });

  it('fails with a declining card or a failed authentication', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    const base = { allowed_payment_method_types: ['card'], confirm: true };
    const declined = { ...base, payment_method: 'pm_card_chargeDeclined' };
    expect(await refusalOf(stripe.setupIntents.create(declined))).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      setup_intent: { status: 'requires_payment_method', last_setup_error: { code: 'card_declined' } },
    });
    const waiting = await stripe.setupIntents.create({ ...base, payment_method: 'pm_card_authenticationRequired' });
    sandbox.current.control.completeAuthentication(accountId, waiting.id, 'fail');
    expect(await stripe.setupIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code: 'setup_intent_authentication_failure' },
    });
    expect(await stripe.setupIntents.cancel(waiting.id)).toMatchObject({ status: 'canceled' });
  });
});
