import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Registry } from 'prom-client';
import { PUT_OFF_INVOICE } from '../../../src/features/invoices/attend-invoices-sql.js';
import { closeDueInvoices } from '../../../src/features/invoices/close-invoices.js';
import { closeIfDraft } from '../../../src/features/invoices/end-months.js';
import { FIRST_PLACE, fallDue, fallingDue } from '../../../src/features/invoices/fall-due.js';
import { attendInvoices, invoiceMeter, refreshDrafts } from '../../../src/features/invoices/index.js';
import { INVOICES, type InvoiceRow } from '../../../src/features/invoices/invoice-rows.js';
import { PaymentPace } from '../../../src/features/payment-systems/index.js';
import { later } from '../../../src/kernel/clock.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { type Row, run as runSql, type Sql, type Statement, statement } from '../../../src/platform/database/sql.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { carriersWith, gatewayOf } from '../../reliability/orders/dying.js';
import { asOwner } from '../../support/charging.js';
import { aBilledPayer, anInvoicingShop, type DraftWanted, writeDrafts } from '../../support/invoicing.js';
import { type Json, type Product, type Shop, startProduct } from '../../support/product.js';

jest.setTimeout(60_000);

const HOUR = 3600;
const DAY = 24 * HOUR;

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product.close());

async function drafts(wanted: readonly DraftWanted[], merchant: Json = {}) {
  const shop = await anInvoicingShop(product, merchant);
  const { payerId } = await aBilledPayer(shop);
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  const ids = await writeDrafts(product, shop, payerId, wanted);
  return { shop, payerId, operatorId, ids };
}

const close = (operatorId: string) => product.built.units.sql(operatorId, closeDueInvoices);

async function row(operatorId: string, id: string | undefined): Promise<InvoiceRow> {
  const one = statement('test_one', `select ${INVOICES.columns} from invoices where operator_id = $1 and id = $2`);
  const [found] = await product.built.units.sql(operatorId, (tx) => tx.query<InvoiceRow>(one, [operatorId, id]));
  if (!found) throw new Error(`no invoice ${id}`);
  return found;
}

/** Across operators, by the role that may. */
const inSystem: Sql['query'] = (statement, values) => runSql(product.system, statement, values);

/** A run for one operator, as the database says it of it. */
async function run(shop: Shop, pace = thePace()) {
  const operatorId = uuidOf('operator', shop.operator.id);
  const carriers = carriersWith(product.built.units, gatewayOf(product, shop));
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  const system = {
    query: async <Result extends Row>(statement: Statement, values?: readonly unknown[]) =>
      (await inSystem<Result>(statement, values)).filter((due) => due.operatorId === operatorId),
  };
  const lanes = new OperatorLanes(onFailure);
  const begun = await attendInvoices({
    carriers,
    system,
    lanes,
    meter: invoiceMeter(new Registry()),
    pace,
    onFailure,
  });
  await lanes.stop();
  return { begun, failures };
}

function thePace(): PaymentPace {
  return new PaymentPace(product.built.units, { TEST: 1e6, LIVE: 1e6 });
}

/** By an hour, of which some may have passed. */
const isPutOff = (dueAt: Date | null) => dueAt !== null && dueAt > later(product.clock.now(), 0.9 * HOUR * 1000);

/** What the triggers of closed invoices would not let happen. */
async function damage(id: string | undefined, change: string): Promise<void> {
  await asOwner(product, 'alter table invoices disable trigger invoices_closed_stays');
  await asOwner(product, `update invoices set ${change} where id = $1`, [id]);
  await asOwner(product, 'alter table invoices enable trigger invoices_closed_stays');
}

it('says what is past due and charges what is owed beside one that fails', async () => {
  const { shop, operatorId, ids } = await drafts([{}, {}, {}]);
  await close(operatorId);
  await damage(ids[1], "time_zone = 'Nowhere/Land'");
  product.advance(20 * DAY);
  const { failures } = await run(shop);

  expect(failures.length).toBeGreaterThan(0);
  const told = await asOwner<{ id: string }>(
    product,
    `select subject_id as id from events where operator_id = $1 and type = 'invoice.status_changed'
       and payload->>'status' = 'PAST_DUE'`,
    [operatorId],
  );
  expect(told.map(({ id }) => id).sort()).toEqual([ids[0], ids[2]].sort());
  // One payer is charged for one after the other.
  const fine = await Promise.all([row(operatorId, ids[0]), row(operatorId, ids[2])]);
  expect(fine.map(({ status }) => status)).toContain('PAID');
  const { status, dueAt } = await row(operatorId, ids[1]);
  expect([status, isPutOff(dueAt)]).toEqual(['OPEN', true]);
});

