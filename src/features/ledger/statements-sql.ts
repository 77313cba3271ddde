import { safeCellSql } from '../../platform/csv/write-csv.js';
import { statement } from '../../platform/database/sql.js';
import { BALANCES_OF_MERCHANTS } from './balances-sql.js';

/** Balances now and what was posted since, of one moment, which is told so that the lines can be read as of then. */
export const STATEMENT_SUMS = statement(
  'ledger_statement_sums',
  `select a.account, coalesce(b.amount, 0) as balance, coalesce(e.since_begin, 0) as "sinceBegin",
     coalesce(e.since_end, 0) as "sinceEnd", coalesce(e.entries, 0) as entries, pg_current_snapshot()::text as snapshot
   from (values ('AVAILABLE'), ('PENDING'), ('FEES')) as a (account)
   left join (${BALANCES_OF_MERCHANTS.text}) as b on b.account = a.account and b.currency = $4
   left join (
     select account, sum(amount_minor)::bigint as since_begin,
       coalesce(sum(amount_minor) filter (where posted_at >= $6), 0)::bigint as since_end,
       count(*) filter (where posted_at < $6)::int as entries
     from ledger_entries
     where operator_id = $1 and merchant_id = any ($2::uuid[]) and mode = $3 and currency = $4 and posted_at >= $5
     group by 1) as e on e.account = a.account`,
);

/**
 * Two thousand lines as text, and where they end. As of the given snapshot,
 * however long the reader takes: what is posted meanwhile is not among them.
 */
export const STATEMENT_LINES = statement(
  'ledger_statement_lines',
  `with lines as (
     select e.posted_at, e.posting_id, e.line, concat_ws(',',
       to_char(e.posted_at at time zone $7, 'YYYY-MM-DD HH24:MI:SS'),
       to_char(p.occurred_at at time zone $7, 'YYYY-MM-DD HH24:MI:SS'),
       p.kind, e.account, round(e.amount_minor / power(10::numeric, $8::int), $8::int), e.currency,
       ${safeCellSql('o.order_number')}, coalesce(o.bill_number, ''), ${safeCellSql('s.reference')}) as text
     from ledger_entries e
     join ledger_postings p on p.operator_id = e.operator_id and p.id = e.posting_id
     left join orders o on o.operator_id = p.operator_id and o.id = p.order_id
     left join settlements s on s.operator_id = p.operator_id and s.id = p.settlement_id
     where e.operator_id = $1 and e.merchant_id = $2 and e.mode = $3 and e.currency = $4
       and e.posted_at >= $5 and e.posted_at < $6 and pg_visible_in_snapshot(e.transaction_id::text::xid8, $9::pg_snapshot)
       and (e.posted_at, e.posting_id, e.line) > ($10::timestamptz, $11::uuid, $12::smallint)
     order by e.posted_at, e.posting_id, e.line limit 2000)
   select string_agg(text || e'\\r\\n', '' order by posted_at, posting_id, line) as text,
     (select array[posted_at::text, posting_id::text, line::text] from lines
      order by posted_at desc, posting_id desc, line desc limit 1) as last
   from lines`,
);
