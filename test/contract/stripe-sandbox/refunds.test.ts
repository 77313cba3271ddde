import { describe, expect, it } from '@jest/globals';
import { chargeOf, eventTypes, HOLD, newShop, refusalOf, SALE, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

describe('a refund', () => {
  it('is made in parts until nothing is left', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create(SALE);
    const refund = await stripe.refunds.create({
      payment_intent: paid.id,
      amount: 300,
      reason: 'requested_by_customer',
      metadata: { why: 'late' },
      expand: ['balance_transaction', 'charge'],
    });
    expect(refund).toMatchObject({
      status: 'succeeded',
      amount: 300,
      reason: 'requested_by_customer',
      metadata: { why: 'late' },
      balance_transaction: { amount: -300, fee: 0, type: 'refund' },
      charge: { amount_refunded: 300, refunded: false },
    });
    const rest = await stripe.refunds.create({ charge: String(paid.latest_charge) });
    expect(rest.amount).toBe(700);
    expect(await chargeOf(stripe, paid)).toMatchObject({ refunded: true, amount_refunded: 1000 });
    expect((await eventTypes(stripe)).slice(3)).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.created',
      'charge.refunded',
    ]);
    expect(await refusalOf(stripe.refunds.create({ payment_intent: paid.id }))).toMatchObject({
      code: 'charge_already_refunded',
      message: `Charge ${paid.latest_charge} has already been refunded.`,
      statusCode: 400,
    });
    expect((await stripe.refunds.list({ charge: String(paid.latest_charge) })).data).toHaveLength(2);
  });

  it('cannot exceed what is left', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create(SALE);
    await stripe.refunds.create({ payment_intent: paid.id, amount: 100 });
    const error = await refusalOf(stripe.refunds.create({ payment_intent: paid.id, amount: 901 }));
    expect(error).toMatchObject({
      type: 'StripeInvalidRequestError',
      param: 'amount',
      message: 'Refund amount ($9.01) is greater than unrefunded amount on charge ($9.00)',
    });
    expect(error.code).toBeUndefined();
  });

  it('needs a payment to refund and a known reason', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create(HOLD);
    expect(await refusalOf(stripe.refunds.create({ payment_intent: held.id }))).toMatchObject({
      message: `This PaymentIntent (${held.id}) does not have a successful charge to refund.`,
    });
    expect(await refusalOf(stripe.refunds.create({ charge: String(held.latest_charge) }))).toMatchObject({
      code: 'charge_not_refundable',
    });
    expect(await refusalOf(stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
    expect(await refusalOf(stripe.refunds.create({ charge: 'ch_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'charge',
      statusCode: 400,
    });
    const odd = await refusalOf(stripe.refunds.create({ payment_intent: held.id, reason: 'whim' }));
    expect(odd).toMatchObject({ param: 'reason', statusCode: 400 });
  });

  it('can be pending for a while', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_pendingRefund' });
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    sandbox.current.control.advanceClock({ seconds: 600 });
    const settled = await stripe.refunds.retrieve(refund.id);
    expect(settled.status).toBe('succeeded');
    expect(settled.pending_reason).toBeUndefined();
    expect((await eventTypes(stripe)).slice(-2)).toEqual(['refund.updated', 'charge.refund.updated']);
  });

  it('can fail later, and the money comes back', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_refundFail' });
    const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 400 });
    expect(refund.status).toBe('succeeded');
    sandbox.current.control.advanceClock({ seconds: 600 });
    const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] });
    expect(failed).toMatchObject({
      status: 'failed',
      failure_reason: 'unknown',
      failure_balance_transaction: { amount: 400, type: 'refund_failure' },
    });
    expect(await chargeOf(stripe, paid)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect((await eventTypes(stripe)).slice(-3)).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed']);
    const again = await stripe.refunds.create({ payment_intent: paid.id });
    expect(again.amount).toBe(1000);
  });

  it('takes new metadata and is not canceled on cards', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create(SALE);
    const refund = await stripe.refunds.create({ payment_intent: paid.id, metadata: { a: '1', b: '2' } });
    const updated = await stripe.refunds.update(refund.id, { metadata: { a: '', c: '3' } });
    expect(updated.metadata).toEqual({ b: '2', c: '3' });
    expect(await refusalOf(stripe.refunds.cancel(refund.id))).toMatchObject({ statusCode: 400 });
  });
});

