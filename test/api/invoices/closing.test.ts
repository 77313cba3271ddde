import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { closeDueInvoices, closeInvoiceNow } from '../../../src/features/invoices/close-invoices.js';
import { INVOICES, type InvoiceRow } from '../../../src/features/invoices/invoice-rows.js';
import { INVOICE_BY_ID } from '../../../src/features/invoices/invoices-sql.js';
import { giveCredit } from '../../../src/features/invoices/payer-credit.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid, uuidOf } from '../../../src/kernel/ids.js';
import { statement } from '../../../src/platform/database/sql.js';
import { attendWith } from '../../reliability/invoices/runs.js';
import { carriersWith, gatewayOf } from '../../reliability/orders/dying.js';
import { asOwner } from '../../support/charging.js';
import { aBilledPayer, anInvoicingShop, type DraftWanted, writeDrafts } from '../../support/invoicing.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

jest.setTimeout(60_000);

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

/** A payer's drafts, due, of a merchant of its own. */
async function drafts(wanted: readonly DraftWanted[], merchant: Json = {}) {
  const shop = await anInvoicingShop(product, merchant);
  const { payerId } = await aBilledPayer(shop);
  return { shop, payerId, ids: await writeDrafts(product, shop, payerId, wanted), ...ownerOf(shop) };
}

const ownerOf = (shop: Shop) => ({ operatorId: uuidOf('operator', shop.operator.id) ?? '' });

function close(operatorId: string): Promise<number> {
  return product.built.units.sql(operatorId, closeDueInvoices);
}

async function rowsOf(operatorId: string): Promise<InvoiceRow[]> {
  const all = statement(
    'test_invoices',
    `select ${INVOICES.columns} from invoices where operator_id = $1 order by close_at, id`,
  );
  return product.built.units.sql(operatorId, (tx) => tx.query<InvoiceRow>(all, [operatorId]));
}

const counted = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

