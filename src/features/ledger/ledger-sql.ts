import { statement } from '../../platform/database/sql.js';

/** Postings with their lines, however many, in one statement: one array for each column. */
export const POST = statement(
  'ledger_post',
  `with posted as (
     insert into ledger_postings (operator_id, id, mode, kind, order_id, number, movement_id, payout_id, settlement_id,
       occurred_at, posted_at)
     select $1, p.*, $2 from unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::int[], $8::uuid[], $9::uuid[],
       $10::uuid[], $11::timestamptz[]) as p
   )
   insert into ledger_entries (operator_id, posting_id, line, mode, account, merchant_id, payment_system_account_id,
     currency, amount_minor, posted_at)
   select $1, e.*, $2 from unnest($12::uuid[], $13::smallint[], $14::text[], $15::text[], $16::uuid[], $17::uuid[],
     $18::text[], $19::bigint[]) as e`,
);

/**
 * An order's first posting with what is kept of the order, in one statement:
 * what every capture costs. Postings of two lines, as most captures are.
 */
export const POST_FIRST = statement(
  'ledger_post_first',
  `with posted as (
     insert into ledger_postings (operator_id, id, mode, kind, order_id, number, movement_id, occurred_at, posted_at)
     values ($1, $2, $3, $4, $5, 1, $6, $7, $8)
   ), kept as (
     insert into ledger_orders (operator_id, order_id, merchant_id, mode, payment_system_account_id, currency,
       captured_minor, refunded_minor, disputed_minor, unavailable_minor, pending_minor, captured_moved_minor,
       refunded_moved_minor, postings, awaited_since)
     values ($1, $5, $9, $3, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1, $19)
   )
   insert into ledger_entries (operator_id, posting_id, line, mode, account, merchant_id, payment_system_account_id,
     currency, amount_minor, posted_at)
   values ($1, $2, 1, $3, $20, $9, null, $11, $21, $8), ($1, $2, 2, $3, $22, null, $10, $11, $23, $8)`,
);

const STATE_COLUMNS = `
  l.order_id as "orderId", l.merchant_id as "merchantId", l.mode, l.payment_system_account_id as "accountId",
  l.currency, l.captured_minor as captured, l.refunded_minor as refunded, l.disputed_minor as disputed,
  l.unavailable_minor as unavailable, l.captured_moved_minor as "capturedMoved",
  l.refunded_moved_minor as "refundedMoved", l.postings, l.awaited_since as "awaitedSince"`;

/** To be read under the order's lock: it is what keeps two from posting on the same order at once. */
export const LEDGER_ORDER = statement(
  'ledger_order',
  `select ${STATE_COLUMNS} from ledger_orders l where l.operator_id = $1 and l.order_id = $2`,
);

export const LEDGER_ORDERS = statement(
  'ledger_orders',
  `select ${STATE_COLUMNS} from ledger_orders l where l.operator_id = $1 and l.order_id = any ($2::uuid[])`,
);

export const INSERT_LEDGER_ORDER = statement(
  'ledger_orders_insert',
  `insert into ledger_orders (operator_id, order_id, merchant_id, mode, payment_system_account_id, currency,
     captured_minor, refunded_minor, disputed_minor, unavailable_minor, pending_minor, captured_moved_minor,
     refunded_moved_minor, postings, awaited_since)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
);

export const UPDATE_LEDGER_ORDERS = statement(
  'ledger_orders_update',
  `update ledger_orders l
   set captured_minor = n.captured, refunded_minor = n.refunded, disputed_minor = n.disputed,
     unavailable_minor = n.unavailable, pending_minor = n.pending, captured_moved_minor = n.captured_moved,
     refunded_moved_minor = n.refunded_moved, postings = n.postings, awaited_since = n.awaited_since
   from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
     $9::bigint[], $10::int[], $11::timestamptz[]) as n (order_id, captured, refunded, disputed, unavailable, pending,
     captured_moved, refunded_moved, postings, awaited_since)
   where l.operator_id = $1 and l.order_id = n.order_id`,
);

/** The lock under which orders change: whoever posts on one takes it, too. */
export const LOCK_ORDER_OF_LEDGER = statement(
  'ledger_lock_order',
  `select id, merchant_id as "merchantId", mode, payment_system_account_id as "accountId", currency
   from orders where operator_id = $1 and id = $2 for no key update`,
);

export const ORDER_OF_PAYMENT = statement(
  'ledger_order_of_payment',
  `select id from orders where operator_id = $1 and payment_system_account_id = $2 and external_payment_id = $3`,
);
