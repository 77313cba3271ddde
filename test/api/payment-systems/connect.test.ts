import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectPaymentSystem } from '../../../src/features/payment-systems/connect-payment-system.js';
import { retireWebhookEndpoints } from '../../../src/features/payment-systems/index.js';
import { rotatePaymentSystemKeys } from '../../../src/features/payment-systems/rotate-payment-system-keys.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import type { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { anOperator, asOwner } from '../../support/tenancy.js';
import { aConnectedOperator, atStripe, CONNECT, DISCONNECT, endpointsAtStripe, keysOf, ROTATE } from './accounts.js';
import { HOUR_MS, type PaymentWorld, startPaymentWorld } from './payment-world.js';

let world: PaymentWorld;
beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.close());
afterEach(() => world.sandbox.control.clearFaults());

const refusal = (code: string) => expect.objectContaining({ code });

describe('connectPaymentSystem does it', () => {
  it('checks the keys, makes one endpoint for what it processes, and shows only a hint', async () => {
    const operator = await anOperator(world);
    const stripe = world.sandbox.control.createAccount({ country: 'DE' });
    const { account } = await operator.do<{ account: Record<string, string> }>(CONNECT, keysOf(stripe));
    expect(account).toEqual({
      id: expect.stringMatching(/^psa_/),
      kind: 'STRIPE',
      mode: 'TEST',
      publishableKey: stripe.publishableKey,
      secretKeyHint: `sk_test_…${stripe.secretKey.slice(-4)}`,
      status: 'ACTIVE',
      externalAccountId: stripe.accountId,
      country: 'DE',
      webhookUrl: `${world.url}/webhooks/stripe/${account.id}`,
      polled: false,
    });
    const [endpoint, ...others] = await endpointsAtStripe(world, stripe.secretKey);
    expect(others).toEqual([]);
    expect(endpoint).toMatchObject({ url: account.webhookUrl, api_version: '2026-10-28.endive' });
    expect(endpoint?.enabled_events).toContain('payment_intent.succeeded');
    expect(endpoint?.enabled_events).not.toContain('*');
    expect(await operator.events('payment_system.connected')).toHaveLength(1);
  });

  it('lists it under its operator and finds it by its id', async () => {
    const { operator, accountId } = await aConnectedOperator(world);
    const answer = await operator.ask(
      'query ($id: ID!) { operator { paymentSystemAccounts { id status } } node(id: $id) { id } }',
      { id: accountId },
    );
    expect(answer).toEqual({
      operator: { paymentSystemAccounts: [{ id: accountId, status: 'ACTIVE' }] },
      node: { id: accountId },
    });
  });

  it('fetches events where it cannot be reached', async () => {
    const private_ = await startPaymentWorld({ canReachLocalhost: false });
    const operator = await anOperator(private_);
    const stripe = private_.sandbox.control.createAccount();
    expect(await operator.do(CONNECT, keysOf(stripe))).toMatchObject({ account: { polled: true } });
    expect(await endpointsAtStripe(private_, stripe.secretKey)).toEqual([]);
    await private_.close();
  });

  it('removes what a crash left behind at Stripe, and nothing else', async () => {
    const operator = await anOperator(world);
    const stripe = world.sandbox.control.createAccount();
    const left = { url: `${world.url}/webhooks/stripe/psa_x`, 'enabled_events[]': 'refund.created' };
    await atStripe(world, stripe.secretKey, 'webhook_endpoints', { ...left, 'metadata[quittance_account]': newUuid() });
    await atStripe(world, stripe.secretKey, 'webhook_endpoints', { ...left, url: 'https://other.example/hook' });
    world.clock.advance(HOUR_MS);
    const { account } = await operator.do<{ account: { webhookUrl: string } }>(CONNECT, keysOf(stripe));
    const urls = (await endpointsAtStripe(world, stripe.secretKey)).map(({ url }) => url);
    expect(urls.sort()).toEqual([account.webhookUrl, 'https://other.example/hook'].sort());
  });
});

