import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { HOLD, newShop, refusalOf, SALE, sdk, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

describe('keys', () => {
  it('are refused when unknown or missing', async () => {
    const error = await refusalOf(sdk(sandbox.current, 'sk_test_nobodyatall1234').account.retrieveCurrent());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(error.message).toMatch(/^Invalid API Key provided: sk_test_\*+1234$/);
    const bare = await fetch(`${sandbox.current.url}/v1/account`);
    expect(bare.status).toBe(401);
    expect(await bare.text()).toContain('You did not provide an API key.');
  });

  it('are rolled and revoked', async () => {
    const shop = newShop(sandbox.current);
    const second = sandbox.current.control.rollKeys(shop.accountId);
    const other = sdk(sandbox.current, second.secretKey);
    expect(await other.account.retrieveCurrent()).toMatchObject({ id: shop.accountId });
    sandbox.current.control.revokeKey(shop.secretKey);
    expect(await refusalOf(shop.stripe.account.retrieveCurrent())).toMatchObject({
      type: 'StripeAuthenticationError',
      code: 'api_key_expired',
    });
    expect(await other.account.retrieveCurrent()).toMatchObject({ id: shop.accountId });
  });

  it('keep accounts and modes apart', async () => {
    const shop = newShop(sandbox.current);
    const customer = await shop.stripe.customers.create();
    const stranger = newShop(sandbox.current);
    expect(await refusalOf(stranger.stripe.customers.retrieve(customer.id))).toMatchObject({
      statusCode: 404,
      message: `No such customer: '${customer.id}'`,
    });
    const live = sdk(sandbox.current, sandbox.current.control.rollKeys(shop.accountId, { livemode: true }).secretKey);
    expect((await refusalOf(live.customers.retrieve(customer.id))).message).toBe(
      `No such customer: '${customer.id}'; a similar object exists in test mode, but a live mode key was used to make this request.`,
    );
    expect(await live.customers.create()).toMatchObject({ livemode: true });
    expect(await refusalOf(shop.stripe.accounts.retrieve(stranger.accountId))).toMatchObject({
      type: 'StripePermissionError',
    });
  });

  it('of browsers open one intent only, with its client secret', async () => {
    const shop = newShop(sandbox.current);
    const browser = sdk(sandbox.current, shop.publishableKey);
    expect(await refusalOf(browser.paymentIntents.list())).toMatchObject({ code: 'secret_key_required' });
    const { confirm: _confirm, payment_method: _method, ...open } = SALE;
    const intent = await shop.stripe.paymentIntents.create({ ...open, metadata: { secret: 'yes' } });
    const secret = { client_secret: intent.client_secret ?? '' };
    expect(await refusalOf(browser.paymentIntents.retrieve(intent.id))).toMatchObject({ param: 'client_secret' });
    const shown = await browser.paymentIntents.retrieve(intent.id, secret);
    expect(shown).toMatchObject({ id: intent.id, status: 'requires_payment_method' });
    expect(shown.metadata).toBeUndefined();
    const params = { ...secret, payment_method: 'pm_card_visa' } as Stripe.PaymentIntentConfirmParams;
    expect(await browser.paymentIntents.confirm(intent.id, params)).toMatchObject({ status: 'succeeded' });
    const wrong = { client_secret: `${intent.id}_secret_x` };
    expect(await refusalOf(browser.paymentIntents.retrieve(intent.id, wrong))).toMatchObject({ statusCode: 401 });
  });
});

describe('parameters', () => {
  it('unknown, missing and malformed are refused by name', async () => {
    const { stripe } = newShop(sandbox.current);
    const odd = { ...SALE, colour: 'red' } as Stripe.PaymentIntentCreateParams;
    expect(await refusalOf(stripe.paymentIntents.create(odd))).toMatchObject({
      code: 'parameter_unknown',
      param: 'colour',
      message: 'Received unknown parameter: colour',
    });
    const nested = { ...SALE, payment_method_options: { card: { colour: 1 } } } as Stripe.PaymentIntentCreateParams;
    expect(await refusalOf(stripe.paymentIntents.create(nested))).toMatchObject({
      param: 'payment_method_options[card][colour]',
    });
    const { amount: _amount, ...without } = SALE;
    expect(await refusalOf(stripe.paymentIntents.create(without as Stripe.PaymentIntentCreateParams))).toMatchObject({
      code: 'parameter_missing',
      param: 'amount',
      message: 'Missing required param: amount.',
    });
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, amount: 10.5 }))).toMatchObject({
      code: 'parameter_invalid_integer',
      message: 'Invalid integer: 10.5',
    });
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, capture_method: 'later' }))).toMatchObject({
      message: 'Invalid capture_method: must be one of automatic, automatic_async, or manual',
    });
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, currency: 'zzz' }))).toMatchObject({
      param: 'currency',
    });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  it('of the confirmation need one', async () => {
    const { stripe } = newShop(sandbox.current);
    const { confirm: _confirm, ...open } = SALE;
    for (const extra of [
      { off_session: true },
      { return_url: 'https://a.example' },
      { error_on_requires_action: true },
    ]) {
      expect(await refusalOf(stripe.paymentIntents.create({ ...open, ...extra }))).toMatchObject({
        param: Object.keys(extra)[0],
        statusCode: 400,
      });
    }
    const { allowed_payment_method_types: _types, ...automatic } = SALE;
    expect((await refusalOf(stripe.paymentIntents.create(automatic))).message).toContain(
      'you must provide a `return_url`',
    );
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    const old = { ...automatic, payment_method_types: ['card'] } as Stripe.PaymentIntentCreateParams;
    expect(await refusalOf(stripe.paymentIntents.create(old))).toMatchObject({ code: 'parameter_unknown' });
    const pinned = await stripe.paymentIntents.create(old, { apiVersion: '2026-03-25.dahlia' });
    expect(pinned).toMatchObject({ status: 'succeeded', payment_method_types: ['card'] });
  });

  it('of metadata are merged key by key', async () => {
    const { stripe } = newShop(sandbox.current);
    const intent = await stripe.paymentIntents.create({ ...HOLD, metadata: { a: '1', b: '2' } });
    expect((await stripe.paymentIntents.update(intent.id, { metadata: { a: '', c: '3' } })).metadata).toEqual({
      b: '2',
      c: '3',
    });
    expect((await stripe.paymentIntents.update(intent.id, { metadata: '' })).metadata).toEqual({});
    const long = { metadata: { key: 'x'.repeat(501) } };
    expect(await refusalOf(stripe.paymentIntents.update(intent.id, long))).toMatchObject({ param: 'metadata' });
    expect(await refusalOf(stripe.paymentIntents.update(intent.id, { amount: 5 }))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      param: 'amount',
    });
  });

  it.each([
    [{ amount: 49, currency: 'usd' }, 'amount_too_small'],
    [{ amount: 29, currency: 'gbp' }, 'amount_too_small'],
    [{ amount: 49, currency: 'jpy' }, 'amount_too_small'],
    [{ amount: 100_000_000, currency: 'usd' }, 'amount_too_large'],
    [{ amount: 0, currency: 'usd' }, 'parameter_invalid_integer'],
    [{ amount: 150, currency: 'isk' }, 'parameter_invalid_integer'],
    [{ amount: 1001, currency: 'kwd' }, 'parameter_invalid_integer'],
  ])('of amounts: %j is %s', async (money, code) => {
    const { stripe } = newShop(sandbox.current);
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, ...money }))).toMatchObject({
      code,
      param: 'amount',
    });
  });

  it.each([
    { amount: 50, currency: 'jpy' },
    { amount: 50, currency: 'mga' },
    { amount: 1010, currency: 'kwd' },
    { amount: 99_999_999, currency: 'usd' },
    { amount: 200, currency: 'isk' },
  ])('of amounts: %j is good', async (money) => {
    const { stripe } = newShop(sandbox.current);
    expect(await stripe.paymentIntents.create({ ...SALE, ...money })).toMatchObject({ status: 'succeeded', ...money });
  });
});

