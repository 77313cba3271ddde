import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

/** What the payment system was sent since the list was cleared, newest last. */
function sent(path: string): Json[] {
  return product.sandbox.control
    .requests({ accountId: shop.stripe.accountId, method: 'POST', path })
    .map(({ params }) => params as Json);
}

describe('an order', () => {
  it('keeps all that it is given, and shows it', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const given = {
      description: 'Two tickets\nto the theatre 🎭',
      metadata: { basket: '42', note: '' },
      returnUrl: 'https://shop.example/back?x=1',
      callbackUrl: 'http://shop.example/callback',
      expiresAt,
      payer: { reference: 'payer-1', email: 'payer@example.com', name: 'A. Payer', phone: '+49 30 901820' },
    };
    const { order } = await shop.createOrder(given);
    const read = await shop.ask(
      `query ($id: ID!) { order(id: $id) { description metadata returnUrl callbackUrl expiresAt captureMode createdAt
        updatedAt billNumber amount { minorUnits } payer { reference email name phone storedCredentials { id } }
        merchant { id } disputes { id } disputedAmount { amount } operations { id } nextAction { redirectUrl }
        cancellationPlan { steps { type } } } }`,
      { id: order.id },
    );
    const { returnUrl, callbackUrl, description, metadata, payer } = given;
    expect(read.order).toMatchObject({
      ...{ description, metadata, returnUrl, callbackUrl, expiresAt, captureMode: 'AUTOMATIC' },
      payer: { ...payer, storedCredentials: [] },
      billNumber: expect.stringMatching(/^\d{12}$/),
      amount: { minorUnits: '10000' },
      merchant: { id: shop.id },
      ...{ disputes: [], operations: [], nextAction: null, disputedAmount: { amount: '0.00' } },
      cancellationPlan: { steps: [] },
    });
  });

  it('waits a day for payment unless it says otherwise, and has no payer unless it names one', async () => {
    const { order } = await shop.createOrder();
    const { order: read } = await shop.ask<{ order: { expiresAt: string; payer: null; metadata: Json } }>(
      'query ($id: ID!) { order(id: $id) { expiresAt payer { id } metadata } }',
      { id: order.id },
    );
    const hours = (Date.parse(read.expiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect(read).toMatchObject({ payer: null, metadata: {} });
    expect(order).toMatchObject({ status: 'CREATED', source: null, storedOnFile: null, captureBefore: null });
  });

  it('in one stage is captured at once', async () => {
    const { order } = await shop.sale();
    expect(order).toMatchObject({
      status: 'CAPTURED',
      authorizedAmount: { amount: '100.00' },
      capturedAmount: { amount: '100.00' },
      operations: [{ type: 'PAYMENT', status: 'SUCCEEDED', transactions: [{ type: 'SALE', status: 'SUCCEEDED' }] }],
    });
  });

  it.each(['AUTOMATIC', 'MANUAL'])('may be paid later (%s), once', async (captureMode) => {
    const { order } = await shop.createOrder({ captureMode });
    const paid = await shop.payOrder(order.id);
    expect(paid.order).toMatchObject({ id: order.id, status: captureMode === 'MANUAL' ? 'AUTHORIZED' : 'CAPTURED' });
    expect(await shop.payOrder(order.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining(paid.order.status),
    });
    expect((await shop.order(order.id)).operations).toHaveLength(1);
  });

  it('tells the payment system what it needs to know, and no more', async () => {
    product.sandbox.control.clearRequests();
    await shop.sale({
      description: 'Tickets',
      payer: { email: 'payer@example.com', name: 'A. Payer' },
      metadata: { a: 'b' },
    });
    const [created] = sent('/payment_intents$');
    expect(created).toMatchObject({
      amount: '10000',
      currency: 'usd',
      description: 'Tickets',
      receipt_email: 'payer@example.com',
      capture_method: 'automatic',
    });
    expect(created).not.toHaveProperty('off_session');
    expect(created).not.toHaveProperty('setup_future_usage');
    expect(created).not.toHaveProperty('customer');
    expect(created).not.toHaveProperty('confirm');
    expect(JSON.stringify(created)).not.toContain('A. Payer');
  });
});

describe('a payer', () => {
  const payerOf = async (input: Json) => {
    const { order, code, message } = await shop.createOrder({ payer: input });
    if (!order) return { code, message };
    const read = await shop.ask<{ order: { payer: Json } }>(
      'query ($id: ID!) { order(id: $id) { payer { id reference email name phone } } }',
      { id: order.id },
    );
    return read.order.payer;
  };

  it('is known again by reference, and what is said of them is kept', async () => {
    const first = await payerOf({ reference: 'known', email: 'a@example.com', name: 'A' });
    const second = await payerOf({ reference: 'known', email: 'b@example.com', phone: '1' });
    expect(second).toEqual({ ...first, email: 'b@example.com', phone: '1' });
    expect(await payerOf({ reference: 'known', email: null })).toEqual(second);
    expect(await payerOf({ id: first.id })).toEqual(second);
    expect(await payerOf({ id: first.id, name: 'C' })).toEqual({ ...second, name: 'C' });
    const { payer } = await shop.ask('{ payer(reference: "known") { id name } }');
    expect(payer).toEqual({ id: first.id, name: 'C' });
    const { node } = await shop.ask('query ($id: ID!) { node(id: $id) { id __typename } }', { id: first.id });
    expect(node).toEqual({ id: first.id, __typename: 'Payer' });
  });

  it('without id or reference is somebody new every time', async () => {
    const [one, other] = [await payerOf({ name: 'Somebody' }), await payerOf({ name: 'Somebody' })];
    expect(one).toMatchObject({ reference: null, name: 'Somebody' });
    expect(other.id).not.toBe(one.id);
    expect(await payerOf({})).toMatchObject({ reference: null, name: null });
  });

  it('made twice at once is one', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => payerOf({ reference: 'at-once' })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  it('of a refused order is not made', async () => {
    expect(
      await shop.createOrder({ payer: { reference: 'never' }, amount: { amount: '0.01', currency: 'USD' } }),
    ).toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    expect(await shop.ask('{ payer(reference: "never") { id } }')).toEqual({ payer: null });
  });
});

describe('a decline', () => {
  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline', 'DO_NOT_TRY_AGAIN'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds', 'TRY_AGAIN_LATER'],
    ['pm_card_visa_chargeDeclinedLostCard', 'lost_card', 'DO_NOT_TRY_AGAIN'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'stolen_card', 'DO_NOT_TRY_AGAIN'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'CONFIRM_CARD_DATA'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'CONFIRM_CARD_DATA'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'TRY_AGAIN_LATER'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_velocity_exceeded', 'TRY_AGAIN_LATER'],
    ['pm_card_radarBlock', 'fraudulent', 'DO_NOT_TRY_AGAIN'],
  ])('with %s is %s (%s); the number is free for another try', async (token, declineCode, retryAdvice) => {
    const orderNumber = `declined-${token}`;
    const { order } = await shop.sale({ orderNumber, payment: pay(token), captureMode: 'MANUAL' });
    expect(order).toMatchObject({
      status: 'DECLINED',
      ...{
        authorizedAmount: { amount: '0.00' },
        capturableAmount: { amount: '0.00' },
        captureBefore: null,
        nextAction: null,
      },
      operations: [
        { type: 'PAYMENT', status: 'DECLINED', declineCode, retryAdvice, transactions: [{ status: 'DECLINED' }] },
      ],
    });
    const { order: read } = await shop.ask<{ order: { operations: { declineMessage: string; finishedAt: string }[] } }>(
      'query ($id: ID!) { order(id: $id) { operations { declineMessage finishedAt } } }',
      { id: order.id },
    );
    expect(read.operations[0]).toEqual({
      declineMessage: expect.stringMatching(/card/i),
      finishedAt: expect.any(String),
    });
    expect(await shop.payOrder(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await shop.cancel(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await shop.capture(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });

    const again = await shop.sale({ orderNumber });
    expect(again.order).toMatchObject({ status: 'CAPTURED', orderNumber });
    expect(again.order.billNumber).not.toBe(order.billNumber);
    expect(await shop.sale({ orderNumber })).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
  });

  it.each([
    ['a token that is not there', 'pm_nonexistent', /No such PaymentMethod/],
    ['the id of something else', 'cus_nonexistent', /PaymentMethod/],
    ['a text', 'nonsense', /PaymentMethod/],
  ])('is what comes of %s, with a clear message', async (_, token, message) => {
    const { order } = await shop.sale({ payment: pay(token) });
    expect(order).toMatchObject({
      status: 'DECLINED',
      operations: [{ status: 'FAILED', declineCode: 'resource_missing' }],
    });
    const { order: read } = await shop.ask<{ order: { operations: { declineMessage: string }[] } }>(
      'query ($id: ID!) { order(id: $id) { operations { declineMessage } } }',
      { id: order.id },
    );
    expect(read.operations[0]?.declineMessage).toMatch(message);
  });

  it('is closed at the payment system before it is told', async () => {
    product.sandbox.control.clearRequests();
    await shop.sale({ payment: pay('pm_card_visa_chargeDeclined') });
    expect(sent('/cancel$')).toHaveLength(1);
  });
});

describe('an order number', () => {
  it.each<[string, () => Promise<{ order: { orderNumber: string; id: string } }>]>([
    ['waits', () => shop.createOrder()],
    ['is held', () => shop.sale({ captureMode: 'MANUAL' })],
    ['was paid', () => shop.sale()],
    ['waits for the payer', () => shop.sale({ payment: pay('pm_card_authenticationRequired') })],
  ])('is taken while its order %s', async (_, make) => {
    const { order } = await make();
    const refused = await shop.createOrder({ orderNumber: order.orderNumber });
    expect(refused).toMatchObject({
      code: 'DUPLICATE_ORDER_NUMBER',
      retryable: false,
      message: expect.stringContaining(order.orderNumber),
    });
  });

  it('stays taken when all was refunded, and is free when the hold was let go', async () => {
    const { order: paid } = await shop.sale();
    await shop.cancel(paid.id);
    expect(await shop.createOrder({ orderNumber: paid.orderNumber })).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
    const held = await shop.hold();
    await shop.cancel(held.id);
    expect((await shop.createOrder({ orderNumber: held.orderNumber })).order).toMatchObject({ status: 'CREATED' });
  });

  it('is the same for eight at once, and one order', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.sale({ orderNumber: 'at-once' })));
    expect(answers.filter(({ order }) => order)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'DUPLICATE_ORDER_NUMBER')).toHaveLength(7);
  });
});

