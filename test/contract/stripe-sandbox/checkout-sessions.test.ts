import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { CANCEL_URL, openPage, PAGE, SUCCESS_URL } from './checkout.js';
import { eventTypes, newShop, refusalOf, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const control = () => sandbox.current.control;
const nowSeconds = () => Math.floor(control().now().getTime() / 1000);

describe('a Checkout Session', () => {
  it('is open, unpaid and without an intent at first', async () => {
    const shop = newShop(sandbox.current);
    const session = await openPage(shop, { client_reference_id: 'order-7', metadata: { order: '7' }, locale: 'ro' });
    expect(session).toMatchObject({
      object: 'checkout.session',
      id: expect.stringMatching(/^cs_test_/),
      status: 'open',
      payment_status: 'unpaid',
      mode: 'payment',
      ui_mode: 'hosted_page',
      url: expect.stringContaining(sandbox.current.url),
      amount_total: 2500,
      currency: 'eur',
      client_reference_id: 'order-7',
      metadata: { order: '7' },
      locale: 'ro',
      customer: null,
      customer_details: null,
      payment_intent: null,
      setup_intent: null,
      payment_method_types: ['card'],
      success_url: SUCCESS_URL,
      cancel_url: CANCEL_URL,
      expires_at: session.created + 86_400,
    });
    expect((await shop.stripe.paymentIntents.list()).data).toEqual([]);
    const expanded = await shop.stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items'] });
    expect(expanded.line_items?.data).toMatchObject([
      { description: 'Novel & <map>', quantity: 2, amount_total: 2500 },
    ]);
    expect((await shop.stripe.checkout.sessions.listLineItems(session.id)).data).toHaveLength(1);
    expect(await eventTypes(shop.stripe)).toEqual([]);
  });

  it('makes one intent when the payer first tries, and uses it for every try', async () => {
    const shop = newShop(sandbox.current);
    const data = {
      capture_method: 'manual' as const,
      metadata: { order: '7' },
      description: 'Order 7',
      receipt_email: 'ana@example.com',
    };
    const { id } = await openPage(shop, { payment_intent_data: data });
    const declined = control().payCheckout(id, { card: 'pm_card_visa_chargeDeclinedInsufficientFunds' });
    expect(declined).toMatchObject({
      outcome: 'refused',
      error: { code: 'card_declined', decline_code: 'insufficient_funds' },
      session: { status: 'open', payment_status: 'unpaid' },
    });
    const failed = await shop.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(failed.payment_intent).toMatchObject({
      ...data,
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'insufficient_funds' },
    });
    control().payCheckout(id, { card: '4000000000000002' });
    expect(control().payCheckout(id, { email: 'ana@example.com', name: 'Ana' })).toMatchObject({ outcome: 'complete' });
    const paid = await shop.stripe.checkout.sessions.retrieve(id, {
      expand: ['payment_intent.latest_charge.balance_transaction', 'payment_intent.payment_method'],
    });
    expect(paid).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      url: null,
      customer_details: { email: 'ana@example.com', name: 'Ana' },
      payment_intent: {
        status: 'requires_capture',
        amount_capturable: 2500,
        payment_method: { type: 'card', billing_details: { email: 'ana@example.com' } },
        latest_charge: { object: 'charge', balance_transaction: null, receipt_email: 'ana@example.com' },
      },
    });
    expect(await eventTypes(shop.stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'charge.failed',
      'payment_intent.payment_failed',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'checkout.session.completed',
    ]);
    const intentId = (paid.payment_intent as Stripe.PaymentIntent).id;
    await shop.stripe.paymentIntents.capture(intentId, { amount_to_capture: 2000 });
    const captured = await shop.stripe.checkout.sessions.retrieve(id, {
      expand: ['payment_intent.latest_charge.balance_transaction'],
    });
    expect(captured.payment_status).toBe('paid');
    expect(captured.payment_intent).toMatchObject({ latest_charge: { balance_transaction: { amount: 2000 } } });
  });

  it('asks for 3-D Secure, and can be tried again when that fails', async () => {
    const shop = newShop(sandbox.current);
    const { id } = await openPage(shop);
    const card = 'pm_card_threeDSecure2Required';
    expect(control().payCheckout(id, { card })).toMatchObject({ outcome: 'requires_action' });
    expect(control().payCheckout(id, { card, authentication: 'fail' })).toMatchObject({
      outcome: 'refused',
      error: { code: 'payment_intent_authentication_failure' },
      session: { status: 'open' },
    });
    expect(control().payCheckout(id, { card, authentication: 'succeed' })).toMatchObject({
      outcome: 'complete',
      session: { status: 'complete', payment_status: 'paid' },
    });
    expect((await shop.stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('keeps the card for the customer', async () => {
    const shop = newShop(sandbox.current);
    const customer = await shop.stripe.customers.create();
    const { id } = await openPage(shop, {
      customer: customer.id,
      payment_intent_data: { setup_future_usage: 'off_session' },
    });
    control().payCheckout(id, { email: 'ana@example.com' });
    expect((await shop.stripe.paymentMethods.list({ customer: customer.id })).data).toHaveLength(1);
    expect(await shop.stripe.customers.retrieve(customer.id)).toMatchObject({ email: 'ana@example.com' });
  });

  it('makes a customer where one is always wanted', async () => {
    const shop = newShop(sandbox.current);
    const { id } = await openPage(shop, { customer_creation: 'always', customer_email: 'ana@example.com' });
    const { session } = control().payCheckout(id, { email: 'somebody@else.example' });
    expect(await shop.stripe.customers.retrieve(String(session.customer))).toMatchObject({ email: 'ana@example.com' });
  });

  it('saves a card in setup mode', async () => {
    const shop = newShop(sandbox.current);
    const customer = await shop.stripe.customers.create({ email: 'ana@example.com' });
    const session = await shop.stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'eur',
      customer: customer.id,
      success_url: SUCCESS_URL,
      setup_intent_data: { metadata: { agreement: '3' } },
    });
    expect(session).toMatchObject({
      payment_status: 'no_payment_required',
      amount_total: null,
      payment_method_types: ['card', 'link', 'sepa_debit'],
    });
    const refused = control().payCheckout(session.id, { card: 'pm_card_visa_chargeDeclined' });
    expect(refused).toMatchObject({ outcome: 'refused', error: { code: 'card_declined' } });
    control().payCheckout(session.id, { card: 'pm_card_authenticationRequired', authentication: 'succeed' });
    const saved = await shop.stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent.payment_method'] });
    expect(saved).toMatchObject({
      status: 'complete',
      setup_intent: { status: 'succeeded', metadata: { agreement: '3' }, payment_method: { customer: customer.id } },
    });
    expect(await eventTypes(shop.stripe)).toContain('checkout.session.completed');
  });

  it('takes a debit, and says later what the bank answered', async () => {
    const shop = newShop(sandbox.current);
    const types = { allowed_payment_method_types: ['card', 'sepa_debit'] };
    const good = await openPage(shop, types);
    const bad = await openPage(shop, types);
    expect(control().payCheckout(good.id, { iban: 'DE08370400440532013003' })).toMatchObject({
      outcome: 'complete',
      session: { status: 'complete', payment_status: 'unpaid' },
    });
    control().payCheckout(bad.id, { iban: 'DE78370400440532013004' });
    control().advanceClock({ seconds: 300 });
    expect(await shop.stripe.checkout.sessions.retrieve(good.id)).toMatchObject({ payment_status: 'paid' });
    expect(await shop.stripe.checkout.sessions.retrieve(bad.id)).toMatchObject({ payment_status: 'unpaid' });
    const events = await shop.stripe.events.list({ types: ['checkout.session.async_payment_succeeded'] });
    expect(events.data.map(({ data }) => (data.object as { id: string }).id)).toEqual([good.id]);
    expect(await eventTypes(shop.stripe)).toContain('checkout.session.async_payment_failed');
  });

  it('is listed by what it is about', async () => {
    const { stripe, ...keys } = newShop(sandbox.current);
    const shop = { stripe, ...keys };
    const open = await openPage(shop);
    const paid = await openPage(shop);
    const { session } = control().payCheckout(paid.id);
    const ids = async (params: Stripe.Checkout.SessionListParams) =>
      (await stripe.checkout.sessions.list(params)).data.map(({ id }) => id);
    expect(await ids({})).toEqual([paid.id, open.id]);
    expect(await ids({ status: 'open' })).toEqual([open.id]);
    expect(await ids({ payment_intent: String(session.payment_intent) })).toEqual([paid.id]);
    expect(await ids({ created: { gt: nowSeconds() + 10 } })).toEqual([]);
    expect(await ids({ customer: 'cus_none' })).toEqual([]);
  });
});

