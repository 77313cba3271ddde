import { statement } from '../../platform/database/sql.js';
import type { DifferenceKind } from './domain/differences.js';

/** How many differences of a check are kept and told; all of them are counted. */
export const DIFFERENCES_KEPT_MAX = 1_000;

export interface DifferenceRow {
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly merchantId: string | null;
  readonly orderId: string | null;
  readonly movementExternalId: string | null;
  readonly detail: string;
}

export type FoundRow = Omit<DifferenceRow, 'id'>;

/** Texts, because they are for a person: amounts in minor units with their currency. */
const PAIR = (left: string, right: string) => `format('%s %s beside %s', ${left}, t.currency, ${right})`;

/**
 * A page of the account's orders in the order of their payments, without which
 * nothing is captured, each with what the ledger says of it: three comparisons
 * in one pass. All of them every night: what should not be able to happen leaves
 * no trace of when it did. One row: the differences, where the page ends, and
 * how many orders it had.
 */
export const COMPARE_ORDERS = statement(
  'ledger_compare_orders',
  `with mine as materialized (
     select id, merchant_id, external_payment_id, currency, captured_minor, refunded_minor, disputed_minor
     from orders where operator_id = $1 and payment_system_account_id = $2 and external_payment_id > $3
     order by external_payment_id limit 5000
   ),
   entries as (
     select p.order_id, sum(e.amount_minor) as net,
       coalesce(sum(e.amount_minor) filter (where e.account = 'PENDING'), 0) as pending
     from mine join ledger_postings p on p.operator_id = $1 and p.order_id = mine.id
     join ledger_entries e on e.operator_id = $1 and e.posting_id = p.id and e.account in ('PENDING', 'AVAILABLE')
     group by 1
   ),
   lost as (
     select d.order_id, sum(d.amount_minor) as amount from mine
     join disputes d on d.operator_id = $1 and d.order_id = mine.id where d.status = 'LOST' group by 1
   ),
   t as (
     select mine.*, l.order_id is not null as is_posted, coalesce(l.captured_minor, 0) as captured,
       coalesce(l.refunded_minor, 0) as refunded, coalesce(l.disputed_minor, 0) as disputed,
       coalesce(l.captured_minor - l.refunded_minor - l.disputed_minor, 0) as net,
       coalesce(l.pending_minor, 0) as pending, coalesce(e.net, 0) as entries_net,
       coalesce(e.pending, 0) as entries_pending, coalesce(lost.amount, 0) as lost
     from mine
     left join ledger_orders l on l.operator_id = $1 and l.order_id = mine.id
     left join entries e on e.order_id = mine.id
     left join lost on lost.order_id = mine.id
   ),
   found as (
     select 'ORDER_AND_LEDGER' as kind, id, merchant_id, 'captured, refunded: ' ||
       ${PAIR("captured_minor || ', ' || refunded_minor", "captured || ', ' || refunded")} as detail
     from t where (captured_minor, refunded_minor) <> (captured, refunded)
     union all
     select 'ORDER_AND_ENTRIES', id, merchant_id, 'net, pending: ' ||
       ${PAIR("net || ', ' || pending", "entries_net || ', ' || entries_pending")}
     from t where (net, pending) <> (entries_net, entries_pending)
     union all
     select 'DISPUTES_AND_LEDGER', id, merchant_id, 'disputed: ' || ${PAIR('disputed_minor', 'disputed')}
     from t where is_posted and disputed not between lost and disputed_minor
   )
   select (select count(*) from mine)::int as orders, (select max(external_payment_id) from mine) as last,
     coalesce((select jsonb_agg(jsonb_build_object('kind', kind, 'merchantId', merchant_id, 'orderId', id,
       'movementExternalId', null, 'detail', detail)) from found), '[]') as found`,
);

export type ComparedOrders = {
  readonly orders: number;
  readonly last: string | null;
  readonly found: readonly FoundRow[];
};

