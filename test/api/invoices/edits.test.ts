import { aBillingShop, changed, day, subscribe } from '../../support/agreements.js';
import { aMerchant, type Json, type Product, type Shop, startProduct } from '../../support/product.js';
import {
  act,
  aPayer,
  attend,
  closed,
  type InvoiceView,
  invoiceOf,
  item,
  paid,
  waiting,
  withAgreement,
} from './by-hand.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
});

afterAll(() => product?.close());

const NOTHING = 'inv_00000000000000000000000000';

describe('updateInvoice', () => {
  it('changes the title and the last day to pay', async () => {
    const { id } = await closed(shop);
    const { invoice } = await act(shop, 'updateInvoice', id, { title: 'Traffic of October', dueOn: day(product, 40) });
    expect(invoice).toMatchObject({ status: 'OPEN', title: 'Traffic of October', dueOn: day(product, 40) });
    expect(await invoiceOf(shop, id)).toEqual(invoice);
  });

  it('makes an invoice past due, and owed in time again, as its day is moved', async () => {
    const elsewhere = await aBillingShop(product);
    const { id } = await closed(elsewhere);
    product.advance(2 * 86_400);
    const { invoice: late } = await act(elsewhere, 'updateInvoice', id, { dueOn: day(product, -1) });
    expect(late.status).toBe('PAST_DUE');
    const { invoice: still } = await act(elsewhere, 'updateInvoice', id, { dueOn: day(product, -2) });
    expect(still.status).toBe('PAST_DUE');
    const { invoice: again } = await act(elsewhere, 'updateInvoice', id, { dueOn: day(product) });
    expect(again.status).toBe('OPEN');
  });

  it('names what the draft is charged under, and takes it back', async () => {
    const { payer, agreementId } = await withAgreement(product, shop);
    const { invoice: draft } = await item(shop, payer);
    const { invoice } = await act(shop, 'updateInvoice', draft.id, { agreementId, title: 'Draft' });
    expect(invoice).toMatchObject({ status: 'DRAFT', title: 'Draft', agreement: { id: agreementId } });
    expect((await act(shop, 'updateInvoice', draft.id, { agreementId: null })).invoice).toMatchObject({
      agreement: null,
    });
  });

  it('tells all faults at once', async () => {
    const { id, issuedOn } = await closed(shop);
    const { agreement } = await subscribe(shop);
    await changed(shop, 'cancelAgreement', agreement.id);
    const dueOn = day(product, -400);
    const refused = await act(shop, 'updateInvoice', id, { title: 'Never', dueOn, agreementId: agreement.id });
    expect(refused).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [
        { path: ['dueOn'], message: `must not be before the invoice's own date, ${issuedOn}; it is ${dueOn}` },
        { path: ['agreementId'], message: 'is an agreement of another payer' },
        { path: ['agreementId'], message: 'is an agreement in USD, and the invoice is in EUR' },
        { path: ['agreementId'], message: 'is an agreement that is CANCELED' },
      ],
    });
    const long = await act(shop, 'updateInvoice', id, { title: 'x'.repeat(201), dueOn: '1902-01-01' });
    expect(long.issues.map(({ path }) => path)).toEqual([['title'], ['dueOn']]);
    expect((await invoiceOf(shop, id)).title).not.toBe('Never');
  });

  it('sets no day on a draft', async () => {
    const { invoice } = await item(shop, aPayer());
    expect(await act(shop, 'updateInvoice', invoice.id, { dueOn: day(product, 9) })).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('dueOn: cannot be set on a DRAFT'),
    });
  });

  it('knows no agreement of another merchant', async () => {
    const other = await aMerchant(product, shop.operator, shop.stripe, { allowedSources: ['INTERNET', 'MERCHANT'] });
    const { agreement } = await subscribe(other);
    const { id } = await closed(shop);
    for (const agreementId of [agreement.id, 'agr_00000000000000000000000000', 'no id'])
      expect(await act(shop, 'updateInvoice', id, { agreementId })).toMatchObject({
        code: 'NOT_FOUND',
        message: 'no such agreement',
      });
  });

  it('leaves what is paid or void as it is', async () => {
    const { id } = await paid(product, shop);
    const refused = { code: 'ILLEGAL_TRANSITION', message: 'cannot change an invoice that is PAID' };
    expect(await act(shop, 'updateInvoice', id, { title: 'x' })).toMatchObject(refused);
    const { id: unwanted } = await closed(shop);
    await act(shop, 'voidInvoice', unwanted);
    expect(await act(shop, 'updateInvoice', unwanted, { title: 'x' })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});

describe('finalizeInvoice', () => {
  it('closes a draft now, once', async () => {
    const { invoice: draft } = await item(shop, aPayer());
    const key = { idempotencyKey: `close-${draft.id}` };
    const { invoice } = await act(shop, 'finalizeInvoice', draft.id, key);
    expect(invoice).toMatchObject({ status: 'OPEN', total: { amount: '119.00' }, amountDue: { amount: '119.00' } });
    expect(invoice.number).toMatch(/^TEST-INV-\d{6}$/);
    expect((await act(shop, 'finalizeInvoice', draft.id, key)).invoice).toEqual(invoice);
    expect(await act(shop, 'finalizeInvoice', draft.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: 'finalizeInvoice is for an invoice that is DRAFT; this one is OPEN',
    });
  });

  it('refuses a draft without items', async () => {
    const { invoice, item: only } = await item(shop, aPayer());
    await shop.do('removeInvoiceItem', { itemId: only.id }, 'invoice { id }');
    expect(await act(shop, 'finalizeInvoice', invoice.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('a draft without items'),
    });
    expect((await invoiceOf(shop, invoice.id)).status).toBe('DRAFT');
  });
});

it('a change and the closing of a draft at the same moment are both there', async () => {
  for (const title of ['First', 'Second', 'Third']) {
    const { invoice: draft } = await item(shop, aPayer());
    const [changedOne, closedOne] = await Promise.all([
      act(shop, 'updateInvoice', draft.id, { title }),
      act(shop, 'finalizeInvoice', draft.id),
      attend(product),
    ]);
    expect([changedOne.code, closedOne.code]).toEqual([undefined, undefined]);
    expect(await invoiceOf(shop, draft.id)).toMatchObject({ title, status: 'OPEN', total: { amount: '119.00' } });
  }
});

describe('voidInvoice', () => {
  it('throws a draft away without a number', async () => {
    const { invoice: draft } = await item(shop, aPayer());
    expect((await act(shop, 'voidInvoice', draft.id)).invoice).toMatchObject({ status: 'VOID', number: null });
  });

  it('takes a draft’s items with it, whose references are free then', async () => {
    const [payer, metered] = [aPayer(), { reference: 'meter-of-void', idempotencyKey: 'meter-of-void' }];
    const { invoice: draft, item: first } = await item(shop, payer, metered);
    const { invoice } = await act(shop, 'voidInvoice', draft.id);
    expect(invoice).toMatchObject({ status: 'VOID', total: { amount: '0.00' }, items: { nodes: [] } });
    const again = await item(shop, payer, { reference: metered.reference });
    expect(again.invoice).toMatchObject({ status: 'DRAFT', items: { nodes: [{ id: again.item.id }] } });
    expect(again.item.id).not.toBe(first.id);
    expect(await item(shop, payer, metered)).toMatchObject({
      code: 'NOT_FOUND',
      message: 'the item that was added with this idempotencyKey has been removed since; add it anew with another key',
    });
  });

  it('closes the page of one that is owed, and leaves its number', async () => {
    const { id, order, number } = await waiting(product, shop);
    const { invoice } = await act(shop, 'voidInvoice', id);
    expect(invoice).toMatchObject({ status: 'VOID', number, amountDue: { amount: '0.00' }, paymentPageUrl: null });
    expect((await shop.order(order?.id ?? '')).status).toBe('EXPIRED');
    expect((await act(shop, 'voidInvoice', id)).invoice).toEqual(invoice);
    await attend(product);
    expect(await invoiceOf(shop, id)).toEqual(invoice);
  });

  it('refuses one that is paid, and says what to do', async () => {
    const { id } = await paid(product, shop);
    expect(await act(shop, 'voidInvoice', id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('createCreditNote'),
    });
  });

  it('waits for a payment whose outcome is not known', async () => {
    const elsewhere = await aBillingShop(product);
    const { payer } = await withAgreement(product, elsewhere);
    const { id } = await closed(elsewhere, { payer });
    const { accountId } = elsewhere.stripe;
    const path = '/v1/payment_intents$';
    product.sandbox.control.addFault({ kind: 'timeout_before', method: 'POST', path, accountId, count: 1 });
    await act(elsewhere, 'payInvoice', id);
    for (const mutation of ['voidInvoice', 'payInvoice', 'createCreditNote'])
      expect(await act(elsewhere, mutation, id, mutation === 'createCreditNote' ? { reason: 'x' } : {})).toMatchObject({
        code: 'OUTCOME_PENDING',
        retryable: true,
        message: 'a payment of this invoice is under way; try again in a moment',
      });
    expect(await act(elsewhere, 'payInvoice', id, { paidOutside: { reference: 'x' } })).toMatchObject({
      code: 'OUTCOME_PENDING',
    });
    product.advance(60);
    await product.settle();
    expect((await invoiceOf(elsewhere, id)).status).toBe('PAID');
  });
});

describe('an invoice that is written off', () => {
  it('is owed again when it is reopened', async () => {
    const { id } = await closed(shop);
    expect((await act(shop, 'markInvoiceUncollectible', id)).invoice.status).toBe('UNCOLLECTIBLE');
    expect((await act(shop, 'markInvoiceUncollectible', id)).invoice.status).toBe('UNCOLLECTIBLE');
    expect((await act(shop, 'reopenInvoice', id)).invoice.status).toBe('OPEN');
    expect(await act(shop, 'reopenInvoice', id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('is past due at once where its day has gone by', async () => {
    const { id } = await closed(shop);
    await act(shop, 'updateInvoice', id, { dueOn: day(product) });
    await act(shop, 'markInvoiceUncollectible', id);
    product.advance(2 * 86_400);
    expect((await act(shop, 'reopenInvoice', id)).invoice.status).toBe('PAST_DUE');
  });

  it('is not charged by itself, but when somebody asks', async () => {
    const { payer } = await withAgreement(product, shop);
    const { id } = await closed(shop, { payer });
    await act(shop, 'markInvoiceUncollectible', id);
    await attend(product);
    expect(await invoiceOf(shop, id)).toMatchObject({ status: 'UNCOLLECTIBLE', attempts: 0 });
    expect((await act(shop, 'payInvoice', id)).invoice).toMatchObject({ status: 'PAID', attempts: 1 });
  });

  it('is none that is a draft, paid or void', async () => {
    const { invoice: draft } = await item(shop, aPayer());
    expect(await act(shop, 'markInvoiceUncollectible', draft.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: 'markInvoiceUncollectible is for an invoice that is OPEN or PAST_DUE; this one is DRAFT',
    });
    const note = await shop.do('createCreditNote', { invoiceId: draft.id, reason: 'A slip' }, 'creditNote { id }');
    expect(note).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('this one is DRAFT: take off what is wrong with removeInvoiceItem'),
    });
    const { id } = await paid(product, shop);
    expect(await act(shop, 'markInvoiceUncollectible', id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await act(shop, 'voidInvoice', draft.id);
    expect(await act(shop, 'markInvoiceUncollectible', draft.id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});

describe('payInvoice', () => {
  it('charges what is owed under the payer’s agreement', async () => {
    const { payer } = await withAgreement(product, shop);
    const { id } = await closed(shop, { payer });
    const key = { idempotencyKey: `pay-${id}` };
    const { invoice, order } = await act(shop, 'payInvoice', id, key);
    expect(invoice).toMatchObject({ status: 'PAID', paid: { amount: '119.00' }, amountDue: { amount: '0.00' } });
    expect(order).toEqual({ id: invoice.order?.id, status: 'CAPTURED' });
    expect(await act(shop, 'payInvoice', id, key)).toEqual({ invoice, order });
    expect(await act(shop, 'payInvoice', id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: 'cannot charge an invoice that is PAID',
    });
  });

  it('shows a decline, after which it can be asked again', async () => {
    const { payer, means } = await withAgreement(product, shop);
    const { id } = await closed(shop, { payer });
    product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
    expect(await act(shop, 'payInvoice', id)).toMatchObject({
      invoice: { status: 'OPEN' },
      order: { status: 'DECLINED' },
    });
    expect((await act(shop, 'payInvoice', id)).invoice.status).toBe('PAID');
  });

  it('closes the page on which its payer could pay as well', async () => {
    const { id, order } = await waiting(product, shop, { payer: { reference: 'late' } });
    await subscribe(shop, { payer: { reference: 'late' }, currency: 'EUR' });
    expect((await act(shop, 'payInvoice', id)).invoice).toMatchObject({ status: 'PAID', chargeStop: null });
    expect((await shop.order(order?.id ?? '')).status).toBe('EXPIRED');
  });

  it('refuses where there is nothing to charge under, and closes no page for that', async () => {
    const { id, order } = await waiting(product, shop);
    expect(await act(shop, 'payInvoice', id)).toMatchObject({
      code: 'AGREEMENT_REQUIRED',
      message: expect.stringContaining('no agreement in force in EUR'),
    });
    expect((await shop.order(order?.id ?? '')).status).toBe('CREATED');
  });

  it('leaves to its payer what the agreement forbids', async () => {
    const { payer } = await withAgreement(product, shop, { terms: { maximumAmount: '50.00' } });
    const { id } = await closed(shop, { payer });
    const { invoice, order } = await act(shop, 'payInvoice', id);
    expect(invoice).toMatchObject({ status: 'OPEN', chargeStop: 'REFUSED_BY_TERMS', attempts: 0 });
    expect(order).toEqual({ id: invoice.order?.id, status: 'CREATED' });
    expect(invoice.paymentPageUrl).not.toBeNull();
  });

  it('records what was paid past us, and closes the page first', async () => {
    const { id, order } = await waiting(product, shop);
    const paidOutside = { reference: 'Transfer 4711' };
    const answer = await act(shop, 'payInvoice', id, { paidOutside, idempotencyKey: `outside-${id}` });
    expect(answer).toMatchObject({
      invoice: { status: 'PAID', paid: { amount: '119.00' }, paidOutside: 'Transfer 4711', paymentPageUrl: null },
      order: null,
    });
    expect((await shop.order(order?.id ?? '')).status).toBe('EXPIRED');
    expect(await act(shop, 'payInvoice', id, { paidOutside, idempotencyKey: `outside-${id}` })).toEqual(answer);
    expect(await act(shop, 'payInvoice', id, { paidOutside })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('takes no payment of a draft or of what is void', async () => {
    const { invoice: draft } = await item(shop, aPayer());
    for (const paidOutside of [null, { reference: 'x' }])
      expect(await act(shop, 'payInvoice', draft.id, { paidOutside })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await act(shop, 'voidInvoice', draft.id);
    for (const paidOutside of [null, { reference: 'x' }])
      expect(await act(shop, 'payInvoice', draft.id, { paidOutside })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });
});

describe('others’ invoices', () => {
  const MUTATIONS: readonly (readonly [string, Json])[] = [
    ['updateInvoice', { title: 'x' }],
    ['finalizeInvoice', {}],
    ['voidInvoice', {}],
    ['markInvoiceUncollectible', {}],
    ['reopenInvoice', {}],
    ['payInvoice', {}],
    ['payInvoice', { paidOutside: { reference: 'x' } }],
    ['createCreditNote', { reason: 'x' }],
  ];
  let draft: InvoiceView;
  let open: InvoiceView;
  let neighbours: Shop[];

  beforeAll(async () => {
    draft = (await item(shop, aPayer())).invoice;
    open = await closed(shop);
    neighbours = [await aMerchant(product, shop.operator, shop.stripe), await aBillingShop(product)];
  });

  it.each(MUTATIONS)('are as unknown to %s %j as one that never was', async (mutation, input) => {
    for (const neighbour of neighbours)
      for (const id of [draft.id, open.id, NOTHING, 'no id'])
        expect(await act(neighbour, mutation, id, input)).toMatchObject({
          code: 'NOT_FOUND',
          message: 'no such invoice',
        });
    expect([await invoiceOf(shop, draft.id), await invoiceOf(shop, open.id)]).toEqual([draft, open]);
  });
});
