import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AgreementResult,
  aBillingShop,
  afterDays,
  agreementOf,
  changed,
  charged,
  day,
  replaceCredential,
  subscribe,
} from '../../support/agreements.js';
import { aMerchant, Client, type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { externalIdsOf } from '../payers/stored-cards.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const suspend = (id: string, more: Json = {}) => changed(shop, 'suspendAgreement', id, more);
const resume = (id: string, more: Json = {}) => changed(shop, 'resumeAgreement', id, more);
const cancel = (id: string, more: Json = {}) => changed(shop, 'cancelAgreement', id, more);

async function daily(input: Json = {}) {
  const schedule = { period: 'DAY', startDate: day(product, 1), localTime: '00:00', timeZone: 'UTC' };
  return (await subscribe(shop, { chargeAmount: { fixed: '20.00' }, schedule, ...input })).agreement;
}

describe('a suspended agreement', () => {
  it('is charged neither by its schedule nor by hand', async () => {
    const { id } = await daily();
    expect(await suspend(id)).toMatchObject({
      agreement: { status: 'SUSPENDED', suspendedBecause: 'REQUESTED', nextChargeAt: null },
    });
    await afterDays(product, 3);
    expect((await agreementOf(shop, id)).charges.nodes).toEqual([]);
    expect(await charged(shop, 'chargeAgreement', id, { amount: '20.00', outsideSchedule: true })).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
  });

  it('goes on with the next time when resumed: what passed is not piled up, and no number is used up by it', async () => {
    const { id } = await daily();
    await afterDays(product, 1.1);
    const count = (await agreementOf(shop, id)).charges.nodes.length;
    await suspend(id);
    await afterDays(product, 4);
    const { agreement } = await resume(id);
    expect(agreement).toMatchObject({
      status: 'ACTIVE',
      suspendedBecause: null,
      upcomingCharges: [{ number: count + 1, date: day(product, 1) }, {}, {}, {}],
    });
    await afterDays(product, 0.01);
    expect((await agreementOf(shop, id)).charges.nodes).toHaveLength(count);
    await afterDays(product, 1);
    const after = await agreementOf(shop, id);
    expect(after.charges.nodes.map(({ number }) => number)).toEqual(
      Array.from({ length: count + 1 }, (_, each) => count + 1 - each),
    );
  });

  it('that nobody missed keeps its next time', async () => {
    const { id, nextChargeAt } = await daily();
    await suspend(id);
    expect(await resume(id)).toMatchObject({ agreement: { nextChargeAt } });
  });

  it('is suspended and resumed again without complaint', async () => {
    const { id } = await daily();
    await suspend(id);
    expect(await suspend(id)).toMatchObject({ agreement: { status: 'SUSPENDED', suspendedBecause: 'REQUESTED' } });
    await resume(id);
    expect(await resume(id)).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });

  it('expires like any other', async () => {
    const { id } = await daily({ terms: { expiryDate: day(product, 3) } });
    await suspend(id);
    await afterDays(product, 5);
    expect(await agreementOf(shop, id)).toMatchObject({ status: 'EXPIRED' });
    expect(await resume(id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});

describe('a canceled agreement', () => {
  it('is over for good', async () => {
    const { id } = await daily();
    await afterDays(product, 1.1);
    const count = (await agreementOf(shop, id)).charges.nodes.length;
    expect(await cancel(id)).toMatchObject({
      agreement: { status: 'CANCELED', nextChargeAt: null, upcomingCharges: [] },
    });
    await afterDays(product, 3);
    expect((await agreementOf(shop, id)).charges.nodes).toHaveLength(count);
    for (const mutation of ['suspendAgreement', 'resumeAgreement', 'updateAgreement'])
      expect(await changed(shop, mutation, id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await charged(shop, 'chargeAgreement', id, { amount: '1.00' })).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    expect(await replaceCredential(shop, id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(await cancel(id)).toMatchObject({ agreement: { status: 'CANCELED' } });
  });

  it('cannot be made of one that is completed', async () => {
    const { agreement } = await subscribe(shop, { terms: { numberOfPayments: 1 } });
    await charged(shop, 'chargeAgreement', agreement.id, { amount: '1.00' });
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'COMPLETED' });
    expect(await cancel(agreement.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('cannot be paid any more on the page where its payer was waited for', async () => {
    const { agreement, order } = await subscribe(shop, { payment: undefined, firstAmount: '5.00' });
    expect(await cancel(agreement.id)).toMatchObject({ agreement: { status: 'CANCELED' } });
    expect(await shop.payOrder(order.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({ status: 'EXPIRED' });
  });

  it('closes what waits for authentication, at the payment system too', async () => {
    const { agreement, order } = await subscribe(shop, {
      payment: pay('pm_card_authenticationRequired'),
      firstAmount: '5.00',
    });
    await cancel(agreement.id);
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({ status: 'EXPIRED' });
    const intentId = order.operations[0]?.transactions[0]?.externalId ?? '';
    expect(() => product.sandbox.control.completeAuthentication(shop.stripe.accountId, intentId, 'succeed')).toThrow();
    expect(await agreementOf(shop, agreement.id)).toMatchObject({ status: 'CANCELED', credential: null });
  });

  it('gives up what was to be tried again', async () => {
    const { id, credential } = await daily();
    const { token } = await externalIdsOf(product, credential?.id ?? '');
    product.sandbox.control.declineFrom(token, { code: 'insufficient_funds' });
    await afterDays(product, 1.1);
    expect(await agreementOf(shop, id)).toMatchObject({ status: 'PAST_DUE' });
    const { agreement } = await cancel(id);
    expect(agreement).toMatchObject({
      status: 'CANCELED',
      charges: { nodes: [{ status: 'FAILED', gaveUpBecause: 'AGREEMENT_ENDED', retryAt: null }] },
    });
  });
});

describe('each change', () => {
  it.each(['suspendAgreement', 'resumeAgreement', 'cancelAgreement'])(
    '%s is made once per idempotency key',
    async (mutation) => {
      const { id } = await daily();
      const other = await daily();
      if (mutation === 'resumeAgreement') for (const each of [id, other.id]) await suspend(each);
      const asked = { idempotencyKey: `once-${mutation}` };
      const answers = await Promise.all([1, 2, 3].map(() => changed(shop, mutation, id, asked)));
      expect(new Set(answers.map(({ agreement }) => agreement.status)).size).toBe(1);
      expect(await changed(shop, mutation, other.id, asked)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
      const undo = { suspendAgreement: 'resumeAgreement', resumeAgreement: 'suspendAgreement' }[mutation];
      if (!undo) return;
      const { agreement } = await changed(shop, undo, id);
      // A repetition is told how it is now, and does nothing.
      expect(await changed(shop, mutation, id, asked)).toMatchObject({ agreement: { status: agreement.status } });
    },
  );

  it('of two that exclude each other happens in some order, and never halfway', async () => {
    const { id } = await daily();
    await Promise.all([suspend(id), cancel(id), resume(id), suspend(id)]);
    expect(await agreementOf(shop, id)).toMatchObject({ status: 'CANCELED', suspendedBecause: null });
  });

  const MUTATIONS: readonly [string, Json][] = [
    ['updateAgreement', { numberOfPayments: 5 }],
    ['suspendAgreement', {}],
    ['resumeAgreement', {}],
    ['cancelAgreement', {}],
    ['replaceAgreementCredential', { payment: pay('pm_card_visa') }],
    ['chargeAgreement', { amount: '1.00' }],
    ['payOffAgreement', {}],
    ['reportBalance', { balance: '1.00' }],
  ];

  it.each(MUTATIONS)('%s of another’s agreement is as unknown as of one that never was', async (mutation, input) => {
    const { id } = await daily();
    const before = await agreementOf(shop, id);
    const strangers: Shop[] = [await aBillingShop(product), await aMerchant(product, shop.operator, shop.stripe)];
    const never = `${id.slice(0, -6)}zzzzzz`;
    for (const stranger of strangers) {
      const told: AgreementResult[] = [];
      for (const agreementId of [id, never, 'agr_rubbish', shop.id])
        told.push(await changed(stranger, mutation, agreementId, input));
      for (const each of told) expect(JSON.stringify(each)).toBe(JSON.stringify(told[1]));
      expect(told[0]).toMatchObject({ code: 'NOT_FOUND', message: 'no such agreement', issues: [] });
      const read = await stranger.ask(`{ agreement(id: "${id}") { id } node(id: "${id}") { id } }`);
      expect(read).toEqual({ agreement: null, node: null });
    }
    expect(await agreementOf(shop, id)).toEqual(before);
  });

  it('is refused to a live key for a test agreement', async () => {
    const { id } = await daily();
    const { secret } = await product.platform.do<{ secret: string }>(
      'createApiKey',
      { name: 'live', operatorId: shop.operator.id, mode: 'LIVE' },
      'secret',
    );
    const live = new Client(product.url, secret) as Shop;
    for (const [mutation, input] of MUTATIONS)
      expect(await changed(live, mutation, id, input)).toMatchObject({
        code: 'NOT_FOUND',
        message: 'no such agreement',
      });
    expect(await live.ask(`{ agreement(id: "${id}") { id } agreements { nodes { id } } }`)).toEqual({
      agreement: null,
      agreements: { nodes: [] },
    });
  });
});
