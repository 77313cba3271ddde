import { statement } from '../../platform/database/sql.js';
import { INVOICES } from './invoice-rows.js';

/**
 * An operator's drafts whose time has come, those that waited longest first.
 * What another worker or a caller holds is passed over: it comes with the next
 * look. The limit is a literal, so that no generic plan forgets how few rows are wanted.
 */
export const LOCK_DUE_DRAFTS = statement(
  'invoices_lock_due_drafts',
  `select id, time_zone as "timeZone" from invoices
   where operator_id = $1 and due_at <= $2 and status = 'DRAFT' order by due_at limit 500 for no key update skip locked`,
);

/**
 * Closes drafts that are locked: a statement of its own after the locks, so that
 * it sees every item that was added before them, and there are none after. The
 * series' row is locked until the commit, which makes numbers follow one another,
 * and a rollback gives them back. Several merchants' come in one order, as
 * everybody takes them. Without items there is nothing to be numbered; what
 * comes to nothing is paid. Days are given, so that one calendar is asked. Those
 * to be closed are picked first: else a plan may add up all drafts there are, and
 * fail by one that is not among them.
 */
export const CLOSE_DRAFTS = statement(
  'invoices_close',
  `with picked as materialized (
     select i.id, i.merchant_id, i.mode, i.close_at, d.day
     from unnest($3::uuid[], $4::date[]) as d (id, day)
       join invoices i on i.operator_id = $1 and i.id = d.id and i.status = 'DRAFT'),
   t as materialized (
     select p.*, p.day + m.invoice_due_days as due_on, s.items, s.subtotal, s.tax, s.subtotal + s.tax as total
     from picked p
       join merchants m on m.operator_id = $1 and m.id = p.merchant_id
       cross join lateral (select count(*)::int as items, coalesce(sum(net_minor), 0)::bigint as subtotal,
           coalesce(sum(tax_minor), 0)::bigint as tax
         from invoice_items where operator_id = $1 and invoice_id = p.id) s),
   series as (
     insert into invoice_series as s (operator_id, merchant_id, mode, kind, last_number)
     select $1, merchant_id, mode, 'INVOICE', count(*)::int from t where items > 0
     group by merchant_id, mode order by merchant_id, mode
     on conflict (operator_id, merchant_id, mode, kind) do update set last_number = s.last_number + excluded.last_number
     returning merchant_id, mode, last_number),
   n as (
     select t.*, case when items > 0 then series.last_number
         - count(*) filter (where items > 0) over (partition by t.merchant_id, t.mode)
         + row_number() over (partition by t.merchant_id, t.mode, items > 0 order by t.close_at, t.id) end as number
     from t left join series on series.merchant_id = t.merchant_id and series.mode = t.mode)
   update invoices i set
     status = case when n.items = 0 then 'VOID' when n.total = 0 then 'PAID' else 'OPEN' end,
     number = n.number, subtotal_minor = n.subtotal, tax_minor = n.tax, total_minor = n.total,
     item_count = n.items, totals_at = $2, stale_since = null,
     issued_on = case when n.items > 0 then n.day end, due_on = case when n.items > 0 then n.due_on end,
     closed_at = case when n.items > 0 then $2::timestamptz end,
     voided_at = case when n.items = 0 then $2::timestamptz end,
     paid_at = case when n.items > 0 and n.total = 0 then $2::timestamptz end,
     retry_at = case when n.total > 0 then $2::timestamptz end,
     due_at = case when n.total > 0 then $2::timestamptz end, updated_at = $2
   from n where i.operator_id = $1 and i.id = n.id
   returning ${INVOICES.columnsOf('i')}`,
);

/**
 * Uses what payers have in hand for what has just been closed, the one that was
 * to be closed first before the next. The credit's lock is the last that anybody
 * takes, after an invoice's and a series'.
 */
export const USE_CREDIT = statement(
  'invoices_use_credit',
  `with owed as materialized (
     select i.id, i.payer_id, i.currency, i.total_minor as total, i.close_at, d.entry_id
     from unnest($3::uuid[], $4::uuid[]) as d (id, entry_id)
       join invoices i on i.operator_id = $1 and i.id = d.id and i.status = 'OPEN'),
   credit as materialized (
     select c.payer_id, c.currency, c.balance_minor as balance from payer_credits c
     where c.operator_id = $1 and c.balance_minor > 0 and (c.payer_id, c.currency) in (select payer_id, currency from owed)
     order by c.payer_id, c.currency for no key update),
   shares as (
     select o.*, least(o.total, greatest(0, c.balance - coalesce(sum(o.total) over (
         partition by o.payer_id, o.currency order by o.close_at, o.id
         rows between unbounded preceding and 1 preceding), 0)))::bigint as share
     from owed o join credit c on c.payer_id = o.payer_id and c.currency = o.currency),
   used as materialized (select * from shares where share > 0),
   lessened as (
     update payer_credits c set balance_minor = c.balance_minor - u.share
     from (select payer_id, currency, sum(share)::bigint as share from used group by payer_id, currency) u
     where c.operator_id = $1 and c.payer_id = u.payer_id and c.currency = u.currency),
   entries as (
     insert into payer_credit_entries (operator_id, id, payer_id, currency, amount_minor, invoice_id, created_at)
     select $1, entry_id, payer_id, currency, -share, id, $2 from used)
   update invoices i set credit_applied_minor = u.share,
     status = case when u.share = u.total then 'PAID' else i.status end,
     paid_at = case when u.share = u.total then $2::timestamptz end,
     retry_at = case when u.share < u.total then i.retry_at end,
     due_at = case when u.share < u.total then i.due_at end
   from used u where i.operator_id = $1 and i.id = u.id
   returning ${INVOICES.columnsOf('i')}`,
);
