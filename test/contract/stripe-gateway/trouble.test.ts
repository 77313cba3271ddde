import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../../../src/features/payment-systems/payment-gateway.js';
import type { StripeGateway } from '../../../src/features/payment-systems/stripe-gateway.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { FaultOrder } from '../../../src/stripe-sandbox/http/faults.js';
import { atOnce } from '../../support/at-once.js';
import { amountOf, confirmation, done, GatewayUnderTest, STORING } from './gateway-under-test.js';

let test: GatewayUnderTest;
/** For what is answered, if only late: several wait at once, on a machine that may be busy. */
let patient: StripeGateway;
beforeAll(async () => {
  test = await GatewayUnderTest.start(400);
  patient = test.withKey(test.account.secretKey, { timeoutMs: 10_000 });
});
afterAll(() => test.close());

const CONFIRM = { method: 'POST', path: '/confirm$' };

describe('when the answer is lost', () => {
  afterEach(() => test.sandbox.control.clearFaults());

  it.each([
    'timeout_before',
    'timeout_after',
    'reset_before',
    'error_500_before',
    'error_500_after',
    'error_503',
  ] as const)('%s is unknown, and the payment itself tells', async (kind) => {
    const payment = await test.prepared();
    test.sandbox.control.addFault({ kind, ...CONFIRM });
    expect(await test.confirmed(payment)).toMatchObject({ kind: 'unknown', replayed: false });

    test.sandbox.control.clearFaults();
    const { state } = done(await test.gateway.retrievePayment(payment.externalId));
    expect(state).toBe(kind.endsWith('after') ? 'CAPTURED' : 'PREPARED');
  });

  it('a closed connection is tried again by the SDK, once, and our key makes that harmless', async () => {
    const payment = await test.prepared();
    test.sandbox.control.addFault({ kind: 'reset_after', count: 1, ...CONFIRM });
    expect(await test.confirmed(payment)).toMatchObject({ kind: 'done', value: { state: 'CAPTURED' } });
    expect(test.sandbox.control.requests({ method: 'POST', path: `${payment.externalId}/confirm$` })).toHaveLength(2);
  });

  it('a repetition after a saved 500 is told as one that will never answer otherwise', async () => {
    const payment = await test.prepared();
    const request = confirmation(payment.externalId);
    test.sandbox.control.addFault({ kind: 'error_500_after', count: 1, ...CONFIRM });
    expect(await test.gateway.confirmPayment(request, 'once')).toMatchObject({ kind: 'unknown', replayed: false });
    expect(await test.gateway.confirmPayment(request, 'once')).toMatchObject({ kind: 'unknown', replayed: true });
  });

  it.each([
    ['a body that is not JSON', 502, '<html>bad gateway</html>'],
    ['an error without a word', 500, '{}'],
    ['a refusal by something between us', 403, '<html>forbidden</html>'],
    ['an answer of another kind', 200, '{"object":"banana"}'],
    ['an empty answer', 200, ''],
  ])('%s is unknown', async (_name, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const gateway = test.withKey('sk_test_x', { host: '127.0.0.1', port });
    expect(await gateway.retrievePayment('pi_1')).toMatchObject({ kind: 'unknown', replayed: false });
    server.closeAllConnections();
    server.close();
  });

  it('nobody there is unknown', async () => {
    const gateway = test.withKey('sk_test_x', { host: '127.0.0.1', port: 1 });
    expect(await gateway.retrievePayment('pi_1')).toMatchObject({ kind: 'unknown' });
  });
});

