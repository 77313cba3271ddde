import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, changed, day, fromOrder, orderFor, subscribe } from '../../support/agreements.js';
import { aMerchant, type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const MONTHLY = (more: Json = {}) => ({ period: 'MONTH', startDate: day(product, 1), ...more });
const FIXED = { fixed: '20.00' };

async function faultsOf(input: Json): Promise<string[]> {
  product.sandbox.control.clearRequests();
  const { code, issues = [], agreement } = await subscribe(shop, input);
  expect(agreement).toBeUndefined();
  expect(code).toBe('INVALID_INPUT');
  expect(product.sandbox.control.requests({ accountId: shop.stripe.accountId, method: 'POST' })).toEqual([]);
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`).sort();
}

describe('terms', () => {
  it('are all kept', async () => {
    const retailer = { abbreviatedTradingName: 'ACME', merchantCategoryCode: '5732', tradingName: 'Acme Stores' };
    const { agreement, message } = await subscribe(shop, {
      terms: {
        type: 'INSTALLMENT',
        amountVariability: 'VARIABLE',
        reference: 'all-terms',
        startDate: day(product),
        expiryDate: day(product, 400),
        minimumAmount: '1.00',
        maximumAmount: '99.99',
        minimumDaysBetweenPayments: 9999,
        numberOfPayments: 999,
        frequency: 'TWICE_YEARLY',
        retailer,
        metadata: { plan: 'gold' },
      },
      chargeAmount: { sequence: ['10.00', '9.99'] },
    });
    expect(message).toBeUndefined();
    const read = await shop.ask(
      `{ agreement(id: "${agreement.id}") { metadata terms { amountVariability startDate expiryDate
        minimumAmount { amount } maximumAmount { amount } minimumDaysBetweenPayments numberOfPayments frequency
        retailer { abbreviatedTradingName merchantCategoryCode tradingName } } } }`,
    );
    expect(read).toEqual({
      agreement: {
        metadata: { plan: 'gold' },
        terms: {
          amountVariability: 'VARIABLE',
          startDate: day(product),
          expiryDate: day(product, 400),
          minimumAmount: { amount: '1.00' },
          maximumAmount: { amount: '99.99' },
          minimumDaysBetweenPayments: 9999,
          numberOfPayments: 999,
          frequency: 'TWICE_YEARLY',
          retailer,
        },
      },
    });
  });

  it.each<[string, () => Json, RegExp]>([
    ['no variability', () => ({ terms: { amountVariability: null } }), /^terms.amountVariability is needed/],
    ['a past start', () => ({ terms: { startDate: day(product, -1) } }), /^terms.startDate must not be in the past/],
    ['an end today', () => ({ terms: { expiryDate: day(product) } }), /^terms.expiryDate must be after today/],
    [
      'an end before the start',
      () => ({ terms: { startDate: day(product, 9), expiryDate: day(product, 9) } }),
      /^terms.expiryDate must be after startDate/,
    ],
    ['a minimum of nothing', () => ({ terms: { minimumAmount: '0' } }), /^terms.minimumAmount must be more than 0/],
    ['a maximum of nothing', () => ({ terms: { maximumAmount: '0.00' } }), /^terms.maximumAmount must be more than 0/],
    ['too many fraction digits', () => ({ terms: { maximumAmount: '1.001' } }), /^terms.maximumAmount/],
    [
      'a minimum over the maximum',
      () => ({ terms: { minimumAmount: '5', maximumAmount: '4' } }),
      /^terms.minimumAmount must not be more/,
    ],
    [
      'no day between',
      () => ({ terms: { minimumDaysBetweenPayments: 0 } }),
      /^terms.minimumDaysBetweenPayments .*1 to 9999/,
    ],
    [
      'too many days between',
      () => ({ terms: { minimumDaysBetweenPayments: 10000 } }),
      /^terms.minimumDaysBetweenPayments .*1 to 9999/,
    ],
    ['no payment', () => ({ terms: { numberOfPayments: 0 } }), /^terms.numberOfPayments .*1 to 999/],
    ['too many payments', () => ({ terms: { numberOfPayments: 1000 } }), /^terms.numberOfPayments .*1 to 999/],
    ['an empty reference', () => ({ terms: { reference: '' } }), /^terms.reference/],
    ['a long reference', () => ({ terms: { reference: 'x'.repeat(101) } }), /^terms.reference/],
    [
      'a retailer of a subscription',
      () => ({ terms: { retailer: { tradingName: 'x' } } }),
      /^terms.retailer is for INSTALLMENT/,
    ],
    ['a first amount of nothing', () => ({ firstAmount: '0' }), /^firstAmount must be more than 0/],
    ['a first amount too exact', () => ({ firstAmount: '1.001' }), /^firstAmount/],
    [
      'two amounts',
      () => ({ chargeAmount: { ...FIXED, range: { from: '1', to: '2' } } }),
      /^chargeAmount must have exactly one/,
    ],
    ['no amount', () => ({ chargeAmount: {} }), /^chargeAmount must have exactly one/],
    ['an amount of nothing', () => ({ chargeAmount: { fixed: '0' } }), /^chargeAmount.fixed/],
    ['a range upside down', () => ({ chargeAmount: { range: { from: '2', to: '1' } } }), /^chargeAmount.range.from/],
    ['an empty sequence', () => ({ chargeAmount: { sequence: [] } }), /^chargeAmount.sequence must have 1 to 999/],
    ['a sequence with nothing in it', () => ({ chargeAmount: { sequence: ['1', '0'] } }), /^chargeAmount.sequence.1/],
    [
      'a range that is FIXED',
      () => ({ terms: { amountVariability: 'FIXED' }, chargeAmount: { range: { from: '1', to: '2' } } }),
      /^terms.amountVariability FIXED means one amount/,
    ],
    [
      'an amount over the maximum',
      () => ({ terms: { maximumAmount: '19.99' }, chargeAmount: FIXED }),
      /^chargeAmount .*more than maximumAmount/,
    ],
    [
      'an amount under the minimum',
      () => ({ terms: { minimumAmount: '20.01' }, chargeAmount: FIXED }),
      /^chargeAmount .*less than minimumAmount/,
    ],
    ['a schedule without amounts', () => ({ schedule: MONTHLY() }), /^chargeAmount is needed with a schedule/],
    [
      'a schedule that is unscheduled',
      () => ({ terms: { type: 'UNSCHEDULED' }, schedule: MONTHLY(), chargeAmount: FIXED }),
      /^schedule an UNSCHEDULED/,
    ],
    [
      'a schedule from yesterday',
      () => ({ schedule: MONTHLY({ startDate: day(product, -1) }), chargeAmount: FIXED }),
      /^schedule.startDate must not be in the past/,
    ],
    [
      'a schedule that ends before it begins',
      () => ({ schedule: MONTHLY({ finishDate: day(product) }), chargeAmount: FIXED }),
      /^schedule.finishDate must not be before startDate/,
    ],
    [
      'a schedule before its terms',
      () => ({ terms: { startDate: day(product, 9) }, schedule: MONTHLY(), chargeAmount: FIXED }),
      /^schedule.startDate must not be before terms.startDate/,
    ],
    [
      'a schedule after its terms',
      () => ({
        terms: { expiryDate: day(product, 9) },
        schedule: MONTHLY({ startDate: day(product, 10) }),
        chargeAmount: FIXED,
      }),
      /^schedule.startDate must not be after terms.expiryDate/,
    ],
    [
      'an interval of nothing',
      () => ({ schedule: MONTHLY({ interval: 0 }), chargeAmount: FIXED }),
      /^schedule.interval/,
    ],
    [
      'a time that is none',
      () => ({ schedule: MONTHLY({ localTime: '24:00' }), chargeAmount: FIXED }),
      /^schedule.localTime/,
    ],
    ['a top-up of a subscription', () => ({ topUp: { threshold: '1', amount: '2' } }), /^topUp is for UNSCHEDULED/],
    [
      'a top-up of nothing',
      () => ({ terms: { type: 'UNSCHEDULED' }, topUp: { threshold: '1', amount: '0' } }),
      /^topUp.amount must be more than 0/,
    ],
    [
      'a top-up over the maximum',
      () => ({ terms: { type: 'UNSCHEDULED', maximumAmount: '1' }, topUp: { threshold: '1', amount: '2' } }),
      /^topUp.amount .*maximumAmount/,
    ],
    [
      'a plan without parts',
      () => ({ terms: { type: 'INSTALLMENT' } }),
      /^terms.type INSTALLMENT is one purchase in parts/,
    ],
    ['parts of a subscription', () => ({ installments: { total: '9', parts: 3 } }), /^installments is for INSTALLMENT/],
    [
      'one part',
      () => ({ terms: { type: 'INSTALLMENT' }, installments: { total: '9', parts: 1 } }),
      /^installments.parts/,
    ],
    [
      'parts of less than nothing',
      () => ({ terms: { type: 'INSTALLMENT' }, installments: { total: '0.02', parts: 3 } }),
      /^installments.total .*cannot be split/,
    ],
    [
      'more parts than payments',
      () => ({ terms: { type: 'INSTALLMENT', numberOfPayments: 2 }, installments: { total: '9', parts: 4 } }),
      /^terms.numberOfPayments must be at least 3/,
    ],
    [
      'a finish before the last part',
      () => ({
        terms: { type: 'INSTALLMENT' },
        installments: { total: '9', parts: 4 },
        schedule: { period: 'WEEK', startDate: day(product, 1), finishDate: day(product, 14) },
      }),
      /^schedule.finishDate must not be before \d{4}-\d\d-\d\d, when the last part of the plan is due/,
    ],
    [
      'an end before the last part',
      () => ({
        terms: { type: 'INSTALLMENT', expiryDate: day(product, 21) },
        installments: { total: '9', parts: 4, firstPartNow: false },
        schedule: { period: 'WEEK', startDate: day(product, 1) },
      }),
      /^terms.expiryDate must not be before \d{4}-\d\d-\d\d, when the last part of the plan is due/,
    ],
    [
      'more days between payments than between periods',
      () => ({
        terms: { minimumDaysBetweenPayments: 15 },
        chargeAmount: FIXED,
        schedule: { period: 'WEEK', interval: 2, startDate: day(product, 1) },
      }),
      /^terms.minimumDaysBetweenPayments must be at most 14.*ever further behind/,
    ],
    [
      'more days between payments than a month may have',
      () => ({ terms: { minimumDaysBetweenPayments: 29 }, chargeAmount: FIXED, schedule: MONTHLY() }),
      /^terms.minimumDaysBetweenPayments must be at most 28/,
    ],
    [
      'parts and a first amount',
      () => ({ terms: { type: 'INSTALLMENT' }, installments: { total: '9', parts: 3 }, firstAmount: '3' }),
      /^firstAmount is not given with/,
    ],
  ])('are refused with %s, in words of their own', async (_, input, words) => {
    const faults = await faultsOf(input());
    expect(faults).toEqual([expect.stringMatching(words)]);
  });

  it.each(['Mars/Olympus', '+02:00', 'CEST', ''])('are refused in the time zone %j', async (timeZone) => {
    const answer = await shop.raw(
      'mutation ($input: CreateAgreementInput!) { createAgreement(input: $input) { ... on Problem { code } } }',
      {
        input: {
          payer: { reference: 'zone' },
          terms: { type: 'OTHER' },
          currency: 'USD',
          chargeAmount: FIXED,
          schedule: MONTHLY({ timeZone }),
        },
      },
    );
    const told = answer.errors?.[0]?.extensions.code ?? (answer.data as { createAgreement: Json }).createAgreement.code;
    expect(['BAD_REQUEST', 'INVALID_INPUT']).toContain(told);
  });

  it('tell all that is wrong with them at once', async () => {
    const faults = await faultsOf({
      terms: { amountVariability: null, startDate: '2020-01-01', minimumAmount: '9', maximumAmount: '8' },
      firstAmount: '1.234',
      chargeAmount: { fixed: '7' },
      schedule: { period: 'DAY', startDate: '2020-01-01', finishDate: '2019-01-01' },
      topUp: { threshold: '1', amount: '1' },
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'chargeAmount',
      'firstAmount',
      'schedule.finishDate',
      'schedule.startDate',
      'terms.amountVariability',
      'terms.minimumAmount',
      'terms.startDate',
      'topUp',
      'topUp.amount',
    ]);
  });

  it('are in a currency that there is', async () => {
    const unknown = await subscribe(shop, { currency: 'XYZ' }).catch((error: Error) => error.message);
    expect(JSON.stringify(unknown)).toMatch(/BAD_REQUEST|INVALID_INPUT|CURRENCY_NOT_SUPPORTED/);
    const yen = await subscribe(shop, { currency: 'JPY', terms: { maximumAmount: '100.5' } });
    expect(yen).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['terms', 'maximumAmount'] }] });
    expect(await subscribe(shop, { currency: 'JPY', firstAmount: '100' })).toMatchObject({
      agreement: { status: 'ACTIVE' },
      order: { amount: { amount: '100', currency: 'JPY' } },
    });
  });

  it('leave room for a plan whose last part is due on its last day', async () => {
    const made = await subscribe(shop, {
      terms: { type: 'INSTALLMENT', expiryDate: day(product, 15), numberOfPayments: 3, minimumDaysBetweenPayments: 7 },
      installments: { total: '9', parts: 4 },
      schedule: { period: 'WEEK', startDate: day(product, 1), finishDate: day(product, 15) },
    });
    expect(made).toMatchObject({ agreement: { status: 'ACTIVE' } });
    expect(made.agreement.upcomingCharges.map(({ number, date }) => [number, date])).toEqual([
      [2, day(product, 1)],
      [3, day(product, 8)],
      [4, day(product, 15)],
    ]);
  });

  it.each<[string, Json, Json, string[]]>([
    ['a charge', { fixed: '10.001' }, { fixed: '10.01' }, ['fixed']],
    ['the most of a range', { range: { from: '10', to: '10.001' } }, { fixed: '10' }, ['range', 'to']],
    ['what a range draws', { range: { from: '10', to: '20' } }, { fixed: '20' }, ['range']],
    ['one of many', { sequence: ['10', '10.005'] }, { sequence: ['10'] }, ['sequence', '1']],
  ])('are refused with %s that is no whole step of the payment system’s', async (_, wrong, right, path) => {
    const refused = { code: 'INVALID_INPUT', issues: [{ path: ['chargeAmount', ...path] }] };
    const agreed = { currency: 'KWD', terms: { type: 'OTHER' } };
    expect(await subscribe(shop, { ...agreed, chargeAmount: wrong })).toMatchObject(refused);
    const { agreement } = await subscribe(shop, { ...agreed, chargeAmount: right });
    expect(await changed(shop, 'updateAgreement', agreement.id, { chargeAmount: wrong })).toMatchObject(refused);
  });

  it('are refused with a purchase whose parts are no whole steps of the payment system’s', async () => {
    const plan = (total: string) => ({
      currency: 'KWD',
      terms: { type: 'INSTALLMENT' },
      installments: { total, parts: 3 },
    });
    expect(await subscribe(shop, plan('10'))).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['installments', 'total'] }],
    });
    expect(await subscribe(shop, plan('9'))).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });

  it.each<[string, Json]>([
    ['a charge', { chargeAmount: { fixed: '0.10' } }],
    ['the least of a range', { chargeAmount: { range: { from: '0.10', to: '5.00' } } }],
    ['one of many', { chargeAmount: { sequence: ['5.00', '0.10'] } }],
    ['a top-up', { terms: { type: 'UNSCHEDULED' }, topUp: { threshold: '5.00', amount: '0.10' } }],
  ])('are refused with %s that the payment system would refuse, now and when they are changed', async (_, input) => {
    expect(await subscribe(shop, input)).toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    const { terms, ...changes } = input;
    const { agreement } = await subscribe(shop, { terms });
    expect(await changed(shop, 'updateAgreement', agreement.id, changes)).toMatchObject({
      code: 'AMOUNT_OUT_OF_RANGE',
    });
  });
});

describe('a merchant who may not charge without the payer', () => {
  it('makes no agreement in any way, and is told whom to ask', async () => {
    const own = await aMerchant(product, shop.operator, shop.stripe, { allowedSources: ['INTERNET'] });
    const terms = { type: 'UNSCHEDULED' };
    const order = { amount: { amount: '5.00', currency: 'USD' }, payer: { reference: 'p' } };
    const payment = pay('pm_card_visa');
    const { order: paid } = await own.createOrder({ ...order, orderNumber: 'n-1', payment, saveCredential: true });
    const { order: open } = await own.createOrder({ ...order, orderNumber: 'n-2' });
    product.sandbox.control.clearRequests();
    const answers = [
      await subscribe(own, { terms }),
      await subscribe(own, { terms, payment: undefined }),
      await fromOrder(own, paid.id, { terms }),
      await orderFor(own, 'createOrder', { ...order, orderNumber: 'n-3', payment, agreement: terms }),
      await orderFor(own, 'payOrder', { orderId: open.id, payment, agreement: terms }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ code: 'SOURCE_NOT_ALLOWED', retryable: false });
      expect(answer.message).toMatch(/MERCHANT.*its operator can allow it with updateMerchant/);
    }
    expect(product.sandbox.control.requests({ accountId: shop.stripe.accountId, method: 'POST' })).toEqual([]);
    expect(await own.order(open.id)).toMatchObject({ status: 'CREATED' });
  });
});
