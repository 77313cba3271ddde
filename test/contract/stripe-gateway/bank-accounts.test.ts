import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { amountOf, BY_MERCHANT, confirmation, done, GatewayUnderTest, STORING } from './gateway-under-test.js';

let test: GatewayUnderTest;
beforeAll(async () => {
  test = await GatewayUnderTest.start();
});
afterAll(() => test.close());
afterEach(() => expect(test.unexpected).toEqual([]));

const MANDATE = { acceptedAt: new Date(), ipAddress: '203.0.113.7', userAgent: 'Firefox' };
const DAY_S = 86_400;

async function debited(token: string, changes: object = {}) {
  const externalCustomerId = await test.customer();
  const payment = await test.prepared({ token, externalCustomerId, initiation: STORING, ...changes });
  const request = confirmation(payment.externalId, { initiation: STORING, mandate: MANDATE });
  return done(await test.gateway.confirmPayment(request, newUuid()));
}

async function aWeekLater(externalId: string) {
  test.sandbox.control.advanceClock({ seconds: 7 * DAY_S });
  return done(await test.gateway.retrievePayment(externalId));
}

describe('a payment from a bank account', () => {
  it('is processing for days and then has taken the money', async () => {
    const processing = await debited('pm_success_de');
    expect(processing).toMatchObject({
      state: 'PROCESSING',
      captured: amountOf('0.00'),
      nextAction: null,
      failure: null,
    });
    expect(await aWeekLater(processing.externalId)).toMatchObject({ state: 'CAPTURED', captured: amountOf('100.00') });
  });

  it('shows the account, its bank and the mandate, and no date', async () => {
    const { credential, externalCustomerId } = await debited('pm_success_de');
    expect(credential).toEqual({
      externalId: expect.stringMatching(/^pm_/),
      externalCustomerId,
      type: 'BANK_ACCOUNT',
      brand: '37040044',
      lastFour: '3000',
      expiryMonth: null,
      expiryYear: null,
      mandateExternalId: expect.stringMatching(/^mandate_/),
    });
  });

  it("fails after days with the bank's code", async () => {
    const processing = await debited('pm_insufficientFunds_de');
    expect(processing.state).toBe('PROCESSING');
    expect(await aWeekLater(processing.externalId)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'insufficient_funds' },
      captured: amountOf('0.00'),
      credential: { type: 'BANK_ACCOUNT', lastFour: '2227' },
    });
  });

  it('is refused without a mandate the first time', async () => {
    const externalCustomerId = await test.customer();
    const payment = await test.prepared({ token: 'pm_success_de', externalCustomerId, initiation: STORING });
    expect(await test.confirmed(payment, STORING)).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['a hold', { captureMode: 'MANUAL' }],
    ['another currency than the euro', { amount: amountOf('10.00', 'USD') }],
  ] as const)('is refused for %s, which a card is not', async (_name, changes) => {
    const request = test.newPayment({ token: 'pm_success_de', ...changes });
    expect(await test.gateway.preparePayment(request, newUuid())).toMatchObject({ kind: 'refused' });
    expect(await test.gateway.preparePayment({ ...request, token: 'pm_card_visa' }, newUuid())).toMatchObject({
      kind: 'done',
    });
  });
});

describe('a bank account that was verified', () => {
  async function verified(token = 'pm_success_de') {
    const verification = await test.preparedVerification({ token });
    return done(await test.confirmedVerification(verification, { mandate: MANDATE }));
  }

  it('has a mandate that the payer can read', async () => {
    const { state, credential } = await verified();
    expect(state).toBe('VERIFIED');
    expect(credential).toMatchObject({ type: 'BANK_ACCOUNT', brand: '37040044', lastFour: '3000' });
    expect(done(await test.gateway.retrieveMandate(credential?.mandateExternalId ?? ''))).toEqual({
      externalId: credential?.mandateExternalId,
      credentialExternalId: credential?.externalId,
      status: 'ACTIVE',
      reference: expect.any(String),
      url: expect.stringMatching(/^http/),
    });
  });

  it('is debited by the merchant later without another acceptance', async () => {
    const { credential, externalCustomerId } = await verified();
    const token = credential?.externalId ?? '';
    const payment = await test.prepared({ token, externalCustomerId, initiation: BY_MERCHANT });
    const processing = done(await test.confirmed(payment, BY_MERCHANT));
    expect(processing).toMatchObject({
      state: 'PROCESSING',
      credential: { mandateExternalId: credential?.mandateExternalId },
    });
    expect((await aWeekLater(payment.externalId)).state).toBe('CAPTURED');
  });

  it('is not verified for charges in another currency than the euro, which a card is', async () => {
    const request = await test.newVerification({ token: 'pm_success_de', currency: 'USD' as Currency });
    expect(await test.gateway.prepareVerification(request, newUuid())).toMatchObject({ kind: 'refused' });
    expect(await test.gateway.prepareVerification({ ...request, token: 'pm_card_visa' }, newUuid())).toMatchObject({
      kind: 'done',
    });
  });

  it('is not verified without a mandate', async () => {
    const verification = await test.preparedVerification({ token: 'pm_success_de' });
    expect(await test.confirmedVerification(verification)).toMatchObject({ kind: 'refused' });
  });

  it('has none that could be debited once it was detached', async () => {
    const { credential } = await verified();
    await test.gateway.detachCredential(credential?.externalId ?? '', newUuid());
    const mandate = done(await test.gateway.retrieveMandate(credential?.mandateExternalId ?? ''));
    expect(mandate.status).toBe('INACTIVE');
  });
});
