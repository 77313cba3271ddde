import { addInvoiceItem, type NewItem } from '../../../src/features/invoices/add-invoice-item.js';
import { closeDueInvoices } from '../../../src/features/invoices/close-invoices.js';
import { LOCK_DUE_DRAFTS } from '../../../src/features/invoices/close-invoices-sql.js';
import { createCreditNote } from '../../../src/features/invoices/create-credit-note.js';
import { itemAmounts } from '../../../src/features/invoices/domain/item-amounts.js';
import { HOLD_DRAFT, MARK_DRAFT } from '../../../src/features/invoices/drafts-sql.js';
import { finalizeInvoice } from '../../../src/features/invoices/finalize-invoice.js';
import { LOCK_INVOICE } from '../../../src/features/invoices/invoices-sql.js';
import { payInvoice } from '../../../src/features/invoices/pay-invoice.js';
import { removeInvoiceItem } from '../../../src/features/invoices/remove-invoice-item.js';
import { voidInvoice } from '../../../src/features/invoices/void-invoice.js';
import { cancelOrder } from '../../../src/features/orders/cancel-order.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import { LOCK_ORDER } from '../../../src/features/orders/orders-sql.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { attendWith, invoicesDisagree } from '../../../test/reliability/invoices/runs.js';
import { aBilledPayer, anInvoicingShop, writeDrafts } from '../../../test/support/invoicing.js';
import type { Product, Shop } from '../../../test/support/product.js';
import { type Ground, times } from './ground.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

const AT_INVOICE = { before: [LOCK_INVOICE] };

type Ask = (ground: Ground, invoiceId: string, carriers: Carriers) => Promise<unknown>;

/** A shop with a payer who has agreed to be charged for whatever comes. */
async function aShopWithPayer(product: Product): Promise<Shop> {
  const shop = await anInvoicingShop(product);
  await aBilledPayer(shop);
  return shop;
}

/** Drafts of 10.00 each, whose time to be closed has come. */
async function drafts(ground: Ground, count: number): Promise<readonly string[]> {
  const [payer] = await ground.rows<{ id: string }>(
    'select payer_id as id from agreements where operator_id = $1 and merchant_id = $2 limit 1',
  );
  return writeDrafts(
    ground.one,
    ground.shop,
    payer?.id ?? '',
    each(count, () => ({})),
  );
}

async function openInvoices(ground: Ground, count: number): Promise<readonly string[]> {
  const ids = await drafts(ground, count);
  await ground.one.built.units.sql(ground.operatorId, closeDueInvoices);
  return ids;
}

/** For each invoice those who ask, in turn, and beside them some workers that do all that is due. */
function between(made: typeof drafts, asks: readonly Ask[], workers = 2): Kind['begin'] {
  return async (ground, things) => {
    const ids = await made(ground, things);
    const asking = ids.flatMap((invoiceId) =>
      each(RACERS - workers, (index): Racer => {
        const ask = asks[index % asks.length] as Ask;
        return { of: invoiceId, line: AT_INVOICE, run: (carriers) => ask(ground, invoiceId, carriers) };
      }),
    );
    return [...asking, ...each(workers, () => attending(ground))];
  };
}

function attending(ground: Ground): Racer {
  const run: Racer['run'] = async (carriers, { product }) => {
    const failures = await attendWith(product, ground.shop, carriers);
    if (failures.length > 0) throw failures[0];
  };
  return { of: 'the run', line: { before: [LOCK_DUE_DRAFTS, LOCK_INVOICE] }, run };
}

/** All have one payer, of whom one thing at a time is charged: what waited for another comes with a later run. */
async function attendedAgain(ground: Ground): Promise<void> {
  for (let run = 1; run <= 8; run += 1) {
    ground.advance(91);
    await attending(ground).run(ground.carriers(), { product: ground.one, arrive: async () => {} });
    const owed = await ground.rows(
      `select from invoices where operator_id = $1 and merchant_id = $2 and status in ('OPEN', 'PAST_DUE') limit 1`,
    );
    if (owed.length === 0) return;
  }
}

const finalize: Ask = (ground, invoiceId, carriers) =>
  finalizeInvoice(carriers, ground.caller, { invoiceId }, ground.request('finalizeInvoice'));