describe('3-D Secure', () => {
  it.each([
    ['redirect, when there is a way back', { returnUrl: 'https://shop.example/back' }],
    ['client secret, when there is none', {}],
  ])('asks the payer by %s', async (_, more) => {
    const { order } = await shop.sale({ payment: pay('pm_card_authenticationRequired'), ...more });
    expect(order).toMatchObject({ status: 'REQUIRES_ACTION', operations: [{ status: 'REQUIRES_ACTION' }] });
    expect(order.nextAction?.clientSecret).toMatch(/^pi_.+_secret_/);
    if ('returnUrl' in more) expect(order.nextAction?.redirectUrl).toMatch(/^http/);
    expect(await shop.plan(order.id)).toBe('VOID 100.00');
    expect(await shop.payOrder(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await shop.capture(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it.each([
    ['AUTOMATIC', 'succeed', 'CAPTURED', 'SUCCEEDED'],
    ['MANUAL', 'succeed', 'AUTHORIZED', 'SUCCEEDED'],
    ['AUTOMATIC', 'fail', 'DECLINED', 'DECLINED'],
  ] as const)('is completed elsewhere (%s, %s): the order is %s', async (captureMode, outcome, status, operation) => {
    const { order } = await shop.sale({
      captureMode,
      payment: pay('pm_card_authenticationRequired'),
      returnUrl: 'https://shop.example/',
    });
    const intent = order.operations[0]?.transactions[0]?.externalId ?? '';
    product.sandbox.control.completeAuthentication(shop.stripe.accountId, intent, outcome);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({ status, nextAction: null, operations: [{ status: operation }] });
  });

  it('then a decline is a decline', async () => {
    const { order } = await shop.sale({ payment: pay('pm_card_threeDSecureRequiredChargeDeclined') });
    expect(order.status).toBe('REQUIRES_ACTION');
    product.sandbox.control.completeAuthentication(
      shop.stripe.accountId,
      order.operations[0]?.transactions[0]?.externalId ?? '',
      'succeed',
    );
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'DECLINED',
      operations: [{ status: 'DECLINED', declineCode: 'generic_decline' }],
    });
  });

  it('that nobody completes can be cancelled, and cannot be completed then', async () => {
    const { order } = await shop.sale({ payment: pay('pm_card_authenticationRequired') });
    expect(await shop.cancel(order.id, { amount: '40.00' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect((await shop.cancel(order.id)).order).toMatchObject({ status: 'CANCELED', nextAction: null });
    expect((await shop.order(order.id)).operations).toMatchObject([
      { type: 'PAYMENT', status: 'CANCELED' },
      { type: 'CANCELLATION', status: 'SUCCEEDED', transactions: [{ type: 'VOID' }] },
    ]);
    expect((await shop.sale({ orderNumber: order.orderNumber })).order.status).toBe('CAPTURED');
  });
});
