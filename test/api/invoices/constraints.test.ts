import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newUuid } from '../../../src/kernel/ids.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { plainPool } from '../../../src/platform/database/pools.js';
import { Catalogue } from '../../support/catalogue.js';
import { INVOICE_CONSTRAINTS } from '../../support/constraints-of-invoices.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';

/** What the tables of invoices promise, tried on the database itself, as `test/api/constraints.test.ts` tries the others. */

const [OPERATOR, SHOP, OTHER_SHOP, ACCOUNT, PAYER, CREDENTIAL] = Array.from({ length: 6 }, newUuid);
const [AGREEMENT, ORDER, OPERATION, DRAFT, ITEM, CLOSED] = Array.from({ length: 6 }, newUuid);
const [CLOSED_ITEM, NOBODY] = Array.from({ length: 2 }, newUuid);
const NOW = new Date();

type Row = Readonly<Record<string, unknown>>;
type Table = keyof typeof ROWS;
/** A row to be written, or a statement. */
type Step = readonly [Table, Row] | string;
interface Case {
  readonly name: string;
  readonly what: string;
  readonly given?: readonly Step[];
  readonly refused: Step;
}

let made = 0;
const ofOperator = () => ({ operator_id: OPERATOR, id: newUuid() });
const ofShop = () => ({ ...ofOperator(), merchant_id: SHOP, mode: 'TEST' });
const written = () => ({ created_at: NOW, updated_at: NOW });

/** A row of each table that nothing is wrong with, and that meets no other. */
const ROWS = {
  operators: () => ({ id: OPERATOR, name: 'x', status: 'ACTIVE', time_zone: 'UTC', data_key: '', created_at: NOW }),
  merchants: () => ({
    ...ofOperator(),
    name: 'x',
    allowed_sources: ['INTERNET'],
    retry_policy_days: [1],
    time_zone: 'UTC',
    ...written(),
  }),
  payment_system_accounts: () => ({
    ...ofOperator(),
    ...{ kind: 'STRIPE', mode: 'TEST', publishable_key: 'pk', secret_key_encrypted: '', secret_key_hint: '' },
    ...{ status: 'ACTIVE', external_account_id: 'acct_x', polled: false, verified_at: NOW, created_at: NOW },
  }),
  payers: () => ({ ...ofShop(), reference: newUuid(), ...written() }),
  stored_credentials: () => ({
    ...ofOperator(),
    ...{ payer_id: PAYER, account_id: ACCOUNT, type: 'CARD', external_id: 'pm_x', external_customer_id: 'cus_x' },
    ...{ last_four: '4242', expiry_month: 12, status: 'ACTIVE', created_at: NOW },
  }),
  agreements: () => ({
    ...ofShop(),
    ...{ payment_system_account_id: ACCOUNT, payer_id: PAYER, credential_id: CREDENTIAL, reference: newUuid() },
    ...{ type: 'RECURRING', status: 'PENDING', currency: 'USD', metadata: {}, charge_amounts: [], time_zone: 'UTC' },
    ...{ first_cit_at: NOW, ...written() },
  }),
  orders: () => ({
    ...ofShop(),
    ...{ payment_system_account_id: ACCOUNT, payer_id: PAYER, order_number: newUuid(), status: 'CREATED' },
    ...{ bill_number: String(++made).padStart(12, '0'), capture_mode: 'AUTOMATIC', currency: 'USD' },
    ...{ amount_minor: 1000, save_credential: false, metadata: {}, ...written() },
  }),
  operations: () => ({
    ...ofOperator(),
    ...{ order_id: ORDER, type: 'CANCELLATION', status: 'SUCCEEDED', amount_minor: 1000, request: {}, created_at: NOW },
  }),
  invoices: () => ({
    ...ofShop(),
    ...{ payer_id: PAYER, currency: 'EUR', status: 'DRAFT', month: `${1000 + ++made}-10-01`, time_zone: 'UTC' },
    ...{ title: 'x', totals_at: NOW, close_at: NOW, ...written() },
  }),
  invoice_items: () => ({
    ...ofShop(),
    ...{ invoice_id: DRAFT, description: 'x', date: '2026-10-01', quantity: '1', unit_price: '10', tax_rate: '19' },
    ...{ net_minor: 1000, tax_minor: 190, metadata: {}, created_at: NOW },
  }),
  invoice_series: () => ({
    operator_id: OPERATOR,
    merchant_id: OTHER_SHOP,
    mode: 'TEST',
    kind: 'INVOICE',
    last_number: 0,
  }),
};

