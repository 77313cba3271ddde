import pg from 'pg';
import { uuidOf } from '../../../src/kernel/ids.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { aBillingShop } from '../../support/agreements.js';
import { asOwner } from '../../support/charging.js';
import { type Product, startProduct } from '../../support/product.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';
import { act, aPayer, closed, paid } from './by-hand.js';
import { CREDIT_CASES, type Credited, type Insert, line, NEXT, note } from './credit-constraints.js';

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
  expect(await refusal([NEXT, made, line(world, made[1].id)])).toBeNull();
  const whole = note(world, { net_minor: 10_000, tax_minor: 1900, total_minor: 11_900 });
  expect(await refusal([NEXT, whole, line(world, whole[1].id, { net_minor: 10_000, tax_minor: 1900 })])).toBeNull();
});

it.each(
  Object.entries(CREDIT_CASES).flatMap(([name, cases]) =>
    cases.map((attempt, nth) => [name, nth + 1, attempt] as const),
  ),
)('%s refuses what is wrong, %i', async (name, _, attempt) => {
  expect(await refusal(attempt(world))).toBe(name);
});
