import { statement } from '../../platform/database/sql.js';

/** What an invoice may be charged under: its payer's agreements in force, or the one that was named, whatever it is now. */
export const AGREEMENTS_FOR_INVOICE = statement(
  'invoices_agreements',
  `select id, status, type, currency, period is not null as "hasSchedule", created_at as "createdAt" from agreements
   where operator_id = $1 and payer_id = $2 and merchant_id = $3 and mode = $4
     and (id = $5::uuid or $5::uuid is null and status in ('ACTIVE', 'PAST_DUE')) order by id desc limit 100`,
);

/** All orders that were to pay an invoice, oldest first: a few attempts, and a page once a month until it is paid. */
export const ORDERS_OF_INVOICE = statement(
  'invoices_orders',
  `select id, status, amount_minor as amount, charge_id as "chargeId",
     not charge_released and status not in ('DECLINED', 'EXPIRED', 'CANCELED') as "isHeld"
   from orders where operator_id = $1 and invoice_id = $2 order by id`,
);

export const INVOICES_OPERATOR_SUSPENDED = statement(
  'invoices_operator_suspended',
  `select status <> 'ACTIVE' as suspended from operators where id = $1`,
);

/**
 * What went back of the money that an invoice counts, of all its orders: what was spare of one goes back first. What a
 * card's bank disputes it holds until that is won; a debit that came back is not counted as paid any more.
 */
export const REFUNDED_OF_INVOICE = statement(
  'invoices_refunded',
  `select coalesce(sum(least(invoice_taken_minor, greatest(refunded_minor
     + case when by_debit then 0 else disputed_minor end - invoice_spare_minor, 0))), 0)::bigint as refunded
   from orders where operator_id = $1 and invoice_id = $2`,
);

/** What a payment of an invoice came to, as the invoice and its merchant's policy need to know it. */
export const OUTCOME_FOR_INVOICE = statement(
  'invoices_outcome_of_order',
  `select o.id, o.status, o.charge_id as "chargeId", o.credential_id as "credentialId", o.captured_minor as captured,
     o.refunded_minor as refunded, o.disputed_minor as disputed,
     o.authorized_minor - o.captured_minor - o.voided_minor as held, o.charge_released as "isReleased",
     o.invoice_taken_minor as taken, o.invoice_spare_minor as spare,
     o.by_debit or coalesce(c.type = 'BANK_ACCOUNT', false) as "isDebit",
     (select coalesce(sum(r.amount_minor), 0)::bigint from operations r where r.operator_id = $1 and r.order_id = o.id
       and r.type = 'CANCELLATION' and r.status in ('PENDING', 'UNKNOWN')) as leaving,
     p.status as "paymentStatus", p.decline_code as "declineCode", p.retry_advice as "retryAdvice",
     m.retry_policy_days as "retryDays"
   from orders o
     join merchants m on m.operator_id = $1 and m.id = o.merchant_id
     left join stored_credentials c on c.operator_id = $1 and c.id = o.credential_id
     left join lateral (select status, decline_code, retry_advice from operations p
       where p.operator_id = $1 and p.order_id = o.id and p.type = 'PAYMENT' order by p.id desc limit 1) p on true
   where o.operator_id = $1 and o.id = $2`,
);
