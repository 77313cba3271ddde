import type Stripe from 'stripe';
import type { NewPaymentPage } from '../../src/features/payment-systems/gateway-requests.js';
import { pageParameters } from '../../src/features/payment-systems/stripe-page-requests.js';
import { pageSnapshot } from '../../src/features/payment-systems/stripe-page-snapshots.js';
import { later } from '../../src/kernel/clock.js';
import type { Currency } from '../../src/kernel/currency.js';
import { Money } from '../../src/kernel/money.js';

const NOON = new Date('2026-11-21T12:00:00Z');
const MINUTE_MS = 60_000;

function aPage(changes: Partial<NewPaymentPage> = {}): NewPaymentPage {
  return {
    reference: { operatorId: 'o', merchantId: 'm', orderId: 'r', transactionId: 't' },
    amount: Money.of(12_050n, 'EUR' as Currency),
    captureMode: 'AUTOMATIC',
    externalCustomerId: null,
    initiation: { by: 'PAYER', store: 'NO', source: 'INTERNET', agreement: null, resubmission: false },
    title: 'Order 17',
    description: null,
    receiptEmail: null,
    consent: null,
    language: 'ro',
    returnUrl: 'https://pay.example/back',
    cancelUrl: 'https://pay.example/cancel',
    expiresAt: later(NOON, 120 * MINUTE_MS),
    ...changes,
  };
}

const parametersOf = (changes: Partial<NewPaymentPage> = {}) => pageParameters(aPage(changes));
const storing = (store: NewPaymentPage['initiation']['store']) => ({ initiation: { ...aPage().initiation, store } });
const METADATA = {
  quittance_operator: 'o',
  quittance_merchant: 'm',
  quittance_order: 'r',
  quittance_transaction: 't',
  quittance_source: 'INTERNET',
};

describe('a page that is asked for', () => {
  it('pays the amount under its title, with our ids on the page and on the payment', () => {
    expect(parametersOf()).toEqual({
      mode: 'payment',
      line_items: [
        { quantity: 1, price_data: { currency: 'eur', unit_amount: 12_050, product_data: { name: 'Order 17' } } },
      ],
      adaptive_pricing: { enabled: false },
      payment_method_options: { card: {} },
      payment_intent_data: { metadata: METADATA, capture_method: 'automatic' },
      allowed_payment_method_types: ['card', 'sepa_debit'],
      metadata: METADATA,
      locale: 'ro',
      success_url: 'https://pay.example/back',
      cancel_url: 'https://pay.example/cancel',
      expires_at: NOON.getTime() / 1000 + 7200,
      expand: ['payment_intent.latest_charge', 'payment_intent.payment_method', 'setup_intent.payment_method'],
    });
  });

  it('holds what is captured by hand, in as many parts as the card allows, and on cards alone', () => {
    expect(parametersOf({ captureMode: 'MANUAL' })).toMatchObject({
      payment_intent_data: { capture_method: 'manual' },
      payment_method_options: {
        card: { request_multicapture: 'if_available', request_incremental_authorization: 'if_available' },
      },
      allowed_payment_method_types: ['card'],
    });
  });

  it.each([
    ['FOR_PAYER', 'on_session'],
    ['FOR_MERCHANT', 'off_session'],
  ] as const)('keeps the means of payment %s as %s', (store, setup_future_usage) => {
    expect(parametersOf(storing(store)).payment_intent_data).toMatchObject({ setup_future_usage });
  });

  it('keeps nothing unasked', () => {
    expect(parametersOf().payment_intent_data).not.toHaveProperty('setup_future_usage');
  });

  it('only checks a means of payment where there is nothing to pay', () => {
    const nothing = Money.zero('USD' as Currency);
    const asked = parametersOf({ ...storing('FOR_MERCHANT'), amount: nothing, externalCustomerId: 'cus_1' });
    expect(asked).toMatchObject({
      mode: 'setup',
      currency: 'usd',
      customer: 'cus_1',
      setup_intent_data: { metadata: METADATA },
      metadata: METADATA,
      allowed_payment_method_types: ['card'],
    });
    const held = parametersOf({ amount: Money.zero('EUR' as Currency), captureMode: 'MANUAL' });
    expect(held.allowed_payment_method_types).toEqual(['card', 'sepa_debit']);
    for (const name of ['line_items', 'payment_intent_data', 'payment_method_options', 'adaptive_pricing']) {
      expect(asked).not.toHaveProperty(name);
    }
  });

  it('says what it is for where the payer and the operator read it', () => {
    const asked = parametersOf({ description: 'Boots' });
    expect(asked.payment_intent_data?.description).toBe('Boots');
    expect(asked.line_items?.[0]?.price_data?.product_data?.description).toBe('Boots');
    const check = parametersOf({ description: 'Boots', amount: Money.zero('EUR' as Currency) });
    expect(check.setup_intent_data?.description).toBe('Boots');
  });

  it('has the receipt sent where an address is known, which a customer has already', () => {
    const receiptEmail = 'payer@example.com';
    const unknown = parametersOf({ receiptEmail });
    expect(unknown).toMatchObject({
      customer_email: receiptEmail,
      payment_intent_data: { receipt_email: receiptEmail },
    });
    const known = parametersOf({ receiptEmail, externalCustomerId: 'cus_1' });
    expect(known).toMatchObject({ customer: 'cus_1', payment_intent_data: { receipt_email: receiptEmail } });
    expect(known).not.toHaveProperty('customer_email');
    expect(parametersOf()).not.toHaveProperty('customer_email');
  });

  it('has the payer agree beside the button', () => {
    const consent = 'I agree to be charged monthly.';
    expect(parametersOf({ consent }).custom_text).toEqual({ submit: { message: consent } });
    expect(parametersOf()).not.toHaveProperty('custom_text');
  });

  it.each([
    ['en', 'en'],
    ['ru', 'ru'],
    ['ro', 'ro'],
    ['tlh', 'auto'],
  ])('speaks %s as %s', (language, locale) => expect(parametersOf({ language }).locale).toBe(locale));
});

