import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AgreementResult,
  aBillingShop,
  afterDays,
  agreementOf,
  changed,
  charged,
  day,
  historyOf,
  subscribe,
} from '../../support/agreements.js';
import { eventsOf } from '../../support/charging.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

const update = (id: string, input: Json): Promise<AgreementResult> => changed(shop, 'updateAgreement', id, input);
const daily = (more: Json = {}) => ({
  period: 'DAY',
  startDate: day(product, 1),
  localTime: '00:00',
  timeZone: 'UTC',
  ...more,
});

async function billed(input: Json = {}) {
  const { agreement, message } = await subscribe(shop, {
    chargeAmount: { fixed: '20.00' },
    schedule: daily(),
    ...input,
  });
  expect(message).toBeUndefined();
  return agreement;
}

async function faultsOf(id: string, input: Json): Promise<string[]> {
  const before = await agreementOf(shop, id);
  const { code, issues = [] } = await update(id, input);
  expect(code).toBe('INVALID_INPUT');
  expect(await agreementOf(shop, id)).toEqual(before);
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`);
}

describe('an edit of the schedule', () => {
  it('keeps what is charged, and goes on with the next number', async () => {
    const { id } = await billed();
    await afterDays(product, 2);
    const before = await agreementOf(shop, id);
    const numbers = before.charges.nodes.map(({ number }) => number);
    expect(before.charges.nodes.every(({ status }) => status === 'PAID')).toBe(true);
    const next = Math.max(...numbers.map(Number)) + 1;
    const { agreement } = await update(id, {
      schedule: { period: 'WEEK', startDate: day(product), localTime: '00:00', timeZone: 'UTC' },
    });
    expect(agreement.charges.nodes).toEqual(before.charges.nodes);
    expect(agreement.upcomingCharges[0]).toMatchObject({ number: next });
    // Today was charged under the old one.
    expect((agreement.upcomingCharges[0]?.date ?? '') > day(product)).toBe(true);
    await afterDays(product, 8);
    const after = await agreementOf(shop, id);
    expect(after.charges.nodes.map(({ number }) => number)).toEqual([next, ...numbers]);
  });

  it('to another zone charges no day twice', async () => {
    const { id } = await billed();
    await afterDays(product, 2);
    const before = await agreementOf(shop, id);
    const charges = before.charges.nodes.length;
    const { agreement } = await update(id, {
      schedule: daily({ startDate: day(product, -5), timeZone: 'Pacific/Kiritimati' }),
    });
    expect(agreement.schedule).toMatchObject({ timeZone: 'Pacific/Kiritimati' });
    const back = await update(id, { schedule: daily({ startDate: day(product, -5), timeZone: 'Pacific/Pago_Pago' }) });
    expect(back.agreement.upcomingCharges[0]).toMatchObject({ number: charges + 1 });
    await afterDays(product, 0.01);
    expect((await agreementOf(shop, id)).charges.nodes).toHaveLength(charges);
  });

  it('that takes it away charges only when asked; another one goes on counting', async () => {
    const { id } = await billed();
    await afterDays(product, 1.1);
    const before = await agreementOf(shop, id);
    const count = before.charges.nodes.length;
    expect(await update(id, { schedule: null })).toMatchObject({ agreement: { schedule: null, nextChargeAt: null } });
    await afterDays(product, 3);
    expect((await agreementOf(shop, id)).charges.nodes).toHaveLength(count);
    const asked = await charged(shop, 'chargeAgreement', id, { amount: '20.00' });
    expect(asked).toMatchObject({ order: { status: 'CAPTURED' } });
    const { agreement } = await update(id, { schedule: daily() });
    expect(agreement.upcomingCharges[0]).toMatchObject({ number: count + 1, date: day(product, 1) });
  });

  it('of a suspended agreement does not resume it', async () => {
    const { id } = await billed();
    await changed(shop, 'suspendAgreement', id);
    expect(await update(id, { schedule: daily({ startDate: day(product, 3) }) })).toMatchObject({
      agreement: { status: 'SUSPENDED', nextChargeAt: null, schedule: { startDate: day(product, 3) } },
    });
  });

  it('notes the period that is due and that it passes over', async () => {
    const { id } = await billed();
    await changed(shop, 'suspendAgreement', id);
    await changed(shop, 'resumeAgreement', id);
    product.advance(86_400);
    const { nextChargeAt } = await agreementOf(shop, id);
    const { agreement } = await update(id, { schedule: daily({ startDate: day(product, 2) }) });
    expect(agreement.upcomingCharges[0]).toMatchObject({ number: 1, date: day(product, 2) });
    const [skipped] = (await historyOf(shop, id)).filter(({ kind }) => kind === 'PERIODS_SKIPPED');
    expect(skipped).toMatchObject({
      apiKeyId: expect.stringMatching(/^key_/),
      note: `Period 1, due at ${nextChargeAt}, was not charged: the schedule was changed first`,
    });
    await update(id, { schedule: daily({ startDate: day(product, 3) }) });
    expect((await historyOf(shop, id)).filter(({ kind }) => kind === 'PERIODS_SKIPPED')).toHaveLength(1);
  });

  it.each<[string, Json, () => Json, RegExp]>([
    [
      'begins before the agreement does',
      { terms: { startDate: '2099-01-01' }, schedule: null },
      () => ({ schedule: daily() }),
      /^schedule.startDate must not be before startDate, 2099-01-01/,
    ],
    [
      'begins after the agreement ends',
      {},
      () => ({ expiryDate: day(product, 9), schedule: daily({ startDate: day(product, 10) }) }),
      /^schedule.startDate must not be after expiryDate/,
    ],
    [
      'comes more often than payments may',
      { terms: { minimumDaysBetweenPayments: 7 }, schedule: null },
      () => ({ schedule: daily() }),
      /^minimumDaysBetweenPayments must be at most 1,/,
    ],
  ])('that %s is refused', async (_, given, input, words) => {
    const { id } = await billed(given);
    expect(await faultsOf(id, input())).toEqual([expect.stringMatching(words)]);
  });

  it.each<[string, () => Json, RegExp]>([
    [
      'finishDate',
      () => ({ schedule: daily({ finishDate: day(product, 1) }) }),
      /^schedule.finishDate must not be before/,
    ],
    ['expiryDate', () => ({ expiryDate: day(product, 1) }), /^expiryDate must not be before .* last part/],
    ['numberOfPayments', () => ({ numberOfPayments: 1 }), /^numberOfPayments must be at least 2, the parts/],
    [
      'minimumDaysBetweenPayments',
      () => ({ minimumDaysBetweenPayments: 2 }),
      /^minimumDaysBetweenPayments must be at most 1/,
    ],
  ])('of a plan leaves room for all its parts: %s', async (_, input, words) => {
    const { id } = await billed({
      terms: { type: 'INSTALLMENT' },
      chargeAmount: null,
      installments: { total: '9.00', parts: 3 },
    });
    expect(await faultsOf(id, input())).toEqual([expect.stringMatching(words)]);
    const room = { expiryDate: day(product, 2), numberOfPayments: 2, schedule: daily({ finishDate: day(product, 2) }) };
    expect(await update(id, room)).toMatchObject({ agreement: { status: 'ACTIVE' } });
  });

  it.each<[string, () => Json, RegExp]>([
    ['ends before it begins', () => ({ schedule: daily({ finishDate: day(product) }) }), /^schedule.finishDate/],
    [
      'ended long ago',
      () => ({ schedule: daily({ startDate: '2020-01-01', finishDate: '2021-01-01' }) }),
      /^schedule.finishDate must not be in the past/,
    ],
  ])('that %s is refused, and ends nothing', async (_, input, words) => {
    const { id } = await billed();
    expect(await faultsOf(id, input())).toEqual([expect.stringMatching(words)]);
  });
});

describe('an edit of amounts and limits', () => {
  it('counts from the next charge on', async () => {
    const { id } = await billed({ terms: { amountVariability: 'FIXED' } });
    await afterDays(product, 1.1);
    const { agreement } = await update(id, { chargeAmount: { fixed: '25.00' } });
    expect(agreement.charges.nodes).toMatchObject([{ amount: { amount: '20.00' } }]);
    expect(agreement.upcomingCharges[0]).toMatchObject({ amount: { amount: '25.00' } });
  });

  it('by a sequence has an amount for the next period, which is counted from the first', async () => {
    const { id } = await billed();
    await afterDays(product, 1.1);
    const numbered = (await agreementOf(shop, id)).charges.nodes.length;
    const sequence = Array.from({ length: numbered }, () => '5.00');
    expect(await faultsOf(id, { chargeAmount: { sequence } })).toEqual([
      expect.stringMatching(`^chargeAmount.sequence must have more than ${numbered} amounts`),
    ]);
    const { agreement } = await update(id, { chargeAmount: { sequence: [...sequence, '6.00'] } });
    expect(agreement).toMatchObject({ status: 'ACTIVE' });
    expect(agreement.upcomingCharges).toMatchObject([{ number: numbered + 1, amount: { amount: '6.00' } }]);
  });

  it.each<[string, () => Json]>([
    ['amount', () => ({ chargeAmount: { fixed: '25.00' } })],
    ['schedule', () => ({ schedule: daily({ period: 'WEEK', startDate: day(product, 2) }) })],
  ])('that changes the %s of a coming charge announces it anew, and nothing else does', async (_, input) => {
    const { id } = await billed({ schedule: daily({ period: 'WEEK', startDate: day(product, 2) }) });
    await update(id, { schedule: daily({ period: 'WEEK', startDate: day(product, 1) }) });
    await afterDays(product, 0.01);
    const announced = () => eventsOf(product, id, 'agreement.charge_coming');
    expect(await announced()).toHaveLength(1);
    await update(id, { metadata: { a: 'b' }, chargeAmount: { fixed: '20.00' } });
    await afterDays(product, 0.01);
    expect(await announced()).toHaveLength(1);
    await update(id, input());
    await afterDays(product, 0.01);
    expect(await announced()).toHaveLength(2);
    await changed(shop, 'cancelAgreement', id);
  });

  it('by a topUp with another threshold watches the balance anew', async () => {
    const topUp = { threshold: '5.00', amount: '10.00' };
    const { agreement } = await subscribe(shop, { terms: { type: 'UNSCHEDULED' }, topUp });
    const low = () => charged(shop, 'reportBalance', agreement.id, { balance: '1.00' });
    expect(await low()).toMatchObject({ order: { status: 'CAPTURED' } });
    expect(await low()).toMatchObject({ order: null });
    await update(agreement.id, { topUp: null });
    await update(agreement.id, { topUp });
    expect(await low()).toMatchObject({ order: { status: 'CAPTURED' } });
    await update(agreement.id, { topUp: { threshold: '5.00', amount: '20.00' } });
    expect(await low()).toMatchObject({ order: null });
    await update(agreement.id, { topUp: { threshold: '4.00', amount: '20.00' } });
    expect(await low()).toMatchObject({ order: { status: 'CAPTURED', amount: { amount: '20.00' } } });
  });

  it('leaves what is not named, and takes away what is null', async () => {
    const { agreement } = await subscribe(shop, {
      terms: { minimumAmount: '1', maximumAmount: '50', metadata: { a: 'b' } },
    });
    await update(agreement.id, { maximumAmount: null });
    const { agreement: after } = await shop.ask<{ agreement: Json }>(
      `{ agreement(id: "${agreement.id}") { metadata terms { minimumAmount { amount } maximumAmount { amount } } } }`,
    );
    expect(after).toEqual({ metadata: { a: 'b' }, terms: { minimumAmount: { amount: '1.00' }, maximumAmount: null } });
  });

  it('may complete it: as many payments as were made', async () => {
    const { agreement } = await subscribe(shop);
    await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    await charged(shop, 'chargeAgreement', agreement.id, { amount: '3.00' });
    expect(await faultsOf(agreement.id, { numberOfPayments: 1 })).toEqual([
      expect.stringMatching(/^numberOfPayments 2 payments were made/),
    ]);
    expect(await update(agreement.id, { numberOfPayments: 2 })).toMatchObject({ agreement: { status: 'COMPLETED' } });
    expect(await update(agreement.id, { numberOfPayments: 3 })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it.each<[string, Json, () => Json, RegExp]>([
    ['a minimum of nothing', {}, () => ({ minimumAmount: '0' }), /^minimumAmount must be more than 0/],
    ['a maximum of nothing', {}, () => ({ maximumAmount: '0.00' }), /^maximumAmount must be more than 0/],
    ['a maximum under its amount', {}, () => ({ maximumAmount: '19.99' }), /^chargeAmount .*more than maximumAmount/],
    [
      'an amount over its maximum',
      { terms: { maximumAmount: '20' } },
      () => ({ chargeAmount: { fixed: '21' } }),
      /^chargeAmount .*more than maximumAmount/,
    ],
    ['no amounts for its schedule', {}, () => ({ chargeAmount: null }), /^chargeAmount cannot be taken away/],
    [
      'a range for a fixed one',
      { terms: { amountVariability: 'FIXED' } },
      () => ({ chargeAmount: { range: { from: '1', to: '2' } } }),
      /^chargeAmount must be fixed/,
    ],
    ['an end that is past', {}, () => ({ expiryDate: '2020-01-01' }), /^expiryDate must be after today/],
    [
      'an end before its start',
      { terms: { startDate: '2099-01-01' }, schedule: null },
      () => ({ expiryDate: '2098-01-01' }),
      /^expiryDate must be after startDate/,
    ],
    ['a top-up', {}, () => ({ topUp: { threshold: '1', amount: '2' } }), /^topUp is for UNSCHEDULED/],
    ['too many days between', {}, () => ({ minimumDaysBetweenPayments: 10000 }), /^minimumDaysBetweenPayments .*9999/],
  ])('is refused with %s', async (_, given, input, words) => {
    const { id } = await billed(given);
    expect(await faultsOf(id, input())).toEqual([expect.stringMatching(words)]);
  });

  it.each<[Json, RegExp]>([
    [{ topUp: { threshold: '1', amount: '0' } }, /^topUp.amount must be more than 0/],
    [{ maximumAmount: '5' }, /^topUp.amount .*more than maximumAmount/],
    [{ schedule: { period: 'DAY', startDate: '2099-01-01' } }, /^schedule an UNSCHEDULED/],
  ])('of an UNSCHEDULED agreement is refused: %j', async (input, words) => {
    const terms = { type: 'UNSCHEDULED' };
    const { agreement } = await subscribe(shop, { terms, topUp: { threshold: '2', amount: '10' } });
    expect((await faultsOf(agreement.id, input))[0]).toMatch(words);
  });

  it('of an instalment plan cannot change its parts', async () => {
    const { agreement } = await subscribe(shop, {
      terms: { type: 'INSTALLMENT' },
      installments: { total: '9.00', parts: 3 },
    });
    expect(await faultsOf(agreement.id, { chargeAmount: { fixed: '1.00' } })).toEqual([
      expect.stringMatching(/^chargeAmount cannot be changed/),
    ]);
    expect(await update(agreement.id, { schedule: daily() })).toMatchObject({
      agreement: { upcomingCharges: [{ number: 2 }, { number: 3 }] },
    });
  });

  it('is made once per idempotency key', async () => {
    const { agreement } = await subscribe(shop);
    const asked = { idempotencyKey: 'update-once', maximumAmount: '5.00' };
    await Promise.all([1, 2].map(() => update(agreement.id, asked)));
    await update(agreement.id, { maximumAmount: '6.00' });
    expect(await update(agreement.id, asked)).toMatchObject({ agreement: { id: agreement.id } });
    const { agreement: after } = await shop.ask<{ agreement: Json }>(
      `{ agreement(id: "${agreement.id}") { terms { maximumAmount { amount } } } }`,
    );
    expect(after).toMatchObject({ terms: { maximumAmount: { amount: '6.00' } } });
    const entries = (await historyOf(shop, agreement.id)).filter(({ kind }) => kind === 'TERMS');
    expect(entries.map(({ after }) => after)).toEqual([{ maximumAmount: '6.00' }, { maximumAmount: '5.00' }]);
    expect(await update(agreement.id, { ...asked, maximumAmount: '7.00' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    // Absent and null are different wishes.
    expect(await update(agreement.id, { ...asked, minimumAmount: null })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});
