import { statement } from '../../platform/database/sql.js';
import { INVOICES, ITEMS } from './invoice-rows.js';

export const INVOICE_BY_ID = statement(
  'invoice_by_id',
  `select ${INVOICES.columns} from invoices where operator_id = $1 and id = $2`,
);

export const LOCK_INVOICE = statement(
  'invoice_lock',
  `select ${INVOICES.columns} from invoices where operator_id = $1 and id = $2 for no key update`,
);

export const ITEMS_OF_INVOICE = statement(
  'invoice_items_of_invoice',
  `select ${ITEMS.columns} from invoice_items where operator_id = $1 and invoice_id = $2 order by date, id`,
);
