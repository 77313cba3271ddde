import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, afterDays, agreementOf, changed, day, subscribe } from '../../support/agreements.js';
import { sendFile } from '../../support/bulk.js';
import { type Cells, finished, outcomes, sent } from '../../support/bulk-rows.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';
import { atStripe } from '../payers/stored-cards.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

let made = 0;
function row(more: Cells = {}): Cells {
  made += 1;
  return {
    'terms.reference': `gym-${made}`,
    'terms.type': 'RECURRING',
    'terms.amountVariability': 'VARIABLE',
    'payer.reference': `member-${made}`,
    currency: 'USD',
    ...more,
  };
}

const PAID = { 'payment.credential.token': 'pm_card_visa', firstAmount: '20.00' };

/** An agreement that can be charged, by its reference. */
async function anAgreement(reference: string, by: Shop = shop): Promise<string> {
  const { agreement, ...problem } = await subscribe(by, { terms: { reference } });
  if (!agreement) throw new Error(JSON.stringify(problem));
  return agreement.id;
}

describe('createAgreements', () => {
  it('makes agreements that are paid now, that wait for their payer, and that were made elsewhere', async () => {
    const customer = await atStripe(product, shop, 'customers', { name: 'Moved' });
    const card = await atStripe(product, shop, 'payment_methods/pm_card_visa/attach', {
      customer: String(customer.id),
    });
    const schedule = {
      'schedule.period': 'MONTH',
      'schedule.startDate': day(product, 10),
      'chargeAmount.fixed': '20.00',
    };
    const done = await sent(product, shop, 'createAgreements', [
      row({ ...PAID, ...schedule, 'terms.metadata.level': 'gold' }),
      row({ ...schedule }),
      row({
        'credential.token': String(card.id),
        'credential.externalCustomerId': String(customer.id),
        'firstTransaction.date': '2024-03-31',
        'firstTransaction.reference': 'MCC-1',
        paymentsMade: '7',
      }),
      row({ 'payment.credential.token': 'pm_card_chargeDeclined', firstAmount: '20.00' }),
    ]);
    expect(done.operation).toMatchObject({ status: 'COMPLETED', counts: { total: 4, succeeded: 4, failed: 0 } });
    // A decline is no Problem of the row: its order says so.
    expect(outcomes(done)).toEqual(['2 SUCCEEDED', '3 SUCCEEDED', '4 SUCCEEDED', '5 SUCCEEDED']);
    const [paid, waiting, imported, declined] = done.rows;
    expect(await agreementOf(shop, paid?.agreement?.id ?? '')).toMatchObject({
      status: 'ACTIVE',
      schedule: { period: 'MONTH', startDate: day(product, 10) },
    });
    expect((await shop.order(paid?.order?.id ?? '')).status).toBe('CAPTURED');
    expect(await agreementOf(shop, waiting?.agreement?.id ?? '')).toMatchObject({ status: 'PENDING' });
    const { order } = await shop.ask<{ order: { paymentPageUrl: string } }>(
      'query ($id: ID!) { order(id: $id) { paymentPageUrl } }',
      { id: waiting?.order?.id },
    );
    expect((await fetch(order.paymentPageUrl)).status).toBe(200);
    expect(await agreementOf(shop, imported?.agreement?.id ?? '')).toMatchObject({ status: 'ACTIVE', paymentsMade: 7 });
    expect(imported?.order).toBeNull();
    expect((await shop.order(declined?.order?.id ?? '')).status).toBe('DECLINED');
  });

  it('tells each row what is wrong with it, at its columns, and does the others', async () => {
    const taken = row(PAID);
    await sent(product, shop, 'createAgreements', [taken]);
    const done = await sent(product, shop, 'createAgreements', [
      row({ ...PAID, firstAmount: 'twenty', 'schedule.period': 'MONTH' }),
      row({
        ...PAID,
        'terms.startDate': day(product, -5),
        'terms.minimumAmount': '10.00',
        'terms.maximumAmount': '5.00',
      }),
      row(PAID),
      row({ ...PAID, paymentSystemAccountId: 'psa_none' }),
    ]);
    expect(outcomes(done)).toEqual([
      '2 FAILED INVALID_INPUT',
      '3 FAILED INVALID_INPUT',
      '4 SUCCEEDED',
      '5 FAILED NOT_FOUND',
    ]);
    const at = (index: number) => done.rows[index]?.problem?.issues.map(({ path }) => path);
    expect(at(0)).toEqual([['firstAmount'], ['schedule.startDate']]);
    expect(at(1)).toEqual(expect.arrayContaining([['terms.startDate'], ['terms.minimumAmount']]));
    expect(done.rows[0]?.problem?.message).toContain('not "twenty"');
  });

  it('fails a row whose token does not exist, and takes it with another reference and token', async () => {
    const wrong = row({ ...PAID, 'payment.credential.token': 'pm_1PqX2eLkdIwHu7ix' });
    const first = await sent(product, shop, 'createAgreements', [wrong]);
    expect(outcomes(first)).toEqual(['2 FAILED CREDENTIAL_UNUSABLE']);
    expect(first.rows[0]?.problem?.message).toContain('send it with another terms.reference');
    expect((await shop.order(first.rows[0]?.order?.id ?? '')).status).toBe('DECLINED');
    // The same row once more makes nothing more, and says the same.
    const again = await sent(product, shop, 'createAgreements', [wrong]);
    expect(again.rows[0]).toMatchObject({ agreement: first.rows[0]?.agreement, problem: first.rows[0]?.problem });
    const mended = { ...wrong, ...PAID, 'terms.reference': `${wrong['terms.reference']}-again` };
    expect(outcomes(await sent(product, shop, 'createAgreements', [mended]))).toEqual(['2 SUCCEEDED']);
  });

  it('refuses a reference that an agreement has which no file has made', async () => {
    await anAgreement('by-hand');
    const done = await sent(product, shop, 'createAgreements', [row({ ...PAID, 'terms.reference': 'by-hand' })]);
    expect(outcomes(done)).toEqual(['2 FAILED DUPLICATE_REFERENCE']);
  });
});

