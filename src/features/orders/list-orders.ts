import { isCurrency } from '../../kernel/currency.js';
import { type InputIssue, invalidInput } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import { parseDecimal } from '../../kernel/money.js';
import type { Sql } from '../../platform/database/sql.js';
import { statement } from '../../platform/database/sql.js';
import type { PageRequest } from '../../platform/graphql/connection.js';
import type { Principal } from '../tenancy/index.js';
import type { OrderRow } from './order-rows.js';
import { orderColumns } from './orders-sql.js';

/** `OrderFilter` as it comes from the edge. */
export interface OrderFilterValues {
  readonly status?: readonly string[] | null;
  readonly merchantId?: string | null;
  readonly payerId?: string | null;
  readonly orderNumber?: string | null;
  readonly billNumber?: string | null;
  readonly createdFrom?: Date | null;
  readonly createdBefore?: Date | null;
  readonly currency?: string | null;
  readonly amountFrom?: string | null;
  readonly amountTo?: string | null;
}

/** A condition and its parameter. The texts are ours; a caller's words are only ever parameters. */
type Condition = readonly [name: string, sql: (parameter: string) => string, value: unknown];

/** An id of nothing: matches no row, as an unknown id does. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Orders, newest first, as far as the principal may see them. One statement is prepared per set of filters used. */
export function listOrders(
  sql: Sql,
  principal: Principal,
  filter: OrderFilterValues,
  page: PageRequest,
): Promise<OrderRow[]> {
  const conditions = [...scopeOf(principal), ...filterOf(filter)];
  if (page.afterKey) conditions.push(['after', (p) => `id < ${p}::uuid`, page.afterKey]);
  const where = conditions.map(([, text], index) => text(`$${index + 2}`)).join(' and ');
  const name = `orders_list_${conditions.map(([each]) => each).join('_')}_${page.limit}`;
  // The limit is written out: as a parameter it would cost the planner its knowledge of how few rows are wanted.
  const text = `select ${orderColumns} from orders where operator_id = $1 and ${where} order by id desc limit ${Math.trunc(page.limit)}`;
  return sql.query<OrderRow>(statement(shortName(name), text), [
    principal.operatorId,
    ...conditions.map(([, , value]) => value),
  ]);
}

function scopeOf({ mode, merchantId }: Principal): Condition[] {
  const conditions: Condition[] = [['mode', (p) => `mode = ${p}`, mode]];
  if (merchantId) conditions.push(['own', (p) => `merchant_id = ${p}`, merchantId]);
  return conditions;
}

function filterOf(filter: OrderFilterValues): Condition[] {
  const conditions: Condition[] = [];
  const add = (name: string, sql: (parameter: string) => string, value: unknown) => {
    if (value != null) conditions.push([name, sql, value]);
  };
  add('status', (p) => `status = any (${p}::text[])`, filter.status);
  add('merchant', (p) => `merchant_id = ${p}`, filter.merchantId && (uuidOf('merchant', filter.merchantId) ?? NOBODY));
  add('payer', (p) => `payer_id = ${p}`, filter.payerId && (uuidOf('payer', filter.payerId) ?? NOBODY));
  add('number', (p) => `order_number = ${p}`, filter.orderNumber);
  add('bill', (p) => `bill_number = ${p}`, filter.billNumber);
  add('from', (p) => `created_at >= ${p}`, filter.createdFrom);
  add('before', (p) => `created_at < ${p}`, filter.createdBefore);
  const { currency, from, to } = amountRange(filter);
  add('currency', (p) => `currency = ${p}`, currency);
  add('least', (p) => `amount_minor >= ${p}`, from);
  add('most', (p) => `amount_minor <= ${p}`, to);
  return conditions;
}

function amountRange({ currency, amountFrom, amountTo }: OrderFilterValues) {
  const issues: InputIssue[] = [];
  const at = (field: string) => ['filter', field];
  const known = currency != null && isCurrency(currency) ? currency : null;
  if (currency != null && !known)
    issues.push({ path: at('currency'), message: `"${currency}" is not an ISO 4217 currency code` });
  if (currency == null && (amountFrom != null || amountTo != null)) {
    issues.push({ path: at('currency'), message: 'is needed with an amount range' });
  }
  const minor = (field: string, text: string | null | undefined): bigint | null => {
    if (text == null || !known) return null;
    const amount = parseDecimal(text, known);
    if (typeof amount !== 'string') return amount.minor;
    issues.push({ path: at(field), message: amount });
    return null;
  };
  const range = { currency: known, from: minor('amountFrom', amountFrom), to: minor('amountTo', amountTo) };
  if (issues.length > 0) throw invalidInput(issues);
  return range;
}

/** PostgreSQL cuts names at 63 bytes, and two that are cut alike would be one. */
function shortName(name: string): string {
  if (name.length > 63) throw new Error(`the statement name ${name} is too long`);
  return name;
}