describe('when Stripe is busy', () => {
  /** Each has a payment of its own, so that all may wait at the same time. */
  const busy = async (fault: Omit<FaultOrder, 'method' | 'path'>) => {
    const payment = done(await patient.preparePayment(test.newPayment(), newUuid()));
    const confirming = { method: 'POST', path: `${payment.externalId}/confirm$` };
    test.sandbox.control.addFault({ ...fault, ...confirming });
    const request = confirmation(payment.externalId);
    return { request, requests: () => test.sandbox.control.requests(confirming) };
  };

  // Not after each: the others still wait then.
  afterAll(() => test.sandbox.control.clearFaults());

  atOnce({
    'is asked again with the same key until it has time': async () => {
      const { request, requests } = await busy({ kind: 'rate_limited', count: 2 });
      expect(await patient.confirmPayment(request, newUuid())).toMatchObject({
        kind: 'done',
        value: { state: 'CAPTURED' },
      });
      expect(requests()).toHaveLength(3);
      expect(new Set(requests().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    },

    'is left alone after three times': async () => {
      const { request, requests } = await busy({ kind: 'rate_limited' });
      expect(await patient.confirmPayment(request, newUuid())).toMatchObject({ kind: 'busy' });
      expect(requests()).toHaveLength(3);
    },

    'a key in use is busy, not refused': async () => {
      const { request } = await busy({ kind: 'slow', delayMs: 300, count: 1 });
      const key = newUuid();
      const [first, second] = await Promise.all([
        patient.confirmPayment(request, key),
        patient.confirmPayment(request, key),
      ]);
      expect(first).toMatchObject({ kind: 'done', value: { state: 'CAPTURED' } });
      expect(second).toMatchObject({ kind: 'done', value: { state: 'CAPTURED' } });
    },
  });
});

describe('every method', () => {
  afterEach(() => test.sandbox.control.clearFaults());

  const externalId = 'pi_1';
  const amount = amountOf('10.00');
  const transactionId = newUuid();
  const reference = { operatorId: newUuid(), merchantId: newUuid(), orderId: newUuid(), transactionId };
  const stored = { externalCustomerId: 'cus_1', initiation: STORING, description: null };
  const verification = { reference, currency: amount.currency, token: 'pm_card_visa', ...stored };
  const card = { number: '4242424242424242', expiryMonth: 12, expiryYear: 2040, cvc: '123', holderName: null };
  const CALLS: readonly [string, (gateway: StripeGateway) => Promise<Answer<unknown>>][] = [
    [
      'createCustomer',
      (g) => g.createCustomer({ payerId: newUuid(), email: null, name: null, phone: null }, newUuid()),
    ],
    ['preparePayment', (g) => g.preparePayment(test.newPayment(), newUuid())],
    ['confirmPayment', (g) => g.confirmPayment(confirmation(externalId), newUuid())],
    ['retrievePayment', (g) => g.retrievePayment(externalId)],
    ['findPayment', (g) => g.findPayment({ transactionId, externalCustomerId: null, since: new Date() })],
    ['prepareVerification', (g) => g.prepareVerification(verification, newUuid())],
    ['confirmVerification', (g) => g.confirmVerification(confirmation('seti_1'), newUuid())],
    ['retrieveVerification', (g) => g.retrieveVerification('seti_1')],
    ['findVerification', (g) => g.findVerification({ transactionId, externalCustomerId: null, since: new Date() })],
    ['closeVerification', (g) => g.closeVerification('seti_1', newUuid())],
    ['tokenizeCard', (g) => g.tokenizeCard(card, newUuid())],
    ['retrieveCredential', (g) => g.retrieveCredential('pm_1')],
    ['detachCredential', (g) => g.detachCredential('pm_1', newUuid())],
    ['retrieveMandate', (g) => g.retrieveMandate('mandate_1')],
    ['capture', (g) => g.capture({ externalId, amount, final: true, transactionId }, newUuid())],
    ['raiseHold', (g) => g.raiseHold({ externalId, total: amount }, newUuid())],
    ['voidPayment', (g) => g.voidPayment({ externalId, reason: 'FRAUD' }, newUuid())],
    ['refund', (g) => g.refund({ paymentExternalId: externalId, amount, reason: 'PAYER', transactionId }, newUuid())],
    ['retrieveRefund', (g) => g.retrieveRefund('re_1')],
    ['listRefunds', (g) => g.listRefunds(externalId)],
    ['retrieveDispute', (g) => g.retrieveDispute('dp_1')],
  ];

  describe('when Stripe fails or does not answer', () => {
    const KINDS = ['error_500_before', 'error_503', 'timeout_before', 'reset_before'] as const;
    const answers = new Map<string, Answer<unknown>[]>();

    // All wait for the same nothing, so they wait together.
    beforeAll(async () => {
      for (const kind of KINDS) {
        test.sandbox.control.addFault({ kind });
        const given = await Promise.all(CALLS.map(([, call]) => call(test.gateway)));
        test.sandbox.control.clearFaults();
        for (const [index, [name]] of CALLS.entries()) {
          answers.set(name, [...(answers.get(name) ?? []), ...given.slice(index, index + 1)]);
        }
      }
    });

    it.each(CALLS)('%s: unknown', (name) => {
      const unknown = expect.objectContaining({ kind: 'unknown', replayed: false });
      expect(answers.get(name)).toEqual(KINDS.map(() => unknown));
    });
  });

  it.each(CALLS)('%s: refused for good with keys that are not accepted', async (_name, call) => {
    const answer = await call(test.withKey('sk_test_nobodys'));
    expect(answer).toMatchObject({ kind: 'refused', refusal: { keysRejected: true } });
  });

  it.each(CALLS.filter(([name]) => !/create|prepare|find|list|Credential|tokenize/.test(name)))(
    '%s: refused for what does not exist',
    async (_name, call) => {
      expect(await call(test.gateway)).toMatchObject({
        kind: 'refused',
        refusal: { code: 'resource_missing', keysRejected: false },
      });
    },
  );

  it('is busy when Stripe has no time, after three times', async () => {
    test.sandbox.control.addFault({ kind: 'rate_limited' });
    const before = test.sandbox.control.requests().length;
    const answers = await Promise.all(CALLS.map(([, call]) => call(patient)));
    expect(answers.map(({ kind }) => kind)).toEqual(CALLS.map(() => 'busy'));
    expect(test.sandbox.control.requests()).toHaveLength(before + 3 * CALLS.length);
  });
});

describe('when the keys are no longer accepted', () => {
  it('says so', async () => {
    const answer = await test.withKey('sk_test_nobodys').retrievePayment('pi_1');
    expect(answer).toMatchObject({ kind: 'refused', refusal: { keysRejected: true } });
    expect(JSON.stringify(answer)).not.toContain('sk_test_nobodys');
  });
});

describe('every POST', () => {
  it('carries a key of ours', async () => {
    const posts = test.sandbox.control.requests({ method: 'POST' });
    expect(posts.length).toBeGreaterThan(10);
    expect(posts.filter(({ idempotencyKey }) => !idempotencyKey || idempotencyKey.startsWith('stripe-node'))).toEqual(
      [],
    );
  });
});
