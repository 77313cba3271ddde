import pg from 'pg';
import { INVOICE_MONTH } from '../../../src/features/invoices/month-view-sql.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { genericPlan, type Plan, scannedWhole } from '../../platform/support/plans.js';
import { aBillingShop, day } from '../../support/agreements.js';
import { aMerchant, Client, type Json, type Product, type Shop, startProduct } from '../../support/product.js';
import { act, aPayer, attend, closed, type InvoiceView, invoiceOf, item, withAgreement } from './by-hand.js';

let product: Product;
let shop: Shop;
let second: Shop;
let ids: { readonly shop: Shop; readonly id: string }[];

const PARTS = ['drafts', 'closed', 'paid', 'open', 'pastDue', 'void', 'uncollectible', 'credited'] as const;
const SUMS = ['amountDue', 'creditApplied', 'collected', 'refunded'] as const;

type Part = { readonly count: number; readonly total: { readonly minorUnits: string } };
type Totals = Readonly<Record<(typeof PARTS)[number], Part>> &
  Readonly<Record<(typeof SUMS)[number], { readonly minorUnits: string }>> & {
    readonly currency: string;
    readonly collectedShare: string | null;
  };

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
  second = await aMerchant(product, shop.operator, shop.stripe, { allowedSources: ['INTERNET', 'MERCHANT'] });
  ids = [...(await aMonth(shop)), ...(await aMonth(second))];
});

afterAll(() => product?.close());

/** Invoices in every status, and more than one way to each. */
async function aMonth(of: Shop): Promise<{ readonly shop: Shop; readonly id: string }[]> {
  const { payer, means } = await withAgreement(product, of);
  const draft = (await item(of, aPayer(), { unitPrice: '1.01' })).invoice;
  await item(of, payer, { unitPrice: '9.99' });
  const dollars = await closed(of, { items: [{ currency: 'USD', unitPrice: '0.07' }] });
  const [open, late, lost, unwanted] = [await closed(of), await closed(of), await closed(of), await closed(of)];
  const [charged, outside] = [await closed(of, { payer }), await closed(of)];
  await act(of, 'payInvoice', charged.id);
  await act(of, 'payInvoice', outside.id, { paidOutside: { reference: 'Cash' } });
  await act(of, 'markInvoiceUncollectible', lost.id);
  await act(of, 'voidInvoice', unwanted.id);
  await act(of, 'voidInvoice', (await item(of, aPayer())).invoice.id);
  await act(of, 'updateInvoice', late.id, { dueOn: day(product) });
  for (const [{ id, items }, amount] of [
    [open, '33.33'],
    [late, '0.05'],
    [charged, '12.00'],
  ] as const)
    await act(of, 'createCreditNote', id, { reason: 'x', lines: [{ itemId: items.nodes[0]?.id, amount }] });
  // A refund that came back gives nothing back, and is in no sum.
  const returned = await closed(of, { payer: { reference: await refundFails(of) } });
  await act(of, 'payInvoice', returned.id);
  await act(of, 'createCreditNote', returned.id, { reason: 'x' });
  const account = { payer: aPayer() };
  const first = await closed(of, account);
  await act(of, 'payInvoice', first.id, { paidOutside: { reference: 'Cash' } });
  await act(of, 'createCreditNote', first.id, { reason: 'x', settlement: 'BALANCE' });
  const next = await closed(of, { ...account, items: [{ unitPrice: '300.00' }] });
  product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
  const every = [draft, dollars, open, late, lost, unwanted, charged, outside, returned, first, next];
  return every.map(({ id }) => ({ shop: of, id }));
}

async function refundFails(of: Shop): Promise<string> {
  const { payer } = await withAgreement(product, of, { payment: { credential: { token: 'pm_card_refundFail' } } });
  return payer.reference;
}

async function monthOf(month: string, merchantId: string | null = null): Promise<readonly Totals[]> {
  const { operator } = await shop.operator.ask<{ operator: { invoiceMonth: { month: string; currencies: Totals[] } } }>(
    `query ($month: String!, $merchantId: ID) { operator { invoiceMonth(month: $month, merchantId: $merchantId) {
      month currencies { currency collectedShare ${PARTS.map((part) => `${part} { count total { minorUnits } }`).join(' ')}
        ${SUMS.map((sum) => `${sum} { minorUnits }`).join(' ')} } } } }`,
    { month, merchantId },
  );
  expect(operator.invoiceMonth.month).toBe(month);
  return operator.invoiceMonth.currencies;
}

const minor = ({ amount }: { readonly amount: string }): bigint => BigInt(amount.replace('.', ''));
const total = (amounts: readonly { readonly amount: string }[]): string =>
  String(amounts.reduce((sum, each) => sum + minor(each), 0n));

