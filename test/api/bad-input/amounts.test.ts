import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, PLENTY, type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct({ rate: PLENTY });
  shop = await aShop(product);
});

afterAll(() => product.close());

/** What the payment system was last asked to charge, in its own unit. */
function sentAmount(): unknown {
  const [sent] = product.sandbox.control
    .requests({ accountId: shop.stripe.accountId, method: 'POST', path: '/payment_intents$' })
    .slice(-1);
  return sent && [sent.params.amount, sent.params.currency];
}

const sale = (amount: string, currency: string) => shop.sale({ amount: { amount, currency } });

describe('an amount', () => {
  it.each([
    ['10.005', 'USD', 'fraction digits'],
    ['10.5', 'JPY', 'fraction digits'],
    ['-1.00', 'USD', 'more than zero'],
    ['-0.00', 'USD', 'more than zero'],
    ['0', 'USD', 'more than zero'],
    ['0.00', 'USD', 'more than zero'],
    ['1000000000000000000', 'USD', 'largest amount'],
    ['9'.repeat(30), 'USD', 'largest amount'],
    ['9'.repeat(64), 'USD', 'not a decimal'],
    ['1e3', 'USD', 'not a decimal'],
    [' 1', 'USD', 'not a decimal'],
    ['1 ', 'USD', 'not a decimal'],
    ['1\n', 'USD', 'not a decimal'],
    ['', 'USD', 'not a decimal'],
    ['+1', 'USD', 'not a decimal'],
    ['.50', 'USD', 'not a decimal'],
    ['1.', 'USD', 'not a decimal'],
    ['1,000.00', 'USD', 'not a decimal'],
    ['10,50', 'EUR', 'not a decimal'],
    ['0x10', 'USD', 'not a decimal'],
    ['Infinity', 'USD', 'not a decimal'],
    ['NaN', 'USD', 'not a decimal'],
    ['１０.００', 'USD', 'not a decimal'],
    ['१०', 'INR', 'not a decimal'],
    ['\u0000', 'USD', 'not a decimal'],
  ])('of %j %s is refused, and the message says why: %s', async (amount, currency, why) => {
    product.sandbox.control.clearRequests();
    expect(await sale(amount, currency)).toMatchObject({
      code: 'INVALID_INPUT',
      retryable: false,
      issues: [{ path: ['amount', 'amount'], message: expect.stringContaining(why) }],
    });
    expect(sentAmount()).toBeUndefined();
  });

  it.each(['usd', 'US', 'XXX', 'XAU', 'BTC', '', 'USD ', '$'])('in %j is refused', async (currency) => {
    expect(await sale('10.00', currency)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['amount', 'currency'] }],
    });
  });

  it.each(['CUP', 'KPW', 'IRR', 'SYP'])('in %s, which Stripe does not take, is refused', async (currency) => {
    expect(await sale('1000', currency)).toMatchObject({
      code: 'CURRENCY_NOT_SUPPORTED',
      message: expect.stringContaining(currency),
    });
  });

  it.each([
    ['10.50', 'USD', 1050],
    ['10.5', 'USD', 1050],
    ['0010', 'USD', 1000],
    ['0.50', 'USD', 50],
    ['999999.99', 'USD', 99_999_999],
    ['50', 'JPY', 50],
    ['99999999', 'JPY', 99_999_999],
    // No smaller unit in ISO 4217, but Stripe wants hundredths.
    ['1', 'ISK', 100],
    ['5', 'ISK', 500],
    ['999999', 'ISK', 99_999_900],
    ['1', 'UGX', 100],
    ['999999', 'UGX', 99_999_900],
    // Two digits in ISO 4217, but Stripe wants whole ones.
    ['100', 'MGA', 100],
    ['100.00', 'MGA', 100],
    ['99999999', 'MGA', 99_999_999],
    // Thousandths, the last of which must be nought.
    ['10.250', 'KWD', 10_250],
    ['0.150', 'KWD', 150],
    ['0.15', 'KWD', 150],
    ['99999.990', 'KWD', 99_999_990],
    ['0.180', 'BHD', 180],
    ['99999.99', 'BHD', 99_999_990],
    ['9999999999.99', 'IDR', 999_999_999_999],
    ['175', 'HUF', 17_500],
    ['175.00', 'HUF', 17_500],
    ['800.45', 'TWD', 80_045],
    ['999999.99', 'TWD', 99_999_999],
    ['1000', 'KRW', 1000],
  ])('of %s %s is sent as %d', async (amount, currency, units) => {
    const { order, ...refusal } = await sale(amount, currency);
    expect(refusal).toEqual({});
    expect(order.status).toBe('CAPTURED');
    expect(sentAmount()).toEqual([String(units), currency.toLowerCase()]);
  });

  it.each([
    ['0.49', 'USD', 'at least 0.50'],
    ['1000000.00', 'USD', 'at most 999999.99'],
    ['10000000000000.00', 'USD', 'at most 999999.99'],
    ['49', 'JPY', 'at least 50'],
    ['100000000', 'JPY', 'at most 99999999'],
    ['1000000', 'ISK', 'at most 999999'],
    ['1000000', 'UGX', 'at most 999999'],
    ['49', 'MGA', 'at least 50'],
    ['100000000', 'MGA', 'at most 99999999'],
    ['0.140', 'KWD', 'at least 0.150'],
    ['100000.000', 'KWD', 'at most 99999.990'],
    ['0.170', 'BHD', 'at least 0.180'],
    ['100000.000', 'BHD', 'at most 99999.990'],
    ['10000000000.00', 'IDR', 'at most 9999999999.99'],
    ['174.99', 'HUF', 'at least 175.00'],
    ['1000000.00', 'TWD', 'at most 999999.99'],
    ['0.49', 'TWD', 'at least 0.50'],
  ])('of %s %s is out of range: %s', async (amount, currency, limit) => {
    product.sandbox.control.clearRequests();
    expect(await sale(amount, currency)).toMatchObject({
      code: 'AMOUNT_OUT_OF_RANGE',
      message: expect.stringContaining(limit),
    });
    expect(sentAmount()).toBeUndefined();
  });

  it.each([
    ['10.255', 'KWD', 'in steps of 0.010'],
    ['0.185', 'BHD', 'in steps of 0.010'],
    ['100.50', 'MGA', 'in steps of 1.00'],
  ])('of %s %s falls between the steps that the payment system takes', async (amount, currency, why) => {
    expect(await sale(amount, currency)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['amount'], message: expect.stringContaining(why) }],
    });
  });

  it.each(['1.5 as an argument', '10 as a variable'])(
    'that is a number rather than a text is refused: %s',
    async (how) => {
      const answer = how.includes('argument')
        ? await shop.raw(`mutation { createOrder(input: { orderNumber: "n", amount: { amount: 1.5, currency: "USD" } }) {
          ... on Problem { code } } }`)
        : await shop.raw(
            'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on Problem { code } } }',
            { input: { orderNumber: 'n', amount: { amount: 10, currency: 'USD' } } },
          );
      expect(answer).toMatchObject({
        errors: [{ message: expect.stringContaining('string in quotes'), extensions: { code: 'BAD_REQUEST' } }],
      });
      expect(answer.status).toBeLessThan(500);
    },
  );
});

