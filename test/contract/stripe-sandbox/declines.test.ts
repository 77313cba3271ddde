import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { eventTypes, newShop, refusalOf, SALE, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

describe('cards that decline', () => {
  const declines: Array<[token: string, code: string, declineCode: string]> = [
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
  ];
  it.each(declines)('%s: %s, %s', async (token, code, declineCode) => {
    const { stripe } = newShop(sandbox.current);
    const error = await refusalOf(stripe.paymentIntents.create({ ...SALE, payment_method: token }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      statusCode: 402,
      code,
      decline_code: declineCode,
      charge: expect.stringMatching(/^ch_/),
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      payment_method: { id: expect.stringMatching(/^pm_/), card: { last4: expect.any(String) } },
      payment_intent: {
        status: 'requires_payment_method',
        payment_method: null,
        latest_charge: expect.stringMatching(/^ch_/),
        last_payment_error: { code, decline_code: declineCode, type: 'card_error' },
      },
    });
    expect(await stripe.charges.retrieve(String(error.charge))).toMatchObject({
      status: 'failed',
      paid: false,
      captured: false,
      failure_code: code,
      outcome: { type: code === 'card_declined' && declineCode === 'fraudulent' ? 'blocked' : 'issuer_declined' },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
  });

  it('may be tried again with another card, on the same intent', async () => {
    const { stripe } = newShop(sandbox.current);
    const error = await refusalOf(stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_chargeDeclined' }));
    const paid = await stripe.paymentIntents.confirm(error.payment_intent?.id ?? '', {
      payment_method: 'pm_card_visa',
    });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
    const charges = await stripe.charges.list({ payment_intent: paid.id });
    expect(charges.data.map((each) => each.status)).toEqual(['succeeded', 'failed']);
  });

  it('says what to do about it', async () => {
    const { stripe } = newShop(sandbox.current);
    const lost = { ...SALE, payment_method: 'pm_card_visa_chargeDeclinedLostCard' };
    expect(await refusalOf(stripe.paymentIntents.create(lost))).toMatchObject({
      advice_code: 'do_not_try_again',
      network_decline_code: '41',
      network_advice_code: '03',
    });
    const poor = { ...SALE, payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' };
    const error = await refusalOf(stripe.paymentIntents.create(poor));
    expect(error.raw).toMatchObject({ advice_code: 'try_again_later', network_decline_code: '51' });
  });

  it('cannot be saved, except the one made for it', async () => {
    const { stripe } = newShop(sandbox.current);
    const { id: customer } = await stripe.customers.create();
    expect(await refusalOf(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }))).toMatchObject({
      type: 'StripeCardError',
      code: 'card_declined',
    });
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    const charge = { ...SALE, customer, payment_method: method.id };
    expect(await refusalOf(stripe.paymentIntents.create(charge))).toMatchObject({ code: 'card_declined' });
  });
});
