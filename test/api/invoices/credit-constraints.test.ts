import pg from 'pg';
import { newUuid, uuidOf } from '../../../src/kernel/ids.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { aBillingShop } from '../../support/agreements.js';
import { asOwner } from '../../support/charging.js';
import { type Product, startProduct } from '../../support/product.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';
import { act, aPayer, closed, paid } from './by-hand.js';
import { CREDIT_CASES, CREDITED, type Credited, type Insert, line, NEXT, note } from './credit-constraints.js';

/** What credit notes and payers' credit promise, tried on the database itself, as the application's own role. */
let product: Product;
let client: pg.Client;
let world: Credited;

beforeAll(async () => {
  product = await startProduct();
  world = await aWorld();
  client = new pg.Client(urlFor(product.database.url, 'quittance_app', TEST_PASSWORDS.app));
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await product?.close();
});

async function aWorld(): Promise<Credited> {
  const shop = await aBillingShop(product);
  const payer = aPayer();
  const refunded = await paid(product, shop);
  const { creditNote: refund } = await act(shop, 'createCreditNote', refunded.id, { reason: 'x' });
  const { id } = await closed(shop, { payer });
  await act(shop, 'payInvoice', id, { paidOutside: { reference: 'x' } });
  const { creditNote: balance } = await act(shop, 'createCreditNote', id, { reason: 'x', settlement: 'BALANCE' });
  const input = { payment: { credential: { token: 'pm_card_refundFail' } } };
  const { creditNote: failed } = await act(shop, 'createCreditNote', (await paid(product, shop, { input })).id, {
    reason: 'x',
  });
  product.advance(3 * 86_400);
  await product.settle();
  const used = await closed(shop, { payer });
  const open = await closed(shop);
  const [note] = await asOwner<{ operationId: string; entryId: string; payerId: string }>(
    product,
    `select n.operation_id as "operationId", e.id as "entryId", e.payer_id as "payerId" from credit_notes n, payer_credit_entries e
     where n.id = $1 and e.credit_note_id = $2`,
    [uuidOf('creditNote', refund.id), uuidOf('creditNote', balance.id)],
  );
  const uuid = (of: string | null) => of ?? '';
  return {
    ...{ operatorId: uuid(uuidOf('operator', shop.operator.id)), merchantId: uuid(uuidOf('merchant', shop.id)) },
    ...{ payerId: note?.payerId ?? '', invoiceId: uuid(uuidOf('invoice', open.id)) },
    itemId: uuid(uuidOf('invoiceItem', open.items.nodes[0]?.id ?? '')),
    refund: { id: uuid(uuidOf('creditNote', refund.id)), operationId: note?.operationId ?? '' },
    balance: { id: uuid(uuidOf('creditNote', balance.id)), entryId: note?.entryId ?? '' },
    failed: { id: uuid(uuidOf('creditNote', failed.id)) },
    usedBy: uuid(uuidOf('invoice', used.id)),
    paidId: uuid(uuidOf('invoice', id)),
  };
}

/** The constraint that refuses it all, at the commit at the latest; null where nothing does. */
async function refusal(steps: readonly (Insert | string)[]): Promise<string | null> {
  await client.query('begin');
  try {
    await client.query("select set_config('quittance.operator_id', $1, true)", [world.operatorId]);
    for (const step of steps) await (typeof step === 'string' ? client.query(step) : write(step));
    await client.query('set constraints all immediate');
    return null;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint) return error.constraint;
    throw error;
  } finally {
    await client.query('rollback');
  }
}

function write([table, columns]: Insert): Promise<unknown> {
  const names = Object.keys(columns);
  const places = names.map((_, index) => `$${index + 1}`).join(', ');
  return client.query(`insert into ${table} (${names.join(', ')}) values (${places})`, Object.values(columns));
}

it('a note that adds up is taken, also of all that an item was', async () => {
  const made = note(world);
  expect(await refusal([NEXT, made, line(world, made[1].id), CREDITED])).toBeNull();
  const whole = note(world, { net_minor: 10_000, tax_minor: 1900, total_minor: 11_900 });
  const all = line(world, whole[1].id, { net_minor: 10_000, tax_minor: 1900 });
  expect(await refusal([NEXT, whole, all, CREDITED])).toBeNull();
});

