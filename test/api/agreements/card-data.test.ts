import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { aBillingShop, changed, charged, orderFor, replaceCredential, subscribe } from '../../support/agreements.js';
import { aMerchant, type Json, type Product, type Shop, startProduct } from '../../support/product.js';
import { dump } from '../bad-input/dump.js';

const logged: string[] = [];
let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct({ cardDataAccepted: true, logTo: { write: (line) => void logged.push(line) } });
  shop = await aBillingShop(product, { pciDssCertified: true }, { raw_card_data: true });
});
afterAll(() => product.close());
beforeEach(() => {
  logged.length = 0;
});

const NUMBER = '4000056655665556';
const DECLINED = '4000000000009987';
/** It authenticates always. */
const CHALLENGED = '4000002760003184';
const NUMBERS = [NUMBER, DECLINED, CHALLENGED];
const CVC = '737';
const HOLDER = 'Zacharias Quirk';

function card(number: string, more: Json = {}): Json {
  return { credential: { card: { number, expiryMonth: 11, expiryYear: 2051, cvc: CVC, holderName: HOLDER, ...more } } };
}

/** More of a number than its first six and last four digits, however it is written. */
function traces(text: string): string[] {
  const found: string[] = [];
  const joined = text.replace(/(?<=\d)[\s.\-_/]+(?=\d)/g, '');
  for (const number of NUMBERS) {
    for (let from = 0; from + 7 <= number.length; from += 1) {
      const fragment = number.slice(from, from + 7);
      // Half of what these test numbers are made of is zeros, as half of all amounts and times are.
      if (/0{5}/.test(fragment)) continue;
      if (text.includes(fragment)) found.push(fragment);
    }
    if (joined.includes(number)) found.push(number);
  }
  if (/cvc\W{0,9}737|(?<![\w.:+-])737(?![\w.:-])/i.test(text))
    found.push(`the CVC: ${/.{30}737.{10}/s.exec(text)?.[0]}`);
  if (text.includes('Quirk')) found.push('the holder');
  return found;
}

/** Nothing of a card is in anything that we keep, write or tell. */
async function expectNoTrace(...told: unknown[]): Promise<void> {
  await product.settle();
  for (const line of (await dump(product.database.url)).split('\n')) expect(traces(line)).toEqual([]);
  for (const line of logged) expect(traces(line)).toEqual([]);
  expect(traces(JSON.stringify(told))).toEqual([]);
}

async function asOwner(sql: string): Promise<void> {
  const owner = new pg.Client({ connectionString: product.database.url });
  await owner.connect();
  await owner.query(sql).finally(() => owner.end());
}

function sent(path: string) {
  return product.sandbox.control.requests({ accountId: shop.stripe.accountId, method: 'POST', path });
}