const pay: Ask = (ground, invoiceId, carriers) =>
  payInvoice(carriers, ground.caller, { invoiceId, paidOutside: null }, ground.request('payInvoice'));

const payOutside: Ask = (ground, invoiceId, carriers) => {
  const wanted = { invoiceId, paidOutside: { reference: 'transfer 7' } };
  return payInvoice(carriers, ground.caller, wanted, ground.request('payInvoice'));
};

const makeVoid: Ask = (ground, invoiceId, carriers) =>
  voidInvoice(carriers, ground.caller, { invoiceId }, ground.request('voidInvoice'));

/** The books, numbers without a gap, and that every invoice is as `right` says in SQL. */
function judgedBy(right: string): Kind['judge'] {
  return async (ground) => [
    ...(await ground.books()),
    ...(await invoicesDisagree(ground.one, ground.shop)),
    ...(await ground.wrong(
      'an invoice',
      `select id, status, attempts, paid_minor::int as paid from invoices
       where operator_id = $1 and merchant_id = $2 and not (${right})`,
    )),
  ];
}

const CLOSED: Kind = {
  name: 'close the month / finalize the invoice',
  trials: 100,
  shop: aShopWithPayer,
  begin: between(drafts, [finalize]),
  after: attendedAgain,
  judge: async (ground) => [
    ...(await judgedBy(`status = 'PAID' and attempts = 1 and number is not null`)(ground)),
    ...ground.answeredWrong('finalizing', (codes) => codes.length !== RACERS - 2 || !times(2, codes, 'done')),
  ],
};

const PAID: Kind = {
  name: 'charge an invoice / the same by hand',
  trials: 60,
  shop: aShopWithPayer,
  begin: between(openInvoices, [pay]),
  after: attendedAgain,
  judge: judgedBy(`status = 'PAID' and attempts = 1 and paid_minor = 1000`),
};

const VOIDED: Kind = {
  name: 'void an invoice / charge it',
  trials: 60,
  shop: aShopWithPayer,
  begin: between(openInvoices, [makeVoid, pay]),
  after: attendedAgain,
  judge: async (ground) => {
    const voided = await ground.rows<{ id: string }>(
      `select id from invoices where operator_id = $1 and merchant_id = $2 and status = 'VOID'`,
    );
    const ids = new Set(voided.map(({ id }) => id));
    return [
      ...(await judgedBy(`status in ('VOID', 'PAID')`)(ground)),
      ...ground.answeredWrong('void, and nobody was told', (codes, of) => !ids.has(of) || codes.includes('done')),
    ];
  },
};

const OUTSIDE: Kind = {
  name: 'pay an invoice outside / charge it',
  trials: 60,
  shop: aShopWithPayer,
  begin: between(openInvoices, [payOutside]),
  after: attendedAgain,
  judge: judgedBy(`status = 'PAID' and paid_minor = 1000`),
};

const USD = 'USD' as Currency;

function add(ground: Ground, reference: string, unitPrice: string, carriers = ground.carriers()) {
  const priced = { quantity: '1', unitPrice, taxRate: null };
  const item: NewItem = {
    ...{
      ...priced,
      merchantId: ground.merchantId,
      payer: { reference },
      currency: USD,
      amounts: itemAmounts(priced, USD),
    },
    ...{ mode: 'TEST', description: 'Traffic', date: null, reference: null, metadata: {} },
  };
  return addInvoiceItem(carriers.units, ground.caller, item, ground.request('addInvoiceItem'));
}

let payers = 0;

/** A draft with two items, to which some add, from which some take the second, and which some close. */
async function edited(ground: Ground): Promise<readonly Racer[]> {
  payers += 1;
  const of = `edited-${payers}`;
  const { invoice } = await add(ground, of, '10.00');
  const { item } = await add(ground, of, '5.00');
  const adding: Racer = {
    of,
    line: { before: [MARK_DRAFT, HOLD_DRAFT] },
    run: (carriers) => add(ground, of, '1.00', carriers),
  };
  const removing: Racer = {
    of: `${of}, removing`,
    line: AT_INVOICE,
    run: ({ units }) => removeInvoiceItem(units, ground.caller, item.id, ground.request('removeInvoiceItem')),
  };
  const closing: Racer = {
    of: `${of}, closing`,
    line: AT_INVOICE,
    run: (carriers) => finalize(ground, invoice.id, carriers),
  };
  return [adding, adding, adding, removing, removing, closing, closing, closing];
}