it.each(
  Object.entries(CREDIT_CASES).flatMap(([name, cases]) =>
    cases.map((attempt, nth) => [name, nth + 1, attempt] as const),
  ),
)('%s refuses what is wrong, %i', async (name, _, attempt) => {
  expect(await refusal(attempt(world))).toBe(name);
});

/** How many rows of a table the database reads for it: in a transaction that leaves nothing behind. */
async function readsOf(table: string, given: () => Promise<unknown>, work: () => Promise<unknown>): Promise<number> {
  // It counts also what earlier transactions of the connection read.
  const text = `select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where relname = '${table}'`;
  const read = async () => (await client.query<{ rows: number }>(text)).rows[0]?.rows ?? 0;
  await client.query('begin');
  try {
    await client.query("select set_config('quittance.operator_id', $1, true)", [world.operatorId]);
    await given();
    await client.query('set constraints all immediate; set constraints all deferred');
    const before = await read();
    await work();
    await client.query('set constraints all immediate');
    return (await read()) - before;
  } finally {
    await client.query('rollback');
  }
}

const ITEMS = 5000;

async function closeLongInvoice(invoiceId: string): Promise<void> {
  const { operatorId, merchantId, payerId } = world;
  await client.query(
    `insert into invoices (operator_id, merchant_id, payer_id, id, mode, currency, status, month, time_zone, title, totals_at,
       close_at, created_at, updated_at)
     values ($1, $2, $3, $4, 'TEST', 'EUR', 'DRAFT', '2001-01-01', 'UTC', 'x', now(), now(), now(), now())`,
    [operatorId, merchantId, payerId, invoiceId],
  );
  await client.query(
    `insert into invoice_items (operator_id, merchant_id, id, invoice_id, mode, description, date, quantity, unit_price,
       net_minor, tax_minor, metadata, created_at)
     select $1, $2, gen_random_uuid(), $3, 'TEST', 'x', '2001-01-01', 1, 1, 1, 0, '{}', now() from generate_series(1, ${ITEMS})`,
    [operatorId, merchantId, invoiceId],
  );
  await client.query(
    `with s as (update invoice_series set last_number = last_number + 1
       where merchant_id = $1 and kind = 'INVOICE' and mode = 'TEST' returning last_number)
     update invoices set status = 'OPEN', number = s.last_number, subtotal_minor = ${ITEMS}, total_minor = ${ITEMS},
       item_count = ${ITEMS}, closed_at = now(), issued_on = '2001-02-02', due_on = '2001-02-02' from s where id = $2`,
    [merchantId, invoiceId],
  );
}

async function creditWhole(invoiceId: string): Promise<void> {
  const id = newUuid();
  await client.query(NEXT);
  await write(note(world, { id, invoice_id: invoiceId, net_minor: ITEMS, tax_minor: 0, total_minor: ITEMS }));
  await client.query(
    `insert into credit_note_lines (operator_id, id, credit_note_id, item_id, net_minor, tax_minor)
     select operator_id, gen_random_uuid(), $1, id, net_minor, 0 from invoice_items where invoice_id = $2`,
    [id, invoiceId],
  );
  await client.query(CREDITED);
}

it('a note of an invoice with 5,000 items reads each a few times, and not all of them for each', async () => {
  const id = newUuid();
  const work = () => creditWhole(id);
  const rows = await readsOf('credit_note_lines', () => closeLongInvoice(id), work);
  expect(rows).toBeGreaterThanOrEqual(ITEMS);
  expect(rows).toBeLessThan(10 * ITEMS);
});

it('an invoice adds its items up as it is closed, and not as it is changed', async () => {
  const id = newUuid();
  const change = "update invoices set title = 'y', number = number where number is not null";
  const nothing = async () => undefined;
  expect(await readsOf('invoice_items', nothing, () => closeLongInvoice(id))).toBeGreaterThanOrEqual(ITEMS);
  expect(await readsOf('invoice_items', nothing, () => client.query(change))).toBe(0);
});
