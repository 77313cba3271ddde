import { statement } from '../../platform/database/sql.js';

/**
 * What the invoices of a month came to, per currency and status, and in the last
 * rows the credit notes of them. Along `invoices_by_month`; sums are texts, for
 * those of many invoices may be more than a bigint column holds. What never got a
 * number and is void is a draft that was thrown away.
 */
export const INVOICE_MONTH = statement(
  'invoices_month',
  `select currency, status, count(*)::int as count, sum(total_minor)::text as total,
     sum(total_minor - credit_applied_minor - credited_minor - paid_minor)::text as due,
     sum(credit_applied_minor)::text as "creditApplied", sum(credited_minor)::text as lessened,
     sum(paid_minor)::text as paid, sum(refunded_minor)::text as refunded
   from invoices
   where operator_id = $1 and mode = $2 and month = $3::date and ($4::uuid is null or merchant_id = $4)
     and (number is not null or status = 'DRAFT')
   group by currency, status
   union all
   select n.currency, 'CREDIT_NOTES', count(*)::int, sum(n.total_minor)::text, '0', '0', '0', '0', '0'
   from invoices i join credit_notes n on n.operator_id = i.operator_id and n.invoice_id = i.id
   where i.operator_id = $1 and i.mode = $2 and i.month = $3::date and ($4::uuid is null or i.merchant_id = $4)
     and n.status <> 'FAILED'
   group by n.currency`,
);
