const TABLES = "('invoices', 'invoice_items')";

/** What other tables have because of invoices. */
const BESIDE = "('merchants_invoice_due_days_check', 'orders_invoice_held', 'orders_invoice_id_reference')";

/** The names of all constraints, unique indexes and triggers of invoices and their items; others have other tests. */
export const INVOICE_CONSTRAINTS = `
  select conname as name from pg_constraint c join pg_class t on t.oid = c.conrelid
  where connamespace = 'public'::regnamespace and contype <> 'n' and (relname in ${TABLES} or conname in ${BESIDE})
  union
  select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where x.indisunique and i.relnamespace = 'public'::regnamespace and (t.relname in ${TABLES} or i.relname in ${BESIDE})
  union
  select tgname from pg_trigger g join pg_class t on t.oid = g.tgrelid
  where not tgisinternal and t.relnamespace = 'public'::regnamespace and t.relname in ${TABLES}`;
