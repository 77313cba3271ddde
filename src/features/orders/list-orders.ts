import { isCurrency } from '../../kernel/currency.js';
import { type InputIssue, invalidInput } from '../../kernel/errors.js';
import { type IdKind, uuidOf } from '../../kernel/ids.js';
import { parseDecimal } from '../../kernel/money.js';
import type { Sql } from '../../platform/database/sql.js';
import { statement } from '../../platform/database/sql.js';
import { isStorable } from '../../platform/graphql/validation.js';
import type { Principal, pageById } from '../tenancy/index.js';
import { isBillNumber } from './domain/bill-number.js';
import type { OrderRow } from './order-rows.js';
import { orderColumns } from './orders-sql.js';

/** `OrderFilter` as it comes from the edge. */
export interface OrderFilterValues {
  readonly status?: readonly string[] | null;
  readonly merchantId?: string | null;
  readonly payerId?: string | null;
  readonly agreementId?: string | null;
  readonly invoiceId?: string | null;
  readonly orderNumber?: string | null;
  readonly billNumber?: string | null;
  readonly createdFrom?: Date | null;
  readonly createdBefore?: Date | null;
  readonly currency?: string | null;
  readonly amountFrom?: string | null;
  readonly amountTo?: string | null;
}

/** A condition under a letter of its own, and its parameter. The texts are ours; a caller's words are only ever parameters. */
export type Condition = readonly [letter: string, sql: (parameter: string) => string, value: unknown];

/** An id of nothing: matches no row, as an unknown id does. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** How many conditions a statement may have to be prepared; there are too many sets of more, and nobody uses them twice. */
const PREPARED_MAX = 6;

/** Orders, newest first, as far as the principal may see them. One statement is prepared per set of filters used. */
export async function listOrders(
  sql: Sql,
  principal: Principal,
  filter: OrderFilterValues,
  page: ReturnType<typeof pageById>,
): Promise<OrderRow[]> {
  const conditions = [...scopeOf(principal, page.beforeId), ...filterOf(filter)];
  if (isHopeless(filter)) return [];
  const where = conditions.map(([, text], index) => text(`$${index + 2}`)).join(' and ');
  const limit = LIMITS.find((each) => each >= page.limit) ?? page.limit;
  const letters = conditions.map(([letter]) => letter).join('');
  const name = conditions.length <= PREPARED_MAX ? `orders_list_${letters}_${limit}` : '';
  const text = `select ${orderColumns} from orders where operator_id = $1 and ${where} order by id desc limit ${limit}`;
  return sql.query<OrderRow>(statement(name, text), [principal.operatorId, ...conditions.map(([, , value]) => value)]);
}

const ORDERS_OF_CHARGES = statement(
  'orders_of_charges',
  `select ${orderColumns} from orders where operator_id = $1 and charge_id = any ($2::uuid[]) order by id`,
);

/** The attempts at charges of agreements, oldest first. A charge is tried a dozen times at most. */
export function attemptsAtCharges(sql: Sql, operatorId: string, chargeIds: readonly string[]): Promise<OrderRow[]> {
  return sql.query<OrderRow>(ORDERS_OF_CHARGES, [operatorId, chargeIds]);
}

/** The limit is written out: as a parameter it would cost the planner its knowledge of how few rows are wanted. */
const LIMITS = [2, 6, 11, 21, 51, 101];

/** Whether a filter asks for what no order can have. */
function isHopeless({ orderNumber, billNumber }: OrderFilterValues): boolean {
  return (orderNumber != null && !isStorable(orderNumber)) || (billNumber != null && !isBillNumber(billNumber));
}

function scopeOf({ mode, merchantId }: Principal, beforeId: string): Condition[] {
  const conditions: Condition[] = [
    ['t', (p) => `mode = ${p}`, mode],
    ['i', (p) => `id < ${p}::uuid`, beforeId],
  ];
  if (merchantId) conditions.push(['o', (p) => `merchant_id = ${p}`, merchantId]);
  return conditions;
}

/** What a filter asks for; where that is what no order has, a condition that none fulfils. */
export function conditionsOf(filter: OrderFilterValues): readonly Condition[] {
  return isHopeless(filter) ? [['h', (p) => `id = ${p}`, NOBODY]] : filterOf(filter);
}

function filterOf(filter: OrderFilterValues): Condition[] {
  const conditions: Condition[] = [];
  const add = (letter: string, sql: (parameter: string) => string, value: unknown) => {
    if (value != null) conditions.push([letter, sql, value]);
  };
  const uuid = (kind: IdKind, id: string | null | undefined) => (id == null ? null : (uuidOf(kind, id) ?? NOBODY));
  add('s', (p) => `status = any (${p}::text[])`, filter.status);
  add('m', (p) => `merchant_id = ${p}`, uuid('merchant', filter.merchantId));
  add('p', (p) => `payer_id = ${p}`, uuid('payer', filter.payerId));
  add('a', (p) => `agreement_id = ${p}`, uuid('agreement', filter.agreementId));
  add('v', (p) => `invoice_id = ${p}`, uuid('invoice', filter.invoiceId));
  add('n', (p) => `order_number = ${p}`, filter.orderNumber);
  add('b', (p) => `bill_number = ${p}`, filter.billNumber);
  add('f', (p) => `created_at >= ${p}`, filter.createdFrom);
  add('u', (p) => `created_at < ${p}`, filter.createdBefore);
  const { currency, from, to } = amountRange(filter);
  add('c', (p) => `currency = ${p}`, currency);
  add('l', (p) => `amount_minor >= ${p}`, from);
  add('g', (p) => `amount_minor <= ${p}`, to);
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
