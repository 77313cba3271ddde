import { newUuid } from '../../../src/kernel/ids.js';
import {
  BY_MERCHANT,
  BY_PAYER,
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

/** A stored card, as the merchant charges it later. */
async function storedCard() {
  const externalCustomerId = await test.customer();
  const verification = await test.preparedVerification({ externalCustomerId });
  const verified = done(await test.confirmedVerification(verification));
  return { externalCustomerId, token: verified.credential?.externalId ?? '' };
}

describe('what the rules of the schemes decide reaches Stripe', () => {
  it.each([
    ['RECURRING', 'recurring'],
    ['INSTALLMENT', 'recurring'],
    ['UNSCHEDULED', 'one_off'],
    ['OTHER', 'one_off'],
    [null, 'true'],
  ] as const)('a payment of the merchant under an agreement that is %s is off_session=%s', async (type, expected) => {
    const agreement = type && { id: 'agr_1', type };
    const initiation = { ...BY_MERCHANT, agreement };
    const payment = await test.prepared({ ...(await storedCard()), initiation });
    expect(done(await test.confirmed(payment, initiation)).state).toBe('CAPTURED');
    const sent = test.sent(`${payment.externalId}/confirm`);
    expect(sent).toMatchObject({ off_session: expected });
    expect(sent).not.toHaveProperty('use_stripe_sdk');
    expect(sent).not.toHaveProperty('return_url');
  });

  it.each([BY_PAYER, BY_PHONE, STORING])('a payment of the payer is never off session', async (initiation) => {
    const payment = await test.prepared({ initiation });
    await test.confirmed(payment, initiation);
    expect(test.sent(`${payment.externalId}/confirm`)).not.toHaveProperty('off_session');
  });

  it.each([
    ['FOR_MERCHANT', 'off_session'],
    ['FOR_PAYER', 'on_session'],
    ['NO', undefined],
  ] as const)('stored %s is setup_future_usage=%s', async (store, usage) => {
    await test.prepared({ externalCustomerId: await test.customer(), initiation: { ...BY_PAYER, store } });
    expect((test.sent('/payment_intents') as { setup_future_usage?: string }).setup_future_usage).toBe(usage);
  });

  it('only what was dictated is marked as such', async () => {
    await test.prepared({ initiation: BY_PHONE });
    expect(test.sent('/payment_intents')).toMatchObject({ payment_method_options: { card: { moto: 'true' } } });
    await test.prepared({ initiation: BY_PAYER });
    expect(JSON.stringify(test.sent('/payment_intents'))).not.toContain('moto');
  });

  it('how it came about and under which agreement is written on the payment', async () => {
    const agreement = { id: 'agr_1', type: 'RECURRING' } as const;
    const request = test.newPayment({ ...(await storedCard()), initiation: { ...BY_MERCHANT, agreement } });
    const payment = done(await test.gateway.preparePayment(request, newUuid()));
    const { operatorId, merchantId, orderId, transactionId } = request.reference;
    expect(test.sent('/payment_intents')).toMatchObject({
      metadata: {
        quittance_operator: operatorId,
        quittance_merchant: merchantId,
        quittance_order: orderId,
        quittance_transaction: transactionId,
        quittance_source: 'MERCHANT',
        quittance_agreement: 'agr_1',
        quittance_agreement_type: 'RECURRING',
      },
    });
    expect(payment.reference).toEqual(request.reference);

    await test.prepared({ initiation: BY_PHONE });
    expect(test.sent('/payment_intents')).toMatchObject({ metadata: { quittance_source: 'TELEPHONE_ORDER' } });
    expect(JSON.stringify(test.sent('/payment_intents'))).not.toContain('quittance_agreement');
  });
});

describe('the acceptance of a mandate', () => {
  const acceptedAt = new Date('2026-11-20T10:00:00.500Z');
  const accepted_at = `${Math.floor(acceptedAt.getTime() / 1000)}`;

  it.each([
    [
      'at a browser',
      { acceptedAt, ipAddress: '203.0.113.7', userAgent: 'Firefox' },
      { type: 'online', accepted_at, online: { ip_address: '203.0.113.7', user_agent: 'Firefox' } },
    ],
    ['on paper', { acceptedAt, ipAddress: null, userAgent: null }, { type: 'offline', accepted_at }],
  ])('%s goes with the confirmation of payments and verifications', async (_name, mandate, customer_acceptance) => {
    const externalCustomerId = await test.customer();
    const payment = await test.prepared({ externalCustomerId, initiation: STORING });
    const request = confirmation(payment.externalId, { initiation: STORING, mandate });
    expect(done(await test.gateway.confirmPayment(request, newUuid())).state).toBe('CAPTURED');
    expect(test.sent(`${payment.externalId}/confirm`)).toMatchObject({ mandate_data: { customer_acceptance } });

    const verification = await test.preparedVerification({ externalCustomerId });
    expect(done(await test.confirmedVerification(verification, { mandate })).state).toBe('VERIFIED');
    expect(test.sent(`${verification.externalId}/confirm`)).toMatchObject({ mandate_data: { customer_acceptance } });
  });
});