describe('connectPaymentSystem refuses it', () => {
  it('to merchants', async () => {
    const { secret } = await (await anOperator(world)).aKey({ scopes: ['payment-systems:read'] });
    const stripe = world.sandbox.control.createAccount();
    await expect(world.ask(secret, CONNECT, { input: keysOf(stripe) })).rejects.toThrow('FORBIDDEN');
  });

  it('keys of the wrong form, all at once and without repeating them', async () => {
    const operator = await anOperator(world);
    const answer = await operator.do(CONNECT, { publishableKey: 'sk_test_swapped0', secretKey: 'pk_test_swapped1' });
    expect(answer).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['publishableKey'] }, { path: ['secretKey'] }],
    });
    expect(JSON.stringify(answer)).not.toContain('swapped');
  });

  it('keys of two modes, and keys of the other mode than the API key', async () => {
    const operator = await anOperator(world);
    const test = world.sandbox.control.createAccount();
    const live = world.sandbox.control.createAccount({ livemode: true });
    const mixed = { publishableKey: test.publishableKey, secretKey: live.secretKey };
    expect(await operator.do(CONNECT, mixed)).toEqual(refusal('KEY_MODE_MISMATCH'));
    expect(await operator.do(CONNECT, keysOf(live))).toEqual(refusal('KEY_MODE_MISMATCH'));
  });

  it('keys that Stripe does not know', async () => {
    const { publishableKey } = world.sandbox.control.createAccount();
    const answer = await (await anOperator(world)).do(CONNECT, {
      publishableKey,
      secretKey: 'sk_test_nobodyknowsthis',
    });
    expect(answer).toMatchObject({ code: 'PAYMENT_SYSTEM_REJECTED_KEYS', retryable: false });
    expect(JSON.stringify(answer)).not.toContain('nobodyknows');
  });

  it('when Stripe cannot be reached, for a while', async () => {
    const stripe = world.sandbox.control.createAccount();
    world.sandbox.control.addFault({ kind: 'error_503', path: '/v1/account' });
    const answer = await (await anOperator(world)).do(CONNECT, keysOf(stripe));
    expect(answer).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE', retryable: true });
  });

  it('when the endpoint cannot be made, and keeps nothing', async () => {
    const operator = await anOperator(world);
    const stripe = world.sandbox.control.createAccount();
    world.sandbox.control.addFault({ kind: 'error_500_before', method: 'POST', path: 'webhook_endpoints' });
    expect(await operator.do(CONNECT, keysOf(stripe))).toEqual(refusal('PAYMENT_SYSTEM_UNAVAILABLE'));
    expect(await operator.ask('{ operator { paymentSystemAccounts { id } } }')).toEqual({
      operator: { paymentSystemAccounts: [] },
    });
  });

  it('the same account twice, naming the first', async () => {
    const { operator, stripe, accountId } = await aConnectedOperator(world);
    const answer = await operator.do<{ message: string }>(CONNECT, keysOf(stripe));
    expect(answer).toEqual(refusal('DUPLICATE_REFERENCE'));
    expect(answer.message).toContain(accountId);
    expect(await endpointsAtStripe(world, stripe.secretKey)).toHaveLength(1);
  });
});

describe('connectPaymentSystem hides other tenants', () => {
  it('lets two operators connect one account, each with an endpoint of its own', async () => {
    const { stripe, accountId } = await aConnectedOperator(world);
    world.clock.advance(HOUR_MS);
    const second = await anOperator(world);
    const { account } = await second.do<{ account: { id: string } }>(CONNECT, keysOf(stripe));
    expect(account.id).not.toBe(accountId);
    expect(await endpointsAtStripe(world, stripe.secretKey)).toHaveLength(2);
    expect(await second.ask('query ($id: ID!) { node(id: $id) { id } }', { id: accountId })).toEqual({ node: null });
    expect(await second.do(ROTATE, { accountId, ...keysOf(stripe) })).toEqual(refusal('NOT_FOUND'));
    expect(await second.do(DISCONNECT, { accountId })).toEqual(
      await second.do(DISCONNECT, { accountId: publicId('paymentSystemAccount', newUuid()) }),
    );
  });
});