describe('the end of a session', () => {
  it('comes by order, once, and cancels the intent', async () => {
    const shop = newShop(sandbox.current);
    const { id } = await openPage(shop);
    control().payCheckout(id, { card: 'pm_card_visa_chargeDeclined' });
    const expired = await shop.stripe.checkout.sessions.expire(id);
    expect(expired).toMatchObject({ status: 'expired', url: null, payment_status: 'unpaid' });
    expect(await shop.stripe.paymentIntents.retrieve(String(expired.payment_intent))).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'expired',
    });
    expect(await refusalOf(shop.stripe.checkout.sessions.expire(id))).toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      message:
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `expired`.',
    });
    expect((await eventTypes(shop.stripe)).slice(-2)).toEqual(['payment_intent.canceled', 'checkout.session.expired']);
    expect(() => control().payCheckout(id)).toThrow('has the status expired');
  });

  it('comes by the clock, a day after it began or when it was said', async () => {
    const shop = newShop(sandbox.current);
    const soon = await openPage(shop, { expires_at: nowSeconds() + 1900 });
    const late = await openPage(shop);
    control().advanceClock({ seconds: 1901 });
    expect(await shop.stripe.checkout.sessions.retrieve(soon.id)).toMatchObject({ status: 'expired' });
    expect(await shop.stripe.checkout.sessions.retrieve(late.id)).toMatchObject({ status: 'open' });
    control().payCheckout(late.id);
    control().advanceClock({ seconds: 86_400 });
    expect(await shop.stripe.checkout.sessions.retrieve(late.id)).toMatchObject({ status: 'complete' });
  });
});

