import type Stripe from 'stripe';
import {
  disputeSnapshot,
  paymentSnapshot,
  refundSnapshot,
} from '../../src/features/payment-systems/stripe-snapshots.js';

function anIntent(changes: object = {}): Stripe.PaymentIntent {
  return {
    id: 'pi_1',
    status: 'requires_confirmation',
    currency: 'eur',
    amount: 1000,
    amount_capturable: 0,
    amount_received: 0,
    latest_charge: null,
    payment_method: null,
    last_payment_error: null,
    customer: null,
    metadata: {},
    next_action: null,
    client_secret: 'pi_1_secret',
    cancellation_reason: null,
    ...changes,
  } as unknown as Stripe.PaymentIntent;
}

const PAID_CARD = {
  id: 'pm_1',
  customer: 'cus_1',
  card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2031 },
};

function aCharge(card: object, changes: object = {}): object {
  return { id: 'ch_1', captured: false, amount_captured: 0, payment_method_details: { card }, ...changes };
}

describe('the state of a payment', () => {
  it.each([
    ['requires_payment_method', 'PREPARED'],
    ['requires_confirmation', 'PREPARED'],
    ['requires_action', 'NEEDS_ACTION'],
    ['processing', 'PROCESSING'],
    ['requires_capture', 'HELD'],
    ['succeeded', 'CAPTURED'],
    ['canceled', 'CANCELED'],
  ])('%s is %s', (status, state) => expect(paymentSnapshot(anIntent({ status })).state).toBe(state));

  it('is failed once a try has failed, with the reason', () => {
    const last_payment_error = { code: 'card_declined', decline_code: 'lost_card', advice_code: 'do_not_try_again' };
    const snapshot = paymentSnapshot(anIntent({ status: 'requires_payment_method', last_payment_error }));
    expect(snapshot).toMatchObject({
      state: 'FAILED',
      failure: { code: 'lost_card', advice: 'DO_NOT_TRY_AGAIN' },
    });
  });

  it('that nobody knows is not guessed', () => {
    expect(() => paymentSnapshot(anIntent({ status: 'requires_prayer' }))).toThrow('unknown status');
    expect(() => paymentSnapshot(anIntent({ currency: 'zzz' }))).toThrow('unknown currency');
  });

  it.each([
    ['automatic', 'EXPIRED'],
    ['expired', 'EXPIRED'],
    ['abandoned', 'REQUESTED'],
    ['requested_by_customer', 'REQUESTED'],
    [null, 'REQUESTED'],
  ])('canceled as %s was %s', (cancellation_reason, why) => {
    expect(paymentSnapshot(anIntent({ status: 'canceled', cancellation_reason })).canceledBecause).toBe(why);
  });
});

describe('what was captured', () => {
  it('is what the charge says while the payment does not say so yet', () => {
    const latest_charge = aCharge({}, { captured: true, amount_captured: 600 });
    const { captured } = paymentSnapshot(anIntent({ status: 'requires_capture', latest_charge }));
    expect(captured.minor).toBe(600n);
  });

  it('is nothing on a charge that failed', () => {
    const latest_charge = aCharge({}, { captured: false, amount_captured: 1000 });
    expect(paymentSnapshot(anIntent({ latest_charge })).captured.minor).toBe(0n);
  });
});

describe('the means of payment', () => {
  const succeeded = { status: 'succeeded', amount_received: 1000, payment_method: PAID_CARD };

  it('is a card, or a token of the scheme where the network used one', () => {
    const plain = anIntent({ ...succeeded, latest_charge: aCharge({ network_token: { used: false } }) });
    const token = anIntent({ ...succeeded, latest_charge: aCharge({ network_token: { used: true } }) });
    expect(paymentSnapshot(plain).credential).toEqual({
      externalId: 'pm_1',
      externalCustomerId: 'cus_1',
      type: 'CARD',
      brand: 'visa',
      lastFour: '4242',
      expiryMonth: 12,
      expiryYear: 2031,
    });
    expect(paymentSnapshot(token).credential?.type).toBe('SCHEME_TOKEN');
  });

  it('may be a bank account', () => {
    const payment_method = { id: 'pm_2', customer: null, sepa_debit: { last4: '3201' } };
    expect(paymentSnapshot(anIntent({ ...succeeded, payment_method })).credential).toMatchObject({
      type: 'BANK_ACCOUNT',
      lastFour: '3201',
      brand: null,
    });
  });

  it('is not known where there is only an id', () => {
    expect(paymentSnapshot(anIntent({ ...succeeded, payment_method: 'pm_1' })).credential).toBeNull();
  });
});

describe('whose a payment is', () => {
  const ours = {
    quittance_operator: 'o',
    quittance_merchant: 'm',
    quittance_order: 'r',
    quittance_transaction: 't',
  };

  it('is told by all four ids', () => {
    expect(paymentSnapshot(anIntent({ metadata: ours })).reference).toEqual({
      operatorId: 'o',
      merchantId: 'm',
      orderId: 'r',
      transactionId: 't',
    });
  });

  it.each(Object.keys(ours))('is not ours without %s', (name) => {
    expect(paymentSnapshot(anIntent({ metadata: { ...ours, [name]: '' } })).reference).toBeNull();
  });
});

describe('refunds and disputes', () => {
  it.each([
    ['succeeded', 'SUCCEEDED'],
    ['failed', 'FAILED'],
    ['canceled', 'CANCELED'],
    ['pending', 'PENDING'],
    ['requires_action', 'PENDING'],
    [null, 'PENDING'],
  ])('a refund that is %s is %s', (status, state) => {
    const refund = { id: 're_1', amount: 500, currency: 'jpy', status, payment_intent: 'pi_1', metadata: {} };
    expect(refundSnapshot(refund as unknown as Stripe.Refund)).toMatchObject({ state, paymentExternalId: 'pi_1' });
  });

  it.each([
    ['needs_response', 'OPEN'],
    ['warning_under_review', 'OPEN'],
    ['appeal_needs_response', 'OPEN'],
    ['won', 'WON'],
    ['warning_closed', 'WON'],
    ['prevented', 'WON'],
    ['lost', 'LOST'],
  ])('a dispute that is %s is %s', (status, state) => {
    const dispute = { id: 'dp_1', amount: 500, currency: 'eur', status, payment_intent: { id: 'pi_1' }, reason: 'x' };
    expect(disputeSnapshot(dispute as unknown as Stripe.Dispute)).toMatchObject({ state, paymentExternalId: 'pi_1' });
  });
});