describe('connectPaymentSystem twice at once', () => {
  it('connects once and leaves one endpoint', async () => {
    const operator = await anOperator(world);
    const stripe = world.sandbox.control.createAccount();
    const answers = await Promise.all([operator.do(CONNECT, keysOf(stripe)), operator.do(CONNECT, keysOf(stripe))]);
    expect(answers.filter((answer) => 'account' in answer)).toHaveLength(1);
    expect(answers).toContainEqual(refusal('DUPLICATE_REFERENCE'));
    expect(await endpointsAtStripe(world, stripe.secretKey)).toHaveLength(1);
  });

  it('with one idempotency key gives one answer, and again later', async () => {
    const operator = await anOperator(world);
    const input = { ...keysOf(world.sandbox.control.createAccount()), idempotencyKey: 'connect-1' };
    const first = await operator.do(CONNECT, input);
    expect(await operator.do(CONNECT, input)).toEqual(first);
    expect(await operator.do(CONNECT, { ...input, publishableKey: `${input.publishableKey}x` })).toEqual(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
    expect(await endpointsAtStripe(world, input.secretKey)).toHaveLength(1);
  });
});

describe('rotatePaymentSystemKeys', () => {
  it('puts the new keys in place and retires the first endpoint when the overlap is over', async () => {
    const { operator, stripe, accountId } = await aConnectedOperator(world);
    const [before] = await endpointsAtStripe(world, stripe.secretKey);
    const rolled = world.sandbox.control.rollKeys(stripe.accountId);
    const answer = await operator.do(ROTATE, { accountId, ...keysOf(rolled), overlapHours: 2 });
    expect(answer).toMatchObject({
      account: { id: accountId, secretKeyHint: `sk_test_…${rolled.secretKey.slice(-4)}`, status: 'ACTIVE' },
    });
    expect(await endpointsAtStripe(world, rolled.secretKey)).toHaveLength(2);

    await retireWebhookEndpoints(world.parts);
    expect(await endpointsAtStripe(world, rolled.secretKey)).toHaveLength(2);
    world.clock.advance(3 * HOUR_MS);
    world.sandbox.control.revokeKey(stripe.secretKey);
    await retireWebhookEndpoints(world.parts);
    const after = await endpointsAtStripe(world, rolled.secretKey);
    expect(after).toHaveLength(1);
    expect(after[0]?.id).not.toBe(before?.id);
    expect(await operator.events('payment_system.keys_rotated')).toHaveLength(1);
  });

  it('refuses keys of another account, and leaves no endpoint there', async () => {
    const { operator, accountId } = await aConnectedOperator(world);
    const other = world.sandbox.control.createAccount();
    const answer = await operator.do(ROTATE, { accountId, ...keysOf(other) });
    expect(answer).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['secretKey'] }] });
    expect(await endpointsAtStripe(world, other.secretKey)).toEqual([]);
  });

  it('refuses an overlap of more than a week', async () => {
    const { operator, stripe, accountId } = await aConnectedOperator(world);
    const answer = await operator.do(ROTATE, { accountId, ...keysOf(stripe), overlapHours: 169 });
    expect(answer).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['overlapHours'] }] });
  });

  it('answers a repetition without rotating again', async () => {
    const { operator, stripe, accountId } = await aConnectedOperator(world);
    const rolled = world.sandbox.control.rollKeys(stripe.accountId);
    const input = { accountId, ...keysOf(rolled), idempotencyKey: 'rotate-1' };
    await Promise.all([operator.do(ROTATE, input), operator.do(ROTATE, input)]);
    await operator.do(ROTATE, input);
    expect(await endpointsAtStripe(world, rolled.secretKey)).toHaveLength(2);
    expect(await operator.events('payment_system.keys_rotated')).toHaveLength(1);
  });
});

describe('an answer of the database that is lost', () => {
  /** The account is recorded, and whoever did so does not learn of it. */
  function partsLosingTheAnswer({ before }: { before: boolean }) {
    let recordings = 0;
    const units: UnitsOfWork = Object.create(world.parts.units);
    units.sql = (operatorId, work) => {
      const losing: typeof work = async (transaction) => {
        const value = await work(transaction);
        if (before && isAccount(value)) throw new Error('connection lost before the commit');
        return value;
      };
      return world.parts.units.sql(operatorId, losing).then((value) => {
        if (!isAccount(value)) return value;
        recordings += 1;
        throw new Error('connection lost after the commit');
      });
    };
    return { parts: { ...world.parts, units }, recordings: () => recordings };
  }
  const isAccount = (value: unknown) => typeof value === 'object' && value !== null && 'secretKeyHint' in value;
  const request = { owner: 'test', key: null, mutation: 'test', input: {} };

  it.each([
    ['after', 1],
    ['before', 0],
  ] as const)('%s the commit of a connection leaves what is recorded and nothing else', async (when, endpoints) => {
    const operator = await anOperator(world);
    const stripe = world.sandbox.control.createAccount();
    const { parts, recordings } = partsLosingTheAnswer({ before: when === 'before' });
    const caller = { operatorId: operator.uuid, mode: 'TEST' } as const;
    await expect(connectPaymentSystem(parts, caller, keysOf(stripe), request)).rejects.toThrow(when);
    expect(recordings()).toBe(endpoints);
    expect(await endpointsAtStripe(world, stripe.secretKey)).toHaveLength(endpoints);
  });

  it.each([
    ['after', 2],
    ['before', 1],
  ] as const)('%s the commit of a rotation leaves what is recorded and nothing else', async (when, endpoints) => {
    const { operator, stripe, uuid } = await aConnectedOperator(world);
    const { parts } = partsLosingTheAnswer({ before: when === 'before' });
    const caller = { operatorId: operator.uuid, mode: 'TEST' } as const;
    const rotation = { accountId: uuid, ...keysOf(world.sandbox.control.rollKeys(stripe.accountId)), overlapHours: 1 };
    await expect(rotatePaymentSystemKeys(parts, caller, rotation, request)).rejects.toThrow(when);
    expect(await endpointsAtStripe(world, rotation.secretKey)).toHaveLength(endpoints);
  });
});

