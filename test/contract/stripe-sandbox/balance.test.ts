import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { chargeOf, eventTypes, HOLD, newShop, refusalOf, SALE, type Shop, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const control = () => sandbox.current.control;

async function movements({ stripe }: Shop, params: Stripe.BalanceTransactionListParams = {}) {
  return (await stripe.balanceTransactions.list({ limit: 100, ...params })).data;
}

describe('the balance transactions', () => {
  it('are one for each capture, refund and dispute, the newest first', async () => {
    const shop = newShop(sandbox.current);
    const { stripe } = shop;
    const held = await stripe.paymentIntents.create({
      ...HOLD,
      payment_method_options: { card: { request_multicapture: 'if_available' } },
    });
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, final_capture: false });
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 500 });
    const charge = await chargeOf(stripe, held);
    expect((await movements(shop, { source: charge.id })).map(({ amount, fee }) => [amount, fee])).toEqual([
      [500, 45],
      [300, 39],
    ]);
    const refund = await stripe.refunds.create({ charge: charge.id, amount: 100 });
    const dispute = control().createDispute(charge.id);
    control().resolveDispute(dispute.id, 'won');
    const all = await movements(shop, { expand: ['data.source'] });
    expect(all.map(({ type, reporting_category, net }) => [type, reporting_category, net])).toEqual([
      ['adjustment', 'dispute_reversal', 700],
      ['adjustment', 'dispute', -2200],
      ['refund', 'refund', -100],
      ['charge', 'charge', 455],
      ['charge', 'charge', 261],
    ]);
    expect(all.map(({ source }) => (source as { id: string; object: string }).object)).toEqual([
      'dispute',
      'dispute',
      'refund',
      'charge',
      'charge',
    ]);
    expect(all[2]?.source).toMatchObject({ id: refund.id });
    const [newest, second] = all;
    const ids = (params: Stripe.BalanceTransactionListParams) =>
      movements(shop, params).then((each) => each.map(({ id }) => id));
    expect(await ids({ starting_after: newest?.id ?? '', limit: 1 })).toEqual([second?.id]);
    expect(await ids({ ending_before: second?.id ?? '' })).toEqual([newest?.id]);
    expect(await ids({ type: 'adjustment' })).toEqual([newest?.id, second?.id]);
    expect(await ids({ currency: 'EUR' })).toEqual([]);
    expect(await ids({ created: { gte: newest?.created ?? 0, lte: newest?.created ?? 0 } })).toContain(newest?.id);
    expect(await ids({ created: { lte: (all.at(-1)?.created ?? 0) - 1 } })).toEqual([]);
    expect(await refusalOf(movements(shop, { payout: 'po_none' }))).toMatchObject({
      message: "No such payout: 'po_none'",
    });
  });

  it('bring a failed refund back', async () => {
    const shop = newShop(sandbox.current);
    const paid = await shop.stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_refundFail' });
    const refund = await shop.stripe.refunds.create({ payment_intent: paid.id });
    control().advanceClock({ seconds: 301 });
    expect(await movements(shop, { source: refund.id })).toMatchObject([
      { type: 'refund_failure', reporting_category: 'refund_failure', amount: 1000 },
      { type: 'refund', amount: -1000 },
    ]);
  });

  it('may show a partial capture as the whole and its reversal', async () => {
    const shop = newShop(sandbox.current);
    const capture = async () => {
      const { id } = await shop.stripe.paymentIntents.create(HOLD);
      await shop.stripe.paymentIntents.capture(id, { amount_to_capture: 700 });
    };
    await capture();
    control().setPartialCaptureReversals(shop.accountId, true);
    await capture();
    const all = await movements(shop, { expand: ['data.source'] });
    expect(all.map(({ reporting_category, amount, fee, type }) => [type, reporting_category, amount, fee])).toEqual([
      ['refund', 'partial_capture_reversal', -300, 0],
      ['charge', 'charge', 1000, 50],
      ['charge', 'charge', 700, 50],
    ]);
    expect(all[0]?.source).toMatchObject({ object: 'refund', balance_transaction: all[0]?.id });
  });

  it.each(['isk', 'ugx'])('are whole hundreds of %s, which has no minor unit', async (currency) => {
    const shop = newShop(sandbox.current);
    const sale = { ...SALE, amount: 55_000, currency };
    const paid = await shop.stripe.paymentIntents.create(sale);
    control().createDispute((await chargeOf(shop.stripe, paid)).id);
    control().setSettlement(shop.accountId, { currency, rates: { eur: 142.37 } });
    await shop.stripe.paymentIntents.create({ ...SALE, amount: 1001, currency: 'eur' });
    expect((await movements(shop)).map(({ amount, fee, net }) => [amount, fee, net])).toEqual([
      [142_500, 4200, 138_300],
      [-55_000, 1500, -56_500],
      [55_000, 1600, 53_400],
    ]);
  });

  it('may be of something else', async () => {
    const shop = newShop(sandbox.current);
    control().bookMovement(shop.accountId, { type: 'stripe_fee', amount: -200, currency: 'usd', description: 'Radar' });
    control().bookMovement(shop.accountId, { type: 'adjustment', amount: 50, currency: 'usd' });
    expect(await movements(shop)).toMatchObject([
      { type: 'adjustment', reporting_category: 'other_adjustment', net: 50, source: null },
      { type: 'stripe_fee', reporting_category: 'fee', net: -200, source: null, description: 'Radar' },
    ]);
    expect((await shop.stripe.balance.retrieve()).available).toMatchObject([{ amount: -150, currency: 'usd' }]);
  });

  it('may be late: then the charge has none at first, and says when it has', async () => {
    const shop = newShop(sandbox.current);
    const { stripe, accountId } = shop;
    control().setMovementDelay(accountId, 60);
    const paid = await stripe.paymentIntents.create(SALE);
    expect(await chargeOf(stripe, paid)).toMatchObject({ balance_transaction: null, captured: true });
    expect(await movements(shop)).toEqual([]);
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 0, currency: 'usd' }]);
    control().advanceClock({ seconds: 60 });
    const charge = await chargeOf(stripe, paid);
    expect(await movements(shop, { source: charge.id })).toMatchObject([
      { id: charge.balance_transaction, net: 941, created: paid.created + 60 },
    ]);
    const [event] = (await stripe.events.list({ type: 'charge.updated' })).data;
    expect(event?.data).toMatchObject({
      object: { id: charge.id, balance_transaction: charge.balance_transaction },
      previous_attributes: { balance_transaction: null },
    });
    control().setMovementDelay(accountId, null);
    expect((await chargeOf(stripe, await stripe.paymentIntents.create(SALE))).balance_transaction).not.toBeNull();
    expect((await eventTypes(stripe)).filter((type) => type === 'charge.updated')).toHaveLength(1);
  });
});

