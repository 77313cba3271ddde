import { statement } from '../../platform/database/sql.js';
import { INVOICES } from './invoice-rows.js';

/** Across operators, hence by the system role: only who has anything due by its own time, and whether it is suspended. */
export const OPERATORS_WITH_DUE_INVOICES = statement(
  'invoices_operators_with_due',
  `select o.id as "operatorId", o.status <> 'ACTIVE' as "isSuspended"
   from operators o left join test_clocks c on c.operator_id = o.id
     cross join lateral (select i.due_at from invoices i where i.operator_id = o.id
       and i.due_at <= $1::timestamptz + coalesce(c.ahead_ms, 0) * interval '1 millisecond' order by i.due_at limit 1) d`,
);

/**
 * Those that may be past due: $3 is the date where days begin first, and the calendar of each has the last word.
 * After the last that was looked at, for those of a day that is not over yet are still there.
 */
export const FALLING_DUE = statement(
  'invoices_falling_due',
  `select id, due_at as "dueAt", due_on::text as "dueOn", time_zone as "timeZone" from invoices
   where operator_id = $1 and due_at <= $2 and status = 'OPEN' and due_on < $3::date
     and due_at >= $4 and (due_at > $4 or id > $5)
   order by due_at, id limit 500`,
);

/** What somebody else holds comes with the next look. */
export const LOCK_FALLING_DUE = statement(
  'invoices_lock_falling_due',
  `select ${INVOICES.columns} from invoices
   where operator_id = $1 and id = any ($2::uuid[]) and status = 'OPEN' order by id for no key update skip locked`,
);

export const DUE_INVOICES = statement(
  'invoices_to_charge',
  `select id from invoices where operator_id = $1 and due_at <= $2 and status in ('OPEN', 'PAST_DUE')
   order by due_at limit 100`,
);

export const DUE_DRAFTS = statement(
  'invoices_due_drafts',
  `select id from invoices where operator_id = $1 and due_at <= $2 and status = 'DRAFT' order by due_at limit 500`,
);

/**
 * What cannot be done now is not looked at again and again: a person is told, and it keeps its place until then. What
 * has another status by now has been done by somebody else.
 */
export const PUT_OFF_INVOICE = statement(
  'invoices_put_off',
  'update invoices set due_at = $3 where operator_id = $1 and id = $2 and due_at < $3 and status = any ($4::text[])',
);
