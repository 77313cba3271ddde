import { type Statement, statement } from '../../platform/database/sql.js';
import type { OrderStatus } from '../orders/index.js';
import type { BulkFileRow } from './bulk-rows.js';
import { ROW_OUTCOMES, type RowOutcome } from './domain/words.js';

/** A row as a file of results shows it. */
export type ResultRow = Pick<BulkFileRow, 'line' | 'cells' | 'outcome' | 'problem' | 'agreementId' | 'orderId'> & {
  readonly orderStatus: OrderStatus | null;
};

/**
 * At most $4 rows, and of those the first that have $5 bytes together: how long
 * a cell is, its sender decides. They are read before their orders are looked
 * up, so that no plan begins with the orders.
 */
const rowsWhere = (condition: string) => `
  select r.line, r.cells, r.outcome, r.problem, r.agreement_id as "agreementId", r.order_id as "orderId",
    o.status as "orderStatus"
  from (select page.*, sum(bytes) over (order by line) - bytes as "bytesBefore"
    from (select line, cells, outcome, problem, agreement_id, order_id,
        coalesce(octet_length(cells::text), 0) + coalesce(octet_length(problem::text), 0) as bytes
      from bulk_rows where operator_id = $1 and operation_id = $2 and line > $3 ${condition}
      order by line limit $4) as page) as r
  left join orders o on o.operator_id = $1 and o.id = r.order_id
  where r."bytesBefore" < $5
  order by r.line`;

const ALL = statement('bulk_result_rows', rowsWhere(''));

/** The outcome stands in the text: no partial index is used for one that is yet to be named. */
const BY_OUTCOME = new Map(
  ROW_OUTCOMES.map((outcome) => [
    outcome,
    statement(`bulk_result_rows_${outcome.toLowerCase()}`, rowsWhere(`and outcome = '${outcome}'`)),
  ]),
);

export function resultRows(outcome: RowOutcome | null): Statement {
  return (outcome && BY_OUTCOME.get(outcome)) ?? ALL;
}
