import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { eventTypes, newShop, refusalOf, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const CARD: Stripe.SetupIntentCreateParams = { allowed_payment_method_types: ['card'], confirm: true };

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

  it('is made first and confirmed later, with any metadata and usage', async () => {
    const { stripe } = newShop(sandbox.current);
    const { id: customer } = await stripe.customers.create();
    const made = await stripe.setupIntents.create({
      customer,
      usage: 'on_session',
      metadata: { order: '7' },
      allowed_payment_method_types: ['card'],
      payment_method: 'pm_card_visa',
    });
    expect(made).toMatchObject({ status: 'requires_confirmation', usage: 'on_session', metadata: { order: '7' } });
    expect(await stripe.setupIntents.confirm(made.id)).toMatchObject({ status: 'succeeded', last_setup_error: null });
    const bare = await stripe.setupIntents.create({ customer });
    expect(bare).toMatchObject({
      status: 'requires_payment_method',
      payment_method_types: ['card', 'link', 'sepa_debit'],
      usage: 'off_session',
    });
    expect(await refusalOf(stripe.setupIntents.confirm(bare.id, { return_url: 'https://shop.example' }))).toMatchObject(
      {
        code: 'setup_intent_unexpected_state',
      },
    );
    expect(await refusalOf(stripe.setupIntents.confirm(bare.id, { payment_method: 'pm_card_visa' }))).toMatchObject({
      param: 'return_url',
    });
    const canceled = await stripe.setupIntents.cancel(bare.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    expect(await refusalOf(stripe.setupIntents.confirm(bare.id, { payment_method: 'pm_card_visa' }))).toMatchObject({
      code: 'setup_intent_unexpected_state',
    });
    const ids = async (params: Stripe.SetupIntentListParams) =>
      (await stripe.setupIntents.list(params)).data.map(({ id }) => id);
    expect(await ids({ customer })).toEqual([bare.id, made.id]);
    expect(await ids({ customer, created: { gt: made.created + 3600 } })).toEqual([]);
    expect(await ids({ customer: 'cus_other' })).toEqual([]);
  });

  it('is one attempt, from the challenge to its end', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    const waiting = await stripe.setupIntents.create({ ...CARD, payment_method: 'pm_card_authenticationRequired' });
    expect(waiting).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    sandbox.current.control.completeAuthentication(accountId, waiting.id, 'succeed');
    const done = await stripe.setupIntents.retrieve(waiting.id, { expand: ['latest_attempt'] });
    expect(done).toMatchObject({
      status: 'succeeded',
      next_action: null,
      latest_attempt: {
        id: waiting.latest_attempt,
        status: 'succeeded',
        payment_method_details: { card: { last4: '3184', three_d_secure: { result: 'authenticated' } } },
      },
    });
    const attempts = await stripe.setupAttempts.list({ setup_intent: waiting.id });
    expect(attempts.data.map(({ id }) => id)).toEqual([waiting.latest_attempt]);
    expect(await eventTypes(stripe)).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      'setup_intent.succeeded',
    ]);
  });

  it('that was declined may be tried again with another card', async () => {
    const { stripe } = newShop(sandbox.current);
    const error = await refusalOf(stripe.setupIntents.create({ ...CARD, payment_method: 'pm_card_chargeDeclined' }));
    expect(error).toMatchObject({ type: 'StripeCardError', code: 'card_declined', decline_code: 'generic_decline' });
    const id = error.setup_intent?.id ?? '';
    expect(await stripe.setupIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { type: 'card_error', decline_code: 'generic_decline', payment_method: { type: 'card' } },
    });
    expect(await eventTypes(stripe)).toEqual(['setup_intent.created', 'setup_intent.setup_failed']);
    expect(await stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa' })).toMatchObject({
      status: 'succeeded',
      last_setup_error: null,
    });
  });

  it('answers the same under the same key', async () => {
    const { stripe } = newShop(sandbox.current);
    const make = (usage: 'off_session' | 'on_session') =>
      stripe.setupIntents.create({ ...CARD, usage, payment_method: 'pm_card_visa' }, { idempotencyKey: 'setup' });
    const first = await make('off_session');
    expect((await make('off_session')).id).toBe(first.id);
    expect(await refusalOf(make('on_session'))).toMatchObject({ type: 'StripeIdempotencyError' });
  });

  it('that is malformed leaves nothing behind', async () => {
    const { stripe } = newShop(sandbox.current);
    const malformed: Stripe.SetupIntentCreateParams[] = [
      { ...CARD, confirm: false, return_url: 'https://shop.example' },
      { ...CARD, customer: 'cus_nobody' },
      { ...CARD, payment_method: 'pm_nothing' },
      { ...CARD, allowed_payment_method_types: ['sepa_debit'], payment_method: 'pm_card_visa' },
      { ...CARD },
    ];
    for (const params of malformed) {
      expect(await refusalOf(stripe.setupIntents.create(params))).toMatchObject({ statusCode: 400 });
    }
    expect(await eventTypes(stripe)).toEqual([]);
  });
});
