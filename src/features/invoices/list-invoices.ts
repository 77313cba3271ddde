import { type IdKind, uuidOf } from '../../kernel/ids.js';
import { type Sql, statement } from '../../platform/database/sql.js';
import type { Principal, pageById } from '../tenancy/index.js';
import { numberOfInvoice } from './domain/invoice-number.js';
import { roundedLimit } from './invoice-reads-sql.js';
import { INVOICES, type InvoiceRow } from './invoice-rows.js';

/** `InvoiceFilter` as it comes from the edge. */
export interface InvoiceFilterValues {
  readonly merchantId?: string | null;
  readonly payerId?: string | null;
  readonly status?: readonly string[] | null;
  readonly month?: string | null;
  readonly currency?: string | null;
  readonly number?: string | null;
}

/** A condition under a letter of its own, and its parameter. The texts are ours; a caller's words are only ever parameters. */
type Condition = readonly [letter: string, sql: (parameter: string) => string, value: unknown];

/** An id of nothing: matches no row, as an unknown id does. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Invoices, newest first, as far as the principal may see them. One statement is prepared per set of filters used. */
export async function listInvoices(
  sql: Sql,
  principal: Principal,
  filter: InvoiceFilterValues,
  page: ReturnType<typeof pageById>,
): Promise<InvoiceRow[]> {
  const number = filter.number == null ? null : numberOfInvoice(filter.number, principal.mode);
  if (number === undefined) return [];
  const conditions = [...scopeOf(principal, page.beforeId), ...filterOf(filter, number)];
  const where = conditions.map(([, text], index) => text(`$${index + 2}`)).join(' and ');
  const limit = roundedLimit(page.limit);
  const name = `invoices_list_${conditions.map(([letter]) => letter).join('')}_${limit}`;
  const text = `select ${INVOICES.columns} from invoices where operator_id = $1 and ${where} order by id desc limit ${limit}`;
  const values = conditions.map(([, , value]) => value);
  return sql.query<InvoiceRow>(statement(name, text), [principal.operatorId, ...values]);
}

function scopeOf({ mode, merchantId }: Principal, beforeId: string): Condition[] {
  const conditions: Condition[] = [
    ['t', (p) => `mode = ${p}`, mode],
    ['i', (p) => `id < ${p}::uuid`, beforeId],
  ];
  if (merchantId) conditions.push(['o', (p) => `merchant_id = ${p}`, merchantId]);
  return conditions;
}

function filterOf(filter: InvoiceFilterValues, number: number | null): Condition[] {
  const uuid = (kind: IdKind, id: string | null | undefined) => (id == null ? null : (uuidOf(kind, id) ?? NOBODY));
  const conditions: readonly Condition[] = [
    ['s', (p) => `status = any (${p}::text[])`, filter.status],
    ['m', (p) => `merchant_id = ${p}`, uuid('merchant', filter.merchantId)],
    ['p', (p) => `payer_id = ${p}`, uuid('payer', filter.payerId)],
    ['h', (p) => `month = ${p}::date`, filter.month],
    ['c', (p) => `currency = ${p}`, filter.currency],
    ['n', (p) => `number = ${p}`, number],
  ];
  return conditions.filter(([, , value]) => value != null);
}