describe('the intent of a session', () => {
  it('is out of reach of the API until it can be captured', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const { id } = await openPage(shop, { payment_intent_data: { capture_method: 'manual' } });
    const { session } = control().payCheckout(id, { card: 'pm_card_visa_chargeDeclined' });
    const intentId = String(session.payment_intent);
    for (const attempt of [
      () => stripe.paymentIntents.cancel(intentId),
      () => stripe.paymentIntents.confirm(intentId, { payment_method: 'pm_card_visa', return_url: CANCEL_URL }),
      () => stripe.paymentIntents.update(intentId, { amount: 1 }),
    ]) {
      expect(await refusalOf(attempt())).toMatchObject({
        statusCode: 400,
        message: 'You cannot perform this action on PaymentIntents created by Checkout.',
      });
    }
    expect(await stripe.paymentIntents.update(intentId, { metadata: { a: 'b' } })).toMatchObject({
      metadata: { a: 'b' },
    });
    control().payCheckout(id);
    expect(await stripe.paymentIntents.cancel(intentId)).toMatchObject({ status: 'canceled' });
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
  });
});

describe('the intent of a session that saves a card', () => {
  it('is out of reach, and ends with the session', async () => {
    const { stripe } = newShop(sandbox.current);
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      allowed_payment_method_types: ['card'],
      success_url: SUCCESS_URL,
    });
    const intentId = String(session.setup_intent);
    for (const attempt of [
      () => stripe.setupIntents.cancel(intentId),
      () => stripe.setupIntents.confirm(intentId, { payment_method: 'pm_card_visa', return_url: CANCEL_URL }),
    ]) {
      expect(await refusalOf(attempt())).toMatchObject({
        message: 'You cannot perform this action on SetupIntents created by Checkout.',
      });
    }
    await stripe.checkout.sessions.expire(session.id);
    expect(await stripe.setupIntents.retrieve(intentId)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    });
  });

  it('needs a currency or the types it takes', async () => {
    const { stripe } = newShop(sandbox.current);
    const bare = { mode: 'setup' as const, success_url: SUCCESS_URL };
    expect(await refusalOf(stripe.checkout.sessions.create(bare))).toMatchObject({ param: 'currency' });
    const { payment_method_types: types } = await stripe.checkout.sessions.create({ ...bare, currency: 'usd' });
    expect(types).toEqual(['card', 'link']);
  });
});