it('numbers what eight close at once from 1 on, without a gap or a double, and rolled back takes none', async () => {
  const { operatorId } = await drafts(
    Array.from({ length: 100 }, (_, index) => ({ items: index % 4 === 0 ? [] : [1000n, 250n] })),
  );
  const rolledBack = product.built.units.sql(operatorId, async (tx) => {
    await closeDueInvoices(tx);
    throw new Error('gone');
  });
  await expect(rolledBack).rejects.toThrow('gone');

  const closeSome = async (round: number) => {
    const due = statement(
      'test_some_due',
      `select id from invoices where operator_id = $1 and status = 'DRAFT' order by md5(id::text || $2) limit 4 for no key update skip locked`,
    );
    return product.built.units.sql(operatorId, async (tx) => {
      const some = await tx.query<{ id: string }>(due, [operatorId, String(round)]);
      for (const { id } of some) await closeInvoiceNow(tx, id);
      return some.length;
    });
  };
  const left = statement(
    'test_leftleft',
    `select count(*)::int as count from invoices where operator_id = $1 and status = 'DRAFT'`,
  );
  const draftsLeft = async () => {
    const [found] = await product.built.units.sql(operatorId, (tx) => tx.query<{ count: number }>(left, [operatorId]));
    return found?.count;
  };
  const closer = async (index: number) => {
    for (let round = 0; round < 40; round += 1) {
      const closed = round % 2 === 0 ? await closeSome(index * 40 + round) : await close(operatorId);
      if (closed === 0 && (await draftsLeft()) === 0) return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => closer(index)));

  const rows = await rowsOf(operatorId);
  const numbers = rows.flatMap(({ number }) => number ?? []).toSorted((a, b) => a - b);
  expect(numbers).toEqual(counted(75));
  expect(rows.filter(({ status }) => status === 'VOID')).toHaveLength(25);
  const told = await asOwner<{ subject_id: string }>(
    product,
    `select subject_id from events where operator_id = $1 and type = 'invoice.status_changed'`,
    [operatorId],
  );
  expect(told.map(({ subject_id }) => subject_id).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
});

it('closes with exact totals, its date, its last day to pay and its turn to be charged', async () => {
  const { operatorId, ids } = await drafts([
    { items: [1000n, 250n], timeZone: 'Pacific/Kiritimati' },
    { items: [] },
    { items: [0n] },
  ]);
  await asOwner(product, 'update merchants set invoice_due_days = 10 where operator_id = $1', [operatorId]);
  const now = product.clock.now();
  expect(await close(operatorId)).toBe(3);
  const byId = new Map((await rowsOf(operatorId)).map((row) => [row.id, row]));
  const [owed, empty, free] = ids.map((id) => byId.get(id));
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Kiritimati' });
  expect(owed).toMatchObject({
    ...{ status: 'OPEN', number: 1, subtotal: 1250n, total: 1250n, itemCount: 2, staleSince: null },
    ...{ issuedOn: today.format(now), dueOn: today.format(now.getTime() + 10 * 86_400_000) },
  });
  expect(owed?.retryAt).toEqual(owed?.closedAt);
  expect(owed?.dueAt).toEqual(owed?.closedAt);
  expect(empty).toMatchObject({ status: 'VOID', number: null, closedAt: null, dueAt: null, retryAt: null });
  expect(free).toMatchObject({ status: 'PAID', number: 2, total: 0n, retryAt: null, dueAt: null });
  expect(free?.paidAt).toEqual(free?.closedAt);
});

it('uses the payer’s credit from the oldest on, and what it pays whole is paid', async () => {
  const { operatorId, payerId } = await drafts([{ items: [1000n] }, { items: [1000n] }, { items: [1000n] }]);
  const [first] = await rowsOf(operatorId);
  const credit = { payerId: uuidOf('payer', payerId) ?? '', currency: 'USD' as Currency, amount: 1400n };
  await product.built.units.sql(operatorId, async (tx) => giveCredit(tx, { ...credit, invoiceId: first?.id ?? '' }));
  await close(operatorId);
  const rows = await rowsOf(operatorId);
  expect(rows.map(({ status, creditApplied }) => [status, creditApplied])).toEqual([
    ['PAID', 1000n],
    ['OPEN', 400n],
    ['OPEN', 0n],
  ]);
  expect(rows.map(({ retryAt }) => retryAt === null)).toEqual([true, false, false]);
  const credits = await asOwner<{ balance: number; entries: number }>(
    product,
    `select c.balance_minor::int as balance, (select sum(amount_minor)::int from payer_credit_entries e
       where e.operator_id = c.operator_id and e.payer_id = c.payer_id) as entries
     from payer_credits c where c.operator_id = $1`,
    [operatorId],
  );
  expect(credits).toEqual([{ balance: 0, entries: 0 }]);
  const told = await asOwner<{ status: string; due: string }>(
    product,
    `select payload ->> 'status' as status, payload ->> 'amountDue' as due from events
     where operator_id = $1 and type = 'invoice.status_changed' order by sequence`,
    [operatorId],
  );
  expect(told.toSorted((a, b) => (a.due < b.due ? -1 : 1))).toEqual([
    { status: 'PAID', due: '0.00' },
    { status: 'OPEN', due: '10.00' },
    { status: 'OPEN', due: '6.00' },
  ]);
});

it('loses no item that is added at the moment of closing: it is on the invoice, or refused', async () => {
  const { operatorId, ids } = await drafts(Array.from({ length: 20 }, () => ({ items: [1000n] })));
  const insert = statement(
    'test_add_item',
    `insert into invoice_items (operator_id, id, invoice_id, merchant_id, mode, description, date, quantity, unit_price,
       net_minor, tax_minor, metadata, created_at)
     select $1, $2, id, merchant_id, mode, 'late', month, 1, 5, 500, 0, '{}', $4 from invoices
     where operator_id = $1 and id = $3`,
  );
  const add = (invoiceId: string) =>
    product.built.units
      .sql(operatorId, (tx) => tx.query(insert, [operatorId, newUuid(), invoiceId, tx.now]))
      .then(
        () => 'added',
        (error: unknown) => (error as { constraint?: string }).constraint,
      );
  const [answers] = await Promise.all([
    Promise.all(ids.map(add)),
    Promise.all(Array.from({ length: 4 }, () => close(operatorId))),
    Promise.all(
      ids
        .slice(0, 5)
        .map((id) => product.built.units.sql(operatorId, (tx) => closeInvoiceNow(tx, id)).catch(() => null)),
    ),
  ]);
  while ((await close(operatorId)) > 0);
  const rows = new Map((await rowsOf(operatorId)).map((row) => [row.id, row]));
  for (const [index, id] of ids.entries()) {
    const answer = answers[index];
    expect(['added', 'invoice_items_of_drafts']).toContain(answer);
    expect(rows.get(id)?.total).toBe(answer === 'added' ? 1500n : 1000n);
  }
  expect([...rows.values()].map(({ number }) => number ?? 0).toSorted((a, b) => a - b)).toEqual(counted(20));
});

it('closes the others of a batch when one cannot be closed, which is put off and looked at again', async () => {
  const most = 9n * 10n ** 18n;
  const { operatorId, shop } = await drafts([{ items: [1000n] }, { items: [most, most] }, { items: [1000n] }]);
  await expect(close(operatorId)).rejects.toThrow(/out of range/);
  // Of this operator alone: of the others above a hundred would be charged.
  const failures = await attendWith(product, shop, carriersWith(product.built.units, gatewayOf(product, shop)));
  expect(new Set(failures.map((each) => /out of range/.test(String(each))))).toEqual(new Set([true]));
  const rows = await rowsOf(operatorId);
  expect(rows.map(({ number }) => number ?? 0).toSorted()).toEqual([0, 1, 2]);
  const stuck = rows.find(({ status }) => status === 'DRAFT');
  expect(stuck?.dueAt?.getTime()).toBeGreaterThan(product.clock.now().getTime());
});

it('refuses to close what is closed', async () => {
  const {
    operatorId,
    ids: [id = ''],
  } = await drafts([{}]);
  await close(operatorId);
  const again = product.built.units.sql(operatorId, (tx) => closeInvoiceNow(tx, id));
  await expect(again).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  const [row] = await product.built.units.sql(operatorId, (tx) =>
    tx.query<InvoiceRow>(INVOICE_BY_ID, [operatorId, id]),
  );
  expect(row?.number).toBe(1);
});
