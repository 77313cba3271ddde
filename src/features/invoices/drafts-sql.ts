import { statement } from '../../platform/database/sql.js';
import { INVOICES, ITEMS } from './invoice-rows.js';

/**
 * The draft that gathers a payer's items of a month in a currency, made if there
 * is none and there may be one. Of two who make it at once, one comes back with
 * nothing once the other's is committed, and finds it when it looks again.
 */
export const FIND_OR_MAKE_DRAFT = statement(
  'invoices_find_or_make_draft',
  `with found as (
     select ${INVOICES.columns} from invoices
     where operator_id = $1 and payer_id = $5 and currency = $6 and month = $7::date and status = 'DRAFT'),
   made as (
     insert into invoices (operator_id, id, merchant_id, mode, payer_id, currency, status, month, time_zone, title,
       close_at, due_at, totals_at, stale_since, created_at, updated_at)
     select $1, $2, $3, $4, $5, $6, 'DRAFT', $7::date, $8, $9, $10, $10, $11, $11, $11, $11
     where $12 and not exists (select from found)
     on conflict (operator_id, payer_id, currency, month) where status = 'DRAFT' do nothing
     returning ${INVOICES.columns})
   select found.*, false as "isNew" from found union all select made.*, true from made`,
);

/**
 * Holds a draft open while an item is added: many may at once, and who closes or
 * refreshes it waits for them. Nothing comes back when it is a draft no more.
 */
export const HOLD_DRAFT = statement(
  'invoices_hold_draft',
  `select stale_since is not null as "isMarked" from invoices
   where operator_id = $1 and id = $2 and status = 'DRAFT' for share`,
);

/** The same, and says that its totals do not know of what comes. To be done before anything else locks it: two who hold it could not. */
export const MARK_DRAFT = statement(
  'invoices_mark_draft',
  `update invoices set stale_since = coalesce(stale_since, $3) where operator_id = $1 and id = $2 and status = 'DRAFT'
   returning true as "isMarked"`,
);

/** Nothing comes back when the merchant has an item of this reference. */
export const INSERT_ITEM = statement(
  'invoice_items_add',
  `insert into invoice_items (operator_id, id, invoice_id, merchant_id, mode, description, date, quantity, unit_price,
     tax_rate, net_minor, tax_minor, reference, metadata, created_at)
   values ($1, $2, $3, $4, $5, $6, $7::date, $8::text::numeric, $9::text::numeric, $10::text::numeric, $11, $12, $13,
     $14::text::jsonb, $15)
   on conflict (operator_id, merchant_id, mode, reference) where reference is not null do nothing
   returning ${ITEMS.columns}`,
);

export const ITEM_BY_REFERENCE = statement(
  'invoice_items_by_reference',
  `select ${ITEMS.columns} from invoice_items
   where operator_id = $1 and merchant_id = $2 and mode = $3 and reference = $4`,
);

export const ITEM_BY_ID = statement(
  'invoice_items_by_id',
  `select ${ITEMS.columns} from invoice_items where operator_id = $1 and id = $2`,
);

export const DELETE_ITEM = statement(
  'invoice_items_delete',
  'delete from invoice_items where operator_id = $1 and id = $2 returning id',
);

/** All at once, of a draft that is thrown away. */
export const DELETE_ITEMS_OF_DRAFT = statement(
  'invoice_items_delete_of_draft',
  'delete from invoice_items where operator_id = $1 and invoice_id = $2',
);

/** For the system role: whose drafts have totals that are not of all their items. */
export const OPERATORS_WITH_STALE_DRAFTS = statement(
  'invoices_operators_with_stale_drafts',
  'select distinct operator_id as "operatorId" from invoices where stale_since is not null',
);

/**
 * Drafts to be refreshed, and nobody's who is adding to them right now. Locked
 * before they are added up: what was added before the lock is seen by the
 * statement after it, and what comes later marks them anew.
 */
export const LOCK_STALE_DRAFTS = statement(
  'invoices_lock_stale_drafts',
  `select id from invoices where operator_id = $1 and stale_since <= $2 and status = 'DRAFT'
   order by stale_since limit 500 for no key update skip locked`,
);

/** Those that somebody was adding to when it was their turn, or beside one that cannot be added up: waited for, each alone. */
export const STALE_DRAFTS = statement(
  'invoices_stale_drafts',
  `select id from invoices where operator_id = $1 and stale_since <= $2 and status = 'DRAFT' order by stale_since limit 500`,
);

/** One that cannot be added up is the next run's: it must not keep others from it. */
export const PUT_OFF_STALE_DRAFT = statement(
  'invoices_put_off_stale_draft',
  'update invoices set stale_since = $3 where operator_id = $1 and id = $2 and stale_since < $3',
);

export const REFRESH_DRAFTS = statement(
  'invoices_refresh_drafts',
  `update invoices i set subtotal_minor = s.subtotal, tax_minor = s.tax, total_minor = s.subtotal + s.tax,
     item_count = s.items, totals_at = $3, stale_since = null
   from (select d.id, count(t.id)::int as items, coalesce(sum(t.net_minor), 0)::bigint as subtotal,
       coalesce(sum(t.tax_minor), 0)::bigint as tax
     from unnest($2::uuid[]) as d (id) left join invoice_items t on t.operator_id = $1 and t.invoice_id = d.id
     group by d.id) s
   where i.operator_id = $1 and i.id = s.id and i.status = 'DRAFT'`,
);

/** The draft that is closed next of a payer's in a currency: earlier months before later ones, and none without items. */
export const NEXT_DRAFT = statement(
  'invoices_next_draft',
  `select ${INVOICES.columns} from invoices i
   where operator_id = $1 and payer_id = $2 and currency = $3 and status = 'DRAFT'
     and exists (select from invoice_items t where t.operator_id = $1 and t.invoice_id = i.id)
   order by close_at, id limit 1`,
);
