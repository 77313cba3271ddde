import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { chargeOf, eventTypes, newShop, refusalOf, SALE, type Shop, saved, sdk, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

/** As the payer's browser confirms: with the publishable key and the secret of the one intent. */
function confirmInBrowser(shop: Shop, intent: Stripe.PaymentIntent, method: string) {
  const params = { client_secret: intent.client_secret, payment_method: method };
  return sdk(sandbox.current, shop.publishableKey).paymentIntents.confirm(
    intent.id,
    params as Stripe.PaymentIntentConfirmParams,
  );
}

async function refusedOffSession(shop: Shop, card: { customer: string; payment_method: string }) {
  const error = await refusalOf(shop.stripe.paymentIntents.create({ ...SALE, ...card, off_session: true }));
  return { error, intent: await shop.stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '') };
}

describe('a payment off session', () => {
  it.each([true, 'recurring', 'one_off'] as const)('is made with off_session %s', async (offSession) => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_visa');
    expect(await shop.stripe.paymentIntents.create({ ...SALE, ...card, off_session: offSession })).toMatchObject({
      status: 'succeeded',
    });
    const { id } = await shop.stripe.paymentIntents.create({ ...SALE, ...card, confirm: false });
    expect(await shop.stripe.paymentIntents.confirm(id, { off_session: offSession })).toMatchObject({
      status: 'succeeded',
    });
    const unconfirmed = { ...SALE, ...card, confirm: false, off_session: offSession };
    expect(await refusalOf(shop.stripe.paymentIntents.create(unconfirmed))).toMatchObject({ param: 'off_session' });
    const wrong = { ...SALE, ...card, off_session: 'sometimes' as 'recurring' };
    expect(await refusalOf(shop.stripe.paymentIntents.create(wrong))).toMatchObject({ param: 'off_session' });
  });

  it('that needs the payer keeps what went wrong, and leaves a failed charge', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_authenticationRequired');
    const { error, intent } = await refusedOffSession(shop, card);
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_payment_error: {
        type: 'card_error',
        code: 'authentication_required',
        decline_code: 'authentication_required',
        payment_method: { id: card.payment_method, customer: card.customer },
      },
    });
    expect(await chargeOf(shop.stripe, intent)).toMatchObject({
      status: 'failed',
      failure_code: 'authentication_required',
    });
    expect(await eventTypes(shop.stripe)).toEqual(
      expect.arrayContaining(['charge.failed', 'payment_intent.payment_failed']),
    );
  });

  it('is recovered by the payer in a browser, with the same card or another', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_authenticationRequired');
    const { intent } = await refusedOffSession(shop, card);
    const waiting = await confirmInBrowser(shop, intent, card.payment_method);
    expect(waiting).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    sandbox.current.control.completeAuthentication(shop.accountId, intent.id, 'succeed');
    expect(await shop.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'succeeded',
      last_payment_error: null,
      payment_method: card.payment_method,
    });

    const second = await refusedOffSession(shop, card);
    const paid = await confirmInBrowser(shop, second.intent, 'pm_card_visa');
    expect(paid.status).toBe('succeeded');
    const third = await refusedOffSession(shop, card);
    const stranger = { ...third.intent, client_secret: second.intent.client_secret };
    expect(await refusalOf(confirmInBrowser(shop, stranger, 'pm_card_visa'))).toMatchObject({ statusCode: 401 });
  });

  it('is recovered as a hold when it was to be one', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_authenticationRequired');
    const hold = { ...SALE, ...card, capture_method: 'manual' as const, off_session: true };
    const error = await refusalOf(shop.stripe.paymentIntents.create(hold));
    const intent = await shop.stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '');
    await confirmInBrowser(shop, intent, card.payment_method);
    sandbox.current.control.completeAuthentication(shop.accountId, intent.id, 'succeed');
    expect(await shop.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'requires_capture' });
  });

  it('whose merchant handles no authentication is declined for that', async () => {
    const { stripe } = newShop(sandbox.current);
    const never = { ...SALE, payment_method: 'pm_card_authenticationRequired', error_on_requires_action: true };
    expect(await refusalOf(stripe.paymentIntents.create(never))).toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: 'authentication_required',
      decline_code: 'authentication_not_handled',
    });
  });

  it('is open to a card set up by a setup intent for off-session use, and not by one for on-session use', async () => {
    const shop = newShop(sandbox.current);
    const { stripe, accountId } = shop;
    for (const usage of ['on_session', 'off_session'] as const) {
      const { id: customer } = await stripe.customers.create();
      const setup = await stripe.setupIntents.create({
        customer,
        usage,
        payment_method: 'pm_card_authenticationRequiredOnSetup',
        allowed_payment_method_types: ['card'],
        confirm: true,
      });
      sandbox.current.control.completeAuthentication(accountId, setup.id, 'succeed');
      const paying = stripe.paymentIntents.create({
        ...SALE,
        customer,
        payment_method: String(setup.payment_method),
        off_session: 'recurring',
      });
      if (usage === 'off_session') expect(await paying).toMatchObject({ status: 'succeeded' });
      else expect(await refusalOf(paying)).toMatchObject({ code: 'authentication_required' });
    }
  });
});

