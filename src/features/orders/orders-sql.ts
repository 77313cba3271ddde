import { dueRows } from '../../platform/database/due-rows.js';
import { statement } from '../../platform/database/sql.js';

/**
 * Every statement of the feature that runs on a hot way. Each names the
 * operator first, so that it uses the tenant's part of an index and a sharded
 * database would ask one shard.
 */

const ORDER_COLUMNS = `
  id, merchant_id as "merchantId", mode, payment_system_account_id as "accountId", payer_id as "payerId",
  order_number as "orderNumber", bill_number as "billNumber", description, status, closed_as as "closedAs",
  capture_mode as "captureMode", currency, amount_minor as amount, authorized_minor as authorized,
  captured_minor as captured, refunded_minor as refunded, voided_minor as voided, disputed_minor as disputed,
  source, stored_on_file as "storedOnFile", save_credential as "saveCredential", agreement_id as "agreementId",
  charge_id as "chargeId", invoice_id as "invoiceId", credential_id as "credentialId", by_debit as "byDebit",
  external_payment_id as "externalPaymentId", payer_language as language, account_fixed as "accountFixed", multicapture, incrementable, capture_before as "captureBefore",
  capture_warned_at as "captureWarnedAt", expires_at as "expiresAt", return_url as "returnUrl",
  callback_url as "callbackUrl", metadata, due_at as "dueAt", created_at as "createdAt",
  updated_at as "updatedAt"`;

const OPERATION_COLUMNS = `
  id, order_id as "orderId", type, status, amount_minor as amount, reason, request, next_action as "nextAction",
  decline_code as "declineCode", decline_message as "declineMessage", retry_advice as "retryAdvice",
  created_at as "createdAt", finished_at as "finishedAt"`;

const TRANSACTION_COLUMNS = `
  id, order_id as "orderId", operation_id as "operationId", position, type, status, amount_minor as amount,
  external_id as "externalId", page_external_id as "pageExternalId", checks, due_at as "dueAt", created_at as "createdAt", finished_at as "finishedAt"`;

export const LOCK_ORDER = statement(
  'orders_lock',
  `select ${ORDER_COLUMNS} from orders where operator_id = $1 and id = $2 for no key update`,
);

export const ORDER_BY_PAYMENT = statement(
  'orders_by_payment',
  `select id from orders where operator_id = $1 and payment_system_account_id = $2 and external_payment_id = $3`,
);

export const ORDER_EXISTS = statement('orders_exists', `select id from orders where operator_id = $1 and id = $2`);

export const ORDERS_BY_ID = statement(
  'orders_by_id',
  `select ${ORDER_COLUMNS} from orders where operator_id = $1 and id = any ($2::uuid[])`,
);

export const ORDER_BY_BILL_NUMBER = statement(
  'orders_by_bill_number',
  `select ${ORDER_COLUMNS} from orders where operator_id = $1 and bill_number = $2`,
);

export const OPERATIONS_OF_ORDERS = statement(
  'operations_of_orders',
  `select ${OPERATION_COLUMNS} from operations where operator_id = $1 and order_id = any ($2::uuid[]) order by id`,
);

export const TRANSACTIONS_OF_ORDERS = statement(
  'transactions_of_orders',
  `select ${TRANSACTION_COLUMNS} from transactions
   where operator_id = $1 and order_id = any ($2::uuid[]) order by id, position`,
);

/** The same by one order, for the locked file: a plan for one id beats one for an array. */
export const OPERATIONS_OF_ORDER = statement(
  'operations_of_order',
  `select ${OPERATION_COLUMNS} from operations where operator_id = $1 and order_id = $2 order by id`,
);

export const TRANSACTIONS_OF_ORDER = statement(
  'transactions_of_order',
  `select ${TRANSACTION_COLUMNS} from transactions where operator_id = $1 and order_id = $2 order by id`,
);

export const ORDER_OF_OPERATION = statement(
  'operations_order_of',
  `select order_id as "orderId" from operations where operator_id = $1 and id = $2`,
);