const OWED = { status: 'OPEN', number: 7, closed_at: NOW, issued_on: '2026-11-02', due_on: '2026-11-16' };
const AMOUNTS = { subtotal_minor: 100, tax_minor: 19, total_minor: 119 };

const CLOSE = (id: string | undefined, net: number, number: number) =>
  `update invoices set status = 'OPEN', number = ${number}, closed_at = now(), issued_on = '2026-11-02', due_on = '2026-11-16',
     subtotal_minor = ${net}, tax_minor = 190, total_minor = ${net + 190}, item_count = 1 where id = '${id}'`;
const COUNT = `update invoice_series set last_number = last_number + 1 where merchant_id = '${SHOP}'`;

/** An invoice that is a draft, and one that was closed. */
const WORLD: readonly Step[] = [
  ['operators', {}],
  ['merchants', { id: SHOP }],
  ['merchants', { id: OTHER_SHOP }],
  ['payment_system_accounts', { id: ACCOUNT }],
  ['payers', { id: PAYER }],
  ['stored_credentials', { id: CREDENTIAL }],
  ['agreements', { id: AGREEMENT }],
  ['orders', { id: ORDER }],
  ['operations', { id: OPERATION }],
  ['invoices', { id: DRAFT }],
  ['invoice_items', { id: ITEM }],
  ['invoices', { id: CLOSED }],
  ['invoice_items', { id: CLOSED_ITEM, invoice_id: CLOSED }],
  ['invoice_series', { merchant_id: SHOP, last_number: 1 }],
  CLOSE(CLOSED, 1000, 1),
];

function twice(name: string, what: string, table: Table, row: Row): Case {
  return { name, what, given: [[table, row]], refused: [table, row] };
}

/** Each by itself; beside them what is right is written. */
function wrong(table: Table, name: string, what: string, right: Row, wrongs: readonly Row[]): Case[] {
  return wrongs.map((each) => ({
    name,
    what: `${what}, so not ${JSON.stringify(each)}`,
    given: [[table, right]],
    refused: [table, each],
  }));
}

const list = (table: Table, column: string, besides: Row = {}): Case => ({
  name: `${table}_${column}_check`,
  what: 'is on the list',
  refused: [table, { ...besides, [column]: 'x' }],
});

function length(table: Table, column: string, most: number, besides: Row = {}): Case[] {
  const name = `${table}_${column}_check`;
  return wrong(table, name, `1 to ${most} characters`, { ...besides, [column]: 'é'.repeat(most) }, [
    { ...besides, [column]: '' },
    { ...besides, [column]: 'x'.repeat(most + 1) },
  ]);
}

const reference = (table: Table, column: string, besides: Row = {}): Case => ({
  name: `${table}_${column}_reference`,
  what: 'is there, and fits',
  refused: [table, { [column]: NOBODY, ...besides }],
});

const UNIQUE: readonly Case[] = [
  twice('invoices_pkey', 'one row', 'invoices', { id: NOBODY }),
  twice('invoice_items_pkey', 'one row', 'invoice_items', { id: NOBODY }),
  twice('invoices_number_unique', 'one invoice of a number', 'invoices', OWED),
  {
    name: 'invoices_one_draft',
    what: 'one draft of a payer, currency and month, beside any number that were closed',
    given: [
      ['invoices', { ...OWED, month: '2026-10-01' }],
      ['invoices', { currency: 'USD', month: '2026-10-01' }],
      ['invoices', { month: '2026-10-01' }],
    ],
    refused: ['invoices', { month: '2026-10-01' }],
  },
  {
    name: 'invoice_items_reference_unique',
    what: 'one item of a reference, and any number without one',
    given: [
      ['invoice_items', { reference: null }],
      ['invoice_items', { reference: 'x' }],
    ],
    refused: ['invoice_items', { reference: 'x' }],
  },
  {
    name: 'orders_invoice_held',
    what: 'one order of an invoice is live or paid, beside any number that came to nothing',
    given: [
      ['orders', { invoice_id: CLOSED, status: 'DECLINED' }],
      ['orders', { invoice_id: CLOSED, charge_released: true }],
      ['orders', { invoice_id: CLOSED }],
    ],
    refused: ['orders', { invoice_id: CLOSED }],
  },
];

