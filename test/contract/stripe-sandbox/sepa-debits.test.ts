import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { chargeOf, eventTypes, newShop, refusalOf, useSandbox } from './sandbox.js';
import { AGREED, charge, DEBIT, setUp } from './sepa.js';

const sandbox = useSandbox();
const DAY = 86_400;

/** The next turn of the sandbox: what is due by then has happened. */
function pass(seconds: number): void {
  sandbox.current.control.advanceClock({ seconds });
}

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