export const ORDER_OF_TRANSACTION = statement(
  'transactions_order_of',
  `select order_id as "orderId" from transactions where operator_id = $1 and id = $2`,
);

export const MERCHANT_FOR_ORDER = statement(
  'merchants_for_order',
  `select id, allowed_sources as "allowedSources", default_payment_system_account_id as "defaultAccountId",
     pci_dss_certified as "pciDssCertified"
   from merchants where operator_id = $1 and id = $2`,
);

export const INSERT_ORDER = statement(
  'orders_insert',
  `insert into orders (operator_id, id, merchant_id, mode, payment_system_account_id, payer_id, order_number,
     bill_number, description, status, capture_mode, currency, amount_minor, source, stored_on_file, save_credential,
     expires_at, return_url, callback_url, metadata, due_at, created_at, updated_at, agreement_id, charge_id,
     credential_id, payer_language, account_fixed, invoice_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
     $24, $25, $26, $27, $28, $29)`,
);

export const INSERT_OPERATION = statement(
  'operations_insert',
  `insert into operations (operator_id, id, order_id, type, status, amount_minor, reason, request, created_at, finished_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

export const INSERT_TRANSACTION = statement(
  'transactions_insert',
  `insert into transactions (operator_id, id, order_id, operation_id, position, type, status, amount_minor, external_id,
     due_at, created_at, finished_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);

export const UPDATE_ORDER = statement(
  'orders_update',
  `update orders set status = $3, closed_as = $4, authorized_minor = $5, captured_minor = $6, refunded_minor = $7,
     voided_minor = $8, disputed_minor = $9, external_payment_id = $10, multicapture = $11, incrementable = $12,
     capture_before = $13, capture_warned_at = $14, source = $15, stored_on_file = $16, due_at = $17, updated_at = $18,
     payer_id = $19, credential_id = $20, agreement_id = $21, payment_system_account_id = $22, by_debit = $23
   where operator_id = $1 and id = $2`,
);

/** Guarded by the status it was decided on: whoever comes second changes nothing. */
export const UPDATE_OPERATION = statement(
  'operations_update',
  `update operations set status = $4, next_action = $5, decline_code = $6, decline_message = $7, retry_advice = $8,
     finished_at = $9
   where operator_id = $1 and id = $2 and status = $3`,
);

export const UPDATE_TRANSACTION = statement(
  'transactions_update',
  `update transactions set status = $4, external_id = $5, due_at = $6, checks = $7, finished_at = $8, page_external_id = $9
   where operator_id = $1 and id = $2 and status = $3`,
);

/**
 * Between making a payment and confirming it: from here on a lost answer can be looked up by the payment's id. An
 * attempt that has ended meanwhile has no say any more.
 */
export const REMEMBER_PAYMENT = statement(
  'orders_remember_payment',
  `with t as (
     update transactions set external_id = $4 where operator_id = $1 and id = $3 and finished_at is null returning id)
   update orders set external_payment_id = $4 where operator_id = $1 and id = $2 and exists (select from t)`,
);

/** Takes a due transaction for a while; nothing comes back when somebody else has. */
export const CLAIM_DUE_TRANSACTION = statement(
  'transactions_claim_due',
  `update transactions set due_at = $3::timestamptz + interval '60 seconds', checks = checks + 1
   where operator_id = $1 and id = $2 and due_at <= $3 returning id, order_id as "orderId", checks`,
);

export const OPERATOR_SUSPENDED = statement(
  'operators_suspended',
  `select status <> 'ACTIVE' as suspended from operators where id = $1`,
);

/** The same where another lock is held already: whoever has the order's is not waited for. */
export const EXPIRE_IF_FREE = statement(
  'orders_expire_if_free',
  `update orders set expires_at = $3, due_at = $3 where operator_id = $1 and id = (select id from orders
     where operator_id = $1 and id = $2 and status in ('CREATED', 'REQUIRES_ACTION') and expires_at > $3
     for no key update skip locked)`,
);

/** Takes a due order for a while, so that two workers do not close it at once. */
export const CLAIM_DUE_ORDER = statement(
  'orders_claim_due',
  `update orders set due_at = $3::timestamptz + interval '60 seconds'
   where operator_id = $1 and id = $2 and due_at <= $3 returning id`,
);

/** An attempt that waits for its payer is closed by the watcher of deadlines as soon as it looks. */
export const EXPIRE_NOW = statement(
  'orders_expire_now',
  `update orders set expires_at = $3, due_at = $3
   where operator_id = $1 and id = $2 and status in ('CREATED', 'REQUIRES_ACTION') and expires_at > $3`,
);

/**
 * Whether the attempt keeps others at its charge or invoice away. Its lock is held by whoever decides. Of an invoice
 * that another order is to pay meanwhile it stays released: what it brings is more than is owed.
 */
export const HOLD_CHARGE = statement(
  'orders_hold_charge',
  `update orders o set charge_released = not $3 or exists (select from orders other
     where other.operator_id = $1 and other.invoice_id = o.invoice_id and other.id <> o.id
       and not other.charge_released and other.status not in ('DECLINED', 'EXPIRED', 'CANCELED'))
   where o.operator_id = $1 and o.id = $2 and (o.charge_id is not null or o.invoice_id is not null)`,
);

/** What of an order's money its invoice counts. Under the order's lock. */
export const INVOICE_SHARE = statement(
  'orders_invoice_share',
  'update orders set invoice_taken_minor = $3, invoice_spare_minor = $4 where operator_id = $1 and id = $2',
);

/** Few are in flight at any time, so that those of one operator are found among them all. */
export const DUE_TRANSACTIONS = dueRows('transactions_due', { table: 'transactions' });

/** Only who tests alone has a clock to move, so an index of test orders is enough. */
export const DUE_ORDERS = dueRows('orders_due', { table: 'orders', ahead: "mode = 'TEST'" });

/** Wakes the reconciler for what is in flight on an order: an event said that something happened to it. */
export const HURRY_TRANSACTIONS = statement(
  'transactions_hurry',
  `update transactions set due_at = $3 where operator_id = $1 and order_id = $2 and status = 'UNKNOWN' and due_at > $3`,
);

/** A decided dispute stays so: who read it before the decision may come to write after. */
export const UPSERT_DISPUTE = statement(
  'disputes_upsert',
  `insert into disputes (operator_id, id, order_id, external_id, status, amount_minor, reason, evidence_due_at,
     created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
   on conflict (operator_id, external_id) do update
     set status = excluded.status, amount_minor = excluded.amount_minor, reason = excluded.reason,
       evidence_due_at = excluded.evidence_due_at, updated_at = excluded.updated_at
     where disputes.status = 'OPEN' or excluded.status <> 'OPEN'`,
);

export const DISPUTED_AMOUNT = statement(
  'disputes_amount',
  `select coalesce(sum(amount_minor) filter (where status <> 'WON'), 0)::bigint as disputed
   from disputes where operator_id = $1 and order_id = $2`,
);

export const ORDER_OF_DISPUTE = statement(
  'disputes_order_of',
  `select order_id as "orderId" from disputes where operator_id = $1 and id = $2`,
);

export const DISPUTES_OF_ORDERS = statement(
  'disputes_of_orders',
  `select id, order_id as "orderId", external_id as "externalId", status, amount_minor as amount, reason,
     evidence_due_at as "evidenceDueAt", created_at as "createdAt"
   from disputes where operator_id = $1 and order_id = any ($2::uuid[]) order by id`,
);

export const UNSETTLED_ON_ACCOUNT = statement(
  'orders_unsettled_on_account',
  `select exists (select from orders where operator_id = $1 and payment_system_account_id = $2
     and (status in ('PROCESSING', 'REQUIRES_ACTION') or authorized_minor - captured_minor - voided_minor > 0
       or exists (select from operations p where p.operator_id = orders.operator_id and p.order_id = orders.id
         and p.status in ('PENDING', 'UNKNOWN', 'PROCESSING')))) as unsettled`,
);

export const orderColumns = ORDER_COLUMNS;
