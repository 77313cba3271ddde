import { statement } from '../../platform/database/sql.js';

export const RAISE_CREDIT = statement(
  'payer_credit_raise',
  `insert into payer_credits (operator_id, payer_id, currency, balance_minor) values ($1, $2, $3, $4)
   on conflict (operator_id, payer_id, currency)
   do update set balance_minor = payer_credits.balance_minor + excluded.balance_minor`,
);

export const INSERT_CREDIT_ENTRY = statement(
  'payer_credit_entry_insert',
  `insert into payer_credit_entries
     (operator_id, id, payer_id, currency, amount_minor, credit_note_id, invoice_id, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

/** Newest first, one more than the largest page has. */
export const CREDIT_ENTRIES_BEFORE = statement(
  'payer_credit_entries_before',
  `select id, payer_id as "payerId", currency, amount_minor as amount, credit_note_id as "creditNoteId",
     invoice_id as "invoiceId", created_at as "createdAt" from payer_credit_entries
   where operator_id = $1 and payer_id = $2 and currency = $3 and id < $4 order by id desc limit 101`,
);
