import { statement } from '../../platform/database/sql.js';
import { CREDIT_LINES, CREDIT_NOTES } from './credit-note-rows.js';
import { INVOICES, ITEMS } from './invoice-rows.js';

/** The statements that only read. Each names the operator first. */

export const INVOICES_BY_ID = statement(
  'invoices_read',
  `select ${INVOICES.columns} from invoices where operator_id = $1 and id = any ($2::uuid[])`,
);

export const ITEMS_BY_ID = statement(
  'invoice_items_read',
  `select ${ITEMS.columns} from invoice_items where operator_id = $1 and id = any ($2::uuid[])`,
);

export const TAX_LINES_OF_INVOICES = statement(
  'invoice_items_tax_lines',
  `select invoice_id as "invoiceId", tax_rate::text as "taxRate", sum(net_minor)::bigint as net,
     sum(tax_minor)::bigint as tax, count(*)::int as items
   from invoice_items where operator_id = $1 and invoice_id = any ($2::uuid[])
   group by invoice_id, tax_rate order by invoice_id, invoice_items.tax_rate nulls last`,
);

export const CREDIT_NOTES_BY_ID = statement(
  'credit_notes_read',
  `select ${CREDIT_NOTES.columns} from credit_notes where operator_id = $1 and id = any ($2::uuid[])`,
);

export const CREDIT_NOTES_OF_INVOICES = statement(
  'credit_notes_read_of_invoices',
  `select ${CREDIT_NOTES.columns} from credit_notes where operator_id = $1 and invoice_id = any ($2::uuid[]) order by id`,
);

export const LINES_OF_CREDIT_NOTES = statement(
  'credit_note_lines_read_of_notes',
  `select ${CREDIT_LINES.columns} from credit_note_lines
   where operator_id = $1 and credit_note_id = any ($2::uuid[]) order by id`,
);

export const CREDITS_OF_PAYERS = statement(
  'payer_credits_read_of_payers',
  `select payer_id as "payerId", currency, balance_minor as balance from payer_credits
   where operator_id = $1 and payer_id = any ($2::uuid[]) and balance_minor > 0 order by currency`,
);

/** What each was charged under last, if it was: its payer's page is an order of no agreement. */
export const LAST_AGREEMENTS_OF_INVOICES = statement(
  'invoices_last_agreements',
  `select distinct on (invoice_id) invoice_id as "invoiceId", agreement_id as "agreementId" from orders
   where operator_id = $1 and invoice_id = any ($2::uuid[]) and agreement_id is not null order by invoice_id, id desc`,
);

/** The limit is written out: as a parameter it would cost the planner its knowledge of how few rows are wanted. */
const LIMITS = [2, 6, 11, 21, 51, 101];

/** The least of a few sizes that a page fits in, so that few statements are prepared. */
export function roundedLimit(limit: number): number {
  return LIMITS.find((each) => each >= limit) ?? limit;
}

/** The page of each invoice, newest first. */
export function itemsPage(limit: number) {
  const size = roundedLimit(limit);
  return statement(
    `invoice_items_pages_${size}`,
    `select page.* from unnest($2::uuid[]) as wanted (id) cross join lateral (
       select ${ITEMS.columnsOf('i')} from invoice_items i
       where i.operator_id = $1 and i.invoice_id = wanted.id and i.id < $3::uuid order by i.id desc limit ${size}) as page`,
  );
}
