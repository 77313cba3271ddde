import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { chargeOf, eventTypes, HOLD, newShop, refusalOf, SALE, type Shop, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const RETURN_URL = 'https://shop.example/back?order=7';

/** A customer with the card saved, and the card. */
async function saved(shop: Shop, token: string): Promise<{ customer: string; payment_method: string }> {
  const customer = await shop.stripe.customers.create();
  const method = await shop.stripe.paymentMethods.attach(token, { customer: customer.id });
  return { customer: customer.id, payment_method: method.id };
}

describe('cards that decline', () => {
  const declines: Array<[token: string, code: string, declineCode: string]> = [
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
  ];
  it.each(declines)('%s: %s, %s', async (token, code, declineCode) => {
    const { stripe } = newShop(sandbox.current);
    const error = await refusalOf(stripe.paymentIntents.create({ ...SALE, payment_method: token }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      statusCode: 402,
      code,
      decline_code: declineCode,
      charge: expect.stringMatching(/^ch_/),
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      payment_method: { id: expect.stringMatching(/^pm_/), card: { last4: expect.any(String) } },
      payment_intent: {
        status: 'requires_payment_method',
        payment_method: null,
        latest_charge: expect.stringMatching(/^ch_/),
        last_payment_error: { code, decline_code: declineCode, type: 'card_error' },
      },
    });
    expect(await stripe.charges.retrieve(String(error.charge))).toMatchObject({
      status: 'failed',
      paid: false,
      captured: false,
      failure_code: code,
      outcome: { type: code === 'card_declined' && declineCode === 'fraudulent' ? 'blocked' : 'issuer_declined' },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
  });

  it('may be tried again with another card, on the same intent', async () => {
    const { stripe } = newShop(sandbox.current);
    const error = await refusalOf(stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_chargeDeclined' }));
    const paid = await stripe.paymentIntents.confirm(error.payment_intent?.id ?? '', {
      payment_method: 'pm_card_visa',
    });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
    const charges = await stripe.charges.list({ payment_intent: paid.id });
    expect(charges.data.map((each) => each.status)).toEqual(['succeeded', 'failed']);
  });

  it('says what to do about it', async () => {
    const { stripe } = newShop(sandbox.current);
    const lost = { ...SALE, payment_method: 'pm_card_visa_chargeDeclinedLostCard' };
    expect(await refusalOf(stripe.paymentIntents.create(lost))).toMatchObject({
      advice_code: 'do_not_try_again',
      network_decline_code: '41',
      network_advice_code: '03',
    });
    const poor = { ...SALE, payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' };
    const error = await refusalOf(stripe.paymentIntents.create(poor));
    expect(error.raw).toMatchObject({ advice_code: 'try_again_later', network_decline_code: '51' });
  });

  it('cannot be saved, except the one made for it', async () => {
    const { stripe } = newShop(sandbox.current);
    const { id: customer } = await stripe.customers.create();
    expect(await refusalOf(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }))).toMatchObject({
      type: 'StripeCardError',
      code: 'card_declined',
    });
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    const charge = { ...SALE, customer, payment_method: method.id };
    expect(await refusalOf(stripe.paymentIntents.create(charge))).toMatchObject({ code: 'card_declined' });
  });
});

describe('3-D Secure', () => {
  it('sends the payer to a page, and back with the outcome', async () => {
    const { stripe } = newShop(sandbox.current);
    const waiting = await stripe.paymentIntents.create({
      ...HOLD,
      payment_method: 'pm_card_authenticationRequired',
      return_url: RETURN_URL,
    });
    expect(waiting).toMatchObject({
      status: 'requires_action',
      latest_charge: null,
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: RETURN_URL } },
    });
    const page = waiting.next_action?.redirect_to_url?.url ?? '';
    const html = await (await fetch(page)).text();
    expect(html).toContain('value="succeed"');
    const back = await fetch(page, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
      redirect: 'manual',
    });
    expect(back.status).toBe(303);
    const target = new URL(back.headers.get('location') ?? '');
    expect(Object.fromEntries(target.searchParams)).toEqual({
      order: '7',
      payment_intent: waiting.id,
      payment_intent_client_secret: waiting.client_secret,
      redirect_status: 'succeeded',
    });
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 1000,
      next_action: null,
    });
    expect((await chargeOf(stripe, waiting)).payment_method_details?.card?.three_d_secure).toMatchObject({
      result: 'authenticated',
    });
    expect((await fetch(page)).status).toBe(404);
  });

  it('fails when the payer fails', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    const waiting = await stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_threeDSecure2Required' });
    expect(waiting.next_action?.type).toBe('use_stripe_sdk');
    sandbox.current.control.completeAuthentication(accountId, waiting.id, 'fail');
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_payment_error: {
        code: 'payment_intent_authentication_failure',
        type: 'invalid_request_error',
        payment_method: { object: 'payment_method' },
      },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'payment_intent.payment_failed',
    ]);
  });

  it('may be passed and then declined', async () => {
    const { stripe, secretKey } = newShop(sandbox.current);
    for (const token of [
      'pm_card_threeDSecureRequiredChargeDeclined',
      'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    ]) {
      const waiting = await stripe.paymentIntents.create({ ...SALE, payment_method: token });
      sandbox.current.control.completeAuthentication(secretKey, waiting.id, 'succeed');
      expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
        status: 'requires_payment_method',
        last_payment_error: { code: 'card_declined' },
      });
    }
  });

  it('is asked for by the merchant, waived for orders by telephone, refused where it cannot be done', async () => {
    const { stripe } = newShop(sandbox.current);
    const wanted = { card: { request_three_d_secure: 'any' as const } };
    const asked = await stripe.paymentIntents.create({ ...SALE, payment_method_options: wanted });
    expect(asked.status).toBe('requires_action');
    const phoned = await stripe.paymentIntents.create({
      ...SALE,
      payment_method: 'pm_card_authenticationRequired',
      payment_method_options: { card: { moto: true } },
    });
    expect(phoned.status).toBe('succeeded');
    expect((await chargeOf(stripe, phoned)).payment_method_details?.card?.moto).toBe(true);
    const never = { ...SALE, payment_method: 'pm_card_authenticationRequired', error_on_requires_action: true };
    expect(await refusalOf(stripe.paymentIntents.create(never))).toMatchObject({
      code: 'authentication_required',
      payment_intent: { status: 'requires_payment_method' },
    });
  });
});