describe('chargeAgreements', () => {
  it('charges by reference and by id, and a decline is told by the order', async () => {
    await anAgreement('plain');
    const byId = await anAgreement('by-id');
    const { agreement } = await subscribe(shop, {
      terms: { reference: 'broke' },
      payment: { credential: { token: 'pm_card_chargeCustomerFail' } },
    });
    expect(agreement.status).toBe('ACTIVE');
    const done = await sent(product, shop, 'chargeAgreements', [
      { orderNumber: 'jan-1', agreementReference: 'plain', amount: '12.50', description: 'January' },
      { orderNumber: 'jan-2', agreementId: byId, amount: '5.00' },
      { orderNumber: 'jan-3', agreementReference: 'broke', amount: '5.00' },
      { orderNumber: 'jan-4', agreementReference: 'nobody', amount: '5.00' },
      { orderNumber: 'jan-5', agreementReference: 'plain', agreementId: byId, amount: '5.00' },
      { orderNumber: 'jan-6', agreementReference: 'plain', amount: '5.001' },
      { orderNumber: 'jan-1-again', agreementReference: 'plain', amount: '1.00', outsideSchedule: 'true' },
    ]);
    expect(outcomes(done)).toEqual([
      '2 SUCCEEDED',
      '3 SUCCEEDED',
      '4 SUCCEEDED',
      '5 FAILED NOT_FOUND',
      '6 FAILED INVALID_INPUT',
      '7 FAILED INVALID_INPUT',
      '8 SUCCEEDED',
    ]);
    const orders = await Promise.all(done.rows.flatMap(({ order }) => (order ? [shop.order(order.id)] : [])));
    expect(
      orders.map(({ orderNumber, status, source, amount }) => `${orderNumber} ${status} ${source} ${amount.amount}`),
    ).toEqual([
      'jan-1 CAPTURED MERCHANT 12.50',
      'jan-2 CAPTURED MERCHANT 5.00',
      'jan-3 DECLINED MERCHANT 5.00',
      'jan-1-again CAPTURED MERCHANT 1.00',
    ]);
  });

  it('knows no agreement of another merchant, of the same operator or not', async () => {
    const other = await aBillingShop(product);
    const theirs = await anAgreement('theirs', other);
    const rows = [
      { orderNumber: 'spy-1', agreementReference: 'theirs', amount: '5.00' },
      { orderNumber: 'spy-2', agreementId: theirs, amount: '5.00' },
    ];
    const done = await sent(product, shop, 'chargeAgreements', rows);
    const nobody = await sent(product, shop, 'chargeAgreements', [
      { orderNumber: 'spy-3', agreementReference: 'nobody', amount: '5.00' },
    ]);
    expect(outcomes(done)).toEqual(['2 FAILED NOT_FOUND', '3 FAILED NOT_FOUND']);
    expect(new Set([...done.rows, ...nobody.rows].map(({ problem }) => problem?.message))).toEqual(
      new Set(['no such agreement']),
    );
    // An operator's key acts for the merchant that it names, and for no other.
    const asOther = await sent(product, other.operator, 'chargeAgreements', rows, { merchantId: other.id });
    expect(outcomes(asOther)).toEqual(['2 SUCCEEDED', '3 SUCCEEDED']);
  });

  it('does a row once, whichever file it is in, and refuses another row by its name', async () => {
    await anAgreement('once');
    const charge = { orderNumber: 'once-1', agreementReference: 'once', amount: '7.00' };
    const first = await sent(product, shop, 'chargeAgreements', [charge]);
    const again = await sent(product, shop, 'chargeAgreements', [
      charge,
      { ...charge, orderNumber: 'once-2', amount: '8.00' },
    ]);
    expect(outcomes(again)).toEqual(['2 REPEATED', '3 SUCCEEDED']);
    expect(again.rows[0]?.order).toEqual(first.rows[0]?.order);
    const other = await sent(product, shop, 'chargeAgreements', [{ ...charge, amount: '7.01' }]);
    expect(outcomes(other)).toEqual(['2 FAILED IDEMPOTENCY_KEY_REUSED']);
    expect(other.rows[0]?.problem?.message).toBe(
      `the reference was used before with other cells, in line 2 of ${first.operation.id}; ` +
        'a row that says something else needs a reference of its own',
    );
    // A blank that nobody sees, and a spreadsheet's way of writing numbers, are the same row.
    const saved = await sent(product, shop, 'chargeAgreements', [
      { orderNumber: '\u200bonce-1\u00a0', agreementReference: 'once ', amount: '7' },
    ]);
    expect(outcomes(saved)).toEqual(['2 REPEATED']);
    // Columns in another order, and an empty one more, are the same row.
    const turned = await sent(product, shop, 'chargeAgreements', [
      { description: '', amount: '7.00', agreementReference: 'once', orderNumber: 'once-1' },
    ]);
    expect(outcomes(turned)).toEqual(['2 REPEATED']);
  });

  it('of a file that was mended does only what failed', async () => {
    await anAgreement('mended');
    const rows = [
      { orderNumber: 'mend-1', agreementReference: 'mended', amount: '1.00' },
      { orderNumber: 'mend-2', agreementReference: 'mended', amount: 'x' },
      { orderNumber: 'mend-3', agreementReference: 'not-yet', amount: '3.00' },
    ];
    expect(outcomes(await sent(product, shop, 'chargeAgreements', rows))).toEqual([
      '2 SUCCEEDED',
      '3 FAILED INVALID_INPUT',
      '4 FAILED NOT_FOUND',
    ]);
    await anAgreement('not-yet');
    const mended = rows.map((each) => ({ ...each, amount: each.amount === 'x' ? '2.00' : each.amount }));
    expect(outcomes(await sent(product, shop, 'chargeAgreements', mended))).toEqual([
      '2 REPEATED',
      '3 SUCCEEDED',
      '4 SUCCEEDED',
    ]);
    expect(outcomes(await sent(product, shop, 'chargeAgreements', mended))).toEqual([
      '2 REPEATED',
      '3 REPEATED',
      '4 REPEATED',
    ]);
  });

  it('counts a charge of which no answer came as done: its order tells what becomes of it', async () => {
    await anAgreement('slow');
    product.sandbox.control.addFault({ kind: 'reset_after', path: '/confirm$', count: 1 });
    const done = await sent(product, shop, 'chargeAgreements', [
      { orderNumber: 'slow-1', agreementReference: 'slow', amount: '4.00' },
    ]);
    expect(outcomes(done)).toEqual(['2 SUCCEEDED']);
    const orderId = done.rows[0]?.order?.id ?? '';
    await afterDays(product, 0.01);
    expect((await shop.order(orderId)).status).toBe('CAPTURED');
  });
});

