import { statement } from '../../platform/database/sql.js';
import { CREDIT_NOTES } from './credit-note-rows.js';
import { INVOICES, ITEMS } from './invoice-rows.js';

/** Whom a document is from and to, and in which language its payer was last spoken to. */
const PARTIES = `m.name as "merchantName", o.name as "operatorName", p.name, p.reference, p.email,
  (select s.payer_language from orders s where s.operator_id = $1 and s.payer_id = i.payer_id
     and s.payer_language is not null order by s.id desc limit 1) as language`;
const JOINS = `join operators o on o.id = $1
  join merchants m on m.operator_id = $1 and m.id = i.merchant_id
  join payers p on p.operator_id = $1 and p.id = i.payer_id`;

export const INVOICE_TO_PRINT = statement(
  'invoice_to_print',
  `select ${INVOICES.columnsOf('i')}, ${PARTIES}, w.status as "orderStatus"
   from invoices i ${JOINS} left join orders w on w.operator_id = $1 and w.id = i.order_id
   where i.operator_id = $1 and i.id = $2`,
);

export const ITEMS_TO_PRINT = statement(
  'invoice_items_to_print',
  `select ${ITEMS.columns} from invoice_items where operator_id = $1 and invoice_id = $2 order by date, id`,
);

export const NOTE_TO_PRINT = statement(
  'credit_note_to_print',
  `select ${CREDIT_NOTES.columnsOf('n')}, i.title, i.number as "invoiceNumber", ${PARTIES}
   from credit_notes n join invoices i on i.operator_id = $1 and i.id = n.invoice_id ${JOINS}
   where n.operator_id = $1 and n.id = $2`,
);

/** The items of a note, each with what of it is taken back. */
export const NOTE_LINES_TO_PRINT = statement(
  'credit_note_lines_to_print',
  `select ${ITEMS.columnsOf('i')}, l.net_minor as "creditedNet", l.tax_minor as "creditedTax"
   from credit_note_lines l join invoice_items i on i.operator_id = $1 and i.id = l.item_id
   where l.operator_id = $1 and l.credit_note_id = $2 order by i.date, i.id`,
);