describe('a page as it is now', () => {
  const session = (changes: Partial<Stripe.Checkout.Session> = {}) =>
    ({
      id: 'cs_1',
      status: 'open',
      url: 'https://checkout.example/cs_1',
      expires_at: 1_800_000_000,
      payment_intent: null,
      setup_intent: null,
      metadata: METADATA,
      ...changes,
    }) as Stripe.Checkout.Session;
  const intent = (changes: Partial<Stripe.PaymentIntent>) =>
    ({
      id: 'pi_1',
      object: 'payment_intent',
      status: 'succeeded',
      currency: 'eur',
      amount: 12_050,
      amount_capturable: 0,
      amount_received: 12_050,
      latest_charge: null,
      payment_method: null,
      last_payment_error: null,
      next_action: null,
      customer: null,
      metadata: METADATA,
      ...changes,
    }) as Stripe.PaymentIntent;

  it('is open, leads there, and nobody has tried', () => {
    expect(pageSnapshot(session())).toEqual({
      externalId: 'cs_1',
      state: 'OPEN',
      url: 'https://checkout.example/cs_1',
      expiresAt: new Date(1_800_000_000_000),
      intent: null,
      reference: { operatorId: 'o', merchantId: 'm', orderId: 'r', transactionId: 't' },
    });
  });

  it('stays open when a card was declined', () => {
    const last_payment_error = { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' } as const;
    const payment_intent = intent({ status: 'requires_payment_method', amount_received: 0, last_payment_error });
    expect(pageSnapshot(session({ payment_intent }))).toMatchObject({
      state: 'OPEN',
      intent: { externalId: 'pi_1', state: 'FAILED', failure: { code: 'lost_card' } },
    });
  });

  it('is complete and leads nowhere, with what was paid', () => {
    expect(pageSnapshot(session({ status: 'complete', payment_intent: intent({}) }))).toMatchObject({
      state: 'COMPLETE',
      url: null,
      intent: { externalId: 'pi_1', state: 'CAPTURED', captured: Money.of(12_050n, 'EUR' as Currency) },
    });
  });

  it('is complete with the means of payment that was checked', () => {
    const setup_intent = {
      id: 'seti_1',
      status: 'succeeded',
      payment_method: { id: 'pm_1', customer: 'cus_1', card: { brand: 'visa', last4: '4242' } },
      customer: 'cus_1',
      metadata: METADATA,
    } as unknown as Stripe.SetupIntent;
    expect(pageSnapshot(session({ status: 'complete', setup_intent }))).toMatchObject({
      state: 'COMPLETE',
      intent: { externalId: 'seti_1', state: 'VERIFIED', credential: { externalId: 'pm_1' } },
    });
  });

  it('has expired', () => {
    expect(pageSnapshot(session({ status: 'expired' }))).toMatchObject({ state: 'EXPIRED', url: null });
  });

  it("of the operator's own is not said to be ours", () => {
    expect(pageSnapshot(session({ metadata: {} })).reference).toBeNull();
  });

  it('is not taken for untried where its intent is only an id, and no state is guessed', () => {
    expect(() => pageSnapshot(session({ payment_intent: 'pi_1' }))).toThrow('without its intent');
    expect(() => pageSnapshot(session({ setup_intent: 'seti_1' }))).toThrow('without its intent');
    expect(() => pageSnapshot(session({ status: 'lost' }))).toThrow('unknown status lost');
  });
});