describe('disconnectPaymentSystem', () => {
  it('removes the endpoint and erases the secrets', async () => {
    const { operator, stripe, accountId, uuid } = await aConnectedOperator(world);
    expect(await operator.do(DISCONNECT, { accountId })).toMatchObject({ account: { status: 'DISCONNECTED' } });
    expect(await endpointsAtStripe(world, stripe.secretKey)).toEqual([]);
    const secrets = 'select secret_key_encrypted from payment_system_accounts where id = $1';
    expect(await asOwner(world, secrets, [uuid])).toEqual([{ secret_key_encrypted: '' }]);
    expect(await asOwner(world, 'select id from webhook_endpoints where account_id = $1', [uuid])).toEqual([]);
    expect(await operator.do(DISCONNECT, { accountId })).toEqual(refusal('ILLEGAL_TRANSITION'));
    expect(await operator.do(CONNECT, keysOf(stripe))).toMatchObject({ account: { status: 'ACTIVE' } });
  });

  it('refuses while orders are unsettled', async () => {
    const { operator, accountId } = await aConnectedOperator(world);
    world.settings.unsettled = true;
    expect(await operator.do(DISCONNECT, { accountId })).toEqual(refusal('ILLEGAL_TRANSITION'));
    world.settings.unsettled = false;
    const { operator: shown } = await operator.ask('{ operator { paymentSystemAccounts { status } } }');
    expect(shown).toEqual({ paymentSystemAccounts: [{ status: 'ACTIVE' }] });
  });

  it('is finished by the sweep when Stripe was away', async () => {
    const { operator, stripe, accountId, uuid } = await aConnectedOperator(world);
    world.sandbox.control.addFault({ kind: 'error_503', method: 'DELETE' });
    expect(await operator.do(DISCONNECT, { accountId })).toMatchObject({ account: { status: 'DISCONNECTED' } });
    world.sandbox.control.clearFaults();
    expect(await endpointsAtStripe(world, stripe.secretKey)).toHaveLength(1);
    await retireWebhookEndpoints(world.parts);
    expect(await endpointsAtStripe(world, stripe.secretKey)).toEqual([]);
    expect(await asOwner(world, 'select id from webhook_endpoints where account_id = $1', [uuid])).toEqual([]);
  });

  it('keeps the secret as long as the outcome of an order has to be asked for', async () => {
    const { operator, stripe, accountId, uuid } = await aConnectedOperator(world);
    world.sandbox.control.addFault({ kind: 'error_503', method: 'DELETE' });
    await operator.do(DISCONNECT, { accountId });
    world.sandbox.control.clearFaults();
    const isKept = async () => {
      const kept = "select secret_key_encrypted <> '' as kept from payment_system_accounts where id = $1";
      return (await asOwner<{ kept: boolean }>(world, kept, [uuid]))[0]?.kept;
    };
    world.settings.unsettled = true;
    await retireWebhookEndpoints(world.parts);
    expect(await endpointsAtStripe(world, stripe.secretKey)).toEqual([]);
    expect(await isKept()).toBe(true);
    world.settings.unsettled = false;
    await retireWebhookEndpoints(world.parts);
    expect(await isKept()).toBe(false);
  });

  it('answers a repetition with the same key the same', async () => {
    const { operator, accountId } = await aConnectedOperator(world);
    const input = { accountId, idempotencyKey: 'disconnect-1' };
    const first = await operator.do(DISCONNECT, input);
    expect(await operator.do(DISCONNECT, input)).toEqual(first);
  });
});
