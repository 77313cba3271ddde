import { newUuid } from '../../../src/kernel/ids.js';
import { BY_PAYER, BY_PHONE, confirmation, done, GatewayUnderTest, STORING } from './gateway-under-test.js';

let test: GatewayUnderTest;
beforeAll(async () => {
  test = await GatewayUnderTest.start();
});
afterAll(() => test.close());
afterEach(() => {
  test.sandbox.control.clearFaults();
  expect(test.unexpected).toEqual([]);
});

describe('preparing a verification', () => {
  it('asks nobody yet and carries our ids', async () => {
    const request = await test.newVerification({ description: 'Membership' });
    expect(done(await test.gateway.prepareVerification(request, newUuid()))).toMatchObject({
      state: 'PREPARED',
      failure: null,
      nextAction: null,
      externalCustomerId: request.externalCustomerId,
      reference: request.reference,
    });
  });

  it('makes one verification of two requests with one key', async () => {
    const request = await test.newVerification();
    const first = done(await test.gateway.prepareVerification(request, 'the-same-key'));
    expect(done(await test.gateway.prepareVerification(request, 'the-same-key')).externalId).toBe(first.externalId);
  });

  it('is refused a token that does not exist', async () => {
    const answer = await test.gateway.prepareVerification(
      await test.newVerification({ token: 'pm_no_such' }),
      newUuid(),
    );
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'resource_missing' } });
  });
});

describe('confirming a verification', () => {
  it('ties the card to its customer for the merchant, who then charges it without the payer', async () => {
    const externalCustomerId = await test.customer();
    const token = 'pm_card_authenticationRequiredOnSetup';
    const verification = await test.preparedVerification({ token, externalCustomerId });
    const waiting = done(await test.confirmedVerification(verification, { returnUrl: 'https://shop.example/back' }));
    expect(waiting).toMatchObject({ state: 'NEEDS_ACTION', nextAction: { redirectUrl: expect.any(String) } });

    test.sandbox.control.completeAuthentication(test.account.secretKey, verification.externalId, 'succeed');
    const verified = done(await test.gateway.retrieveVerification(verification.externalId));
    expect(verified).toMatchObject({
      state: 'VERIFIED',
      nextAction: null,
      credential: { type: 'CARD', lastFour: '3155', externalCustomerId, mandateExternalId: null },
    });

    const initiation = { ...BY_PAYER, by: 'MERCHANT', source: 'MERCHANT' } as const;
    const stored = verified.credential?.externalId ?? '';
    const payment = await test.prepared({ token: stored, externalCustomerId, initiation });
    expect(done(await test.confirmed(payment, initiation)).state).toBe('CAPTURED');
  });

  it("gives the caller's own page a secret when there is no way back", async () => {
    const verification = await test.preparedVerification({ token: 'pm_card_authenticationRequired' });
    const { nextAction } = done(await test.confirmedVerification(verification));
    expect(nextAction).toEqual({ redirectUrl: null, clientSecret: expect.stringContaining('_secret_') });
  });

  it('is declined with the most specific code, leaves it failed, and can be tried again', async () => {
    const verification = await test.preparedVerification({ token: 'pm_card_visa_chargeDeclinedInsufficientFunds' });
    expect(await test.confirmedVerification(verification)).toMatchObject({
      kind: 'declined',
      decline: { code: 'insufficient_funds', advice: 'TRY_AGAIN_LATER' },
      value: {
        state: 'FAILED',
        failure: { code: 'insufficient_funds' },
        nextAction: { redirectUrl: null, clientSecret: expect.stringContaining('_secret_') },
        credential: { lastFour: '9995' },
      },
    });
    expect(done(await test.gateway.retrieveVerification(verification.externalId)).state).toBe('FAILED');
  });

  it('has failed when the payer did not authenticate', async () => {
    const verification = await test.preparedVerification({ token: 'pm_card_authenticationRequired' });
    await test.confirmedVerification(verification);
    test.sandbox.control.completeAuthentication(test.account.secretKey, verification.externalId, 'fail');
    expect(done(await test.gateway.retrieveVerification(verification.externalId))).toMatchObject({
      state: 'FAILED',
      failure: { code: 'setup_intent_authentication_failure' },
    });
  });

  it('is refused for one that does not exist', async () => {
    const answer = await test.gateway.confirmVerification(confirmation('seti_no_such'), newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'resource_missing' } });
  });

  it('says nothing of the outcome when the answer is lost', async () => {
    const verification = await test.preparedVerification();
    test.sandbox.control.addFault({ kind: 'timeout_after', method: 'POST', path: '/confirm$', count: 1 });
    const impatient = test.withKey(test.account.secretKey, { timeoutMs: 400 });
    const answer = await impatient.confirmVerification(confirmation(verification.externalId), newUuid());
    expect(answer).toMatchObject({ kind: 'unknown', replayed: false });
    expect(done(await test.gateway.retrieveVerification(verification.externalId)).state).toBe('VERIFIED');
  });
});

