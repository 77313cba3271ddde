import { statement } from '../../platform/database/sql.js';
import { PENDING_ROW_OF_LINE } from './bulk-sql.js';

/** What a portion of rows is copied to before it is taken into `bulk_rows`. */
export const STAGED_ROWS = {
  table: 'bulk_rows_staged',
  columns: { line: 'int', cells: 'text[]', reference: 'text', problem: 'jsonb' },
} as const;

/**
 * Takes the staged rows in and counts them, if the upload still has the
 * operation; no row comes back where it has not, and nothing is stored.
 */
export const TAKE_STAGED_ROWS = statement(
  'bulk_rows_take_staged',
  `with held as (
     update bulk_operations set upload_until = $4, lease_until = $4, row_count = row_count + counted.rows,
       failed = failed + counted.failures
     from (select count(*) as rows, count(problem) as failures from pg_temp.bulk_rows_staged) as counted
     where operator_id = $1 and id = $2 and lease_token = $3 and status = 'RECEIVING' returning id),
   taken as (
     insert into bulk_rows (operator_id, operation_id, line, cells, reference, outcome, problem, finished_at)
     select $1, $2, line, cells, reference, case when problem is null then 'PENDING' else 'FAILED' end, problem,
       case when problem is not null then $5::timestamptz end
     from pg_temp.bulk_rows_staged where exists (select from held))
   select id from held`,
);

/** A sign of life of an upload; no row where it has lost the operation. */
export const RENEW_UPLOAD = statement(
  'bulk_upload_renew',
  `update bulk_operations set upload_until = $4, lease_until = $4
   where operator_id = $1 and id = $2 and lease_token = $3 and status = 'RECEIVING' returning id`,
);

/**
 * Rows of a file that come to nothing, some thousand at a time: of an upload, or
 * of one that was cancelled. By their places, which no plan can misjudge; their
 * operation is locked, so that nobody moves them.
 */
export const DELETE_RECEIVED_ROWS = statement(
  'bulk_rows_delete_received',
  `with held as (
     update bulk_operations set upload_until = $4, lease_until = case when lease_token is not null then $4::timestamptz end
     where operator_id = $1 and id = $2 and lease_token is not distinct from $3::uuid
       and status in ('RECEIVING', 'CANCELED') and upload_until is not null returning id)
   delete from bulk_rows where exists (select from held) and ctid = any (array(
     select ctid from bulk_rows where operator_id = $1 and operation_id = $2 limit 5000))
   returning line`,
);

export const DELETE_OPERATION = statement(
  'bulk_operation_delete',
  `delete from bulk_operations where operator_id = $1 and id = $2 and status = 'RECEIVING'`,
);

/** Rows with the reference of a line before them. Sorted by the database, on disk where there are many. */
export const DUPLICATE_ROWS = `select line, first from (
    select line, first_value(line) over (partition by reference order by line) as first from bulk_rows
    where operator_id = $1 and operation_id = $2 and outcome = 'PENDING' and reference is not null) as of_reference
  where line <> first`;

export const REFUSE_ROWS = statement(
  'bulk_rows_refuse',
  `update bulk_rows r set outcome = 'FAILED', problem = d.problem::jsonb, finished_at = $3
   from unnest($4::int[], $5::text[]) as d (line, problem) ${PENDING_ROW_OF_LINE}
   where r.ctid = p.place returning r.line`,
);

/** Across operators, for the system role: uploads to be looked at, the longest waiting first. */
export const UPLOADS_TO_CLEAN = statement(
  'bulk_uploads_to_clean',
  `select operator_id as "operatorId", id from bulk_operations where upload_until <= $1 order by upload_until limit 100`,
);

export const MERCHANT_THERE = statement('bulk_merchant', 'select id from merchants where operator_id = $1 and id = $2');