describe('a card that worked', () => {
  it('is refused as often as was ordered, and then works again', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_visa');
    const pay = () => shop.stripe.paymentIntents.create({ ...SALE, ...card, off_session: true });
    await pay();
    sandbox.current.control.declineFrom(card.payment_method, { code: 'insufficient_funds', times: 2 });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await refusalOf(pay())).toMatchObject({
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        advice_code: 'try_again_later',
        payment_intent: { status: 'requires_payment_method' },
      });
    }
    expect(await pay()).toMatchObject({ status: 'succeeded' });
  });

  it('is refused until it recovers, with the advice that was ordered', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_visa');
    const { id } = await shop.stripe.paymentIntents.create({ ...SALE, ...card, confirm: false });
    const pay = () =>
      shop.stripe.paymentIntents.confirm(id, { payment_method: card.payment_method, off_session: true });
    const orders = [
      [
        { code: 'do_not_honor' },
        { code: 'card_declined', decline_code: 'do_not_honor', advice_code: 'try_again_later' },
      ],
      [{ code: 'do_not_honor', advice_code: 'do_not_try_again' }, { advice_code: 'do_not_try_again' }],
      [{ code: 'stop_payment_order' }, { decline_code: 'stop_payment_order', advice_code: 'do_not_try_again' }],
      [{ code: 'expired_card' }, { code: 'expired_card', advice_code: 'confirm_card_data' }],
    ] as const;
    for (const [order, error] of orders) {
      sandbox.current.control.declineFrom(card.payment_method, order);
      expect(await refusalOf(pay())).toMatchObject(error);
    }
    sandbox.current.control.declineFrom(card.payment_method, null);
    expect(await pay()).toMatchObject({ status: 'succeeded' });
  });

  it('may begin to want its holder, and is paid from once the holder was asked', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_visa');
    sandbox.current.control.declineFrom(card.payment_method, { code: 'authentication_required' });
    const { error, intent } = await refusedOffSession(shop, card);
    expect(error).toMatchObject({ code: 'authentication_required' });
    expect(await confirmInBrowser(shop, intent, card.payment_method)).toMatchObject({ status: 'requires_action' });
    sandbox.current.control.completeAuthentication(shop.accountId, intent.id, 'succeed');
    expect(await shop.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'succeeded' });
  });

  it('is told so over the control port too', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_visa');
    const tell = async (order: object) =>
      (
        await fetch(`${sandbox.current.controlUrl}/payment_methods/${card.payment_method}/decline`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(order),
        })
      ).json();
    const pay = () => shop.stripe.paymentIntents.create({ ...SALE, ...card, off_session: true });
    expect(await tell({ code: 'lost_card', times: 5 })).toEqual({ done: true });
    expect(await refusalOf(pay())).toMatchObject({ decline_code: 'lost_card', advice_code: 'do_not_try_again' });
    expect(await tell({ code: null })).toEqual({ done: true });
    expect(await pay()).toMatchObject({ status: 'succeeded' });
    expect(await tell({ code: 'lost_card', times: 0 })).toEqual({ error: expect.stringContaining('times') });
    expect(await tell({})).toEqual({ error: expect.stringContaining('code') });
    expect(await tell({ code: 'x', advice_code: 'pray' })).toEqual({ error: expect.stringContaining('advice_code') });
  });
});
