import { statement } from '../../platform/database/sql.js';
import { INVOICES } from './invoice-rows.js';

/** Across operators, hence by the system role: only who has anything due by its own time. */
export const OPERATORS_WITH_DUE_INVOICES = statement(
  'invoices_operators_with_due',
  `select o.id as "operatorId"
   from operators o left join test_clocks c on c.operator_id = o.id
     cross join lateral (select i.due_at from invoices i where i.operator_id = o.id
       and i.due_at <= $1::timestamptz + coalesce(c.ahead_ms, 0) * interval '1 millisecond' order by i.due_at limit 1) d`,
);

/**
 * Those that may be past due: $3 is the date where days begin first, and the
 * calendar of each has the last word. What somebody else holds comes with the next look.
 */
export const LOCK_FALLING_DUE = statement(
  'invoices_lock_falling_due',
  `select ${INVOICES.columns} from invoices
   where operator_id = $1 and due_at <= $2 and status = 'OPEN' and due_on < $3::date
   order by due_at limit 500 for no key update skip locked`,
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

/** What cannot be done now is not looked at again and again: a person is told, and it keeps its place until then. */
export const PUT_OFF_INVOICE = statement(
  'invoices_put_off',
  'update invoices set due_at = $3 where operator_id = $1 and id = $2 and due_at < $3',
);
