import { newUuid } from '../../../src/kernel/ids.js';
import {
  amountOf,
  BY_MERCHANT,
  BY_PHONE,
  confirmation,
  done,
  GatewayUnderTest,
  STORING,
} from './gateway-under-test.js';

let test: GatewayUnderTest;
beforeAll(async () => {
  test = await GatewayUnderTest.start();
});
afterAll(() => test.close());
afterEach(() => {
  test.sandbox.control.clearFaults();
  expect(test.unexpected).toEqual([]);
});

describe('preparing a payment', () => {
  it('asks nobody for money yet and carries our ids', async () => {
    const request = test.newPayment({ description: 'Order 17', receiptEmail: 'payer@example.com' });
    const payment = done(await test.gateway.preparePayment(request, newUuid()));
    expect(payment).toMatchObject({
      state: 'PREPARED',
      amount: amountOf('100.00'),
      capturable: amountOf('0.00'),
      captured: amountOf('0.00'),
      failure: null,
      nextAction: null,
      reference: request.reference,
    });
  });

  it('makes one payment of two requests with one key', async () => {
    const request = test.newPayment();
    const [first, second] = [
      done(await test.gateway.preparePayment(request, 'the-same-key')),
      done(await test.gateway.preparePayment(request, 'the-same-key')),
    ];
    expect(second.externalId).toBe(first.externalId);
  });

  it('does not know what an earlier call with the same key and another amount did', async () => {
    await test.gateway.preparePayment(test.newPayment(), 'used-twice');
    const answer = await test.gateway.preparePayment(test.newPayment({ amount: amountOf('101.00') }), 'used-twice');
    expect(answer).toMatchObject({ kind: 'unknown', replayed: true });
  });

  it('is refused a token that does not exist', async () => {
    const answer = await test.gateway.preparePayment(test.newPayment({ token: 'pm_no_such' }), newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'resource_missing' } });
  });

  it('refuses by itself what Stripe has no number for', async () => {
    const answer = await test.gateway.preparePayment(test.newPayment({ amount: amountOf('5.123', 'KWD') }), newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'amount_inexact' } });
  });

  it.each([
    ['5', 'ISK'],
    ['1500.00', 'MGA'],
    ['5.120', 'KWD'],
    ['500', 'JPY'],
    ['5', 'UGX'],
  ])('takes %s %s there and back', async (amount, currency) => {
    const payment = await test.paid({ amount: amountOf(amount === '5' ? '500' : amount, currency) });
    expect(payment.captured).toEqual(amountOf(amount === '5' ? '500' : amount, currency));
  });
});

