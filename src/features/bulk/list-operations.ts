import { uuidOf } from '../../kernel/ids.js';
import { type Sql, statement } from '../../platform/database/sql.js';
import type { Principal, pageById } from '../tenancy/index.js';
import { type BulkOperationRow, OPERATIONS } from './bulk-rows.js';

/** `BulkOperationFilter` as it comes from the edge. */
export interface BulkOperationFilterValues {
  readonly status?: readonly string[] | null;
  readonly kind?: readonly string[] | null;
  readonly merchantId?: string | null;
}

/** An id of nothing: matches no row, as an unknown id does. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const PAGE_MAX = 101;

type Condition = readonly [letter: string, sql: (parameter: string) => string, value: unknown];

/** Operations, newest first, as far as the principal may see them. One statement is prepared per set of filters used. */
export async function listOperations(
  sql: Sql,
  principal: Principal,
  filter: BulkOperationFilterValues,
  page: ReturnType<typeof pageById>,
): Promise<BulkOperationRow[]> {
  const conditions = conditionsOf(principal, filter, page.beforeId);
  const where = conditions.map(([, text], index) => text(`$${index + 2}`)).join(' and ');
  const name = `bulk_operations_list_${conditions.map(([letter]) => letter).join('')}`;
  const text = `select ${OPERATIONS.columns} from bulk_operations where operator_id = $1 and ${where} order by id desc limit ${PAGE_MAX}`;
  const values = conditions.map(([, , value]) => value);
  const rows = await sql.query<BulkOperationRow>(statement(name, text), [principal.operatorId, ...values]);
  return rows.slice(0, page.limit);
}

function conditionsOf(
  { mode, merchantId }: Principal,
  filter: BulkOperationFilterValues,
  beforeId: string,
): readonly Condition[] {
  const merchant = filter.merchantId == null ? null : (uuidOf('merchant', filter.merchantId) ?? NOBODY);
  const conditions: readonly Condition[] = [
    ['t', (p) => `mode = ${p}`, mode],
    ['i', (p) => `id < ${p}::uuid`, beforeId],
    ['o', (p) => `merchant_id = ${p}`, merchantId],
    ['m', (p) => `merchant_id = ${p}`, merchant],
    ['s', (p) => `status = any (${p}::text[])`, filter.status],
    ['k', (p) => `kind = any (${p}::text[])`, filter.kind],
  ];
  return conditions.filter(([, , value]) => value != null);
}