/** What should have come by now: a capture to a movement, and a movement to what was captured or given back. */
export const OVERDUE = statement(
  'ledger_overdue',
  `select 'MOVEMENT_WITHOUT_CAPTURE' as kind, null as "merchantId", order_id as "orderId",
     external_id as "movementExternalId", format('%s %s that is not recorded of its order', original_minor,
       original_currency) as detail
   from balance_movements
   where operator_id = $1 and payment_system_account_id = $2 and status = 'WAITING' and created_at < $3
   union all
   select 'MOVEMENT_AWAITED', merchant_id, order_id, null,
     format('captured, refunded: %s, %s %s beside %s, %s that the payment system told of', captured_minor,
       refunded_minor, currency, captured_moved_minor, refunded_moved_minor)
   from ledger_orders
   where operator_id = $1 and payment_system_account_id = $2 and awaited_since < $4`,
);

export const MOVEMENTS_TO_COMPARE = statement(
  'ledger_movements_to_compare',
  `select external_id as "externalId", amount_minor as amount, fee_minor as fee, net_minor as net, currency,
     order_id as "orderId"
   from balance_movements where operator_id = $1 and payment_system_account_id = $2 and external_id = any ($3::text[])`,
);

/** Those of a stretch of time, later than $5 and no later than $6, that the list $3 has not. */
export const MOVEMENTS_NOT_AMONG = statement(
  'ledger_movements_not_among',
  `select 'MOVEMENT_MISSING_THERE' as kind, null as "merchantId", order_id as "orderId",
     external_id as "movementExternalId", format('%s %s that the payment system does not list', net_minor, currency)
       as detail
   from balance_movements m
   where operator_id = $1 and payment_system_account_id = $2 and occurred_at > $5 and occurred_at <= $6
     and created_at < $4
     and not exists (select from unnest($3::text[]) as listed (id) where listed.id = m.external_id)`,
);

/** What the check before could not read either and is still not known: it may be older than what is compared. */
export const STILL_UNREADABLE = statement(
  'ledger_movements_still_unreadable',
  `select d.kind, null as "merchantId", null as "orderId", d.movement_external_id as "movementExternalId", d.detail
   from ledger_differences d
   where d.operator_id = $1 and d.kind = 'MOVEMENT_UNREADABLE' and d.check_id = (
       select id from ledger_checks where operator_id = $1 and payment_system_account_id = $2 order by id desc limit 1)
     and not d.movement_external_id = any ($3::text[])
     and not exists (select from balance_movements m where m.operator_id = $1 and m.payment_system_account_id = $2
       and m.external_id = d.movement_external_id)`,
);

export const INSERT_CHECK = statement(
  'ledger_checks_insert',
  `insert into ledger_checks (operator_id, id, payment_system_account_id, mode, orders, movements, differences, checked_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export const INSERT_DIFFERENCES = statement(
  'ledger_differences_insert',
  `insert into ledger_differences (operator_id, check_id, id, kind, merchant_id, order_id, movement_external_id, detail)
   select $1, $2, d.* from unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[]) as d`,
);

export type CheckRow = {
  readonly id: string;
  readonly accountId: string;
  readonly mode: 'TEST' | 'LIVE';
  readonly orders: number;
  readonly movements: number;
  readonly differences: number;
  readonly checkedAt: Date;
};

/** The last check of each account of the mode. */
export const LAST_CHECKS = statement(
  'ledger_checks_last',
  `select c.id, c.payment_system_account_id as "accountId", c.mode, c.orders, c.movements, c.differences,
     c.checked_at as "checkedAt"
   from payment_system_accounts a cross join lateral (
     select * from ledger_checks l where l.operator_id = a.operator_id and l.payment_system_account_id = a.id
     order by id desc limit 1) as c
   where a.operator_id = $1 and a.mode = $2 order by c.id desc`,
);

export const DIFFERENCES_OF_CHECKS = statement(
  'ledger_differences_of_checks',
  `select check_id as "checkId", id, kind, merchant_id as "merchantId", order_id as "orderId",
     movement_external_id as "movementExternalId", detail
   from ledger_differences where operator_id = $1 and check_id = any ($2::uuid[]) order by id limit 1000`,
);

/** Across operators. */
export const ACCOUNTS_TO_CHECK = statement(
  'ledger_accounts_to_check',
  `select operator_id as "operatorId", id from payment_system_accounts where status = 'ACTIVE' order by operator_id, id`,
);

export const ACCOUNT_CONNECTED_AT = statement(
  'ledger_account_connected_at',
  'select created_at as "connectedAt" from payment_system_accounts where operator_id = $1 and id = $2',
);