describe('answers', () => {
  it('carry the request id, the version and the key', async () => {
    const { stripe } = newShop(sandbox.current);
    const { lastResponse } = await stripe.customers.create({}, { idempotencyKey: 'once' });
    expect(lastResponse).toMatchObject({
      requestId: expect.stringMatching(/^req_/),
      apiVersion: Stripe.API_VERSION,
      idempotencyKey: 'once',
      statusCode: 200,
    });
    const missing = await refusalOf(stripe.paymentIntents.retrieve('pi_none'));
    expect(missing).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'intent',
      message: "No such payment_intent: 'pi_none'",
      requestId: expect.stringMatching(/^req_/),
    });
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, customer: 'cus_none' }))).toMatchObject({
      statusCode: 400,
      param: 'customer',
      code: 'resource_missing',
    });
    expect(await refusalOf(stripe.products.list())).toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('Unrecognized request URL (GET: /v1/products)'),
    });
  });

  it('are expanded where asked, four levels deep', async () => {
    const { stripe } = newShop(sandbox.current);
    const customer = await stripe.customers.create({ name: 'Ada' });
    const { id } = await stripe.paymentIntents.create({ ...SALE, customer: customer.id });
    const intent = await stripe.paymentIntents.retrieve(id, {
      expand: ['customer', 'payment_method', 'latest_charge.balance_transaction', 'latest_charge.refunds'],
    });
    expect(intent).toMatchObject({
      customer: { name: 'Ada' },
      payment_method: { card: { last4: '4242' } },
      latest_charge: { balance_transaction: { net: 941 }, refunds: { data: [] } },
    });
    const list = await stripe.paymentIntents.list({ expand: ['data.latest_charge'] });
    expect(list.data).toMatchObject([{ latest_charge: { object: 'charge' } }]);
    expect((await refusalOf(stripe.paymentIntents.list({ expand: ['latest_charge'] }))).message).toContain(
      "You may want to try expanding 'data.latest_charge' instead.",
    );
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, expand: ['colour'] }))).toMatchObject({
      message: 'This property cannot be expanded (colour).',
    });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
    const deep = ['data.latest_charge.payment_intent.latest_charge.payment_intent'];
    expect((await refusalOf(stripe.paymentIntents.list({ expand: deep }))).message).toContain('more than 4 levels');
  });

  it('come in pages, the newest first', async () => {
    const { stripe } = newShop(sandbox.current);
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) ids.unshift((await stripe.customers.create()).id);
    const first = await stripe.customers.list({ limit: 2 });
    expect([first.data.map((each) => each.id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const rest = await stripe.customers.list({ limit: 3, starting_after: ids[1] ?? '' });
    expect([rest.data.map((each) => each.id), rest.has_more]).toEqual([ids.slice(2), false]);
    const before = await stripe.customers.list({ limit: 2, ending_before: ids[3] ?? '' });
    expect([before.data.map((each) => each.id), before.has_more]).toEqual([ids.slice(1, 3), true]);
    const all: string[] = [];
    for await (const each of stripe.customers.list({ limit: 2 })) all.push(each.id);
    expect(all).toEqual(ids);
    const now = Math.floor(sandbox.current.control.now().getTime() / 1000);
    expect((await stripe.customers.list({ created: { gt: now + 1 } })).data).toEqual([]);
    expect((await stripe.customers.list({ created: { gte: now - 60, lte: now } })).data).toHaveLength(5);
    expect(await refusalOf(stripe.customers.list({ limit: 101 }))).toMatchObject({ param: 'limit' });
    expect(await refusalOf(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'starting_after',
    });
  });
});

describe('a customer', () => {
  it('is changed and deleted, with events that say how', async () => {
    const { stripe } = newShop(sandbox.current);
    const made = await stripe.customers.create({ name: 'Ada', email: 'ada@example.com', metadata: { a: '1' } });
    await stripe.customers.update(made.id, { name: 'Ada L.', metadata: { a: '2' } });
    const [event] = (await stripe.events.list({ type: 'customer.updated' })).data;
    expect(event?.data.previous_attributes).toEqual({ name: 'Ada', metadata: { a: '1' } });
    expect(event?.data.object).toMatchObject({ name: 'Ada L.', email: 'ada@example.com' });
    expect(await stripe.customers.del(made.id)).toEqual(expect.objectContaining({ id: made.id, deleted: true }));
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ deleted: true });
    expect(await refusalOf(stripe.customers.update(made.id, { name: 'x' }))).toMatchObject({ statusCode: 404 });
    expect((await stripe.customers.list()).data).toEqual([]);
  });
});
