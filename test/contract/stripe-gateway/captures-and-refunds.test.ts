import type { PaymentSnapshot } from '../../../src/features/payment-systems/payment-gateway.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { amountOf, done, GatewayUnderTest } from './gateway-under-test.js';

let test: GatewayUnderTest;
beforeAll(async () => {
  test = await GatewayUnderTest.start();
});
afterAll(() => test.close());
afterEach(() => expect(test.unexpected).toEqual([]));

function capture({ externalId }: PaymentSnapshot, amount: string, final = true, transactionId = newUuid()) {
  return test.gateway.capture({ externalId, amount: amountOf(amount), final, transactionId }, newUuid());
}

function voided({ externalId }: PaymentSnapshot) {
  return test.gateway.voidPayment({ externalId, reason: 'PAYER' }, newUuid());
}

describe('capturing', () => {
  it('takes a part and releases the rest', async () => {
    const taken = done(await capture(await test.held(), '60.00'));
    expect(taken).toMatchObject({ state: 'CAPTURED', captured: amountOf('60.00'), capturable: amountOf('0.00') });
  });

  it('takes several parts of one hold', async () => {
    const hold = await test.held();
    const first = done(await capture(hold, '60.00', false));
    expect(first).toMatchObject({ state: 'HELD', captured: amountOf('60.00'), capturable: amountOf('40.00') });
    const second = done(await capture(hold, '30.00'));
    expect(second).toMatchObject({ state: 'CAPTURED', captured: amountOf('90.00'), capturable: amountOf('0.00') });
  });

  it("leaves the payment's own ids alone", async () => {
    const hold = await test.held();
    const taken = done(await capture(hold, '60.00'));
    expect(taken.reference).toEqual(hold.reference);
  });

  it('that was done already is done', async () => {
    const hold = await test.held();
    done(await capture(hold, '100.00'));
    expect(done(await capture(hold, '100.00'))).toMatchObject({ state: 'CAPTURED', captured: amountOf('100.00') });
  });

  it('of more than was taken already is refused', async () => {
    const hold = await test.held();
    done(await capture(hold, '60.00'));
    const answer = await capture(hold, '100.00');
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'payment_intent_unexpected_state' } });
  });

  it('of more than is held is refused', async () => {
    expect(await capture(await test.held(), '100.01')).toMatchObject({ kind: 'refused' });
  });

  it('of a released hold is refused', async () => {
    const hold = await test.held();
    done(await voided(hold));
    expect(await capture(hold, '100.00')).toMatchObject({ kind: 'refused' });
  });
});

describe('raising a hold', () => {
  it('holds the new total', async () => {
    const { externalId } = await test.held();
    const raised = done(await test.gateway.raiseHold({ externalId, total: amountOf('150.00') }, newUuid()));
    expect(raised).toMatchObject({ state: 'HELD', amount: amountOf('150.00'), capturable: amountOf('150.00') });
  });

  it('that the bank declines leaves the hold as it was', async () => {
    const { externalId } = await test.held({ token: 'pm_card_incrementDeclined' });
    const answer = await test.gateway.raiseHold({ externalId, total: amountOf('150.00') }, newUuid());
    expect(answer).toMatchObject({ kind: 'declined', decline: { code: expect.any(String) } });
    const now = done(await test.gateway.retrievePayment(externalId));
    expect(now).toMatchObject({ state: 'HELD', capturable: amountOf('100.00') });
  });

  it('to less is refused', async () => {
    const { externalId } = await test.held();
    const answer = await test.gateway.raiseHold({ externalId, total: amountOf('50.00') }, newUuid());
    expect(answer).toMatchObject({ kind: 'refused' });
  });
});

describe('voiding', () => {
  it('releases a hold', async () => {
    expect(done(await voided(await test.held()))).toMatchObject({
      state: 'CANCELED',
      canceledBecause: 'REQUESTED',
      capturable: amountOf('0.00'),
    });
  });

  it('closes what nobody has paid', async () => {
    expect(done(await voided(await test.prepared())).state).toBe('CANCELED');
  });

  it('twice is done twice', async () => {
    const hold = await test.held();
    done(await voided(hold));
    expect(done(await voided(hold)).state).toBe('CANCELED');
  });

  it('of a taken payment is refused', async () => {
    const answer = await voided(await test.paid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'payment_intent_unexpected_state' } });
  });

  it('is told apart from a hold that lapsed', async () => {
    const hold = await test.held();
    test.sandbox.control.advanceClock({ seconds: 9 * 24 * 3600 });
    const lapsed = done(await test.gateway.retrievePayment(hold.externalId));
    expect(lapsed).toMatchObject({ state: 'CANCELED', canceledBecause: 'EXPIRED' });
  });
});

describe('refunding', () => {
  function refund(payment: PaymentSnapshot, amount: string, transactionId = newUuid()) {
    const request = { paymentExternalId: payment.externalId, amount: amountOf(amount), transactionId };
    return test.gateway.refund({ ...request, reason: 'DUPLICATE' }, newUuid());
  }

  it('gives a part back and lists the newest first', async () => {
    const payment = await test.paid();
    const transactionId = newUuid();
    const first = done(await refund(payment, '30.00', transactionId));
    expect(first).toMatchObject({
      state: 'SUCCEEDED',
      amount: amountOf('30.00'),
      transactionId,
      paymentExternalId: payment.externalId,
    });
    const second = done(await refund(payment, '20.00'));
    const listed = done(await test.gateway.listRefunds(payment.externalId));
    expect(listed.map(({ externalId }) => externalId)).toEqual([second.externalId, first.externalId]);
    expect(done(await test.gateway.retrieveRefund(first.externalId))).toEqual(first);
  });

  it('of more than was taken is refused', async () => {
    expect(await refund(await test.paid(), '100.01')).toMatchObject({ kind: 'refused' });
  });

  it('may be pending', async () => {
    const refunded = done(await refund(await test.paid({ token: 'pm_card_pendingRefund' }), '100.00'));
    expect(refunded.state).toBe('PENDING');
  });
});

describe('disputes', () => {
  it('are read with their amount and outcome', async () => {
    const payment = await test.paid({ token: 'pm_card_createDispute' });
    const events = await fetchDisputes();
    const dispute = done(await test.gateway.retrieveDispute(events.at(0) ?? ''));
    expect(dispute).toMatchObject({
      state: 'OPEN',
      amount: amountOf('100.00'),
      paymentExternalId: payment.externalId,
      reason: 'fraudulent',
    });
    test.sandbox.control.resolveDispute(dispute.externalId, 'lost');
    expect(done(await test.gateway.retrieveDispute(dispute.externalId)).state).toBe('LOST');
  });

  async function fetchDisputes(): Promise<string[]> {
    const answer = await fetch(`${test.sandbox.url}/v1/disputes`, {
      headers: { authorization: `Bearer ${test.account.secretKey}` },
    });
    const { data } = (await answer.json()) as { data: { id: string }[] };
    return data.map(({ id }) => id);
  }
});
