import { describe, expect, it } from '@jest/globals';
import { chargeOf, eventTypes, HOLD, newShop, refusalOf, SALE, saved, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const RETURN_URL = 'https://shop.example/back?order=7';

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