describe('a dispute', () => {
  it('comes by itself with its test card and takes the money', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_createDispute' });
    const [dispute] = (await stripe.disputes.list({ payment_intent: paid.id })).data;
    expect(dispute).toMatchObject({
      reason: 'fraudulent',
      status: 'needs_response',
      amount: 1000,
      balance_transactions: [{ amount: -1000, fee: 1500, net: -2500 }],
    });
    expect(await chargeOf(stripe, paid)).toMatchObject({ disputed: true });
    expect(await refusalOf(stripe.refunds.create({ payment_intent: paid.id }))).toMatchObject({
      code: 'charge_disputed',
      message: expect.stringContaining('has been charged back; cannot issue a refund.'),
    });
    expect((await eventTypes(stripe)).slice(3)).toEqual([
      'charge.dispute.created',
      'charge.updated',
      'charge.dispute.funds_withdrawn',
    ]);
  });

  it('comes with the capture of a hold too, and on demand', async () => {
    const { stripe } = newShop(sandbox.current);
    const held = await stripe.paymentIntents.create({ ...HOLD, payment_method: 'pm_card_createDispute' });
    expect((await stripe.disputes.list()).data).toEqual([]);
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 600 });
    expect((await stripe.disputes.list()).data).toMatchObject([{ amount: 600 }]);
    const paid = await stripe.paymentIntents.create(SALE);
    const made = sandbox.current.control.createDispute(String(paid.latest_charge), 'duplicate');
    expect(await stripe.disputes.retrieve(made.id)).toMatchObject({ reason: 'duplicate', charge: paid.latest_charge });
  });

  it('is won, which brings the money back and allows refunds again', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create(SALE);
    const { id } = sandbox.current.control.createDispute(String(paid.latest_charge));
    const answered = await stripe.disputes.update(id, { evidence: { product_description: 'a book' } });
    expect(answered).toMatchObject({ status: 'under_review', evidence: { product_description: 'a book' } });
    sandbox.current.control.resolveDispute(id, 'won');
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'won' });
    expect((await eventTypes(stripe)).slice(-3)).toEqual([
      'charge.dispute.updated',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ]);
    expect(await stripe.refunds.create({ payment_intent: paid.id })).toMatchObject({ status: 'succeeded' });
  });

  it('is lost when it is closed', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create(SALE);
    const { id } = sandbox.current.control.createDispute(String(paid.latest_charge));
    expect(await stripe.disputes.close(id)).toMatchObject({ status: 'lost' });
    expect(await refusalOf(stripe.disputes.close(id))).toMatchObject({ statusCode: 400 });
  });
});

describe('balance transactions', () => {
  it('become available after two days', async () => {
    const { stripe } = newShop(sandbox.current);
    const paid = await stripe.paymentIntents.create({ ...SALE, expand: ['latest_charge.balance_transaction'] });
    const [transaction] = (await stripe.balanceTransactions.list({ type: 'charge' })).data;
    expect(transaction).toMatchObject({ status: 'pending', source: expect.stringMatching(/^ch_/) });
    expect((transaction?.available_on ?? 0) - (transaction?.created ?? 0)).toBe(2 * 86_400);
    sandbox.current.control.advanceClock({ seconds: 2 * 86_400 + 5 });
    expect(await stripe.balanceTransactions.retrieve(transaction?.id ?? '')).toMatchObject({ status: 'available' });
    expect((await stripe.balance.retrieve()).available).toMatchObject([{ amount: 941, currency: 'usd' }]);
    expect(paid.status).toBe('succeeded');
  });
});
