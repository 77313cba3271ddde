import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { HOLD, newShop, refusalOf, SALE, sdk, useSandbox } from './sandbox.js';

const sandbox = useSandbox({ seed: 7 });
const control = () => sandbox.current.control;
const once = (key: string) => ({ idempotencyKey: key });

describe('an idempotency key', () => {
  it('runs a request once and answers the same again', async () => {
    const { stripe } = newShop(sandbox.current);
    const first = await stripe.paymentIntents.create(SALE, once('k'));
    const again = await stripe.paymentIntents.create(SALE, once('k'));
    expect(again).toEqual(first);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(again.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true', 'idempotency-key': 'k' });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
    const [event] = (await stripe.events.list({ type: 'charge.succeeded' })).data;
    expect(event?.request).toEqual({ id: expect.stringMatching(/^req_/), idempotency_key: 'k' });
  });

  it('is for one request only', async () => {
    const { stripe } = newShop(sandbox.current);
    await stripe.paymentIntents.create(HOLD, once('k'));
    const other = await refusalOf(stripe.paymentIntents.create({ ...HOLD, amount: 2000 }, once('k')));
    expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(other).toMatchObject({ statusCode: 400, message: expect.stringContaining('with the same parameters') });
    const elsewhere = await refusalOf(stripe.customers.create({}, once('k')));
    expect(elsewhere.message).toContain("'/v1/customers' vs '/v1/payment_intents'");
    const stranger = newShop(sandbox.current);
    expect(await stranger.stripe.paymentIntents.create({ ...HOLD, amount: 2000 }, once('k'))).toBeDefined();
  });

  it('is forgotten after a day', async () => {
    const { stripe } = newShop(sandbox.current);
    const first = await stripe.customers.create({}, once('k'));
    control().advanceClock({ seconds: 24 * 3600 + 1 });
    expect((await stripe.customers.create({}, once('k'))).id).not.toBe(first.id);
  });

  it('keeps declines and refusals, but not what never began', async () => {
    const { stripe } = newShop(sandbox.current);
    const declining = { ...SALE, payment_method: 'pm_card_chargeDeclined' };
    const first = await refusalOf(stripe.paymentIntents.create(declining, once('declined')));
    const again = await refusalOf(stripe.paymentIntents.create(declining, once('declined')));
    expect(again.charge).toBe(first.charge);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    const wrong = { ...SALE, amount: -1 };
    await refusalOf(stripe.paymentIntents.create(wrong, once('wrong')));
    expect(await stripe.paymentIntents.create(SALE, once('wrong'))).toMatchObject({ status: 'succeeded' });
  });

  it('is in use while the first request still runs', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    control().addFault({ kind: 'slow', delayMs: 150, count: 1, accountId });
    const slow = stripe.customers.create({}, once('k'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const error = await refusalOf(stripe.customers.create({}, once('k')));
    expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    expect(error.headers).toMatchObject({ 'stripe-should-retry': 'true' });
    const made = await slow;
    expect((await stripe.customers.create({}, once('k'))).id).toBe(made.id);
  });
});

describe('a fault', () => {
  it.each(['reset_before', 'timeout_before', 'error_500_before', 'error_503'] as const)(
    '%s leaves nothing done, and the key free',
    async (kind) => {
      const { secretKey, accountId } = newShop(sandbox.current);
      const stripe = sdk(sandbox.current, secretKey, { timeout: 200 });
      // The SDK tries once more by itself after a reset, even when told not to retry.
      const count = kind === 'reset_before' ? 2 : 1;
      control().addFault({ kind, method: 'post', path: '^/v1/payment_intents$', count, accountId });
      const error = await refusalOf(stripe.paymentIntents.create(SALE, once('k')));
      expect(error.type).toMatch(/^Stripe(ConnectionError|APIError)$/);
      expect((await stripe.paymentIntents.list()).data).toEqual([]);
      expect(await stripe.paymentIntents.create(SALE, once('k'))).toMatchObject({ status: 'succeeded' });
    },
  );

  it.each(['reset_after', 'timeout_after'] as const)('%s leaves it done, and the key tells', async (kind) => {
    const { secretKey, accountId } = newShop(sandbox.current);
    const stripe = sdk(sandbox.current, secretKey, { timeout: 200 });
    control().addFault({ kind, method: 'POST', count: kind === 'reset_after' ? 2 : 1, accountId });
    expect(await refusalOf(stripe.paymentIntents.create(SALE, once('k')))).toMatchObject({
      type: 'StripeConnectionError',
    });
    const told = await stripe.paymentIntents.create(SALE, once('k'));
    expect(told.status).toBe('succeeded');
    expect((await stripe.paymentIntents.list()).data.map((each) => each.id)).toEqual([told.id]);
  });

  it('error_500_after leaves it done, and the key keeps the error', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    control().addFault({ kind: 'error_500_after', count: 1, accountId });
    for (let tried = 0; tried < 2; tried += 1) {
      expect(await refusalOf(stripe.paymentIntents.create(SALE, once('k')))).toMatchObject({
        type: 'StripeAPIError',
        statusCode: 500,
      });
    }
    expect((await stripe.paymentIntents.list()).data).toMatchObject([{ status: 'succeeded' }]);
  });

  it('rate_limited and the limit itself answer 429', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    control().addFault({ kind: 'rate_limited', count: 1, accountId });
    expect(await refusalOf(stripe.customers.list())).toMatchObject({
      type: 'StripeRateLimitError',
      code: 'rate_limit',
    });
    control().setRateLimit({ perSecond: 3, accountId });
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => stripe.customers.list()));
    expect(tries.filter((each) => each.status === 'rejected').length).toBeGreaterThanOrEqual(4);
    control().setRateLimit({ perSecond: null, accountId });
    expect(await stripe.customers.list()).toMatchObject({ data: [] });
  });

  it('strikes as often as it is likely, and stops when cleared', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    control().addFault({ kind: 'error_500_before', probability: 0.5, accountId });
    const tries = await Promise.allSettled(Array.from({ length: 40 }, () => stripe.customers.list()));
    const struck = tries.filter((each) => each.status === 'rejected').length;
    expect(struck).toBeGreaterThan(8);
    expect(struck).toBeLessThan(32);
    control().clearFaults();
    expect(await stripe.customers.list()).toMatchObject({ data: [] });
  });
});

describe('the record of requests', () => {
  it('shows what was asked', async () => {
    const { stripe, accountId } = newShop(sandbox.current);
    await stripe.paymentIntents.create({ ...SALE, metadata: { order: '7' } }, once('k'));
    await refusalOf(stripe.paymentIntents.retrieve('pi_none'));
    expect(control().requests({ accountId })).toMatchObject([
      {
        method: 'POST',
        path: '/v1/payment_intents',
        params: { amount: '1000', metadata: { order: '7' } },
        idempotencyKey: 'k',
        status: 200,
      },
      { method: 'GET', path: '/v1/payment_intents/pi_none', status: 404 },
    ]);
    expect(control().requests({ accountId, method: 'GET' })).toHaveLength(1);
    expect(control().requests({ accountId, path: 'payment_intents$' })).toHaveLength(1);
    control().clearRequests();
    expect(control().requests({ accountId })).toEqual([]);
  });
});