describe('card data', () => {
  it.each([
    ['the deployment takes none', { deployment: false }],
    ['the merchant is not certified', { merchant: false }],
    ["the operator's account takes none", { account: false }],
  ])(
    'is refused where %s',
    async (_, { deployment = true, merchant = true, account = true }: Record<string, boolean>) => {
      const other = deployment ? product : await startProduct({ logTo: { write: (line) => void logged.push(line) } });
      try {
        const refusing = await aBillingShop(other, { pciDssCertified: merchant }, { raw_card_data: account });
        const payment = card(NUMBER);
        const { order: open } = await refusing.createOrder({ payer: { reference: 'p' } });
        const { agreement } = await subscribe(refusing);
        other.sandbox.control.clearRequests();
        const answers = [
          await subscribe(refusing, { payment, idempotencyKey: 'with-a-card' }),
          await replaceCredential(refusing, agreement.id, { payment }),
          await orderFor(refusing, 'createOrder', {
            orderNumber: 'n',
            amount: { amount: '1', currency: 'USD' },
            payer: { reference: 'p' },
            payment,
          }),
          await orderFor(refusing, 'payOrder', { orderId: open.id, payment }),
        ];
        for (const answer of answers) expect(answer).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED', retryable: false });
        const outside = JSON.stringify(other.sandbox.control.requests());
        if (!deployment || !merchant) expect(outside).not.toContain(NUMBER);
        expect(await refusing.order(open.id)).toMatchObject({ status: 'CREATED', operations: [] });
        await expectNoTrace(answers);
        if (!deployment) expect(traces(await dump(other.database.url))).toEqual([]);
      } finally {
        if (!deployment) await other.close();
      }
    },
  );

  it('is exchanged for a token, with which all goes on', async () => {
    const made = await subscribe(shop, { payment: card(NUMBER), firstAmount: '5.00', idempotencyKey: 'made-by-card' });
    expect(made).toMatchObject({
      agreement: { status: 'ACTIVE', credential: { lastFour: '5556', type: 'CARD' } },
      order: { status: 'CAPTURED', storedOnFile: 'TO_BE_STORED' },
    });
    const checked = await subscribe(shop, { payment: card(NUMBER) });
    expect(checked).toMatchObject({ agreement: { status: 'ACTIVE' }, order: { status: 'VERIFIED' } });
    const replaced = await replaceCredential(shop, made.agreement.id, { payment: card(NUMBER, { cvc: undefined }) });
    expect(replaced).toMatchObject({ agreement: { status: 'ACTIVE' } });
    const later = await charged(shop, 'chargeAgreement', made.agreement.id, { amount: '3.00' });
    expect(later).toMatchObject({ order: { status: 'CAPTURED' } });
    await expectNoTrace(made, checked, replaced, later);
  });

  it('of an order is exchanged as well, when it is made and when it is paid', async () => {
    const terms = { type: 'UNSCHEDULED' };
    const amount = { amount: '30.00', currency: 'USD' };
    const given = {
      orderNumber: 'card-order',
      amount,
      payer: { reference: 'p' },
      payment: card(NUMBER),
      agreement: terms,
    };
    const created = await orderFor(shop, 'createOrder', given);
    expect(created).toMatchObject({ order: { status: 'CAPTURED', agreement: { status: 'ACTIVE' } } });
    const { order } = await shop.createOrder({ payer: { reference: 'p' } });
    const paid = await orderFor(shop, 'payOrder', { orderId: order.id, payment: card(NUMBER), agreement: terms });
    expect(paid).toMatchObject({ order: { status: 'CAPTURED', agreement: { status: 'ACTIVE' } } });
    await expectNoTrace(created, paid);
  });

  it('leaves no trace when the card is declined, or its holder must authenticate', async () => {
    const declined = await subscribe(shop, { payment: card(DECLINED), firstAmount: '5.00' });
    expect(declined).toMatchObject({ order: { status: 'DECLINED' }, agreement: { status: 'PENDING' } });
    const waiting = await subscribe(shop, { payment: card(CHALLENGED), firstAmount: '5.00' });
    expect(waiting).toMatchObject({ order: { status: 'REQUIRES_ACTION' } });
    await expectNoTrace(declined, waiting);
  });

  it('leaves no trace when the payment system does not take the card', async () => {
    const own = await startProduct({ cardDataAccepted: true, logTo: { write: (line) => void logged.push(line) } });
    try {
      const other = await aBillingShop(own, { pciDssCertified: true }, { raw_card_data: true });
      // By the payment system's clock the card has expired, by ours it has not.
      own.sandbox.control.advanceClock({ seconds: 26 * 366 * 86_400 });
      const refused = await subscribe(other, { payment: card(NUMBER) });
      expect(refused).toMatchObject({ code: 'CREDENTIAL_UNUSABLE', retryable: false });
      expect(refused.message).toContain('invalid_expiry_year');
      expect(traces(await dump(own.database.url))).toEqual([]);
      await expectNoTrace(refused);
    } finally {
      await own.close();
    }
  });

  it.each([
    ['a slip in its number', { number: '4000056655665557' }, ['number']],
    ['a number with spaces', { number: '4000 0566 5566 5556' }, ['number']],
    ['a number that is too long', { number: `${NUMBER}${NUMBER}` }, ['number']],
    ['no month', { expiryMonth: 13 }, ['expiryMonth']],
    ['a past date', { expiryYear: 2020 }, ['expiryYear']],
    ['letters for a CVC', { cvc: '73x' }, ['cvc']],
    ['a number for its holder', { holderName: NUMBER }, ['holderName']],
    ['the number in the CVC', { cvc: NUMBER }, ['cvc']],
  ])('is refused with %s, and not repeated', async (_, wrong, path) => {
    const refused = await subscribe(shop, { payment: card(NUMBER, wrong), idempotencyKey: 'wrong-card' });
    expect(refused.issues).toMatchObject([{ path: ['payment', 'credential', 'card', ...path] }]);
    await expectNoTrace(refused);
  });

  it('goes nowhere for a plan that cannot be made', async () => {
    const { agreement } = await subscribe(shop);
    const uncharging = { pciDssCertified: true, allowedSources: ['INTERNET'] };
    const own = await aMerchant(product, shop.operator, shop.stripe, uncharging);
    await changed(shop, 'cancelAgreement', agreement.id);
    product.sandbox.control.clearRequests();
    const payment = card(NUMBER);
    expect(await subscribe(shop, { payment, terms: { expiryDate: '2020-01-01' } })).toMatchObject({
      issues: [{ path: ['terms', 'expiryDate'] }],
    });
    expect(await subscribe(shop, { payment, firstAmount: '0' })).toMatchObject({ issues: [{ path: ['firstAmount'] }] });
    expect(await subscribe(shop, { payment, chargeAmount: { fixed: '0.10' } })).toMatchObject({
      code: 'AMOUNT_OUT_OF_RANGE',
    });
    expect(await subscribe(own, { payment })).toMatchObject({ code: 'SOURCE_NOT_ALLOWED' });
    expect(await replaceCredential(shop, agreement.id, { payment })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(sent('/v1/')).toEqual([]);
  });

  it('leaves no trace when something breaks inside', async () => {
    await asOwner('alter table agreements rename to agreements_away');
    try {
      const answer = await shop.raw(
        `mutation ($input: CreateAgreementInput!) { createAgreement(input: $input) { __typename } }`,
        {
          input: {
            payer: { reference: 'p' },
            terms: { type: 'UNSCHEDULED' },
            currency: 'USD',
            payment: card(NUMBER),
            idempotencyKey: 'broken-inside',
          },
        },
      );
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL' });
      await asOwner('alter table agreements_away rename to agreements');
      expect(logged.join()).toContain('agreements');
      await expectNoTrace(answer);
    } finally {
      await asOwner('alter table if exists agreements_away rename to agreements');
    }
  });

  it.each(['error_500_before', 'reset_after', 'timeout_before', 'rate_limited'] as const)(
    'leaves no trace when the payment system fails the exchange: %s',
    async (kind) => {
      product.sandbox.control.addFault({ method: 'POST', path: '/v1/payment_methods$', kind });
      try {
        const refused = await subscribe(shop, { payment: card(NUMBER), idempotencyKey: `failed-${kind}` });
        expect(refused).toMatchObject({ code: 'PAYMENT_SYSTEM_UNAVAILABLE', retryable: true });
        product.sandbox.control.clearFaults();
        const again = await subscribe(shop, { payment: card(NUMBER), idempotencyKey: `failed-${kind}` });
        expect(again).toMatchObject({ agreement: { status: 'ACTIVE' } });
        await expectNoTrace(refused, again);
      } finally {
        product.sandbox.control.clearFaults();
      }
    },
  );

  it('written into the query itself leaves no trace', async () => {
    const answer = await shop.raw(`mutation { createAgreement(input: { payer: { reference: "p" }, currency: "USD",
      terms: { type: UNSCHEDULED }, payment: { credential: { card: { number: "${NUMBER}", expiryMonth: 11,
      expiryYear: 2051, cvc: "${CVC}", holderName: "${HOLDER}" } } } }) { __typename } }`);
    expect(answer.data).toMatchObject({ createAgreement: { __typename: 'CreateAgreementPayload' } });
    await expectNoTrace(answer);
  });
});

describe('an idempotency key that came with card data', () => {
  it('answers the first request again, whatever card comes with it, and charges no second one', async () => {
    const asked = { payer: { reference: 'twice' }, firstAmount: '5.00', idempotencyKey: 'two-cards' };
    const first = await subscribe(shop, { ...asked, payment: card(NUMBER) });
    product.sandbox.control.clearRequests();
    const same = await subscribe(shop, { ...asked, payment: card(NUMBER) });
    const other = await subscribe(shop, { ...asked, payment: card(DECLINED) });
    for (const again of [same, other]) {
      expect(again).toEqual(expect.objectContaining({ agreement: expect.anything() }));
      expect(again.agreement).toMatchObject({ id: first.agreement.id, credential: { lastFour: '5556' } });
      expect(again.order.id).toBe(first.order.id);
    }
    // The card of a repetition is not even looked at.
    expect(sent('/v1/payment_')).toEqual([]);
    await expectNoTrace(first, same, other);
  });

  it('is not good for another amount, nor for another way to pay', async () => {
    const asked = { payer: { reference: 'other' }, firstAmount: '5.00', idempotencyKey: 'other-request' };
    await subscribe(shop, { ...asked, payment: card(NUMBER) });
    const more = await subscribe(shop, { ...asked, payment: card(NUMBER), firstAmount: '50.00' });
    expect(more).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const token = await subscribe(shop, { ...asked, payment: { credential: { token: 'pm_card_visa' } } });
    expect(token).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('makes one agreement of two requests at once', async () => {
    const asked = {
      payer: { reference: 'at-once' },
      firstAmount: '5.00',
      idempotencyKey: 'at-once',
      payment: card(NUMBER),
    };
    const answers = await Promise.all([1, 2, 3].map(() => subscribe(shop, asked)));
    const made = answers.filter(({ agreement }) => agreement).map(({ agreement }) => agreement.id);
    expect(new Set(made).size).toBe(1);
    for (const { agreement, code } of answers) if (!agreement) expect(code).toBe('IDEMPOTENCY_KEY_IN_USE');
    await expectNoTrace(answers);
  });
});