const POINTERS: readonly Case[] = [
  ...['merchant_id', 'payer_id', 'agreement_id', 'order_id'].map((column) => reference('invoices', column)),
  {
    ...reference('invoices', 'agreement_id'),
    given: [['payers', { id: NOBODY, merchant_id: OTHER_SHOP }]],
    refused: ['invoices', { agreement_id: AGREEMENT, merchant_id: OTHER_SHOP, payer_id: NOBODY }],
  },
  {
    ...reference('invoices', 'payer_id'),
    given: [['payers', { id: NOBODY, merchant_id: OTHER_SHOP }]],
    refused: ['invoices', { payer_id: NOBODY }],
  },
  reference('orders', 'invoice_id'),
  reference('orders', 'invoice_id', { invoice_id: CLOSED, merchant_id: OTHER_SHOP, payer_id: null }),
  reference('invoice_items', 'invoice_id', { invoice_id: DRAFT, merchant_id: OTHER_SHOP }),
];

const FORMS: readonly Case[] = [
  list('invoices', 'mode'),
  list('invoices', 'status', OWED),
  list('invoices', 'charge_stop'),
  list('invoice_items', 'mode'),
  ...wrong('invoices', 'invoices_currency_check', 'a code', {}, [{ currency: 'eur' }, { currency: 'EU' }]),
  ...length('invoices', 'title', 200),
  ...length('invoice_items', 'description', 500),
  ...wrong('invoices', 'invoices_month_check', 'its first day', {}, [{ month: '2026-10-02' }]),
  ...wrong('merchants', 'merchants_invoice_due_days_check', '0 to 365', { invoice_due_days: 365 }, [
    { invoice_due_days: -1 },
    { invoice_due_days: 366 },
  ]),
];

const MEANING: readonly Case[] = [
  ...wrong('invoices', 'invoices_number_check', 'a number and its closing go together', OWED, [
    { number: 8 },
    { ...OWED, number: null },
    { ...OWED, number: 0 },
    { ...OWED, status: 'DRAFT', number: 8 },
    { status: 'OPEN' },
  ]),
  ...wrong('invoices', 'invoices_closed_check', 'closed, it has its days', OWED, [
    { ...OWED, number: 8, issued_on: null },
    { ...OWED, number: 8, due_on: null },
    { ...OWED, number: 8, due_on: '2026-11-01' },
  ]),
  ...wrong(
    'invoices',
    'invoices_amounts_add_up',
    'amounts add up',
    { ...OWED, ...AMOUNTS, paid_minor: 100, refunded_minor: 60 },
    [
      { ...AMOUNTS, total_minor: 118 },
      { subtotal_minor: -1, total_minor: -1 },
      { ...AMOUNTS, credit_applied_minor: -1 },
      { ...AMOUNTS, paid_minor: 50, refunded_minor: 51 },
      { ...AMOUNTS, paid_minor: 50, credited_minor: 50, credit_applied_minor: 20 },
    ],
  ),
  ...wrong(
    'invoices',
    'invoices_paid_check',
    'paid to the last unit',
    { ...OWED, ...AMOUNTS, status: 'PAID', paid_at: NOW, paid_minor: 119 },
    [
      { ...OWED, ...AMOUNTS, number: 8, status: 'PAID', paid_at: NOW, paid_minor: 118 },
      { ...OWED, ...AMOUNTS, number: 8, status: 'PAID', paid_minor: 119 },
      { ...OWED, number: 8, paid_at: NOW },
    ],
  ),
  ...wrong('invoices', 'invoices_ended_check', 'its end has a time', { status: 'VOID', voided_at: NOW }, [
    { status: 'VOID' },
    { voided_at: NOW },
    { ...OWED, status: 'UNCOLLECTIBLE' },
  ]),
  ...wrong('invoices', 'invoices_tries_check', 'counts from 0', {}, [
    { attempts: -1 },
    { declines: -1 },
    { technical_failures: -1 },
  ]),
  ...wrong('invoice_items', 'invoice_items_quantity_check', 'some of it, at a price', { unit_price: '0' }, [
    { quantity: '0' },
    { unit_price: '-1' },
  ]),
  ...wrong('invoice_items', 'invoice_items_amounts_check', 'never less than nothing', { net_minor: 0, tax_minor: 0 }, [
    { net_minor: -1 },
    { tax_minor: -1 },
  ]),
  ...wrong('invoice_items', 'invoice_items_tax_check', 'tax has a rate', { tax_rate: null, tax_minor: 0 }, [
    { tax_rate: null },
    { tax_rate: '100.0001' },
    { tax_rate: '-1' },
  ]),
];

