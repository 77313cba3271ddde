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

  it('says what changed when it is renewed, with a new number too', async () => {
    const shop = newShop(sandbox.current);
    const { payment_method } = await saved(shop, 'pm_card_visa');
    const before = await shop.stripe.paymentMethods.retrieve(payment_method);
    sandbox.current.control.renewCard(payment_method, { expMonth: 1, expYear: 2044, last4: '1881' });
    const [event] = (await shop.stripe.events.list({ type: 'payment_method.automatically_updated' })).data;
    expect(event?.data.previous_attributes).toEqual({
      card: { exp_month: 12, exp_year: before.card?.exp_year, last4: '4242' },
    });
    expect(await shop.stripe.paymentMethods.retrieve(payment_method)).toMatchObject({ card: { last4: '1881' } });
  });

  it('is changed by the merchant once it is saved', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const loose = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    expect(await refusalOf(stripe.paymentMethods.update(loose.id, { metadata: { a: 'b' } }))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('save this PaymentMethod to a customer'),
    });
    const { id: customer } = await stripe.customers.create();
    await stripe.paymentMethods.attach(loose.id, { customer });
    await stripe.paymentMethods.update(loose.id, { card: { exp_month: 3, exp_year: 41 } });
    const [event] = (await stripe.events.list({ type: 'payment_method.updated' })).data;
    expect(event?.data).toMatchObject({
      object: { id: loose.id, customer, card: { exp_month: 3, exp_year: 2041 } },
      previous_attributes: { card: { exp_month: 12 } },
    });
    for (const [card, code] of [
      [{ exp_month: 13 }, 'invalid_expiry_month'],
      [{ exp_month: 1, exp_year: 2020 }, 'invalid_expiry_year'],
    ] as const) {
      expect(await refusalOf(stripe.paymentMethods.update(loose.id, { card }))).toMatchObject({ code });
    }
  });

  it('that was detached pays no more, on session or off, and saves nowhere', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const card = await saved(shop, 'pm_card_visa');
    await stripe.paymentMethods.detach(card.payment_method);
    const [event] = (await stripe.events.list({ type: 'payment_method.detached' })).data;
    expect(event?.data).toMatchObject({
      object: { id: card.payment_method, customer: null },
      previous_attributes: { customer: card.customer },
    });
    const uses = [
      () => stripe.paymentIntents.create({ ...SALE, ...card, off_session: true }),
      () => stripe.paymentIntents.create({ ...SALE, ...card }),
      () => stripe.setupIntents.create({ ...card, allowed_payment_method_types: ['card'], confirm: true }),
      () => stripe.paymentMethods.attach(card.payment_method, { customer: card.customer }),
    ];
    for (const use of uses) {
      expect(await refusalOf(use())).toMatchObject({
        statusCode: 400,
        type: 'StripeInvalidRequestError',
        code: 'payment_method_unexpected_state',
        message: expect.stringMatching(/may not be used again/i),
      });
    }
    expect(await refusalOf(stripe.paymentMethods.detach(card.payment_method))).toMatchObject({ statusCode: 400 });
    expect((await stripe.paymentMethods.list({ customer: card.customer })).data).toEqual([]);
  });
});
