import { dueRows } from '../../platform/database/due-rows.js';
import { statement } from '../../platform/database/sql.js';

const COLUMNS = `
  m.id, m.payment_system_account_id as "accountId", m.mode, m.external_id as "externalId", m.kind,
  m.amount_minor as amount, m.fee_minor as fee, m.net_minor as net, m.currency, m.original_minor as original,
  m.original_currency as "originalCurrency", m.available_at as "availableAt", m.occurred_at as "occurredAt",
  m.description, m.source_external_id as "sourceExternalId", m.payment_external_id as "paymentExternalId",
  m.order_id as "orderId", m.payout_id as "payoutId", m.status, m.due_at as "dueAt", m.created_at as "createdAt"`;

export const KNOWN_MOVEMENTS = statement(
  'balance_movements_known',
  `select external_id as "externalId" from balance_movements
   where operator_id = $1 and payment_system_account_id = $2 and external_id = any ($3::text[])`,
);

/** Once: nothing comes back for a movement that somebody has recorded before. */
export const INSERT_MOVEMENT = statement(
  'balance_movements_insert',
  `insert into balance_movements (operator_id, id, payment_system_account_id, mode, external_id, kind, amount_minor,
     fee_minor, net_minor, currency, original_minor, original_currency, available_at, occurred_at, description,
     source_external_id, payment_external_id, order_id, payout_id, status, due_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, null, $19, $20, $21)
   on conflict (operator_id, payment_system_account_id, external_id) do nothing returning id`,
);

/** What waits for its time, across operators: to be posted, or to be available. */
export const DUE_MOVEMENTS = dueRows('balance_movements_due', { table: 'balance_movements' });

/** As many as are taken at once: the limit of the next statement. */
export const AVAILABLE_BATCH = 500;

/**
 * Movements whose money is available by now, each with its order locked, as
 * whoever posts on an order holds it. The movement is locked, too: of two that
 * look at once the second sees that it is not due any more. Orders that
 * somebody is changing are left for the next round.
 */
export const LOCK_AVAILABLE_MOVEMENTS = statement(
  'balance_movements_lock_available',
  `select ${COLUMNS} from balance_movements m
   join orders o on o.operator_id = m.operator_id and o.id = m.order_id
   where m.operator_id = $1 and m.due_at <= $2 and m.status = 'POSTED'
   order by m.due_at limit 500 for no key update of m, o skip locked`,
);

/** The same of one order. */
export const LOCK_AVAILABLE_OF_ORDER = statement(
  'balance_movements_lock_available_of_order',
  `select ${COLUMNS} from balance_movements m
   join orders o on o.operator_id = m.operator_id and o.id = m.order_id
   where m.operator_id = $1 and m.due_at <= $2 and m.status = 'POSTED' and m.order_id = $3
   for no key update of m, o skip locked`,
);

export const AVAILABLE_MOVEMENTS = statement(
  'balance_movements_available',
  `select id, order_id as "orderId" from balance_movements
   where operator_id = $1 and due_at <= $2 and status = 'POSTED' order by due_at limit 500`,
);

export const POSTPONE_MOVEMENTS = statement(
  'balance_movements_postpone',
  `update balance_movements set due_at = $3 where operator_id = $1 and id = any ($2::uuid[]) and due_at is not null`,
);

export const WAITING_MOVEMENTS = statement(
  'balance_movements_waiting',
  `select ${COLUMNS} from balance_movements m
   where m.operator_id = $1 and m.due_at <= $2 and m.status = 'WAITING' order by m.due_at limit 100`,
);

export const LOCK_WAITING_MOVEMENT = statement(
  'balance_movements_lock_waiting',
  `select ${COLUMNS} from balance_movements m where m.operator_id = $1 and m.id = $2 and m.status = 'WAITING' for no key update`,
);

export const SETTLE_MOVEMENTS = statement(
  'balance_movements_settle',
  `update balance_movements set status = $3, due_at = $4 where operator_id = $1 and id = any ($2::uuid[])`,
);

/** How a movement goes on waiting, or with whose money it was posted. */
export const SETTLE_WAITING = statement(
  'balance_movements_settle_waiting',
  `update balance_movements set status = $3, due_at = $4, order_id = $5, original_minor = $6
   where operator_id = $1 and id = $2`,
);

/** The capture that a payment came in with; its order is null where it is the operator's other traffic. */
export const CAPTURE_OF_PAYMENT = statement(
  'balance_movements_capture_of_payment',
  `select order_id as "orderId" from balance_movements
   where operator_id = $1 and payment_system_account_id = $2 and payment_external_id = $3 and kind = 'CAPTURE'
   order by order_id nulls last limit 1`,
);

