import { statement } from '../../platform/database/sql.js';
import { OPERATIONS } from './bulk-rows.js';

export const OPERATION_BY_ID = statement(
  'bulk_operation_by_id',
  `select ${OPERATIONS.columns} from bulk_operations where operator_id = $1 and id = $2`,
);

export const OPERATIONS_BY_ID = statement(
  'bulk_operations_by_id',
  `select ${OPERATIONS.columns} from bulk_operations where operator_id = $1 and id = any ($2::uuid[])`,
);

export const LOCK_OPERATION = statement(
  'bulk_operation_lock',
  `select ${OPERATIONS.columns} from bulk_operations where operator_id = $1 and id = $2 for no key update`,
);

/**
 * Where the pending row of each line in `d` is, looked up line by line: for all
 * that the planner knows a file has a handful of rows, and it would rather go
 * through all of them once for each batch.
 */
export const PENDING_ROW_OF_LINE = `cross join lateral (
    select ctid as place from bulk_rows
    where operator_id = $1 and operation_id = $2 and line = d.line and outcome = 'PENDING' offset 0) as p`;

/** Only of rows that have none yet, so that a batch recorded twice counts once. */
export const RECORD_ROWS = statement(
  'bulk_rows_record',
  `update bulk_rows r set outcome = d.outcome, problem = d.problem::jsonb, agreement_id = d.agreement_id,
     order_id = d.order_id, finished_at = $3
   from unnest($4::int[], $5::text[], $6::text[], $7::uuid[], $8::uuid[])
     as d (line, outcome, problem, agreement_id, order_id) ${PENDING_ROW_OF_LINE}
   where r.ctid = p.place returning r.outcome`,
);

/**
 * Rows that nobody has begun: no reference of theirs is taken. A chunk at a
 * time, in the file's order; by their places, which no plan can misjudge.
 */
export const CANCEL_ROWS = statement(
  'bulk_rows_cancel',
  `update bulk_rows set outcome = 'CANCELED', finished_at = $3
   where ctid = any (array(
     select ctid from bulk_rows p where operator_id = $1 and operation_id = $2 and outcome = 'PENDING'
       and line <> all (array(select b.line from bulk_references b
         where b.operator_id = $1 and b.operation_id = $2 and not b.is_done))
     order by line limit 2000))
   returning line`,
);
