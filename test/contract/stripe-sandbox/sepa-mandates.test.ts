import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { chargeOf, newShop, refusalOf, saved, sdk, useSandbox } from './sandbox.js';
import { AGREED, charge, DEBIT, setUp, tell } from './sepa.js';

const sandbox = useSandbox();

/** The next turn of the sandbox: what is due by then has happened. */
function pass(seconds: number): void {
  sandbox.current.control.advanceClock({ seconds });
}

describe('a bank account', () => {
  it('is made of an IBAN, a name and an e-mail address', async () => {
    const { stripe } = newShop(sandbox.current);
    const owner = { name: 'Ada Lovelace', email: 'ada@shop.example' };
    const iban = 'DE89 3704 0044 0532 0130 00';
    const make = (account: string, billing_details: object = owner) =>
      stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit: { iban: account }, billing_details });
    const method = await make(iban);
    expect(method).toMatchObject({
      type: 'sepa_debit',
      sepa_debit: { bank_code: '37040044', branch_code: '', country: 'DE', last4: '3000' },
      billing_details: owner,
    });
    expect(method.card).toBeUndefined();
    expect((await make(iban)).sepa_debit?.fingerprint).toBe(method.sepa_debit?.fingerprint);
    expect((await make('FR1420041010050500013M02606')).sepa_debit).toMatchObject({
      bank_code: '20041',
      branch_code: '01005',
    });
    expect(await refusalOf(make(iban, { email: owner.email }))).toMatchObject({
      code: 'parameter_missing',
      param: 'billing_details[name]',
    });
    expect(await refusalOf(make(iban, { name: owner.name }))).toMatchObject({ param: 'billing_details[email]' });
    for (const wrong of ['DE88370400440532013000', 'DE8937040044053201300', 'US89370400440532013000', 'x']) {
      expect(await refusalOf(make(wrong))).toMatchObject({
        statusCode: 400,
        code: 'invalid_bank_account_iban',
        param: 'sepa_debit[iban]',
      });
    }
    expect(await refusalOf(make('DE18370400440000066666'))).toMatchObject({ code: 'sepa_unsupported_account' });
  });

  it('is taken only where the account has debits', async () => {
    const { stripe } = newShop(sandbox.current, { features: { sepa_debit: false } });
    const sepa_debit = { iban: 'DE89370400440532013000' };
    const billing_details = { name: 'Ada', email: 'a@shop.example' };
    expect(
      await refusalOf(stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit, billing_details })),
    ).toMatchObject({ code: 'payment_method_unactivated' });
    expect(await refusalOf(stripe.paymentIntents.create(DEBIT))).toMatchObject({
      message: expect.stringContaining('sepa_debit is invalid'),
    });
  });
});