/** The lock under which orders change. With $3 only if the order has no payment, or this one. */
export const LOCK_ORDER_OF_MOVEMENT = statement(
  'balance_movements_lock_order',
  `select id, merchant_id as "merchantId", mode, payment_system_account_id as "accountId", currency from orders
   where operator_id = $1 and id = $2 and ($3::text is null or external_payment_id is null or external_payment_id = $3)
   for no key update`,
);

/** How many movements told of the same side of an order's money. */
export const COUNT_MOVEMENTS_OF_ORDER = statement(
  'balance_movements_count_of_order',
  `select count(*)::int as count from balance_movements
   where operator_id = $1 and order_id = $2 and kind = any ($3::text[])`,
);

/** The movements that a payout consists of, but for the payout itself, which leads out of them. */
export const ITEMISE = statement(
  'balance_movements_itemise',
  `update balance_movements set payout_id = $3
   where operator_id = $1 and payment_system_account_id = $2 and external_id = any ($4::text[])
     and kind not in ('PAYOUT', 'PAYOUT_FAILURE') and payout_id is distinct from $3`,
);

/**
 * Accounts whose movements are to be read, and that nobody is reading: those
 * that nobody has read yet, that somebody was told of, or that were not read
 * for a day; and those with an order whose money has moved without the movement
 * being known. That is looked for at once, then ever more rarely. `greatest`
 * passes over what is null, so that what nobody awaits is asked for first.
 */
export const DUE_SWEEPS = statement(
  'balance_sweeps_due',
  `select a.operator_id as "operatorId", a.id
   from payment_system_accounts a
   left join balance_sweeps s on s.operator_id = a.operator_id and s.id = a.id
   left join lateral (
     select awaited_since as since from ledger_orders o
     where o.operator_id = a.operator_id and o.payment_system_account_id = a.id and o.awaited_since is not null
     order by awaited_since desc limit 1) as awaited on true
   where a.status = 'ACTIVE' and (s.id is null or (s.leased_until is null or s.leased_until <= $1::timestamptz) and (
     s.due_at <= $1 or awaited.since > s.swept_at or awaited.since is not null
       and $1 - s.swept_at > greatest(interval '1 second', (s.swept_at - awaited.since) / 4)))
   order by s.swept_at nulls first limit 200`,
);

/** Nothing comes back for an account that somebody is reading. When the lease ends is also the token of the claim. */
export const CLAIM_SWEEP = statement(
  'balance_sweeps_claim',
  `insert into balance_sweeps as s (operator_id, id, due_at, swept_at, leased_until) values ($1, $2, $4, $3, $4)
   on conflict (operator_id, id) do update
     set due_at = excluded.due_at, swept_at = excluded.swept_at, leased_until = excluded.leased_until
     where s.leased_until is null or s.leased_until <= $3
   returning place, back_place as "backPlace",
     (select created_at from payment_system_accounts where operator_id = $1 and id = $2) as "connectedAt"`,
);

export const MOVE_SWEEP = statement(
  'balance_sweeps_move',
  `update balance_sweeps set place = $3, back_place = $5
   where operator_id = $1 and id = $2 and place is not distinct from $4 and back_place is not distinct from $6`,
);

/** Nothing comes back when the lease had ended and somebody else reads on. */
export const RENEW_SWEEP = statement(
  'balance_sweeps_renew',
  `update balance_sweeps set leased_until = $4 where operator_id = $1 and id = $2 and leased_until = $3 returning id`,
);

/** Due again at $5, unless somebody was told meanwhile that there is more: then at once. $4 is what the claim made it. */
export const FINISH_SWEEP = statement(
  'balance_sweeps_finish',
  `update balance_sweeps set leased_until = null, due_at = case when due_at = $4 then $5::timestamptz else due_at end
   where operator_id = $1 and id = $2 and leased_until = $3`,
);

export const WAKE_SWEEP = statement(
  'balance_sweeps_wake',
  `insert into balance_sweeps as s (operator_id, id, due_at, swept_at) values ($1, $2, $3, 'epoch')
   on conflict (operator_id, id) do update set due_at = least(s.due_at, excluded.due_at)`,
);

/** What was awaited for longer is not waited for. */
export const AWAITED_ON_ACCOUNT = statement(
  'ledger_orders_awaited_on_account',
  `select exists (select from ledger_orders
     where operator_id = $1 and payment_system_account_id = $2 and awaited_since > $3) as awaited`,
);

export const MOVEMENTS_OF_PAYOUT = statement(
  'balance_movements_of_payout',
  `select ${COLUMNS} from balance_movements m
   where m.operator_id = $1 and m.payout_id = $2 and m.id < $3::uuid order by m.id desc limit 101`,
);