describe('a part of an order', () => {
  it.each([
    ['ISK', '1000', '300', '30000'],
    ['UGX', '5000', '1200', '120000'],
    ['MGA', '5000', '1200', '1200'],
    ['KWD', '10.000', '2.500', '2500'],
    ['JPY', '1000', '300', '300'],
  ])('is captured and refunded in the same unit of %s', async (currency, amount, part, units) => {
    const { id } = await shop.hold({ amount: { amount, currency } });
    expect((await shop.capture(id, { amount: part })).order).toMatchObject({ status: 'PARTIALLY_CAPTURED' });
    expect((await shop.cancel(id, { amount: part })).order).toMatchObject({ status: 'REFUNDED' });
    const sent = product.sandbox.control.requests({ accountId: shop.stripe.accountId, method: 'POST' }).slice(-2);
    expect(sent.map(({ params }) => params.amount_to_capture ?? params.amount)).toEqual([units, units]);
  });

  it.each([
    ['KWD', '10.000', '2.505'],
    ['MGA', '5000', '12.50'],
    ['MGA', '5000', '12.5'],
  ])(
    'that the payment system cannot express is refused before anything is begun: %s %s, %s',
    async (currency, amount, part) => {
      const { id } = await shop.hold({ amount: { amount, currency } });
      product.sandbox.control.clearRequests();
      const captured = await shop.capture(id, { amount: part });
      expect(captured).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['amount'] }] });
      expect(await shop.cancel(id, { amount: part })).toMatchObject({ code: 'INVALID_INPUT' });
      expect(await shop.order(id)).toMatchObject({
        status: 'AUTHORIZED',
        capturableAmount: { amount: expect.stringMatching(amount) },
      });
      expect(product.sandbox.control.requests({ method: 'POST' })).toEqual([]);
      await shop.capture(id);
      expect(await shop.cancel(id, { amount: part })).toMatchObject({ code: 'INVALID_INPUT' });
      expect((await shop.order(id)).operations.map(({ type }) => type)).toEqual(['PAYMENT', 'CAPTURE']);
    },
  );

  it('waits for payment without being charged, however it is written', async () => {
    const { order } = await shop.createOrder({ amount: { amount: '7', currency: 'USD' } });
    expect(order.amount).toEqual({ amount: '7.00', currency: 'USD' });
    expect((await shop.payOrder(order.id)).order).toMatchObject({ capturedAmount: { amount: '7.00' } });
    expect(pay('pm_card_visa')).toBeDefined();
  });
});
