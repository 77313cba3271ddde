import type { PageSnapshot } from '../../../src/features/payment-systems/payment-gateway.js';
import { stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { later } from '../../../src/kernel/clock.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { amountOf, BY_MERCHANT, BY_PAYER, done, GatewayUnderTest, STORING } from './gateway-under-test.js';

let test: GatewayUnderTest;
beforeAll(async () => {
  test = await GatewayUnderTest.start();
});
afterAll(() => test.close());
afterEach(() => {
  test.sandbox.control.clearFaults();
  expect(test.unexpected).toEqual([]);
});

type Payer = Parameters<GatewayUnderTest['sandbox']['control']['payCheckout']>[1];

/** The payer fills in the page; then it is looked at. */
async function paid({ externalId }: PageSnapshot, payer: Payer = {}): Promise<PageSnapshot> {
  test.sandbox.control.payCheckout(externalId, payer);
  return done(await test.gateway.retrievePage(externalId));
}

function closed({ externalId }: PageSnapshot) {
  return test.gateway.closePage(externalId, newUuid());
}

describe('opening a page', () => {
  it('leads to a page that shows what is paid, and nobody has tried yet', async () => {
    const request = test.newPage({ title: 'Order <17>', consent: 'I agree to be charged monthly.' });
    const page = done(await test.gateway.openPage(request, newUuid()));
    expect(page).toEqual({
      externalId: expect.stringMatching(/^cs_test_/),
      state: 'OPEN',
      url: expect.stringMatching(/^http/),
      expiresAt: new Date(Math.floor(request.expiresAt.getTime() / 1000) * 1000),
      intent: null,
      reference: request.reference,
    });
    const html = await (await fetch(page.url ?? '')).text();
    for (const text of ['Order &lt;17&gt;', 'I agree to be charged monthly.', 'https://pay.example/cancel']) {
      expect(html).toContain(text);
    }
  });

  it('makes one page of two requests with one key', async () => {
    const request = test.newPage();
    const first = done(await test.gateway.openPage(request, 'the-same-page'));
    expect(done(await test.gateway.openPage(request, 'the-same-page')).externalId).toBe(first.externalId);
  });

  it('is refused a time to live that Stripe does not give it: whoever asks keeps within the limits', async () => {
    const expiresAt = later(test.sandbox.control.now(), 60_000);
    expect(await test.gateway.openPage(test.newPage({ expiresAt }), 'too-short')).toMatchObject({
      kind: 'refused',
      refusal: { message: expect.stringContaining('30 minutes') },
    });
  });

  it('is refused an amount that Stripe cannot express, without asking, and one that it does not take', async () => {
    const exact = await test.gateway.openPage(test.newPage({ amount: amountOf('1.234', 'KWD') }), newUuid());
    expect(exact).toMatchObject({ kind: 'refused', refusal: { code: 'amount_inexact' } });
    const least = await test.gateway.openPage(test.newPage({ amount: amountOf('0.10') }), newUuid());
    expect(least).toMatchObject({ kind: 'refused', refusal: { keysRejected: false } });
  });

  it('says nothing of the outcome when the answer is lost, and finds the page', async () => {
    const request = test.newPage();
    test.sandbox.control.addFault({ kind: 'error_500_after', method: 'POST', path: '/checkout/sessions$', count: 1 });
    expect(await test.gateway.openPage(request, newUuid())).toMatchObject({ kind: 'unknown' });
    const search = { ...request.reference, externalCustomerId: null, since: test.sandbox.control.now() };
    expect(done(await test.gateway.findPage(search))).toMatchObject({ state: 'OPEN', reference: request.reference });
  });
});

describe('paying on a page', () => {
  it('takes the money, and is told by the page', async () => {
    const request = test.newPage();
    const page = done(await test.gateway.openPage(request, newUuid()));
    expect(await paid(page)).toEqual({
      ...page,
      state: 'COMPLETE',
      url: null,
      intent: expect.objectContaining({
        externalId: expect.stringMatching(/^pi_/),
        state: 'CAPTURED',
        captured: amountOf('100.00'),
        reference: request.reference,
        credential: expect.objectContaining({ type: 'CARD', lastFour: '4242' }),
      }),
    });
  });

  it('takes several cards, one payment, and shows the last decline meanwhile', async () => {
    const page = await test.opened();
    const declined = await paid(page, { card: 'pm_card_visa_chargeDeclinedInsufficientFunds' });
    expect(declined).toMatchObject({
      state: 'OPEN',
      url: page.url,
      intent: { state: 'FAILED', failure: { code: 'insufficient_funds' } },
    });
    const again = await paid(page, { card: 'pm_card_mastercard' });
    expect(again).toMatchObject({ state: 'COMPLETE', intent: { state: 'CAPTURED', credential: { lastFour: '4444' } } });
    expect(again.intent?.externalId).toBe(declined.intent?.externalId);
  });

  it('waits for the bank to know its payer, and stays open when it does not', async () => {
    const page = await test.opened();
    const card = 'pm_card_authenticationRequired';
    expect(await paid(page, { card })).toMatchObject({ state: 'OPEN', intent: { state: 'NEEDS_ACTION' } });
    expect(await paid(page, { card, authentication: 'fail' })).toMatchObject({
      state: 'OPEN',
      intent: { state: 'FAILED', failure: { code: 'payment_intent_authentication_failure' } },
    });
    expect(await paid(page, { card, authentication: 'succeed' })).toMatchObject({
      state: 'COMPLETE',
      intent: { state: 'CAPTURED' },
    });
  });

  it.each([
    ['captured', 'CAPTURED'],
    ['let go', 'CANCELED'],
  ])('holds what is captured by hand, to be %s as any hold', async (_name, state) => {
    const page = await paid(await test.opened({ captureMode: 'MANUAL' }));
    expect(page).toMatchObject({
      state: 'COMPLETE',
      intent: { state: 'HELD', capturable: amountOf('100.00'), multicapture: true, incrementable: true },
    });
    const externalId = page.intent?.externalId ?? '';
    const part = { externalId, amount: amountOf('60.00'), final: true, transactionId: newUuid() };
    const answer =
      state === 'CAPTURED'
        ? await test.gateway.capture(part, newUuid())
        : await test.gateway.voidPayment({ externalId, reason: 'PAYER' }, newUuid());
    expect(done(answer).state).toBe(state);
  });

  it('keeps the card with its customer, and it is charged without the payer later', async () => {
    const externalCustomerId = await test.customer();
    const { intent } = await paid(await test.opened({ externalCustomerId, initiation: STORING }));
    expect(intent).toMatchObject({ externalCustomerId, credential: { externalCustomerId } });
    const token = intent?.credential?.externalId ?? '';
    const payment = await test.prepared({ token, externalCustomerId, initiation: BY_MERCHANT });
    expect(done(await test.confirmed(payment, BY_MERCHANT)).state).toBe('CAPTURED');
  });

  it('only checks a card and keeps it where nothing is to be paid', async () => {
    const externalCustomerId = await test.customer();
    const amount = amountOf('0.00');
    const request = test.newPage({ amount, externalCustomerId, initiation: STORING });
    const page = done(await test.gateway.openPage(request, newUuid()));
    expect(page).toMatchObject({ state: 'OPEN', reference: request.reference });
    const declined = await paid(page, { card: 'pm_card_chargeDeclined' });
    expect(declined).toMatchObject({ state: 'OPEN', intent: { state: 'FAILED' } });
    expect(await paid(page)).toMatchObject({
      state: 'COMPLETE',
      intent: {
        externalId: expect.stringMatching(/^seti_/),
        state: 'VERIFIED',
        reference: request.reference,
        credential: { externalCustomerId, lastFour: '4242' },
      },
    });
  });

  it('may be from a bank account, whose bank answers days later', async () => {
    const page = await test.opened();
    const complete = await paid(page, { iban: 'DE89370400440532013000' });
    expect(complete).toMatchObject({
      state: 'COMPLETE',
      intent: { state: 'PROCESSING', credential: { type: 'BANK_ACCOUNT' } },
    });
    test.sandbox.control.advanceClock({ seconds: 7 * 86_400 });
    const later = done(await test.gateway.retrievePage(page.externalId));
    expect(later).toMatchObject({ state: 'COMPLETE', intent: { state: 'CAPTURED' } });
  });

  it.each([
    ['the order', false],
    ['the order, whatever the customer has', true],
  ])('has the receipt sent to the address that is known of %s', async (_name, hasCustomer) => {
    const externalCustomerId = hasCustomer ? await test.customer() : null;
    const { intent } = await paid(await test.opened({ receiptEmail: 'receipts@example.com', externalCustomerId }));
    const stripe = stripeClient(test.account.secretKey, test.address);
    const { receipt_email } = await stripe.paymentIntents.retrieve(intent?.externalId ?? '');
    expect(receipt_email).toBe('receipts@example.com');
  });
});

describe('finding a page', () => {
  it('finds it by our transaction among others of the customer, and says when there is none', async () => {
    const externalCustomerId = await test.customer();
    const request = test.newPage({ externalCustomerId });
    const page = done(await test.gateway.openPage(request, newUuid()));
    await test.opened({ externalCustomerId });
    const search = { ...request.reference, externalCustomerId, since: test.sandbox.control.now() };
    expect(done(await test.gateway.findPage(search))).toEqual(page);
    expect(done(await test.gateway.findPage({ ...search, transactionId: newUuid() }))).toBeNull();
  });

  it('of one that was paid meanwhile shows the payment', async () => {
    const request = test.newPage();
    await paid(done(await test.gateway.openPage(request, newUuid())));
    const search = { ...request.reference, externalCustomerId: null, since: test.sandbox.control.now() };
    expect(done(await test.gateway.findPage(search))).toMatchObject({
      state: 'COMPLETE',
      intent: { state: 'CAPTURED' },
    });
  });
});

describe('closing a page', () => {
  it('ends it, and again it is as it is', async () => {
    const page = await test.opened();
    for (const _time of ['first', 'again']) {
      expect(done(await closed(page))).toMatchObject({ state: 'EXPIRED', url: null, intent: null });
    }
    expect((await fetch(page.url ?? '')).status).toBe(410);
  });

  it('closes the payment that was tried on it', async () => {
    const page = await test.opened();
    await paid(page, { card: 'pm_card_chargeDeclined' });
    expect(done(await closed(page))).toMatchObject({ state: 'EXPIRED', intent: { state: 'CANCELED' } });
  });

  it('answers with what was paid where the payer was faster', async () => {
    const page = await test.opened();
    await paid(page);
    expect(done(await closed(page))).toMatchObject({ state: 'COMPLETE', intent: { state: 'CAPTURED' } });
  });

  it('is done where it has ended by itself', async () => {
    const page = await test.opened();
    test.sandbox.control.advanceClock({ seconds: 2 * 3600 });
    expect(done(await closed(page)).state).toBe('EXPIRED');
  });

  it('is unknown when the answer is lost, and the page itself tells', async () => {
    const page = await test.opened();
    test.sandbox.control.addFault({ kind: 'error_500_after', method: 'POST', path: '/expire$', count: 1 });
    expect(await closed(page)).toMatchObject({ kind: 'unknown' });
    expect(done(await test.gateway.retrievePage(page.externalId)).state).toBe('EXPIRED');
  });

  it('is refused for one that does not exist', async () => {
    const answer = await test.gateway.closePage('cs_test_none', newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'resource_missing' } });
  });

  it('is refused with keys that were taken back, and does not ask again', async () => {
    const page = await test.opened();
    const { secretKey } = test.sandbox.control.createAccount();
    test.sandbox.control.revokeKey(secretKey);
    const answer = await test.withKey(secretKey).closePage(page.externalId, newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { keysRejected: true } });
    expect(test.sandbox.control.requests({ path: page.externalId }).at(-1)).toMatchObject({ method: 'POST' });
  });
});

describe('what else reaches Stripe of a page', () => {
  it('is where the browser comes back to, the language, and how the payment came about', async () => {
    const agreement = { id: 'agr_1', type: 'RECURRING' } as const;
    const initiation = { ...BY_PAYER, agreement };
    const request = test.newPage({ initiation, language: 'ro', description: 'Boots' });
    await test.gateway.openPage(request, newUuid());
    const metadata = {
      quittance_transaction: request.reference.transactionId,
      quittance_source: 'INTERNET',
      quittance_agreement: 'agr_1',
    };
    expect(test.sent('/checkout/sessions')).toMatchObject({
      locale: 'ro',
      success_url: 'https://pay.example/back',
      cancel_url: 'https://pay.example/cancel',
      adaptive_pricing: { enabled: 'false' },
      metadata,
      payment_intent_data: { capture_method: 'automatic', description: 'Boots', metadata },
    });
  });
});
