import { type Statement, statement } from '../../platform/database/sql.js';
import type { OrderStatus } from '../orders/index.js';
import type { BulkFileRow } from './bulk-rows.js';
import { ROW_OUTCOMES, type RowOutcome } from './domain/words.js';

/** A row as a file of results shows it. */
export type ResultRow = Pick<BulkFileRow, 'line' | 'cells' | 'outcome' | 'problem' | 'agreementId' | 'orderId'> & {
  readonly orderStatus: OrderStatus | null;
};

/** A page with fewer rows is one of long rows. */
const LONG_ROWS = 100;

/**
 * So many rows, and of those the first that have $4 bytes together: how long
 * a cell is, its sender decides. They are read before their orders are looked
 * up, so that no plan begins with the orders.
 */
const rowsWhere = (condition: string, rows: number) => `
  select r.line, to_json(r.cells) as cells, r.outcome, r.problem, r.agreement_id as "agreementId", r.order_id as "orderId",
    o.status as "orderStatus"
  from (select page.*, sum(bytes) over (order by line) - bytes as "bytesBefore"
    from (select line, cells, outcome, problem, agreement_id, order_id,
        coalesce(octet_length(cells::text), 0) + coalesce(octet_length(problem::text), 0) as bytes
      from bulk_rows where operator_id = $1 and operation_id = $2 and line > $3 ${condition}
      order by line limit ${rows}) as page) as r
  left join orders o on o.operator_id = $1 and o.id = r.order_id
  where r."bytesBefore" < $4
  order by r.line`;

/** The outcome and the number stand in the text: for one that is yet to be named no index, or another, would be used. */
const PAGES = new Map(
  [null, ...ROW_OUTCOMES].map((outcome) => {
    const condition = outcome ? `and outcome = '${outcome}'` : '';
    const name = outcome ? `bulk_result_rows_${outcome.toLowerCase()}` : 'bulk_result_rows';
    const page = statement(name, rowsWhere(condition, 1_000));
    return [outcome, { page, ofLongRows: statement(`${name}_long`, rowsWhere(condition, LONG_ROWS)) }];
  }),
);

/** A page of rows; where those before were long, one for which fewer are measured. */
export function resultRows(outcome: RowOutcome | null, afterRows: number): Statement {
  const found = PAGES.get(outcome);
  if (!found) throw new Error(`no rows have the outcome ${outcome}`);
  return afterRows < LONG_ROWS ? found.ofLongRows : found.page;
}
