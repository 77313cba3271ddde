import { statement } from '../../platform/database/sql.js';
import { CREDIT_NOTES } from './credit-note-rows.js';

/** The next number of a series. Its row's lock makes notes come one after the other; a rollback gives the number back. */
export const NEXT_CREDIT_NOTE_NUMBER = statement(
  'credit_note_next_number',
  `insert into invoice_series (operator_id, merchant_id, mode, kind, last_number) values ($1, $2, $3, 'CREDIT_NOTE', 1)
   on conflict (operator_id, merchant_id, mode, kind) do update set last_number = invoice_series.last_number + 1
   returning last_number as number`,
);

/** What is left of each item of an invoice: a note that failed gave nothing back, and takes nothing. */
export const ITEMS_LEFT = statement(
  'credit_notes_items_left',
  `select i.id as "itemId", i.description, i.tax_rate::text as "taxRate",
     i.net_minor - coalesce(sum(l.net_minor) filter (where n.status <> 'FAILED'), 0)::bigint as "netLeft",
     i.tax_minor - coalesce(sum(l.tax_minor) filter (where n.status <> 'FAILED'), 0)::bigint as "taxLeft"
   from invoice_items i
   left join credit_note_lines l on l.operator_id = i.operator_id and l.item_id = i.id
   left join credit_notes n on n.operator_id = l.operator_id and n.id = l.credit_note_id
   where i.operator_id = $1 and i.invoice_id = $2 group by i.operator_id, i.id order by i.date, i.id`,
);

/** What notes of an invoice have turned into its payer's credit. */
export const CREDITED_TO_BALANCE = statement(
  'credit_notes_to_balance',
  `select coalesce(sum(total_minor), 0)::bigint as total from credit_notes
   where operator_id = $1 and invoice_id = $2 and settlement = 'BALANCE'`,
);

export const CREDIT_NOTE_BY_ID = statement(
  'credit_note_by_id',
  `select ${CREDIT_NOTES.columns} from credit_notes where operator_id = $1 and id = $2`,
);

/** The note that a cancellation of an order gives the money of back, if it is one's. */
export const NOTE_OF_OPERATION = statement(
  'credit_note_of_operation',
  `select ${CREDIT_NOTES.columns} from credit_notes where operator_id = $1 and operation_id = $2 for no key update`,
);

/** What locks are taken in the order of: the order's is held. */
export const LOCK_AGREEMENT_OF_ORDER = statement(
  'credit_notes_lock_agreement',
  `select a.id from agreements a where a.operator_id = $1
     and a.id = (select agreement_id from orders where operator_id = $1 and id = $2) for no key update of a`,
);

/** The order that has paid most of an invoice that is not back with its payer yet. */
export const PAYING_ORDER = statement(
  'credit_notes_paying_order',
  `select id from orders where operator_id = $1 and invoice_id = $2 and invoice_taken_minor > 0
   order by invoice_taken_minor - greatest(refunded_minor - invoice_spare_minor, 0) desc, id desc limit 1`,
);

/** What is left of the money of an invoice's orders, taken or held, and how much one of them is asked back and has not sent yet. */
export const MONEY_IN_HAND = statement(
  'credit_notes_money_in_hand',
  `select coalesce(sum(greatest(authorized_minor - voided_minor - refunded_minor - disputed_minor, 0)), 0)::bigint as "inHand",
     (select coalesce(sum(t.amount_minor), 0)::bigint from transactions t
      where t.operator_id = $1 and t.order_id = $3 and t.status = 'PENDING' and t.type in ('REFUND', 'VOID')) as asked
   from orders where operator_id = $1 and invoice_id = $2`,
);