it('closes what becomes due while it charges, in the same run', async () => {
  const { shop, operatorId, ids } = await drafts([{}]);
  // Of another payer: of one, the second would wait for the first to be paid.
  const { payerId } = await aBilledPayer(shop);
  await close(operatorId);
  let next = '';
  class SlowPace extends PaymentPace {
    override async reserve(...args: Parameters<PaymentPace['reserve']>) {
      if (next === '') {
        const closeAt = later(product.clock.now(), 60_000);
        [next = ''] = await writeDrafts(product, shop, payerId, [{ month: '2001-05-01', closeAt, dueAt: closeAt }]);
        product.advance(120);
      }
      return super.reserve(...args);
    }
  }
  await run(shop, new SlowPace(product.built.units, { TEST: 1e6, LIVE: 1e6 }));
  expect((await row(operatorId, ids[0])).status).toBe('PAID');
  expect((await row(operatorId, next)).status).toBe('PAID');
});

it('leaves what a suspended operator is owed alone, and asks for no other look', async () => {
  const { shop, operatorId, ids } = await drafts([{}]);
  await close(operatorId);
  const [id] = ids;
  const owed = await row(operatorId, id);
  await product.platform.do('suspendOperator', { operatorId: shop.operator.id }, 'operator { id }');
  product.advance(2 * HOUR);
  expect(await run(shop)).toEqual({ begun: 0, failures: [] });
  expect(await row(operatorId, id)).toEqual(owed);
});

it('passes over what somebody else has closed, and does not put it off', async () => {
  const { operatorId, ids } = await drafts([{}]);
  const [id = ''] = ids;
  await close(operatorId);
  const owed = await row(operatorId, id);
  const { units } = product.built;
  expect(await units.sql(operatorId, (tx) => closeIfDraft(tx, id))).toBeNull();
  const putOff = (was: readonly string[]) =>
    units.sql(operatorId, (tx) => tx.query(PUT_OFF_INVOICE, [operatorId, id, later(tx.now, HOUR * 1000), was]));
  await putOff(['DRAFT']);
  expect(await row(operatorId, id)).toEqual(owed);
  await putOff(['OPEN']);
  expect(isPutOff((await row(operatorId, id)).dueAt)).toBe(true);
});

it('looks past five hundred that are due by the first calendar, and not by their own', async () => {
  const untilEleven = (DAY + 11 * HOUR - Math.floor((product.clock.now().getTime() / 1000) % DAY)) % DAY;
  product.advance(untilEleven);
  const wanted = Array.from({ length: 501 }, (): DraftWanted => ({}));
  // Where a day begins first, the next has begun by now; the drafts were closed on it when it was still this one.
  const { operatorId, ids } = await drafts([...wanted, { timeZone: 'Pacific/Kiritimati' }], { invoiceDueDays: 0 });
  const last = ids.at(-1);
  await close(operatorId);
  await close(operatorId);
  await damage(last, "issued_on = issued_on - 1, due_on = due_on - 1, due_at = due_at + interval '1 millisecond'");
  product.advance(1);

  const { units } = product.built;
  const first = await units.sql(operatorId, (tx) => fallingDue(tx, FIRST_PLACE));
  await units.sql(operatorId, (tx) => fallDue(tx, first));
  expect(first).toHaveLength(500);
  expect(first.map(({ id }) => id)).not.toContain(last);
  const rest = await units.sql(operatorId, (tx) => fallingDue(tx, first.at(-1) ?? FIRST_PLACE));
  expect(rest).toHaveLength(2);
  await units.sql(operatorId, (tx) => fallDue(tx, rest));
  expect((await row(operatorId, last)).status).toBe('PAST_DUE');
  expect((await row(operatorId, ids[0])).status).toBe('OPEN');
});

it('adds up the drafts beside one that cannot be, which the next run tries again', async () => {
  const most = 9_000_000_000_000_000_000n;
  const staleSince = product.clock.now();
  const due = { closeAt: later(staleSince, DAY * 1000), dueAt: later(staleSince, DAY * 1000), staleSince };
  const { operatorId, ids } = await drafts([due, { ...due, items: [most, most] }, due]);
  const failures: unknown[] = [];
  const { units } = product.built;
  await refreshDrafts({ units, system: { query: inSystem }, onFailure: (error) => void failures.push(error) });
  expect(failures).toHaveLength(2);
  const [one, wrong, other] = await Promise.all(ids.map((id) => row(operatorId, id)));
  expect([one?.total, one?.staleSince, other?.total]).toEqual([1000n, null, 1000n]);
  expect(wrong?.staleSince?.getTime()).toBeGreaterThan(staleSince.getTime());
});
