import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aBillingShop,
  afterDays,
  authenticate,
  changed,
  day,
  historyOf,
  replaceCredential,
  subscribe,
} from '../../support/agreements.js';
import { aMerchant, type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { Listener } from '../live/listener.js';
import { removeCard } from '../payers/stored-cards.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const CHANGES = `subscription ($agreementId: ID, $merchantId: ID, $after: EventCursor) {
  agreementStatusChanged(agreementId: $agreementId, merchantId: $merchantId, after: $after) {
    cursor occurredAt previousStatus status agreementId agreement { id status } } }`;

interface Told {
  readonly cursor: string;
  readonly previousStatus: string | null;
  readonly status: string;
  readonly agreementId: string;
}

const listeners: Listener[] = [];
afterEach(() => {
  for (const each of listeners.splice(0)) each.drop();
});

async function following(by: Shop, variables: Json = {}): Promise<Listener> {
  const listener = await Listener.of(by);
  listeners.push(listener);
  await listener.follow(variables, CHANGES);
  return listener;
}

function toldOf(listener: Listener): Told[] {
  return listener.messages.flatMap(({ type, payload }) => {
    const data = type === 'next' && payload && 'data' in payload ? (payload.data as unknown as Json) : null;
    return data?.agreementStatusChanged ? [data.agreementStatusChanged as Told] : [];
  });
}

const steps = (listener: Listener) =>
  toldOf(listener).map(({ previousStatus, status }) => `${previousStatus ?? ''}>${status}`);

async function until(listener: Listener, count: number): Promise<void> {
  await listener.until(() => toldOf(listener).length >= count);
}

describe('the history of an agreement', () => {
  it('tells of every change who made it, when, what was before and what after', async () => {
    const { agreement } = await subscribe(shop, { terms: { maximumAmount: '50.00', metadata: { plan: 'silver' } } });
    const { id } = agreement;
    const { viewer } = await shop.ask<{ viewer: { keyId?: string; apiKey?: { id: string } } }>(
      '{ viewer { __typename } }',
    );
    expect(viewer).toBeDefined();
    const began = product.clock.now().getTime();
    await changed(shop, 'updateAgreement', id, { maximumAmount: '60.00', metadata: { plan: 'gold' } });
    await changed(shop, 'updateAgreement', id, {
      chargeAmount: { range: { from: '1.00', to: '2.50' } },
      schedule: { period: 'MONTH', startDate: day(product, 5), timeZone: 'Europe/Berlin' },
    });
    await changed(shop, 'updateAgreement', id, { chargeAmount: { fixed: '2.00' } });
    await changed(shop, 'updateAgreement', id, { schedule: null });
    await changed(shop, 'suspendAgreement', id);
    const byOperator = await shop.operator.do<Json>('resumeAgreement', { agreementId: id }, 'agreement { status }');
    expect(byOperator).toMatchObject({ agreement: { status: 'ACTIVE' } });
    await changed(shop, 'updateAgreement', id, {});
    await changed(shop, 'cancelAgreement', id);

    const entries = (await historyOf(shop, id)).toReversed();
    expect(entries.map(({ kind }) => kind)).toEqual([
      'CREATED',
      'STATUS',
      'CREDENTIAL',
      'TERMS',
      'SCHEDULE',
      'CHARGE_AMOUNT',
      'CHARGE_AMOUNT',
      'SCHEDULE',
      'STATUS',
      'STATUS',
      'STATUS',
    ]);
    const [created, established, credential, terms, schedule, , amount, removed, suspended, resumed, canceled] =
      entries;
    const key = created?.apiKeyId;
    expect(key).toMatch(/^key_/);
    for (const entry of [terms, schedule, amount, removed, suspended, canceled]) expect(entry?.apiKeyId).toBe(key);
    for (const entry of [established, credential]) expect(entry?.apiKeyId).toBeNull();
    expect(resumed?.apiKeyId).toMatch(/^key_/);
    expect(resumed?.apiKeyId).not.toBe(key);
    expect(terms).toMatchObject({
      before: { maximumAmount: '50.00', metadata: { plan: 'silver' } },
      after: { maximumAmount: '60.00', metadata: { plan: 'gold' } },
    });
    expect(amount).toMatchObject({
      before: { chargeMode: 'RANGE', chargeAmounts: ['1.00', '2.50'] },
      after: { chargeMode: 'FIXED', chargeAmounts: ['2.00'] },
    });
    expect(schedule?.after).toMatchObject({
      period: 'MONTH',
      interval: 1,
      startDate: day(product, 5),
      timeZone: 'Europe/Berlin',
    });
    expect(removed?.after).toMatchObject({ period: null });
    expect(suspended).toMatchObject({
      before: { status: 'ACTIVE' },
      after: { status: 'SUSPENDED', suspendedBecause: 'REQUESTED' },
    });
    for (const { createdAt } of entries.slice(3)) {
      const at = new Date(createdAt).getTime();
      expect(at).toBeGreaterThanOrEqual(began);
      expect(at).toBeLessThanOrEqual(product.clock.now().getTime());
    }
  });

  it('says why it was suspended by itself', async () => {
    const { agreement } = await subscribe(shop);
    await removeCard(shop, agreement.credential?.id ?? '');
    const [newest] = await historyOf(shop, agreement.id);
    expect(newest).toMatchObject({
      kind: 'STATUS',
      apiKeyId: null,
      after: { status: 'SUSPENDED', suspendedBecause: 'CREDENTIAL_UNUSABLE' },
    });
  });

  it('says nothing of a change that was refused, nor of one that changes nothing', async () => {
    const { agreement } = await subscribe(shop, { terms: { maximumAmount: '50.00' } });
    const before = await historyOf(shop, agreement.id);
    await changed(shop, 'updateAgreement', agreement.id, { maximumAmount: '0' });
    await changed(shop, 'updateAgreement', agreement.id, { maximumAmount: '50' });
    await changed(shop, 'resumeAgreement', agreement.id);
    expect(await historyOf(shop, agreement.id)).toEqual(before);
  });
});

describe('agreementStatusChanged', () => {
  it('tells of each status as it comes', async () => {
    const listener = await following(shop);
    const { agreement, order } = await subscribe(shop, { payment: pay('pm_card_authenticationRequired') });
    await authenticate(product, shop, order);
    await changed(shop, 'suspendAgreement', agreement.id);
    await changed(shop, 'resumeAgreement', agreement.id);
    await replaceCredential(shop, agreement.id);
    await changed(shop, 'cancelAgreement', agreement.id);
    await until(listener, 5);
    await listener.quiet();
    expect(steps(listener)).toEqual([
      '>PENDING',
      'PENDING>ACTIVE',
      'ACTIVE>SUSPENDED',
      'SUSPENDED>ACTIVE',
      'ACTIVE>CANCELED',
    ]);
    expect(new Set(toldOf(listener).map(({ agreementId }) => agreementId))).toEqual(new Set([agreement.id]));
  });

  it('goes on after a cursor without a gap and without a repeat', async () => {
    const { agreement } = await subscribe(shop);
    const first = await following(shop, { agreementId: agreement.id });
    await changed(shop, 'suspendAgreement', agreement.id);
    await until(first, 1);
    first.drop();
    await changed(shop, 'resumeAgreement', agreement.id);
    const [seen] = toldOf(first);
    const second = await following(shop, { agreementId: agreement.id, after: seen?.cursor });
    await until(second, 1);
    await changed(shop, 'cancelAgreement', agreement.id);
    await until(second, 2);
    await second.quiet();
    expect(steps(second)).toEqual(['SUSPENDED>ACTIVE', 'ACTIVE>CANCELED']);
  });

  it('tells of one agreement, of one merchant, and never of another’s', async () => {
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    const stranger = await aBillingShop(product);
    const { agreement: watched } = await subscribe(shop);
    const one = await following(shop, { agreementId: watched.id });
    const theirs = await following(neighbour);
    const foreign = await following(stranger);
    const operators = await following(shop.operator as unknown as Shop, { merchantId: shop.id });
    const { agreement: other } = await subscribe(shop);
    await changed(shop, 'suspendAgreement', other.id);
    await changed(shop, 'suspendAgreement', watched.id);
    await until(one, 1);
    await until(operators, 4);
    await one.quiet();
    expect(steps(one)).toEqual(['ACTIVE>SUSPENDED']);
    expect(toldOf(theirs)).toEqual([]);
    expect(toldOf(foreign)).toEqual([]);
    const never = `${watched.id.slice(0, -6)}zzzzzz`;
    const told = [];
    for (const agreementId of [watched.id, never]) {
      const listener = await Listener.of(stranger);
      listeners.push(listener);
      told.push(await listener.refusal({ agreementId }, CHANGES));
    }
    expect(told[0]).toEqual(told[1]);
    expect(JSON.stringify(told[0])).toContain('NOT_FOUND');
  });

  it('tells of what time does by itself', async () => {
    const own = await startProduct();
    try {
      const other = await aBillingShop(own);
      const { agreement } = await subscribe(other, { terms: { expiryDate: day(own, 2) } });
      const listener = await following(other, { agreementId: agreement.id });
      await afterDays(own, 4);
      await until(listener, 1);
      expect(steps(listener)).toEqual(['ACTIVE>EXPIRED']);
    } finally {
      for (const each of listeners.splice(0)) each.drop();
      await own.close();
    }
  });
});