describe('updateAgreements', () => {
  it('changes what is said, leaves what is empty, takes away what is null', async () => {
    const id = await anAgreement('change-1');
    await changed(shop, 'updateAgreement', id, { maximumAmount: '50.00', numberOfPayments: 9 });
    await anAgreement('change-2');
    const done = await sent(product, shop, 'updateAgreements', [
      {
        changeReference: 'a',
        agreementId: id,
        maximumAmount: 'null',
        'chargeAmount.fixed': '9.00',
        'schedule.period': 'WEEK',
        'schedule.startDate': day(product, 3),
        'metadata.level': 'null',
      },
      { changeReference: 'b', agreementReference: 'change-2', minimumAmount: '-5' },
      { changeReference: 'c', agreementReference: 'change-2', schedule: 'null', maximumAmount: '30.00' },
    ]);
    expect(outcomes(done)).toEqual(['2 SUCCEEDED', '3 FAILED INVALID_INPUT', '4 SUCCEEDED']);
    const { agreement } = await shop.ask<{ agreement: { terms: object; metadata: object } }>(
      'query ($id: ID!) { agreement(id: $id) { metadata terms { maximumAmount { amount } numberOfPayments } } }',
      { id },
    );
    expect(agreement).toEqual({
      metadata: { level: 'null' },
      terms: { maximumAmount: null, numberOfPayments: 9 },
    });
    expect((await agreementOf(shop, id)).schedule).toMatchObject({ period: 'WEEK', startDate: day(product, 3) });
  });

  it('races with a live update of the same agreement, and both are made', async () => {
    const id = await anAgreement('raced');
    const { operation } = await sendFile(
      shop,
      'updateAgreements',
      'changeReference,agreementReference,maximumAmount\r\nrace,raced,44.00\r\n',
    );
    const [live, file] = await Promise.all([
      changed(shop, 'updateAgreement', id, { numberOfPayments: 5 }),
      finished(product, shop, operation.id),
    ]);
    expect(live.agreement).toBeDefined();
    expect(outcomes(file)).toEqual(['2 SUCCEEDED']);
    const { agreement } = await shop.ask<{ agreement: { terms: object } }>(
      'query ($id: ID!) { agreement(id: $id) { terms { maximumAmount { amount } numberOfPayments } } }',
      { id },
    );
    expect(agreement.terms).toEqual({ maximumAmount: { amount: '44.00' }, numberOfPayments: 5 });
  });
});

describe('a template', () => {
  it('can be loaded by anybody, and sent as it is', async () => {
    const response = await fetch(`${product.url}/bulk/templates/chargeAgreements.csv`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const done = await sent(product, shop, 'chargeAgreements', await response.text());
    expect(outcomes(done)).toEqual(['2 FAILED NOT_FOUND', '3 FAILED NOT_FOUND']);
    expect((await fetch(`${product.url}/bulk/templates/constructor.csv`)).status).toBe(404);
  });

  it('of new agreements makes one that is paid; a customer to take over has to be your own', async () => {
    const response = await fetch(`${product.url}/bulk/templates/createAgreements.csv`);
    const done = await sent(product, await aBillingShop(product), 'createAgreements', await response.text());
    expect(outcomes(done)).toEqual(['2 SUCCEEDED', '3 FAILED CREDENTIAL_UNUSABLE']);
    expect(done.rows[0]?.order).not.toBeNull();
  });
});
