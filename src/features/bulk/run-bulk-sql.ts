import { dueRows } from '../../platform/database/due-rows.js';
import { type Statement, statement } from '../../platform/database/sql.js';

export const BULK_OPERATIONS_DUE = dueRows('bulk_operations_due', { table: 'bulk_operations' });

/** How many rows are begun together: no more than are soon done, since a pause waits for them. */
export type BatchSize = 40 | 200;

/**
 * The number is part of the text: a plan that does not know it takes it for a
 * large one. Cells come as JSON, because the driver reads an array's text letter
 * by letter: of a file of long rows that was most of the work.
 */
const pendingRows = (size: BatchSize) =>
  statement(
    `bulk_rows_pending_${size}`,
    `select line, to_json(cells) as cells, reference from bulk_rows
     where operator_id = $1 and operation_id = $2 and line > $3 and outcome = 'PENDING' order by line limit ${size}`,
  );

/**
 * Of an operation that is being cancelled: what was begun is brought to its end.
 * Each row is looked up by its line, of which a file has more than the planner knows.
 */
const begunRows = (size: BatchSize) =>
  statement(
    `bulk_rows_begun_${size}`,
    `select b.line, to_json(r.cells) as cells, r.reference from bulk_references b
     cross join lateral (
       select cells, reference from bulk_rows
       where operator_id = $1 and operation_id = $2 and line = b.line and outcome = 'PENDING' offset 0) as r
     where b.operator_id = $1 and b.operation_id = $2 and not b.is_done and b.line > $3
     order by b.line limit ${size}`,
  );

export const PENDING_ROWS: Readonly<Record<BatchSize, Statement>> = { 40: pendingRows(40), 200: pendingRows(200) };
export const BEGUN_ROWS: Readonly<Record<BatchSize, Statement>> = { 40: begunRows(40), 200: begunRows(200) };

/** In the order of the references: two files with the same rows take turns, and wait for nobody who waits for them. */
export const TAKE_REFERENCES = statement(
  'bulk_references_take',
  `insert into bulk_references (operator_id, merchant_id, mode, kind, operation_id, reference, line, digest, begun_at, is_done)
   select $1, $2, $3, $4, $5, r.reference, r.line, r.digest, $9::timestamptz, false
   from unnest($6::text[], $7::int[], $8::text[]) as r (reference, line, digest) order by r.reference
   on conflict do nothing returning reference`,
);

/** Which rows have the references, what came of them, and whether somebody works on their files. Each is looked up by its line. */
export const REFERENCES_TAKEN = statement(
  'bulk_references_taken',
  `select b.reference, b.operation_id as "operationId", b.line, b.digest, b.begun_at as "begunAt",
     b.is_done as "isDone",
     r.agreement_id as "agreementId", r.order_id as "orderId", o.lease_until as "leaseUntil"
   from bulk_references b
   join bulk_operations o on o.operator_id = $1 and o.id = b.operation_id
   left join lateral (
     select agreement_id, order_id from bulk_rows
     where operator_id = $1 and operation_id = b.operation_id and line = b.line offset 0) as r on true
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

/**
 * To the files that they were taken over from, whose rows have begun them and do
 * not know yet what came of it. A row that was cancelled meanwhile asks no more.
 */
export const HAND_REFERENCES_BACK = statement(
  'bulk_references_hand_back',
  `update bulk_references b set operation_id = r.holder_id, line = r.line, digest = r.digest
   from unnest($6::text[], $7::int[], $8::text[], $9::uuid[]) as r (reference, line, digest, holder_id)
   where b.operator_id = $1 and b.merchant_id = $2 and b.mode = $3 and b.kind = $4 and b.reference = r.reference
     and b.operation_id = $5 and not b.is_done
     and exists (select from bulk_rows w where w.operator_id = $1 and w.operation_id = r.holder_id
       and w.line = r.line and w.outcome = 'PENDING')`,
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
