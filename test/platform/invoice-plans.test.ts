import pg from 'pg';
import * as attending from '../../src/features/invoices/attend-invoices-sql.js';
import * as charging from '../../src/features/invoices/charge-invoice-sql.js';
import * as closing from '../../src/features/invoices/close-invoices-sql.js';
import { CREDIT_LINES, CREDIT_NOTES } from '../../src/features/invoices/credit-note-rows.js';
import * as credits from '../../src/features/invoices/credit-notes-sql.js';
import * as drafts from '../../src/features/invoices/drafts-sql.js';
import * as reads from '../../src/features/invoices/invoice-reads-sql.js';
import { INVOICES } from '../../src/features/invoices/invoice-rows.js';
import * as invoices from '../../src/features/invoices/invoices-sql.js';
import { type InvoiceFilterValues, listInvoices } from '../../src/features/invoices/list-invoices.js';
import * as month from '../../src/features/invoices/month-view-sql.js';
import * as inHand from '../../src/features/invoices/payer-credit-sql.js';
import { publicId } from '../../src/kernel/ids.js';
import type { Row, Sql, Statement } from '../../src/platform/database/sql.js';
import { EventsDatabase } from './events-database.js';
import { genericPlan, scannedWhole } from './support/plans.js';

const BIG = [
  ...['invoices', 'invoice_items', 'credit_notes', 'credit_note_lines', 'payer_credits', 'payer_credit_entries'],
  ...['orders', 'operations', 'stored_credentials', 'agreements'],
];

const OPERATOR = '00000001-0000-0000-0000-000000000007';
const OF_SYSTEM: readonly string[] = [
  attending.OPERATORS_WITH_DUE_INVOICES.name,
  drafts.OPERATORS_WITH_STALE_DRAFTS.name,
];

let database: EventsDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await EventsDatabase.start();
  client = new pg.Client(database.ownerUrl);
  await client.connect();
  await fill();
}, 60_000);

afterAll(async () => {
  await client?.end();
  await database?.close();
  await database?.stop();
});

const STATEMENTS: readonly Statement[] = [
  ...[attending, charging, closing, invoices, credits, inHand, month].flatMap((each) => Object.values(each)),
  ...Object.values(drafts),
  ...Object.values(reads).filter((each) => typeof each !== 'function'),
  ...[reads.itemsPage(21), INVOICES.update, CREDIT_NOTES.insert, CREDIT_NOTES.update, CREDIT_LINES.insert],
];

it.each(STATEMENTS.map((each) => [each.name, each] as const))(
  '%s is planned along an index',
  async (name, statement) => {
    expect(statement.text).not.toMatch(/\blimit\s+\$/i);
    const plan = await genericPlan(
      client,
      OPERATOR,
      statement,
      OF_SYSTEM.includes(name) ? 'quittance_system' : 'quittance_app',
    );
    expect({ name, scannedWhole: scannedWhole(plan, BIG) }).toEqual({ name, scannedWhole: [] });
  },
);

