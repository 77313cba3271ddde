import type Stripe from 'stripe';
import { mandateSnapshot } from '../../src/features/payment-systems/stripe-credential-snapshots.js';
import {
  disputeSnapshot,
  paymentSnapshot,
  refundSnapshot,
} from '../../src/features/payment-systems/stripe-snapshots.js';
import { verificationSnapshot } from '../../src/features/payment-systems/stripe-verification-snapshots.js';

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

function aSetup(changes: object = {}): Stripe.SetupIntent {
  return {
    id: 'seti_1',
    status: 'requires_confirmation',
    payment_method: null,
    last_setup_error: null,
    customer: 'cus_1',
    metadata: {},
    mandate: null,
    next_action: null,
    client_secret: 'pi_1_secret',
    ...changes,
  } as unknown as Stripe.SetupIntent;
}

const PAID_CARD = {
  id: 'pm_1',
  customer: 'cus_1',
  card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2031 },
};

function aCharge(card: object, changes: object = {}): object {
  const nothing = { status: 'succeeded', captured: false, amount_captured: 0 };
  return { id: 'ch_1', ...nothing, payment_method_details: { card }, ...changes };
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

describe('a payment that failed', () => {
  const failed = { status: 'requires_payment_method', last_payment_error: { code: 'authentication_required' } };

  it('can be confirmed again by who has its secret, and no other can', () => {
    const secret = { redirectUrl: null, clientSecret: 'pi_1_secret' };
    expect(paymentSnapshot(anIntent(failed)).nextAction).toEqual(secret);
    expect(verificationSnapshot(aSetup({ ...failed, last_setup_error: {} })).nextAction).toEqual(secret);
    for (const status of ['requires_payment_method', 'processing', 'succeeded', 'canceled', 'requires_confirmation']) {
      expect(paymentSnapshot(anIntent({ status })).nextAction).toBeNull();
      expect(verificationSnapshot(aSetup({ status })).nextAction).toBeNull();
    }
  });

  it.each([
    ['of a bank debit, which its charge tells', { sepa_debit: {} }, 'py_1', 'insufficient_funds'],
    ['but not of a card, which the error tells better', { card: {} }, 'py_1', 'generic_decline'],
    ['but not of an earlier charge', { sepa_debit: {} }, 'py_0', 'generic_decline'],
  ])("has the bank's code %s", (_name, payment_method_details, charge, code) => {
    const latest_charge = { id: 'py_1', captured: false, failure_code: 'insufficient_funds', payment_method_details };
    const last_payment_error = { code: '', decline_code: 'generic_decline', charge };
    const snapshot = paymentSnapshot(anIntent({ ...failed, last_payment_error, latest_charge }));
    expect(snapshot).toMatchObject({ state: 'FAILED', failure: { code } });
  });
});

describe('the state of a verification', () => {
  it.each([
    ['requires_payment_method', 'PREPARED'],
    ['requires_confirmation', 'PREPARED'],
    ['requires_action', 'NEEDS_ACTION'],
    ['processing', 'PROCESSING'],
    ['succeeded', 'VERIFIED'],
    ['canceled', 'CANCELED'],
  ])('%s is %s', (status, state) => {
    const canceledBecause = state === 'CANCELED' ? 'REQUESTED' : null;
    expect(verificationSnapshot(aSetup({ status }))).toMatchObject({ state, canceledBecause });
  });

  it('is failed once a try has failed, with the reason and the card that was tried', () => {
    const last_setup_error = { code: 'card_declined', decline_code: 'do_not_honor', payment_method: PAID_CARD };
    expect(verificationSnapshot(aSetup({ status: 'requires_payment_method', last_setup_error }))).toMatchObject({
      state: 'FAILED',
      failure: { code: 'do_not_honor' },
      credential: { externalId: 'pm_1', lastFour: '4242' },
    });
  });

  it('that nobody knows is not guessed', () => {
    expect(() => verificationSnapshot(aSetup({ status: 'requires_prayer' }))).toThrow('unknown status');
  });
});

describe('a mandate', () => {
  const sepa = (status: string, payment_method: unknown = 'pm_2') =>
    ({
      id: 'mandate_1',
      status,
      payment_method,
      payment_method_details: { type: 'sepa_debit', sepa_debit: { reference: 'REF1', url: 'https://pay.example/m' } },
    }) as unknown as Stripe.Mandate;

  it.each([
    ['active', 'ACTIVE'],
    ['pending', 'PENDING'],
    ['inactive', 'INACTIVE'],
  ])('%s is %s', (status, expected) => {
    expect(mandateSnapshot(sepa(status))).toEqual({
      externalId: 'mandate_1',
      credentialExternalId: 'pm_2',
      status: expected,
      reference: 'REF1',
      url: 'https://pay.example/m',
    });
  });

  it('that is not understood is not guessed', () => {
    expect(() => mandateSnapshot(sepa('dormant'))).toThrow('unknown status');
    expect(() => mandateSnapshot(sepa('active', null))).toThrow('without its payment method');
  });
});

describe('what was captured', () => {
  it('is what the charge says while the payment does not say so yet', () => {
    const latest_charge = aCharge({}, { captured: true, amount_captured: 600 });
    const { captured } = paymentSnapshot(anIntent({ status: 'requires_capture', latest_charge }));
    expect(captured.minor).toBe(600n);
  });

  it.each([
    ['failed', false],
    ['failed', true],
    ['pending', true],
  ])('is nothing on a charge that is %s, whether or not it says captured', (status, captured) => {
    const latest_charge = aCharge({}, { status, captured, amount_captured: 1000 });
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
      mandateExternalId: null,
    });
    expect(paymentSnapshot(token).credential?.type).toBe('SCHEME_TOKEN');
  });

  it('may be a bank account, with the mandate that the charge names', () => {
    const payment_method = { id: 'pm_2', customer: null, sepa_debit: { last4: '3201', bank_code: '37040044' } };
    const payment_method_details = { sepa_debit: { mandate: 'mandate_1' } };
    const latest_charge = { id: 'py_1', captured: true, amount_captured: 1000, payment_method_details };
    expect(paymentSnapshot(anIntent({ ...succeeded, payment_method, latest_charge })).credential).toEqual({
      externalId: 'pm_2',
      externalCustomerId: null,
      type: 'BANK_ACCOUNT',
      brand: '37040044',
      lastFour: '3201',
      expiryMonth: null,
      expiryYear: null,
      mandateExternalId: 'mandate_1',
    });
  });

  it('may be a bank account of a bank that is not named, and no charge to name a mandate', () => {
    const payment_method = { id: 'pm_2', customer: null, sepa_debit: { last4: '3201', bank_code: '' } };
    expect(paymentSnapshot(anIntent({ payment_method })).credential).toMatchObject({
      type: 'BANK_ACCOUNT',
      brand: null,
      mandateExternalId: null,
    });
  });

  it('is a card without a mandate, though Stripe made one for it', () => {
    const verified = aSetup({ status: 'succeeded', payment_method: PAID_CARD, mandate: 'mandate_1' });
    expect(verificationSnapshot(verified).credential).toMatchObject({ type: 'CARD', mandateExternalId: null });
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