describe('a mandate', () => {
  it('is given with a setup, and covers every later debit', async () => {
    const shop = newShop(sandbox.current);
    const account = await setUp(shop);
    expect(account.setup).toMatchObject({ status: 'succeeded', payment_method_types: ['sepa_debit'] });
    const mandate = await shop.stripe.mandates.retrieve(account.mandate);
    expect(mandate).toMatchObject({
      status: 'active',
      type: 'multi_use',
      payment_method: account.payment_method,
      customer_acceptance: { type: 'online', online: { ip_address: '192.0.2.7' } },
      payment_method_details: {
        type: 'sepa_debit',
        sepa_debit: { reference: expect.stringMatching(/^[A-Z0-9]{16}$/) },
      },
    });
    const page = await fetch(mandate.payment_method_details.sepa_debit?.url ?? '');
    expect(await page.text()).toContain(mandate.payment_method_details.sepa_debit?.reference);
    const paid = await charge(shop, account);
    expect((await chargeOf(shop.stripe, paid)).payment_method_details?.sepa_debit?.mandate).toBe(account.mandate);
    const { mandate_data: _agreed, ...bare } = { ...DEBIT, customer: account.customer };
    const named = await shop.stripe.paymentIntents.create({
      ...bare,
      payment_method: account.payment_method,
      mandate: account.mandate,
    });
    expect(named.status).toBe('processing');
  });

  it('is needed at first, and named or found later', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const { mandate_data: _agreed, ...bare } = DEBIT;
    expect(await refusalOf(stripe.paymentIntents.create(bare))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('requires a mandate, but no existing mandate was found'),
    });
    const keeping = { ...bare, setup_future_usage: 'off_session' as const };
    expect(await refusalOf(stripe.paymentIntents.create(keeping))).toMatchObject({
      message: expect.stringContaining('`setup_future_usage` value of off_session, `mandate_data` is required'),
    });
    const setup = { payment_method: 'pm_success_de', allowed_payment_method_types: ['sepa_debit'], confirm: true };
    expect(await refusalOf(stripe.setupIntents.create(setup))).toMatchObject({
      message: expect.stringContaining('This SetupIntent requires a mandate'),
    });
    const bad = { customer_acceptance: { type: 'online' as const, online: { ip_address: '192.0.2.7' } } };
    expect(
      await refusalOf(stripe.paymentIntents.create({ ...bare, mandate_data: bad } as Stripe.PaymentIntentCreateParams)),
    ).toMatchObject({ param: 'mandate_data[customer_acceptance][online][user_agent]' });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    expect((await stripe.setupIntents.list()).data).toEqual([]);

    const one = await stripe.paymentIntents.create(DEBIT);
    const { payment_method_details: details } = await chargeOf(stripe, one);
    const single = await stripe.mandates.retrieve(details?.sepa_debit?.mandate ?? '');
    expect(single).toMatchObject({ type: 'single_use', single_use: { amount: 2500, currency: 'eur' } });

    const { id: customer } = await stripe.customers.create();
    const offline = { customer_acceptance: { type: 'offline' as const } };
    const first = await stripe.paymentIntents.create({ ...keeping, customer, mandate_data: offline });
    const account = { customer, payment_method: String(first.payment_method) };
    expect(await stripe.paymentMethods.retrieve(account.payment_method)).toMatchObject({ customer });
    expect(await charge(shop, account)).toMatchObject({ status: 'processing' });
  });

  it('may be taken back, and ends with its payment method', async () => {
    const shop = newShop(sandbox.current);
    const account = await setUp(shop);
    sandbox.current.control.revokeMandate(account.mandate);
    expect(await refusalOf(charge(shop, account))).toMatchObject({
      message: expect.stringContaining('no existing mandate was found'),
    });
    const named = { ...DEBIT, customer: account.customer, payment_method: account.payment_method };
    const { mandate_data: _agreed, ...bare } = named;
    expect(await refusalOf(shop.stripe.paymentIntents.create({ ...bare, mandate: account.mandate }))).toMatchObject({
      code: 'payment_intent_mandate_invalid',
    });

    const other = await setUp(shop);
    await shop.stripe.paymentMethods.detach(other.payment_method);
    expect(await shop.stripe.mandates.retrieve(other.mandate)).toMatchObject({ status: 'inactive' });
    expect(await refusalOf(charge(shop, other))).toMatchObject({ code: 'payment_method_unexpected_state' });
  });

  it('begins with a prefix of the merchant', async () => {
    const { stripe } = newShop(sandbox.current);
    const prefixed = (reference_prefix: string) =>
      stripe.setupIntents.create({
        payment_method: 'pm_success_de',
        allowed_payment_method_types: ['sepa_debit'],
        payment_method_options: { sepa_debit: { mandate_options: { reference_prefix } } },
        mandate_data: AGREED,
        confirm: true,
        expand: ['mandate'],
      });
    const { mandate } = await prefixed('QUIT-');
    const { payment_method_details: details } = mandate as Stripe.Mandate;
    expect(details.sepa_debit?.reference).toMatch(/^QUIT-.{19}$/);
    expect(await refusalOf(prefixed('stripe'))).toMatchObject({ code: 'invalid_mandate_reference_prefix_format' });
  });

  it('is given in a browser, which Stripe knows by itself', async () => {
    const shop = newShop(sandbox.current);
    const intent = await shop.stripe.setupIntents.create({ allowed_payment_method_types: ['sepa_debit'] });
    const params = {
      client_secret: intent.client_secret,
      payment_method: 'pm_success_de',
      mandate_data: { customer_acceptance: { type: 'online', online: { infer_from_client: true } } },
    };
    const browser = sdk(sandbox.current, shop.publishableKey);
    const done = await browser.setupIntents.confirm(intent.id, params as unknown as Stripe.SetupIntentConfirmParams);
    expect(done).toMatchObject({ status: 'succeeded' });
    expect(done).not.toHaveProperty('metadata');
  });
});

describe('the control port', () => {
  it('orders debits and mandates too', async () => {
    const shop = newShop(sandbox.current);
    const account = await setUp(shop);
    expect(await tell(sandbox.current, `/accounts/${shop.accountId}/debit-delay`, { seconds: 600 })).toEqual({
      done: true,
    });
    const sent = await charge(shop, account);
    pass(60);
    expect(await shop.stripe.paymentIntents.retrieve(sent.id)).toMatchObject({ status: 'processing' });
    expect(await tell(sandbox.current, `/payment_intents/${sent.id}/debit`, {})).toEqual({ done: true });
    expect(await shop.stripe.paymentIntents.retrieve(sent.id)).toMatchObject({ status: 'succeeded' });
    expect(await tell(sandbox.current, `/accounts/${shop.accountId}/debit-delay`, { seconds: null })).toEqual({
      done: true,
    });
    expect(await tell(sandbox.current, `/mandates/${account.mandate}/revoke`, {})).toMatchObject({
      status: 'inactive',
    });
  });

  it('does not know a card that is saved for a debit', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_visa');
    expect(await refusalOf(charge(shop, card))).toMatchObject({
      code: 'payment_intent_incompatible_payment_method',
    });
  });
});