const TRIGGERED: readonly Case[] = [
  {
    name: 'invoice_items_of_drafts',
    what: 'comes to a draft alone',
    refused: ['invoice_items', { invoice_id: CLOSED }],
  },
  { name: 'invoice_items_of_drafts', what: 'comes to an invoice', refused: ['invoice_items', { invoice_id: NOBODY }] },
  {
    name: 'invoice_items_of_drafts',
    what: 'leaves a draft alone',
    given: [`delete from invoice_items where id = '${ITEM}'`],
    refused: `delete from invoice_items where id = '${CLOSED_ITEM}'`,
  },
  { name: 'invoices_closed_is_items', what: 'is its items', given: [COUNT], refused: CLOSE(DRAFT, 999, 2) },
  { name: 'invoices_closed_is_items', what: 'has a number of its series', refused: CLOSE(DRAFT, 1000, 2) },
  { name: 'invoices_made_closed_is_items', what: 'is its items', refused: ['invoices', { ...OWED, ...AMOUNTS }] },
  ...[`order_id = '${ORDER}'`, `agreement_id = '${AGREEMENT}'`, 'credited_minor = 1', 'credit_applied_minor = 1'].map(
    (change) => ({
      name: 'invoices_fit',
      what: `names its own alone, so not ${change}`,
      given: [['invoices', { currency: 'USD', agreement_id: AGREEMENT }] as const],
      refused: `update invoices set ${change} where id = '${CLOSED}'`,
    }),
  ),
  {
    name: 'invoices_made_fit',
    what: "is charged under its own payer's agreement",
    given: [
      ['payers', { id: NOBODY }],
      ['invoices', { currency: 'USD', agreement_id: AGREEMENT }],
    ],
    refused: ['invoices', { currency: 'USD', agreement_id: AGREEMENT, payer_id: NOBODY }],
  },
  ...[
    'currency = $$USD$$',
    'number = 2',
    "due_on = due_on, issued_on = '2026-11-03'",
    'subtotal_minor = 990, tax_minor = 200',
    'item_count = 2',
  ].map((change) => ({
    name: 'invoices_closed_stays',
    what: `was closed, so not ${change}`,
    given: [`update invoices set title = 'y', due_on = '2026-12-01' where id = '${CLOSED}'`],
    refused: `update invoices set ${change} where id = '${CLOSED}'`,
  })),
];

/** The same columns and the key besides: nothing meets it that has not met the key before. */
const IMPLIED = { invoices_of_merchant_unique: 'invoices_pkey' };

let database: TestDatabase;
let app: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  app = plainPool(urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app), 2);
  await scoped('commit', async (client) => {
    for (const step of WORLD) await take(client, step);
  });
});

afterAll(async () => {
  await app.end();
  await database.drop();
});

describe.each([
  ['is there once', UNIQUE],
  ['refers to what is there and fits', POINTERS],
  ['has the form of its kind', FORMS],
  ['makes sense', MEANING],
  ['fits what is beside it', TRIGGERED],
])('what an invoice is made of %s', (_, cases) => {
  it.each(cases)('$name: $what', async ({ name, given = [], refused }) => {
    await scoped('rollback', async (client) => {
      for (const step of given) await take(client, step);
      // What the database would look at with the commit it looks at now.
      const kept = take(client, refused).then(() => client.query('set constraints all immediate'));
      expect(await refusal(kept)).toBe(name);
    });
  });
});

it('has a case of every constraint', async () => {
  const cases = [...UNIQUE, ...POINTERS, ...FORMS, ...MEANING, ...TRIGGERED].map(({ name }) => name);
  const catalogue = await Catalogue.open(database.url);
  const constraints = await catalogue.rows<{ name: string }>(INVOICE_CONSTRAINTS);
  await catalogue.close();
  expect([...new Set([...cases, ...Object.keys(IMPLIED)])].sort()).toEqual(constraints.map(({ name }) => name).sort());
});

function take(client: pg.PoolClient, step: Step): Promise<unknown> {
  if (typeof step === 'string') return client.query(step);
  const [table, changes] = step;
  const row: Row = { ...ROWS[table](), ...changes };
  const places = Object.keys(row).map((_, index) => `$${index + 1}`);
  const text = `insert into ${table} (${Object.keys(row).join(', ')}) values (${places.join(', ')})`;
  return client.query(text, Object.values(row));
}

async function refusal(writing: Promise<unknown>): Promise<string | null> {
  try {
    await writing;
    return null;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint) return error.constraint;
    throw error;
  }
}

/** As the application's role in the scope of the operator. */
async function scoped(end: 'commit' | 'rollback', work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await app.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('quittance.operator_id', $1, true)", [OPERATOR]);
    await work(client);
  } finally {
    await client.query(end);
    client.release();
  }
}
