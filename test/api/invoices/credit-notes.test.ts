import { issueCreditNote } from '../../../src/features/invoices/issue-credit-note.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import { aBillingShop } from '../../support/agreements.js';
import { asOwner } from '../../support/charging.js';
import { type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import {
  act,
  aPayer,
  attend,
  closed,
  type InvoiceResult,
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

const credit = (invoice: { readonly id: string }, input: Json = {}, by = shop): Promise<InvoiceResult> =>
  act(by, 'createCreditNote', invoice.id, { reason: 'Returned', ...input });

/** So much of the net of the first item. */
const of = (invoice: InvoiceView, amount: string | null = null, index = 0): Json => {
  const itemId = invoice.items.nodes[index]?.id;
  return { lines: [{ itemId, ...(amount !== null && { amount }) }] };
};

async function creditOf(reference: string): Promise<string[]> {
  const { payer } = await shop.ask<{ payer: { credit: { amount: string }[] } }>(
    'query ($reference: String) { payer(reference: $reference) { credit { amount } } }',
    { reference },
  );
  return payer.credit.map(({ amount }) => amount);
}

async function told(invoiceId: string): Promise<string[]> {
  const sql = `select type, payload ->> 'previousStatus' as was, payload ->> 'status' as status from events
    where type like 'credit_note.%' and payload ->> 'invoiceId' = $1 order by sequence`;
  const rows = await asOwner<{ type: string; was: string | null; status: string }>(product, sql, [invoiceId]);
  return rows.map(({ type, was, status }) => `${type} ${was ? `${was} → ` : ''}${status}`);
}

describe('a credit note of an invoice that is owed', () => {
  it('takes back all of it, which pays it', async () => {
    const open = await closed(shop, { items: [{}, { unitPrice: '0.03', taxRate: null }] });
    const { creditNote, invoice } = await credit(open);
    expect(creditNote).toMatchObject({
      number: expect.stringMatching(/^TEST-CN-\d{6}$/),
      ...{ status: 'SETTLED', settlement: 'AMOUNT_DUE', reason: 'Returned' },
      ...{ net: { amount: '100.03' }, tax: { amount: '19.00' }, total: { amount: '119.03' } },
    });
    expect(creditNote.lines).toHaveLength(2);
    expect(invoice).toMatchObject({ status: 'PAID', credited: { amount: '119.03' }, amountDue: { amount: '0.00' } });
    expect(invoice.creditNotes).toEqual([creditNote]);
    expect(await told(open.id)).toEqual(['credit_note.created SETTLED']);
    await attend(product);
    expect((await invoiceOf(shop, open.id)).order).toBeNull();
  });

  it('takes back a part, and its page asks for the rest alone', async () => {
    const open = await waiting(product, shop);
    const { invoice } = await credit(open, of(open, '40.00'));
    expect(invoice).toMatchObject({ status: 'OPEN', amountDue: { amount: '71.40' }, chargeStop: 'NO_AGREEMENT' });
    expect((await shop.order(open.order?.id ?? '')).status).toBe('EXPIRED');
    await attend(product);
    const { order, chargeStop } = await invoiceOf(shop, open.id);
    expect({ order, chargeStop }).toMatchObject({
      order: { status: 'CREATED', amount: { amount: '71.40' } },
      chargeStop: 'NO_AGREEMENT',
    });
  });

  it('can be of one that was written off, and of no draft nor what is void', async () => {
    const open = await closed(shop);
    await act(shop, 'markInvoiceUncollectible', open.id);
    expect((await credit(open, of(open, '10.00'))).invoice).toMatchObject({ status: 'UNCOLLECTIBLE' });
    await act(shop, 'voidInvoice', open.id);
    const { invoice: draft } = await item(shop, aPayer());
    for (const settlement of ['AMOUNT_DUE', 'REFUND', 'BALANCE'])
      for (const invoice of [draft, open])
        expect(await credit(invoice, { settlement })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('gives back no money that nobody has paid', async () => {
    const open = await closed(shop);
    for (const settlement of ['REFUND', 'BALANCE'])
      expect(await credit(open, { settlement })).toMatchObject({
        code: 'ILLEGAL_TRANSITION',
        message: expect.stringContaining('settle AMOUNT_DUE'),
      });
  });

  it('takes back no more than is still owed', async () => {
    const payer = aPayer();
    await credit(await paidOutside(payer), { settlement: 'BALANCE', lines: null });
    const open = await closed(shop, { payer, items: [{ unitPrice: '200.00' }] });
    expect(open).toMatchObject({ creditApplied: { amount: '119.00' }, amountDue: { amount: '119.00' } });
    expect(await credit(open)).toMatchObject({
      code: 'AMOUNT_EXCEEDS_AVAILABLE',
      message:
        'the note comes to 238.00 EUR with tax, but only 119.00 EUR of this invoice is still owed: 119.00 EUR was ' +
        "paid with the payer's credit. Credit what is owed, then the rest with settlement BALANCE",
    });
    expect((await credit(open, of(open, '100.00'))).invoice.status).toBe('PAID');
    expect((await credit(open, { settlement: 'BALANCE' })).creditNote.total.amount).toBe('119.00');
    expect(await creditOf(payer.reference)).toEqual(['119.00']);
  });
});

async function paidOutside(payer: Json = aPayer(), items: readonly Json[] = [{}]): Promise<InvoiceView> {
  const { id } = await closed(shop, { payer, items });
  return (await act(shop, 'payInvoice', id, { paidOutside: { reference: 'Cash' } })).invoice;
}

describe('what a credit note takes back', () => {
  it('comes to exactly the item’s tax, however it is cut', async () => {
    const open = await closed(shop, { items: [{ unitPrice: '0.09' }, { unitPrice: '5.00' }] });
    const first = open.items.nodes.findIndex(({ id }) => id === open.items.nodes.at(-1)?.id);
    const taxes = [];
    for (const amount of ['0.03', '0.03', null])
      taxes.push((await credit(open, of(open, amount, first))).creditNote.tax.amount);
    expect(taxes).toEqual(['0.01', '0.01', '0.00']);
    const { creditNote, invoice } = await credit(open);
    expect(creditNote).toMatchObject({ net: { amount: '5.00' }, tax: { amount: '0.95' } });
    expect(invoice).toMatchObject({ status: 'PAID', credited: open.total });
    expect(await credit(open)).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
  });

  it('is checked, all faults of a kind at once', async () => {
    const open = await closed(shop, { items: [{}, { description: 'Calls', unitPrice: '7.00' }] });
    const [one = '', other = ''] = open.items.nodes.map(({ id }) => id);
    const lines = [
      { itemId: one, amount: '0' },
      { itemId: one, amount: '1.005' },
      { itemId: other, amount: '1000' },
    ];
    expect((await credit(open, { lines })).issues).toEqual([
      { path: ['lines', '0', 'amount'], message: 'must be more than 0, not 0.00 EUR' },
      { path: ['lines', '1', 'itemId'], message: 'is named by another line already' },
      { path: ['lines', '1', 'amount'], message: expect.stringContaining('EUR has at most 2') },
    ]);
    expect(
      await credit(open, {
        lines: [
          { itemId: one, amount: '900' },
          { itemId: other, amount: '900' },
        ],
      }),
    ).toMatchObject({
      code: 'AMOUNT_EXCEEDS_AVAILABLE',
      issues: [
        {
          path: ['lines', '0', 'amount'],
          message: expect.stringMatching(/^is 900.00 EUR, but \d+.00 EUR of "\w+" is left/),
        },
        { path: ['lines', '1', 'amount'] },
      ],
    });
    await credit(open, { lines: [{ itemId: one }] });
    expect(await credit(open, { lines: [{ itemId: one }] })).toMatchObject({ code: 'AMOUNT_EXCEEDS_AVAILABLE' });
    expect((await credit(open, { lines: [], reason: '' })).issues).toMatchObject([
      { path: ['reason'] },
      { path: ['lines'] },
    ]);
    const foreign = (await closed(shop)).items.nodes[0]?.id;
    for (const itemId of [foreign, 'ini_00000000000000000000000000', 'no id'])
      expect(await credit(open, { lines: [{ itemId }] })).toMatchObject({
        code: 'NOT_FOUND',
        message: 'no such invoice item',
      });
  });

  it('is taken back once per idempotency key', async () => {
    const open = await closed(shop);
    const input = { ...of(open, '10.00'), idempotencyKey: `credit-${open.id}` };
    const first = await credit(open, input);
    expect(await credit(open, input)).toEqual(first);
    expect(await credit(open, { ...input, ...of(open, '11.00') })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is never more than the item, by however many at once, and no number is missing', async () => {
    const elsewhere = await aBillingShop(product);
    const open = await closed(elsewhere);
    const answers = await Promise.all(Array.from({ length: 8 }, () => credit(open, of(open, '30.00'), elsewhere)));
    expect(answers.map(({ code }) => code ?? 'made').toSorted()).toEqual([
      ...Array.from({ length: 5 }, () => 'AMOUNT_EXCEEDS_AVAILABLE'),
      ...Array.from({ length: 3 }, () => 'made'),
    ]);
    const { creditNotes, amountDue } = await invoiceOf(elsewhere, open.id);
    expect(creditNotes.map(({ number }) => number)).toEqual(['TEST-CN-000001', 'TEST-CN-000002', 'TEST-CN-000003']);
    expect(amountDue.amount).toBe('11.90');
  });
});

describe('a refund by a credit note', () => {
  it('gives back what was paid, the way it was paid', async () => {
    const invoice = await paid(product, shop);
    const { creditNote, invoice: after } = await credit(invoice);
    expect(creditNote).toMatchObject({ status: 'SETTLED', settlement: 'REFUND', total: { amount: '119.00' } });
    expect(after).toMatchObject({ status: 'PAID', refunded: { amount: '119.00' }, credited: { amount: '0.00' } });
    expect(after.order).toMatchObject({ status: 'REFUNDED', refundedAmount: { amount: '119.00' } });
    expect(await told(invoice.id)).toEqual([
      'credit_note.created PENDING',
      'credit_note.status_changed PENDING → SETTLED',
    ]);
    const { node } = await shop.ask<{ node: Json }>(
      'query ($id: ID!) { node(id: $id) { ... on CreditNote { operation { type status amount { amount } } } } }',
      { id: creditNote.id },
    );
    expect(node).toEqual({ operation: { type: 'CANCELLATION', status: 'SUCCEEDED', amount: { amount: '119.00' } } });
  });

  it('is never more than came and has not gone back, whoever gave it back', async () => {
    const invoice = await paid(product, shop);
    await shop.cancel(invoice.order?.id ?? '', { amount: '100.00' });
    expect((await invoiceOf(shop, invoice.id)).refunded.amount).toBe('100.00');
    for (const settlement of ['REFUND', 'BALANCE'])
      expect(await credit(invoice, { settlement })).toMatchObject({
        code: 'AMOUNT_EXCEEDS_AVAILABLE',
        message: expect.stringContaining('only 19.00 EUR of this invoice was paid'),
      });
    const { creditNote } = await credit(invoice, of(invoice, '15.96'));
    expect(creditNote.total.amount).toBe('18.99');
    expect((await invoiceOf(shop, invoice.id)).refunded.amount).toBe('118.99');
  });

  it('is waited for while the bank takes its time', async () => {
    const invoice = await paid(product, shop, { input: { payment: pay('pm_card_pendingRefund') } });
    const { creditNote, invoice: meanwhile } = await credit(invoice, of(invoice, '50.00'));
    expect(creditNote).toMatchObject({ status: 'PENDING', finishedAt: null });
    expect(meanwhile.refunded.amount).toBe('59.50');
    product.advance(3 * 86_400);
    await product.settle();
    expect((await invoiceOf(shop, invoice.id)).creditNotes).toMatchObject([{ status: 'SETTLED' }]);
  });

  it('that comes back days later has given nothing back, and can be credited anew', async () => {
    const invoice = await paid(product, shop, { input: { payment: pay('pm_card_refundFail') } });
    expect((await credit(invoice)).creditNote.status).toBe('SETTLED');
    product.advance(3 * 86_400);
    await product.settle();
    const after = await invoiceOf(shop, invoice.id);
    expect(after).toMatchObject({ status: 'PAID', refunded: { amount: '0.00' }, creditNotes: [{ status: 'FAILED' }] });
    expect((await told(invoice.id)).at(-1)).toBe('credit_note.status_changed SETTLED → FAILED');
    const { creditNote } = await credit(invoice, { settlement: 'BALANCE' });
    expect(creditNote).toMatchObject({ status: 'SETTLED', total: { amount: '119.00' } });
  });

  it('whose answer does not come is found out, and nothing more goes back until then', async () => {
    const elsewhere = await aBillingShop(product);
    const invoice = await paid(product, elsewhere);
    const { accountId } = elsewhere.stripe;
    const fault = { method: 'POST', path: '/v1/refunds$', accountId, count: 1 };
    product.sandbox.control.addFault({ kind: 'timeout_after', ...fault });
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    const { creditNote } = await credit(invoice, of(invoice, '50.00'), elsewhere);
    product.sandbox.control.setWebhookFaults({});
    expect(creditNote.status).toBe('PENDING');
    for (const settlement of ['REFUND', 'BALANCE'])
      expect(await credit(invoice, { settlement }, elsewhere)).toMatchObject({ code: 'OUTCOME_PENDING' });
    product.advance(60);
    await product.settle();
    expect((await invoiceOf(elsewhere, invoice.id)).creditNotes).toMatchObject([{ status: 'SETTLED' }]);
    expect((await credit(invoice, {}, elsewhere)).invoice.refunded.amount).toBe('119.00');
  });

  it('that was committed and never sent, because the process died, is sent', async () => {
    const invoice = await paid(product, shop);
    const caller = {
      ...{ operatorId: uuidOf('operator', shop.operator.id) ?? '', merchantId: uuidOf('merchant', shop.id) },
      mode: 'TEST' as const,
    };
    const wanted = { invoiceId: uuidOf('invoice', invoice.id) ?? '', reason: 'x', lines: null, settlement: null };
    await product.built.units.sql(caller.operatorId, (tx) => issueCreditNote(tx, caller, wanted, null));
    expect((await invoiceOf(shop, invoice.id)).creditNotes).toMatchObject([{ status: 'PENDING' }]);
    product.advance(3600);
    await product.settle();
    expect(await invoiceOf(shop, invoice.id)).toMatchObject({
      refunded: { amount: '119.00' },
      creditNotes: [{ status: 'SETTLED' }],
    });
  });

  it('waits for a dispute, by which the payer might be paid twice', async () => {
    const invoice = await paid(product, shop);
    const { operations } = await shop.order(invoice.order?.id ?? '');
    const intent = operations[0]?.transactions[0]?.externalId ?? '';
    const { latest_charge: charge } = await sdk(product.sandbox, shop.stripe.secretKey).paymentIntents.retrieve(intent);
    product.sandbox.control.createDispute(String(charge), 'fraudulent');
    await product.settle();
    expect(await credit(invoice)).toMatchObject({ code: 'ORDER_DISPUTED' });
  });

  it('of what was paid past us is not ours to give: it becomes credit', async () => {
    const invoice = await paidOutside();
    expect(await credit(invoice)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('was paid outside, settle BALANCE'),
    });
    expect(await credit(invoice, { settlement: 'AMOUNT_DUE' })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect((await credit(invoice, { settlement: 'BALANCE' })).creditNote.status).toBe('SETTLED');
  });

  it('and another at the same moment give back each what it says, or wait', async () => {
    const invoice = await paid(product, shop);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => credit(invoice, { ...of(invoice, '60.00'), settlement: 'REFUND' })),
    );
    expect(answers.filter(({ creditNote }) => creditNote)).toHaveLength(1);
    const codes = answers.flatMap(({ code }) => code ?? []);
    expect(codes.every((code) => ['OUTCOME_PENDING', 'AMOUNT_EXCEEDS_AVAILABLE'].includes(code))).toBe(true);
    expect((await invoiceOf(shop, invoice.id)).refunded.amount).toBe('71.40');
  });
});

it('made while the invoice is charged never leaves more with the merchant than is owed', async () => {
  const trials = Array.from({ length: 4 }, async () => {
    const { payer } = await withAgreement(product, shop);
    const open = await closed(shop, { payer });
    const part = of(open, '25.00');
    const [, , note] = await Promise.all([
      act(shop, 'payInvoice', open.id),
      attend(product),
      credit(open, part),
      act(shop, 'payInvoice', open.id),
    ]);
    await attend(product);
    const { status, ...after } = await invoiceOf(shop, open.id);
    const [total, paid, credited, refunded] = [after.total, after.paid, after.credited, after.refunded].map(cents);
    const back = note.creditNote ? cents(note.creditNote.total) : 0;
    expect({ status, note: note.code ?? 'made' }).toEqual({
      status: 'PAID',
      note: expect.stringMatching(/^(?:made|OUTCOME_PENDING)$/),
    });
    expect(Number(paid) + Number(credited)).toBe(total);
    expect(Number(credited) + Number(refunded)).toBe(back);
    expect(cents(after.order?.amount) - cents(after.order?.refundedAmount)).toBe(Number(total) - back);
  });
  await Promise.all(trials);
});

const cents = (amount: { readonly amount: string } | undefined): number => Math.round(Number(amount?.amount) * 100);

describe('a payer’s credit', () => {
  it('is used by the next invoice, given back as that is voided, and told entry by entry', async () => {
    const payer = aPayer();
    const first = await paidOutside(payer);
    await credit(first, { ...of(first, '50.00'), settlement: 'BALANCE' });
    const next = await closed(shop, { payer });
    expect(next).toMatchObject({ creditApplied: { amount: '59.50' }, amountDue: { amount: '59.50' } });
    expect(await creditOf(payer.reference)).toEqual([]);
    await act(shop, 'voidInvoice', next.id);
    expect(await creditOf(payer.reference)).toEqual(['59.50']);
    const { payer: seen } = await shop.ask<{ payer: { creditEntries: { nodes: Json[] } } }>(
      `query ($reference: String) { payer(reference: $reference) { creditEntries(currency: "EUR") { nodes {
        amount { amount } creditNote { number } invoice { id } } } } }`,
      payer,
    );
    expect(seen.creditEntries.nodes).toEqual([
      { amount: { amount: '59.50' }, creditNote: null, invoice: { id: next.id } },
      { amount: { amount: '-59.50' }, creditNote: null, invoice: { id: next.id } },
      { amount: { amount: '59.50' }, creditNote: { number: expect.stringContaining('CN-') }, invoice: null },
    ]);
  });

  it('that paid all of an invoice is no money, and goes back as credit alone', async () => {
    const payer = aPayer();
    await credit(await paidOutside(payer), { settlement: 'BALANCE' });
    const next = await closed(shop, { payer });
    expect(next).toMatchObject({ status: 'PAID', creditApplied: { amount: '119.00' }, paid: { amount: '0.00' } });
    expect(await credit(next)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining("was paid by the payer's credit"),
    });
    await credit(next, { settlement: 'BALANCE' });
    expect(await creditOf(payer.reference)).toEqual(['119.00']);
  });
});
