import { dueRows } from '../../platform/database/due-rows.js';
import { statement } from '../../platform/database/sql.js';

export const BULK_OPERATIONS_DUE = dueRows('bulk_operations_due', { table: 'bulk_operations' });

/** How many rows are begun together: no more than are soon done, since a pause waits for them. */
const ROWS = 'limit 40';

export const PENDING_ROWS = statement(
  'bulk_rows_pending',
  `select line, cells, reference from bulk_rows
   where operator_id = $1 and operation_id = $2 and line > $3 and outcome = 'PENDING' order by line ${ROWS}`,
);

/** Of an operation that is being cancelled: what was begun is brought to its end. */
export const BEGUN_ROWS = statement(
  'bulk_rows_begun',
  `select r.line, r.cells, r.reference from bulk_references b
   join bulk_rows r on r.operator_id = $1 and r.operation_id = $2 and r.line = b.line
   where b.operator_id = $1 and b.operation_id = $2 and not b.is_done and b.line > $3 and r.outcome = 'PENDING'
   order by r.line ${ROWS}`,
);

/** In the order of the references: two files with the same rows take turns, and wait for nobody who waits for them. */
export const TAKE_REFERENCES = statement(
  'bulk_references_take',
  `insert into bulk_references (operator_id, merchant_id, mode, kind, operation_id, reference, line, digest, is_done)
   select $1, $2, $3, $4, $5, r.reference, r.line, r.digest, false
   from unnest($6::text[], $7::int[], $8::text[]) as r (reference, line, digest) order by r.reference
   on conflict do nothing returning reference`,
);

/** Which rows have the references, what came of them, and whether somebody works on their files. */
export const REFERENCES_TAKEN = statement(
  'bulk_references_taken',
  `select b.reference, b.operation_id as "operationId", b.line, b.digest, b.is_done as "isDone",
     r.agreement_id as "agreementId", r.order_id as "orderId", o.lease_until as "leaseUntil"
   from bulk_references b
   join bulk_operations o on o.operator_id = $1 and o.id = b.operation_id
   left join bulk_rows r on r.operator_id = $1 and r.operation_id = b.operation_id and r.line = b.line
   where b.operator_id = $1 and b.merchant_id = $2 and b.mode = $3 and b.kind = $4 and b.reference = any ($5::text[])`,
);

/** From whoever had them when that was looked at; who has finished with one meanwhile keeps it. */
export const TAKE_OVER_REFERENCES = statement(
  'bulk_references_take_over',
  `update bulk_references b set operation_id = $5, line = r.line, digest = r.digest
   from unnest($6::text[], $7::int[], $8::text[], $9::uuid[]) as r (reference, line, digest, holder_id)
   where b.operator_id = $1 and b.merchant_id = $2 and b.mode = $3 and b.kind = $4 and b.reference = r.reference
     and b.operation_id = r.holder_id and not b.is_done
   returning b.reference`,
);

export const KEEP_REFERENCES = statement(
  'bulk_references_keep',
  `update bulk_references set is_done = true
   where operator_id = $1 and merchant_id = $2 and mode = $3 and kind = $4 and operation_id = $5
     and reference = any ($6::text[]) and not is_done`,
);

export const GIVE_REFERENCES_BACK = statement(
  'bulk_references_give_back',
  `delete from bulk_references
   where operator_id = $1 and merchant_id = $2 and mode = $3 and kind = $4 and operation_id = $5
     and reference = any ($6::text[]) and not is_done`,
);