it.each<[string, InvoiceFilterValues]>([
  ['all', {}],
  ['all drafts', { status: ['DRAFT'] }],
  ["a payer's", { payerId: publicId('payer', OPERATOR) }],
  ["a merchant's by number", { merchantId: publicId('merchant', OPERATOR), number: 'TEST-INV-000007' }],
  ['those of a month', { month: '2026-01-01', currency: 'USD' }],
])('a page of invoices, %s, is planned along an index', async (_, filter) => {
  const page = { first: 20, limit: 21, afterKey: null, beforeId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
  const asked: Statement[] = [];
  const sql: Sql = {
    query: async <Found extends Row>(statement: Statement) => {
      asked.push(statement);
      return [] as Found[];
    },
  };
  await listInvoices(sql, { operatorId: OPERATOR, mode: 'TEST', merchantId: null } as never, filter, page);
  const [statement] = asked;
  if (!statement) throw new Error('nothing was asked');
  expect(scannedWhole(await genericPlan(client, OPERATOR, statement, 'quittance_app'), BIG)).toEqual([]);
});

/** 100 operators with 100 invoices each, of which a tenth are due; without triggers, for only how many there are matters. */
async function fill(): Promise<void> {
  const id = (kind: number, number: string) =>
    `(lpad(to_hex(${kind}), 8, '0') || lpad(to_hex(${number}), 24, '0'))::uuid`;
  const operator = id(1, 'n % 100');
  const merchant = id(2, 'n % 100');
  const series = 'generate_series(1, 10000) n';
  const made = `timestamptz '2026-01-01' + n * interval '1 second'`;
  const all = `select oid from pg_class where relnamespace = 'public'::regnamespace`;
  await client.query('set session_replication_role = replica');
  // Built at the end, sorted, instead of grown row by row: most of the time.
  await client.query(`update pg_index set indisready = false, indisvalid = false where indrelid in (${all})`);
  await client.query(`insert into invoices (operator_id, id, merchant_id, mode, payer_id, currency, status, month, time_zone, title, totals_at,
      stale_since, close_at, due_at, created_at, updated_at)
    select ${operator}, ${id(3, 'n')}, ${merchant}, 'TEST', ${id(4, 'n')}, 'USD', 'DRAFT', date '2026-01-01', 'UTC', 'x', ${made},
      case when n % 10 = 1 then ${made} end, ${made}, case when n % 10 = 0 then ${made} end, ${made}, ${made} from ${series};
    insert into invoice_items (operator_id, id, invoice_id, merchant_id, mode, description, date, quantity, unit_price,
      net_minor, tax_minor, metadata, created_at)
    select ${operator}, ${id(5, 'n')}, ${id(3, 'n')}, ${merchant}, 'TEST', 'x', date '2026-01-01', 1, 1, 100, 0, '{}', ${made}
    from ${series};
    insert into payer_credits (operator_id, payer_id, currency, balance_minor) select ${operator}, ${id(4, 'n')}, 'USD', 100 from ${series};
    insert into credit_notes (operator_id, id, invoice_id, merchant_id, mode, number, currency, net_minor, tax_minor, total_minor,
      reason, settlement, status, operation_id, issued_on, created_at)
    select ${operator}, ${id(11, 'n')}, ${id(3, 'n')}, ${merchant}, 'TEST', n, 'USD', 10, 0, 10, 'x', 'REFUND', 'PENDING', ${id(8, 'n')},
      date '2026-01-01', ${made} from ${series};
    insert into credit_note_lines (operator_id, id, credit_note_id, item_id, net_minor, tax_minor)
    select ${operator}, ${id(12, 'n')}, ${id(11, 'n')}, ${id(5, 'n')}, 10, 0 from ${series};
    insert into payer_credit_entries (operator_id, id, payer_id, currency, amount_minor, invoice_id, created_at)
    select ${operator}, ${id(13, 'n')}, ${id(4, 'n')}, 'USD', 100, ${id(3, 'n')}, ${made} from ${series};
    insert into orders (operator_id, id, merchant_id, mode, payment_system_account_id, order_number, bill_number, status,
      capture_mode, currency, amount_minor, save_credential, metadata, created_at, updated_at, invoice_id)
    select ${operator}, ${id(6, 'n')}, ${merchant}, 'TEST', ${id(7, 'n')}, 'order-' || n, lpad(n::text, 12, '0'), 'CAPTURED',
      'AUTOMATIC', 'USD', 100, false, '{}', ${made}, ${made}, ${id(3, 'n')} from ${series};
    insert into operations (operator_id, id, order_id, type, status, amount_minor, request, created_at)
    select ${operator}, ${id(8, 'n')}, ${id(6, 'n')}, 'PAYMENT', 'SUCCEEDED', 100, '{}', ${made} from ${series};
    insert into stored_credentials (operator_id, id, payer_id, account_id, type, external_id, external_customer_id, brand,
      last_four, status, created_at)
    select ${operator}, ${id(9, 'n')}, ${id(4, 'n')}, ${id(7, 'n')}, 'CARD', 'pm_' || n, 'cus_' || n, 'visa', '4242', 'ACTIVE', ${made}
    from ${series};
    insert into agreements (operator_id, id, merchant_id, mode, payment_system_account_id, payer_id, credential_id, reference,
      type, status, currency, metadata, charge_amounts, time_zone, next_number, payments_made, created_at, updated_at)
    select ${operator}, ${id(10, 'n')}, ${merchant}, 'TEST', ${id(7, 'n')}, ${id(4, 'n')}, ${id(9, 'n')}, 'a-' || n,
      'UNSCHEDULED', 'CANCELED', 'USD', '{}', '{}', 'UTC', 1, 0, ${made}, ${made} from ${series}`);
  await client.query('reindex schema public');
  await client.query('analyze');
}
