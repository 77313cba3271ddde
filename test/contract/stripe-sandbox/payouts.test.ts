import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { eventTypes, newShop, refusalOf, SALE, type Shop, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const control = () => sandbox.current.control;
/** The money of this card is available at once: 1000 less a fee of 59. */
const AT_ONCE = { ...SALE, payment_method: 'pm_card_bypassPending' };

async function available({ stripe }: Shop): Promise<number | undefined> {
  return (await stripe.balance.retrieve()).available[0]?.amount;
}

async function payoutEvents({ stripe }: Shop): Promise<string[]> {
  return (await eventTypes(stripe)).filter((type) => type.startsWith('payout.'));
}

async function paidOutIn({ stripe }: Shop, payout: string): Promise<[string, number][]> {
  const list = await stripe.balanceTransactions.list({ payout, limit: 100 });
  return list.data.map(({ type, net }) => [type, net]);
}

describe('a payout by request', () => {
  it('takes what is available, and reaches the bank in time', async () => {
    const shop = newShop(sandbox.current);
    await shop.stripe.paymentIntents.create(AT_ONCE);
    const payout = await shop.stripe.payouts.create({ amount: 900, currency: 'USD', metadata: { week: '7' } });
    expect(payout).toMatchObject({
      object: 'payout',
      id: expect.stringMatching(/^po_/),
      status: 'pending',
      automatic: false,
      reconciliation_status: 'not_applicable',
      amount: 900,
      currency: 'usd',
      metadata: { week: '7' },
      method: 'standard',
      type: 'bank_account',
      failure_balance_transaction: null,
    });
    expect(payout.arrival_date % 86_400).toBe(0);
    expect(payout.arrival_date).toBeGreaterThan(payout.created);
    expect(await available(shop)).toBe(41);
    const shown = await shop.stripe.payouts.retrieve(payout.id, { expand: ['balance_transaction'] });
    expect(shown.balance_transaction).toMatchObject({
      type: 'payout',
      reporting_category: 'payout',
      amount: -900,
      fee: 0,
      net: -900,
      source: payout.id,
      status: 'available',
    });
    control().advanceClock({ seconds: 3600 });
    expect(await shop.stripe.payouts.retrieve(payout.id)).toMatchObject({ status: 'in_transit' });
    expect(await refusalOf(shop.stripe.payouts.cancel(payout.id))).toMatchObject({ statusCode: 400 });
    control().advanceClock({ seconds: 5 * 86_400 });
    expect(await shop.stripe.payouts.retrieve(payout.id)).toMatchObject({
      status: 'paid',
      trace_id: { status: 'supported' },
    });
    expect(await payoutEvents(shop)).toEqual(['payout.created', 'payout.updated', 'payout.paid']);
  });

  it('is refused for more than there is, or what is not there yet', async () => {
    const shop = newShop(sandbox.current);
    await shop.stripe.paymentIntents.create(AT_ONCE);
    await shop.stripe.paymentIntents.create(SALE);
    for (const order of [
      { amount: 942, currency: 'usd' },
      { amount: 1, currency: 'eur' },
    ]) {
      expect(await refusalOf(shop.stripe.payouts.create(order))).toMatchObject({
        statusCode: 400,
        code: 'balance_insufficient',
        message: expect.stringContaining('You have insufficient funds in your Stripe account for this transfer.'),
      });
    }
    expect(await refusalOf(shop.stripe.payouts.create({ amount: 0, currency: 'usd' }))).toMatchObject({
      param: 'amount',
    });
    expect(await payoutEvents(shop)).toEqual([]);
    expect(await available(shop)).toBe(941);
  });

  it('can be canceled while it is pending', async () => {
    const shop = newShop(sandbox.current);
    await shop.stripe.paymentIntents.create(AT_ONCE);
    const { id } = await shop.stripe.payouts.create({ amount: 941, currency: 'usd' });
    const canceled = await shop.stripe.payouts.cancel(id, { expand: ['failure_balance_transaction'] });
    expect(canceled).toMatchObject({
      status: 'canceled',
      failure_balance_transaction: { type: 'payout_cancel', amount: 941, reporting_category: 'payout_reversal' },
    });
    expect(await available(shop)).toBe(941);
    control().advanceClock({ seconds: 10 * 86_400 });
    expect(await shop.stripe.payouts.retrieve(id)).toMatchObject({ status: 'canceled' });
    expect(await refusalOf(shop.stripe.payouts.cancel(id))).toMatchObject({
      message: expect.stringContaining('status of canceled'),
    });
    expect(await payoutEvents(shop)).toEqual(['payout.created', 'payout.canceled']);
  });

  it('has no list of what it consists of', async () => {
    const shop = newShop(sandbox.current);
    await shop.stripe.paymentIntents.create(AT_ONCE);
    const { id } = await shop.stripe.payouts.create({ amount: 900, currency: 'usd' });
    expect(await refusalOf(shop.stripe.balanceTransactions.list({ payout: id }))).toMatchObject({
      statusCode: 400,
      message: 'Balance transaction history can only be filtered on automatic transfers, not manual.',
    });
  });
});

describe('an automatic payout', () => {
  it('takes all that is available, and says what it consists of once it is reconciled', async () => {
    const shop = newShop(sandbox.current);
    const { stripe, accountId } = shop;
    const paid = await stripe.paymentIntents.create(AT_ONCE);
    await stripe.paymentIntents.create(SALE);
    control().bookMovement(accountId, { type: 'stripe_fee', amount: -41, currency: 'usd', description: 'Radar' });
    const [payout, ...others] = control().payOut(accountId);
    expect(others).toEqual([]);
    expect(payout).toMatchObject({ amount: 900, automatic: true, reconciliation_status: 'in_progress' });
    const id = payout?.id ?? '';
    expect(control().payOut(accountId)).toEqual([]);
    expect(await paidOutIn(shop, id)).toEqual([]);
    control().movePayout(id, 'paid');
    expect(await paidOutIn(shop, id)).toEqual([
      ['payout', -900],
      ['stripe_fee', -41],
      ['charge', 941],
    ]);
    const { data } = await stripe.balanceTransactions.list({ payout: id, type: 'charge', expand: ['data.source'] });
    expect(data[0]?.source).toMatchObject({ object: 'charge', payment_intent: paid.id });
    expect(await available(shop)).toBe(0);
    expect(await refusalOf(stripe.payouts.cancel(id))).toMatchObject({ statusCode: 400 });
    expect(await payoutEvents(shop)).toEqual([
      'payout.created',
      'payout.updated',
      'payout.paid',
      'payout.reconciliation_completed',
    ]);
  });

  it('may fail after it was paid; the next one brings the money again', async () => {
    const shop = newShop(sandbox.current);
    await shop.stripe.paymentIntents.create(AT_ONCE);
    const id = control().payOut(shop.accountId)[0]?.id ?? '';
    control().movePayout(id, 'paid');
    const failed = control().failPayout(id, 'account_closed');
    expect(failed).toMatchObject({
      status: 'failed',
      failure_code: 'account_closed',
      failure_message: 'The bank account has been closed.',
    });
    expect(await available(shop)).toBe(941);
    expect(await paidOutIn(shop, id)).toEqual([
      ['payout', -941],
      ['charge', 941],
    ]);
    const next = control().payOut(shop.accountId)[0]?.id ?? '';
    control().movePayout(next, 'paid');
    expect(await paidOutIn(shop, next)).toEqual([
      ['payout', -941],
      ['payout_failure', 941],
    ]);
    const back = await shop.stripe.balanceTransactions.list({ type: 'payout_failure', expand: ['data.source'] });
    expect(back.data).toMatchObject([{ reporting_category: 'payout_reversal', source: { object: 'payout', id } }]);
    expect((await payoutEvents(shop)).filter((type) => type === 'payout.failed')).toHaveLength(1);
    expect(() => control().failPayout(id, 'no_account')).toThrow('has the status failed');
  });

  it('is one for each currency, and none for what is owed', async () => {
    const shop = newShop(sandbox.current);
    await shop.stripe.paymentIntents.create(AT_ONCE);
    await shop.stripe.paymentIntents.create({ ...AT_ONCE, currency: 'eur' });
    control().bookMovement(shop.accountId, { type: 'adjustment', amount: -5, currency: 'gbp' });
    const payouts = control().payOut(shop.accountId);
    expect(payouts.map(({ currency, amount }) => [currency, amount])).toEqual([
      ['usd', 941],
      ['eur', 941],
    ]);
    const owed = (await shop.stripe.balance.retrieve()).available.find(({ currency }) => currency === 'gbp');
    expect(owed?.amount).toBe(-5);
  });

  it('comes every midnight, if the account wants that', async () => {
    const shop = newShop(sandbox.current);
    control().setPayoutSchedule(shop.accountId, 'daily');
    await shop.stripe.paymentIntents.create(SALE);
    control().advanceClock({ seconds: 86_400 });
    expect((await shop.stripe.payouts.list()).data).toEqual([]);
    control().advanceClock({ seconds: 3 * 86_400 });
    const [payout, ...others] = (await shop.stripe.payouts.list()).data;
    expect(others).toEqual([]);
    expect(payout).toMatchObject({ amount: 941, automatic: true });
    expect((payout?.created ?? 1) % 86_400).toBe(0);
    control().setPayoutSchedule(shop.accountId, 'manual');
    await shop.stripe.paymentIntents.create(SALE);
    control().advanceClock({ seconds: 10 * 86_400 });
    expect((await shop.stripe.payouts.list()).data).toHaveLength(1);
  });
});

describe('payouts', () => {
  it('are listed by what they are, and are of one account', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    await stripe.paymentIntents.create(AT_ONCE);
    const [one, two] = [
      await stripe.payouts.create({ amount: 100, currency: 'usd' }),
      await stripe.payouts.create({ amount: 200, currency: 'usd' }),
    ];
    control().movePayout(one.id, 'in_transit');
    const ids = async (params: Stripe.PayoutListParams) => (await stripe.payouts.list(params)).data.map(({ id }) => id);
    expect(await ids({})).toEqual([two.id, one.id]);
    expect(await ids({ status: 'in_transit' })).toEqual([one.id]);
    expect(await ids({ arrival_date: { lt: one.created } })).toEqual([]);
    expect(await ids({ limit: 1, starting_after: two.id })).toEqual([one.id]);
    expect(await stripe.payouts.update(one.id, { metadata: { a: 'b' } })).toMatchObject({ metadata: { a: 'b' } });
    const stranger = newShop(sandbox.current);
    expect(await refusalOf(stranger.stripe.payouts.retrieve(one.id))).toMatchObject({
      statusCode: 404,
      message: `No such payout: '${one.id}'`,
    });
  });
});