describe('a session that cannot be', () => {
  it.each([
    [{ expires_at: 1799 }, 'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.'],
    [{ expires_at: 86_460 }, 'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.'],
    [{ success_url: 'nowhere' }, 'Not a valid URL'],
    [{ success_url: 'javascript:alert(1)' }, 'Not a valid URL'],
    [{ customer: 'cus_none' }, "No such customer: 'cus_none'"],
    [{ customer: 'cus_none', customer_email: 'a@b.c' }, 'You may only specify one of these parameters'],
    [{ customer_email: 'nobody' }, 'Invalid email address: nobody'],
    [{ line_items: [] }, 'Missing required param: line_items.'],
    [{ setup_intent_data: { description: 'x' } }, 'You can not pass `setup_intent_data` in `payment` mode.'],
    [{ allowed_payment_method_types: ['boleto'] }, 'The payment method type provided: boleto is invalid.'],
    [{ payment_method_types: ['card'] }, 'Received unknown parameter: payment_method_types'],
    [
      { allowed_payment_method_types: ['sepa_debit'], payment_intent_data: { capture_method: 'manual' } },
      'No valid payment method types for this Checkout Session.',
    ],
    [{ payment_intent_data: { receipt_email: 'nobody' } }, 'Invalid email address: nobody'],
    [{ custom_text: { submit: { message: 'x'.repeat(1201) } } }, 'must be at most 1200 characters'],
    [
      { line_items: [{ price_data: { currency: 'eur', unit_amount: 1, product_data: { name: 'x' } }, quantity: 1 }] },
      'at least',
    ],
    [{ line_items: [{ price_data: { currency: 'eur', unit_amount: 900 }, quantity: 1 }] }, 'product_data'],
  ])('%j is refused, and leaves nothing', async (params, message) => {
    const { stripe } = newShop(sandbox.current);
    const { expires_at: after, ...rest } = params as { expires_at?: number };
    const given = { ...PAGE, ...rest, ...(after !== undefined && { expires_at: nowSeconds() + after }) };
    const error = await refusalOf(stripe.checkout.sessions.create(given as Stripe.Checkout.SessionCreateParams));
    expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining(message) });
    expect((await stripe.checkout.sessions.list()).data).toEqual([]);
    expect(await eventTypes(stripe)).toEqual([]);
  });

  it('belongs to its account and mode', async () => {
    const { id } = await openPage(newShop(sandbox.current));
    const stranger = newShop(sandbox.current);
    expect(await refusalOf(stranger.stripe.checkout.sessions.retrieve(id))).toMatchObject({
      statusCode: 404,
      message: `No such checkout.session: '${id}'`,
    });
  });
});