describe('off session', () => {
  it('is refused when the holder is needed, and recovered on session', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_authenticationRequired');
    const error = await refusalOf(shop.stripe.paymentIntents.create({ ...SALE, ...card, off_session: true }));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'authentication_required',
      decline_code: 'authentication_required',
      payment_intent: { status: 'requires_payment_method' },
      payment_method: { id: card.payment_method },
    });
    const intentId = error.payment_intent?.id ?? '';
    const again = await shop.stripe.paymentIntents.confirm(intentId, { payment_method: card.payment_method });
    expect(again.status).toBe('requires_action');
    sandbox.current.control.completeAuthentication(shop.accountId, intentId, 'succeed');
    expect(await shop.stripe.paymentIntents.retrieve(intentId)).toMatchObject({ status: 'succeeded' });
  });

  it('works once the card was set up', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const card = await saved(shop, 'pm_card_authenticationRequiredOnSetup');
    const merchant = { ...SALE, ...card, off_session: true };
    expect(await refusalOf(stripe.paymentIntents.create(merchant))).toMatchObject({ code: 'authentication_required' });
    const setup = await stripe.setupIntents.create({ ...card, allowed_payment_method_types: ['card'], confirm: true });
    expect(setup.status).toBe('requires_action');
    sandbox.current.control.completeAuthentication(shop.accountId, setup.id, 'succeed');
    expect(await stripe.paymentIntents.create(merchant)).toMatchObject({ status: 'succeeded' });
    expect(await stripe.paymentIntents.create({ ...SALE, ...card })).toMatchObject({ status: 'requires_action' });
  });

  it('works at once for a card set up elsewhere', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_authenticationRequiredSetupForOffSession');
    const paid = await shop.stripe.paymentIntents.create({ ...SALE, ...card, off_session: true });
    expect(paid.status).toBe('succeeded');
  });

  it('works after a first payment that kept the card', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const { id: customer } = await stripe.customers.create();
    const first = await stripe.paymentIntents.create({
      ...SALE,
      customer,
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      setup_future_usage: 'off_session',
    });
    sandbox.current.control.completeAuthentication(shop.accountId, first.id, 'succeed');
    const [method] = (await stripe.paymentMethods.list({ customer, type: 'card' })).data;
    const next = await stripe.paymentIntents.create({
      ...SALE,
      customer,
      payment_method: method?.id ?? '',
      off_session: true,
    });
    expect(next.status).toBe('succeeded');
    expect(await eventTypes(stripe)).toContain('payment_method.attached');
  });
});

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