describe('an account that is paid in another currency', () => {
  it('has everything exchanged, fees included', async () => {
    const shop = newShop(sandbox.current);
    const { stripe, accountId } = shop;
    control().setSettlement(accountId, { currency: 'eur', rates: { usd: 0.91234567, jpy: 0.0061 } });
    const dollars = await chargeOf(stripe, await stripe.paymentIntents.create({ ...SALE, amount: 1099 }));
    await stripe.paymentIntents.create({ ...SALE, amount: 1000, currency: 'jpy' });
    await stripe.paymentIntents.create({ ...SALE, amount: 1000, currency: 'eur' });
    await stripe.paymentIntents.create({ ...SALE, amount: 1000, currency: 'gbp' });
    const facts = ({ currency, amount, exchange_rate, fee }: Stripe.BalanceTransaction) => [
      currency,
      amount,
      exchange_rate,
      fee,
    ];
    expect((await movements(shop)).map(facts)).toEqual([
      ['gbp', 1000, null, 59],
      ['eur', 1000, null, 59],
      ['eur', 610, 0.61, 48],
      ['eur', 1003, 0.912346, 59],
    ]);
    control().setSettlement(accountId, { currency: 'eur', rates: { usd: 0.95 } });
    const refund = await stripe.refunds.create({ charge: dollars.id, amount: 99 });
    expect(refund).toMatchObject({ amount: 99, currency: 'usd' });
    const dispute = control().createDispute(dollars.id);
    expect(dispute).toMatchObject({ amount: 1000, currency: 'usd' });
    expect((await movements(shop)).slice(0, 2).map(facts)).toEqual([
      ['eur', -950, 0.95, 1500],
      ['eur', -94, 0.95, 0],
    ]);
    const shown = await stripe.disputes.retrieve(dispute.id);
    expect(shown.balance_transactions).toMatchObject([{ currency: 'eur', fee: 1500, net: -2450 }]);
    expect((await stripe.accounts.retrieveCurrent()).default_currency).toBe('eur');
    const [fee] = (await movements(shop, { source: dollars.id })).flatMap(({ fee_details }) => fee_details);
    expect(fee).toMatchObject({ amount: 59, currency: 'eur' });
  });

  it('is paid out in it', async () => {
    const shop = newShop(sandbox.current);
    control().setSettlement(shop.accountId, { currency: 'eur', rates: { usd: 0.5 } });
    await shop.stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_bypassPending' });
    expect(control().payOut(shop.accountId)).toMatchObject([{ currency: 'eur', amount: 455 }]);
  });

  it('needs rates that are rates', () => {
    const { accountId } = newShop(sandbox.current);
    expect(() => control().setSettlement(accountId, { currency: 'eur', rates: { usd: 0 } })).toThrow('usd');
    expect(() => control().setSettlement(accountId, { currency: 'xxx', rates: {} })).toThrow('Invalid currency: xxx');
  });
});
