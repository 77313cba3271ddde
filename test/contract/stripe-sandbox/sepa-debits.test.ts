import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { chargeOf, eventTypes, newShop, refusalOf, type Shop, saved, sdk, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const AGREED = {
  customer_acceptance: { type: 'online' as const, online: { ip_address: '192.0.2.7', user_agent: 'Mozilla/5.0' } },
};
const DEBIT: Stripe.PaymentIntentCreateParams = {
  amount: 2500,
  currency: 'eur',
  allowed_payment_method_types: ['sepa_debit'],
  payment_method: 'pm_success_de',
  mandate_data: AGREED,
  confirm: true,
};
const DAY = 86_400;

/** The next turn of the sandbox: what is due by then has happened. */
function pass(seconds: number): void {
  sandbox.current.control.advanceClock({ seconds });
}

/** An account that was set up without a payment, and its mandate. */
async function setUp(shop: Shop, token = 'pm_success_de') {
  const { id: customer } = await shop.stripe.customers.create();
  const setup = await shop.stripe.setupIntents.create({
    customer,
    payment_method: token,
    allowed_payment_method_types: ['sepa_debit'],
    mandate_data: AGREED,
    confirm: true,
  });
  return { customer, payment_method: String(setup.payment_method), setup, mandate: String(setup.mandate) };
}

function charge(shop: Shop, { customer, payment_method }: { customer: string; payment_method: string }) {
  const { mandate_data: _agreed, ...rest } = DEBIT;
  return shop.stripe.paymentIntents.create({ ...rest, customer, payment_method, off_session: true });
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

describe('a debit', () => {
  it('is processing until the bank has answered, and then succeeds', async () => {
    const shop = newShop(sandbox.current);
    const sent = await shop.stripe.paymentIntents.create(DEBIT);
    expect(sent).toMatchObject({ status: 'processing', amount_received: 0, next_action: null });
    expect(sent.payment_method_options).toEqual({ sepa_debit: {} });
    const pending = await chargeOf(shop.stripe, sent);
    expect(pending).toMatchObject({
      id: expect.stringMatching(/^py_/),
      status: 'pending',
      paid: false,
      balance_transaction: null,
      payment_method_details: {
        type: 'sepa_debit',
        sepa_debit: {
          bank_code: '37040044',
          country: 'DE',
          last4: '3000',
          fingerprint: expect.any(String),
          mandate: expect.stringMatching(/^mandate_/),
          expected_debit_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        },
      },
    });
    expect(await refusalOf(shop.stripe.paymentIntents.cancel(sent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect(await refusalOf(shop.stripe.refunds.create({ payment_intent: sent.id }))).toMatchObject({
      code: 'charge_not_refundable',
    });
    pass(1);
    expect(await shop.stripe.paymentIntents.retrieve(sent.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 2500,
    });
    const paid = await shop.stripe.charges.retrieve(pending.id, { expand: ['balance_transaction'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      paid: true,
      balance_transaction: { type: 'payment', reporting_category: 'charge', amount: 2500, fee: 20 },
    });
    expect(await eventTypes(shop.stripe)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  it('takes three minutes from the accounts that are slow, and five business days from any other', async () => {
    const shop = newShop(sandbox.current);
    const slow = await shop.stripe.paymentIntents.create({ ...DEBIT, payment_method: 'pm_successDelayed_de' });
    const status = async (id: string) => (await shop.stripe.paymentIntents.retrieve(id)).status;
    pass(170);
    expect(await status(slow.id)).toBe('processing');
    pass(11);
    expect(await status(slow.id)).toBe('succeeded');

    const { payment_method: _token, ...rest } = DEBIT;
    const any = await shop.stripe.paymentIntents.create({
      ...rest,
      payment_method_data: {
        type: 'sepa_debit',
        sepa_debit: { iban: 'IT60X0542811101000000123456' },
        billing_details: { name: 'Ada', email: 'a@shop.example' },
      },
    });
    pass(4 * DAY);
    expect(await status(any.id)).toBe('processing');
    pass(3 * DAY + 1);
    expect(await status(any.id)).toBe('succeeded');

    const control = sandbox.current.control;
    control.setDebitDelay(shop.accountId, 3600);
    const ordered = await shop.stripe.paymentIntents.create(DEBIT);
    pass(3590);
    expect(await status(ordered.id)).toBe('processing');
    control.settleDebit(ordered.id);
    expect(await status(ordered.id)).toBe('succeeded');
    expect(() => control.settleDebit(ordered.id)).toThrow('succeeded');
    control.setDebitDelay(shop.accountId, null);
    await shop.stripe.paymentIntents.create(DEBIT);
    pass(1);
    expect(await eventTypes(shop.stripe)).toHaveLength(20);
  });

  const failures: Array<[token: string, code: string, seconds: number]> = [
    ['pm_failed_de', 'payment_intent_payment_attempt_failed', 1],
    ['pm_failedDelayed_fr', 'payment_intent_payment_attempt_failed', 181],
    ['pm_insufficientFunds_de', 'insufficient_funds', 1],
    ['pm_sepaDebit_exceedsWeeklyVolumeLimit_at', 'charge_exceeds_source_limit', 1],
    ['pm_exceedsWeeklyTransactionLimit_nl', 'charge_exceeds_weekly_limit', 1],
  ];
  it.each(failures)('fails: %s, %s', async (token, code, seconds) => {
    const shop = newShop(sandbox.current);
    const sent = await shop.stripe.paymentIntents.create({ ...DEBIT, payment_method: token });
    expect(sent.status).toBe('processing');
    pass(seconds);
    const failed = await shop.stripe.paymentIntents.retrieve(sent.id);
    expect(failed).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code, message: expect.any(String), payment_method: { type: 'sepa_debit' } },
    });
    expect(await chargeOf(shop.stripe, failed)).toMatchObject({
      status: 'failed',
      paid: false,
      failure_code: code,
      amount_captured: 0,
      balance_transaction: null,
    });
    expect((await eventTypes(shop.stripe)).slice(-2)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
    const again = await shop.stripe.paymentIntents.confirm(sent.id, {
      payment_method: 'pm_success_de',
      mandate_data: AGREED,
    });
    pass(1);
    expect(await shop.stripe.paymentIntents.retrieve(again.id)).toMatchObject({
      status: 'succeeded',
      last_payment_error: null,
    });
  });

  it('comes back for good when it is disputed', async () => {
    const shop = newShop(sandbox.current);
    const sent = await shop.stripe.paymentIntents.create({ ...DEBIT, payment_method: 'pm_disputed_de' });
    pass(1);
    expect(await shop.stripe.paymentIntents.retrieve(sent.id)).toMatchObject({ status: 'succeeded' });
    const [dispute] = (await shop.stripe.disputes.list({ payment_intent: sent.id })).data;
    expect(dispute).toMatchObject({
      status: 'lost',
      amount: 2500,
      reason: 'debit_not_authorized',
      is_charge_refundable: false,
      balance_transactions: [{ amount: -2500, reporting_category: 'dispute' }],
    });
    expect((await eventTypes(shop.stripe)).slice(-4)).toEqual([
      'charge.dispute.created',
      'charge.updated',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ]);
    const contested = shop.stripe.disputes.update(dispute?.id ?? '', { evidence: { uncategorized_text: 'But no!' } });
    expect(await refusalOf(contested)).toMatchObject({ statusCode: 400 });
    expect(await refusalOf(shop.stripe.refunds.create({ payment_intent: sent.id }))).toMatchObject({
      code: 'charge_disputed',
    });
    const later = await shop.stripe.paymentIntents.create(DEBIT);
    pass(30 * DAY);
    const { latest_charge } = await shop.stripe.paymentIntents.retrieve(later.id);
    expect(sandbox.current.control.createDispute(String(latest_charge))).toMatchObject({ status: 'lost' });
  });

  it('is refunded some minutes later', async () => {
    const { stripe } = newShop(sandbox.current);
    const { id } = await stripe.paymentIntents.create(DEBIT);
    pass(1);
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 500, expand: ['balance_transaction'] });
    expect(refund).toMatchObject({ status: 'pending', balance_transaction: { type: 'payment_refund', amount: -500 } });
    pass(300);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' });
  });

  it('is in euro, not held, and only where it was allowed', async () => {
    const { stripe } = newShop(sandbox.current);
    const refused = async (changes: Stripe.PaymentIntentCreateParams) =>
      await refusalOf(stripe.paymentIntents.create({ ...DEBIT, ...changes } as Stripe.PaymentIntentCreateParams));
    const euro = { amount: 2500, currency: 'eur' };
    expect(await refused({ ...euro, currency: 'usd' })).toMatchObject({
      message: expect.stringContaining('support the following currencies: eur'),
    });
    expect(await refused({ ...euro, capture_method: 'manual' })).toMatchObject({ param: 'capture_method' });
    expect(await refused({ ...euro, allowed_payment_method_types: ['card'] })).toMatchObject({
      code: 'payment_intent_incompatible_payment_method',
    });
    expect(await refused({ ...euro, payment_method: 'pm_card_visa' })).toMatchObject({
      code: 'payment_intent_incompatible_payment_method',
    });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    const types = async (params: Stripe.PaymentIntentCreateParams) =>
      (await stripe.paymentIntents.create(params)).payment_method_types;
    expect(await types(euro)).toEqual(['card', 'link', 'sepa_debit']);
    expect(await types({ ...euro, currency: 'usd' })).toEqual(['card', 'link']);
    expect(await types({ ...euro, capture_method: 'manual' })).toEqual(['card', 'link']);
  });

  it('may be refused by order, and ends the mandate when the account is gone', async () => {
    const shop = newShop(sandbox.current);
    const account = await setUp(shop);
    const { control } = sandbox.current;
    control.declineFrom(account.payment_method, { code: 'insufficient_funds', times: 1 });
    const ended = async () => {
      const { id } = await charge(shop, account);
      pass(1);
      const intent = await shop.stripe.paymentIntents.retrieve(id);
      return intent.last_payment_error?.code ?? intent.status;
    };
    expect(await ended()).toBe('insufficient_funds');
    expect(await ended()).toBe('succeeded');
    control.declineFrom(account.payment_method, { code: 'account_closed' });
    expect(await ended()).toBe('account_closed');
    expect(await shop.stripe.mandates.retrieve(account.mandate)).toMatchObject({ status: 'inactive' });
    expect((await shop.stripe.events.list({ type: 'mandate.updated' })).data[0]?.data).toMatchObject({
      object: { id: account.mandate, status: 'inactive' },
      previous_attributes: { status: 'active' },
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
    const tell = async (path: string, body: object) =>
      (
        await fetch(`${sandbox.current.controlUrl}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).json();
    expect(await tell(`/accounts/${shop.accountId}/debit-delay`, { seconds: 600 })).toEqual({ done: true });
    const sent = await charge(shop, account);
    pass(60);
    expect(await shop.stripe.paymentIntents.retrieve(sent.id)).toMatchObject({ status: 'processing' });
    expect(await tell(`/payment_intents/${sent.id}/debit`, {})).toEqual({ done: true });
    expect(await shop.stripe.paymentIntents.retrieve(sent.id)).toMatchObject({ status: 'succeeded' });
    expect(await tell(`/accounts/${shop.accountId}/debit-delay`, { seconds: null })).toEqual({ done: true });
    expect(await tell(`/mandates/${account.mandate}/revoke`, {})).toMatchObject({ status: 'inactive' });
  });

  it('does not know a card that is saved for a debit', async () => {
    const shop = newShop(sandbox.current);
    const card = await saved(shop, 'pm_card_visa');
    expect(await refusalOf(charge(shop, card))).toMatchObject({
      code: 'payment_intent_incompatible_payment_method',
    });
  });
});