/** What the view has to say, added up from invoices that were read one by one. */
function expected(invoices: readonly (InvoiceView & { currency: string })[]): Json[] {
  return [...Map.groupBy(invoices, ({ currency }) => currency)].toSorted().map(([currency, all]) => {
    const those = (...statuses: string[]) => all.filter(({ status }) => statuses.includes(status));
    const part = (...statuses: string[]) => ({
      count: those(...statuses).length,
      total: { minorUnits: total(those(...statuses).map((each) => each.total)) },
    });
    const closedOnes = all.filter(({ status }) => status !== 'DRAFT');
    const notes = closedOnes.flatMap(({ creditNotes }) => creditNotes).filter(({ status }) => status !== 'FAILED');
    const asked = closedOnes.filter(({ status }) => status !== 'VOID');
    const sum = (field: 'creditApplied' | 'credited' | 'paid' | 'total') =>
      BigInt(total(asked.map((each) => each[field])));
    const wanted = sum('total') - sum('creditApplied') - sum('credited');
    const share = wanted > 0n ? (sum('paid') * 10_000n) / wanted : null;
    return {
      currency,
      ...{ drafts: part('DRAFT'), closed: part('OPEN', 'PAID', 'PAST_DUE', 'VOID', 'UNCOLLECTIBLE') },
      ...{ paid: part('PAID'), open: part('OPEN'), pastDue: part('PAST_DUE') },
      ...{ void: part('VOID'), uncollectible: part('UNCOLLECTIBLE') },
      credited: { count: notes.length, total: { minorUnits: total(notes.map((note) => note.total)) } },
      amountDue: { minorUnits: total(those('OPEN', 'PAST_DUE').map((each) => each.amountDue)) },
      ...{
        creditApplied: { minorUnits: String(sum('creditApplied')) },
        collected: { minorUnits: String(sum('paid')) },
      },
      refunded: { minorUnits: total(asked.map((each) => each.refunded)) },
      collectedShare: share === null ? null : `${share / 10_000n}.${String(share % 10_000n).padStart(4, '0')}`,
    };
  });
}

async function read(those: readonly { readonly shop: Shop; readonly id: string }[]) {
  const month = day(product).slice(0, 7);
  const drafts = await Promise.all(
    [...new Set(those.map(({ shop }) => shop))].map((each) =>
      each.ask<{ invoices: { nodes: { id: string }[] } }>('{ invoices(first: 100) { nodes { id } } }'),
    ),
  );
  const owners = [...new Set(those.map(({ shop }) => shop))];
  const all = drafts.flatMap(({ invoices }, index) =>
    invoices.nodes.map(({ id }) => ({ id, shop: owners[index] ?? shop })),
  );
  const invoices = await Promise.all(
    all.map(({ id, shop: of }) => invoiceOf(of, id) as Promise<InvoiceView & { currency: string; month: string }>),
  );
  // What was thrown away without a number is in no part.
  return invoices.filter((each) => each.month === month && (each.status !== 'VOID' || each.number !== null));
}

it('adds up to what the invoices say one by one, per currency, for all merchants and for each', async () => {
  const month = day(product).slice(0, 7);
  product.advance(3 * 86_400);
  await attend(product);
  const all = await read(ids);
  expect(new Set(all.map(({ status }) => status))).toEqual(
    new Set(['DRAFT', 'OPEN', 'PAID', 'PAST_DUE', 'VOID', 'UNCOLLECTIBLE']),
  );
  expect(all.flatMap(({ creditNotes }) => creditNotes).some(({ status }) => status === 'FAILED')).toBe(true);
  expect(await monthOf(month)).toEqual(expected(all));
  const own = await read(ids.filter((each) => each.shop === second));
  expect(await monthOf(month, second.id)).toEqual(expected(own));
  expect(own.length).toBeLessThan(all.length);
});

it('is empty for another month, another’s merchant and an id of nothing', async () => {
  const month = day(product).slice(0, 7);
  const foreign = await aBillingShop(product);
  await closed(foreign);
  for (const merchantId of [foreign.id, 'mer_00000000000000000000000000', 'no id'])
    expect(await monthOf(month, merchantId)).toEqual([]);
  expect(await monthOf('2020-02')).toEqual([]);
});

it.each(['2026-13', '2026-1', '2026-10-01', '0000-01', 'October', ''])('is of no month called %j', async (month) => {
  const asked = 'query ($month: String!) { operator { invoiceMonth(month: $month) { month } } }';
  const { errors } = await shop.operator.raw(asked, { month });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' }, message: expect.stringContaining('month') }]);
});

it('is in the mode of the key, and not for a merchant’s', async () => {
  const asked = 'query ($month: String!) { operator { invoiceMonth(month: $month) { currencies { currency } } } }';
  const month = day(product).slice(0, 7);
  const wanted = { name: 'live', operatorId: shop.operator.id, mode: 'LIVE' };
  const { secret } = await product.platform.do<{ secret: string }>('createApiKey', wanted, 'secret');
  const live = await new Client(product.url, secret).raw(asked, { month });
  expect(live.data ?? live.errors).toEqual({ operator: { invoiceMonth: { currencies: [] } } });
  const { errors } = await shop.raw(asked, { month });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

function indexes(plan: Plan & { readonly 'Index Name'?: string }): string[] {
  return [...(plan['Index Name'] ? [plan['Index Name']] : []), ...(plan.Plans ?? []).flatMap(indexes)];
}

it('of fifteen thousand invoices is read along its index', async () => {
  const client = new pg.Client({ connectionString: product.database.url });
  await client.connect();
  try {
    // Of 200 months and two operators; nothing is checked, for only how many there are matters to the planner.
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into invoices (operator_id, id, merchant_id, mode, payer_id, currency, status, month, time_zone, title,
         totals_at, close_at, created_at, updated_at)
       select case when n % 2 = 0 then $1::uuid else $2::uuid end, gen_random_uuid(), $2, 'TEST', gen_random_uuid(), 'EUR', 'DRAFT',
         date '2020-01-01' + make_interval(months => n / 2 % 200), 'UTC', 'x', now(), now(), now(), now()
       from generate_series(1, 15000) n`,
      [uuidOf('operator', shop.operator.id), uuidOf('merchant', shop.id)],
    );
    await client.query('analyze invoices');
    const plan = await genericPlan(client, uuidOf('operator', shop.operator.id) ?? '', INVOICE_MONTH, 'quittance_app');
    expect(scannedWhole(plan, ['invoices', 'credit_notes'])).toEqual([]);
    expect(indexes(plan)).toContain('invoices_by_month');
  } finally {
    await client.end();
  }
});