describe('finding a verification', () => {
  it('finds it by our transaction among others of the customer, and says when there is none', async () => {
    const externalCustomerId = await test.customer();
    const request = await test.newVerification({ externalCustomerId });
    const verification = done(await test.gateway.prepareVerification(request, newUuid()));
    await test.preparedVerification({ externalCustomerId });

    const search = { externalCustomerId, since: new Date(), transactionId: request.reference.transactionId };
    const found = done(await test.gateway.findVerification(search));
    expect(found).toMatchObject({ externalId: verification.externalId, credential: { lastFour: '4242' } });
    expect(done(await test.gateway.findVerification({ ...search, transactionId: newUuid() }))).toBeNull();
  });
});

describe('closing a verification', () => {
  it('closes one that has not succeeded, and one that is closed already', async () => {
    const { externalId } = await test.preparedVerification();
    for (const key of [newUuid(), newUuid()]) {
      const closed = done(await test.gateway.closeVerification(externalId, key));
      expect(closed).toMatchObject({ state: 'CANCELED', canceledBecause: 'REQUESTED' });
    }
  });

  it('is refused for one that has succeeded', async () => {
    const verification = await test.preparedVerification();
    await test.confirmedVerification(verification);
    const answer = await test.gateway.closeVerification(verification.externalId, newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'setup_intent_unexpected_state' } });
  });
});

describe('what reaches Stripe of a verification', () => {
  it.each([
    ['FOR_MERCHANT', 'off_session'],
    ['FOR_PAYER', 'on_session'],
    ['NO', 'on_session'],
  ] as const)('stored %s is usage %s', async (store, usage) => {
    await test.preparedVerification({ initiation: { ...BY_PAYER, store } });
    expect(test.sent('/setup_intents')).toMatchObject({ usage });
  });

  it('is dictated by telephone where it was', async () => {
    await test.preparedVerification({ initiation: { ...BY_PHONE, store: 'FOR_MERCHANT' } });
    expect(test.sent('/setup_intents')).toMatchObject({ payment_method_options: { card: { moto: 'true' } } });
    await test.preparedVerification();
    expect(test.sent('/setup_intents')).not.toHaveProperty('payment_method_options');
  });

  it('is how it came about, and under which agreement', async () => {
    const agreement = { id: 'agr_1', type: 'INSTALLMENT' } as const;
    const request = await test.newVerification({ initiation: { ...STORING, agreement } });
    await test.gateway.prepareVerification(request, newUuid());
    expect(test.sent('/setup_intents')).toMatchObject({
      customer: request.externalCustomerId,
      metadata: {
        quittance_transaction: request.reference.transactionId,
        quittance_source: 'INTERNET',
        quittance_agreement: 'agr_1',
        quittance_agreement_type: 'INSTALLMENT',
      },
    });
  });
});