describe('confirming a payment', () => {
  it('takes the money', async () => {
    const payment = await test.paid();
    expect(payment).toMatchObject({
      state: 'CAPTURED',
      captured: amountOf('100.00'),
      capturable: amountOf('0.00'),
      credential: { type: 'CARD', brand: 'visa', lastFour: '4242', externalCustomerId: null },
    });
  });

  it('holds the money and says what the hold allows and when it ends', async () => {
    const payment = await test.held();
    expect(payment).toMatchObject({
      state: 'HELD',
      capturable: amountOf('100.00'),
      captured: amountOf('0.00'),
      multicapture: true,
      incrementable: true,
    });
    expect(payment.captureBefore?.getTime()).toBeGreaterThan(Date.now());
  });

  it('is declined with the most specific code and leaves the payment failed', async () => {
    const token = 'pm_card_visa_chargeDeclinedInsufficientFunds';
    const answer = await test.confirmed(await test.prepared({ token }));
    expect(answer).toMatchObject({
      kind: 'declined',
      decline: { code: 'insufficient_funds', advice: 'TRY_AGAIN_LATER' },
      value: { state: 'FAILED', failure: { code: 'insufficient_funds' } },
    });
  });

  it('says when a decline is final', async () => {
    const answer = await test.confirmed(await test.prepared({ token: 'pm_card_visa_chargeDeclinedLostCard' }));
    expect(answer).toMatchObject({ kind: 'declined', decline: { code: 'lost_card', advice: 'DO_NOT_TRY_AGAIN' } });
  });

  it('sends the payer to the bank and back', async () => {
    const payment = await test.prepared({ token: 'pm_card_authenticationRequired' });
    const waiting = done(await test.confirmed(payment, undefined, 'https://shop.example/back'));
    expect(waiting).toMatchObject({ state: 'NEEDS_ACTION', nextAction: { redirectUrl: expect.any(String) } });

    test.sandbox.control.completeAuthentication(test.account.secretKey, payment.externalId, 'succeed');
    expect(done(await test.gateway.retrievePayment(payment.externalId)).state).toBe('CAPTURED');
  });

  it("gives the caller's own page a secret when there is no way back", async () => {
    const waiting = done(await test.confirmed(await test.prepared({ token: 'pm_card_authenticationRequired' })));
    expect(waiting.nextAction).toEqual({ redirectUrl: null, clientSecret: expect.stringContaining('_secret_') });
  });

  it('without the payer, a wish for authentication is a decline that the payer can still meet', async () => {
    const customer = await test.customer();
    const payment = await test.prepared({
      token: 'pm_card_authenticationRequired',
      externalCustomerId: customer,
      initiation: BY_MERCHANT,
    });
    const answer = await test.confirmed(payment, BY_MERCHANT);
    expect(answer).toMatchObject({
      kind: 'declined',
      decline: { code: 'authentication_required' },
      value: {
        state: 'FAILED',
        failure: { code: 'authentication_required' },
        nextAction: { redirectUrl: null, clientSecret: expect.stringContaining('_secret_') },
      },
    });
    expect(test.sent(`${payment.externalId}/confirm`)).not.toHaveProperty('error_on_requires_action');
    expect(done(await test.gateway.retrievePayment(payment.externalId))).toMatchObject({
      state: 'FAILED',
      nextAction: { redirectUrl: null, clientSecret: expect.stringContaining('_secret_') },
    });
  });

  it('is marked as dictated by telephone', async () => {
    const payment = await test.prepared({ initiation: BY_PHONE, token: 'pm_card_authenticationRequired' });
    expect(done(await test.confirmed(payment, BY_PHONE)).state).toBe('CAPTURED');
  });

  it('keeps the card for the merchant, who then charges it without the payer', async () => {
    const externalCustomerId = await test.customer();
    const first = await test.paid({ externalCustomerId, initiation: STORING });
    expect(first.credential?.externalCustomerId).toBe(externalCustomerId);

    const token = first.credential?.externalId ?? '';
    const second = await test.prepared({ externalCustomerId, token, initiation: BY_MERCHANT });
    expect(done(await test.confirmed(second, BY_MERCHANT))).toMatchObject({ state: 'CAPTURED', externalCustomerId });
  });

  it('is refused for a payment that does not exist', async () => {
    const answer = await test.gateway.confirmPayment(confirmation('pi_no_such'), newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'resource_missing' } });
  });
});

describe('finding a payment', () => {
  it('finds it by our transaction among others of the customer', async () => {
    const externalCustomerId = await test.customer();
    const request = test.newPayment({ externalCustomerId });
    const payment = done(await test.gateway.preparePayment(request, newUuid()));
    await test.prepared({ externalCustomerId });

    const { transactionId } = request.reference;
    const since = new Date(Date.now() - 60_000);
    const found = done(await test.gateway.findPayment({ transactionId, externalCustomerId, since }));
    expect(found?.externalId).toBe(payment.externalId);
    const foundWithout = done(await test.gateway.findPayment({ transactionId, externalCustomerId: null, since }));
    expect(foundWithout?.externalId).toBe(payment.externalId);
  });

  it('looks through more than one page and says when there is none', async () => {
    const externalCustomerId = await test.customer();
    const request = test.newPayment({ externalCustomerId });
    const payment = done(await test.gateway.preparePayment(request, newUuid()));
    for (let made = 0; made < 105; made += 1) await test.prepared({ externalCustomerId });

    const since = new Date(Date.now() - 60_000);
    const search = { externalCustomerId, since, transactionId: request.reference.transactionId };
    expect(done(await test.gateway.findPayment(search))?.externalId).toBe(payment.externalId);
    expect(done(await test.gateway.findPayment({ ...search, transactionId: newUuid() }))).toBeNull();
  });

  it('does not take a failure to look for an absence', async () => {
    test.sandbox.control.addFault({ kind: 'error_503', method: 'GET', count: 1 });
    const search = { transactionId: newUuid(), externalCustomerId: null, since: new Date() };
    expect(await test.gateway.findPayment(search)).toMatchObject({ kind: 'unknown' });
  });
});