const EDITED: Kind = {
  name: 'close an invoice / add and remove items',
  shop: anInvoicingShop,
  begin: async (ground, things) => (await Promise.all(each(things, () => edited(ground)))).flat(),
  judge: async (ground) => [
    ...(await ground.wrong(
      'closed with another total than its items have',
      `select i.id, i.subtotal_minor::int as subtotal, i.item_count, s.sum, s.count from invoices i
       cross join lateral (select coalesce(sum(net_minor), 0)::int as sum, count(*)::int as count from invoice_items
         where operator_id = i.operator_id and invoice_id = i.id) s
       where i.operator_id = $1 and i.merchant_id = $2 and i.status <> 'DRAFT'
         and (i.subtotal_minor <> s.sum or i.item_count <> s.count)`,
    )),
    ...(await ground.wrong(
      'items lost or doubled, or not closed once',
      `select p.reference, count(*) filter (where t.unit_price = 1)::int as added,
         count(*) filter (where t.unit_price = 10)::int as first, count(*) filter (where t.unit_price = 5)::int as second,
         count(distinct i.id) filter (where i.status <> 'DRAFT')::int as closed
       from payers p join invoices i on i.operator_id = p.operator_id and i.payer_id = p.id
         join invoice_items t on t.operator_id = i.operator_id and t.invoice_id = i.id
       where p.operator_id = $1 and p.merchant_id = $2 group by p.operator_id, p.id
       having count(*) filter (where t.unit_price = 1) <> 3 or count(*) filter (where t.unit_price = 10) <> 1
         or count(*) filter (where t.unit_price = 5) > 1 or count(distinct i.id) filter (where i.status <> 'DRAFT') <> 1`,
    )),
    ...ground.answeredWrong('an item', (codes) => codes.length !== 3 || codes.includes('done')),
  ],
};

/** Invoices that were charged and are paid, beside the orders that paid them. */
async function paidInvoices(ground: Ground, count: number): Promise<readonly { invoiceId: string; orderId: string }[]> {
  const ids = await openInvoices(ground, count);
  await attendedAgain(ground);
  const paid = await ground.rows<{ invoiceId: string; orderId: string }>(
    `select invoice_id as "invoiceId", id as "orderId" from orders
     where operator_id = $1 and merchant_id = $2 and status = 'CAPTURED' and invoice_id is not null`,
  );
  return paid.filter(({ invoiceId }) => ids.includes(invoiceId));
}

const CREDITED: Kind = {
  name: 'credit note / refund of its order',
  shop: aShopWithPayer,
  begin: async (ground, things) =>
    (await paidInvoices(ground, things)).flatMap(({ invoiceId, orderId }) =>
      each(RACERS, (index): Racer => {
        const note = (carriers: Carriers) => {
          const wanted = { invoiceId, reason: 'raced', lines: null, settlement: null };
          return createCreditNote(carriers, ground.caller, wanted, ground.request('createCreditNote'));
        };
        const refund = (carriers: Carriers) => {
          const wanted = { orderId, amount: '6.00', reason: 'MERCHANT' } as const;
          return cancelOrder(carriers, ground.caller, wanted, ground.request('cancelOrder'));
        };
        return { of: invoiceId, line: { before: [LOCK_ORDER] }, run: index % 2 ? note : refund };
      }),
    ),
  judge: async (ground) => [
    ...(await ground.books()),
    ...(await ground.wrong(
      'credited beyond its total',
      `select i.id, i.total_minor::int as total, sum(n.total_minor)::int as credited from invoices i
       join credit_notes n on n.operator_id = i.operator_id and n.invoice_id = i.id
       where i.operator_id = $1 and i.merchant_id = $2
       group by i.operator_id, i.id having sum(n.total_minor) > i.total_minor or count(*) > 1`,
    )),
    ...(await ground.wrong(
      'given back beyond what was taken',
      `select id, refunded_minor::int as refunded from orders where operator_id = $1 and merchant_id = $2 and captured_minor > 0
         and (refunded_minor > captured_minor or refunded_minor not in (600, 1000))`,
    )),
  ],
};

export const INVOICE_RACES: readonly Kind[] = [EDITED, CREDITED, CLOSED, PAID, VOIDED, OUTSIDE];
