import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { HOLD, newShop, refusalOf, SALE, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

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
