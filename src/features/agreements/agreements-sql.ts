import { statement } from '../../platform/database/sql.js';
import { Table } from '../../platform/database/table.js';
import type { AgreementRow, ChangeRow, ChargeRow } from './agreement-rows.js';

/** Every statement that the use cases of agreements run. Each names the operator first. */

const DATE = { as: 'text' };
const FIXED = { fixed: true };

export const AGREEMENTS = new Table<AgreementRow>('agreements', {
  id: null,
  merchantId: FIXED,
  mode: FIXED,
  accountId: { column: 'payment_system_account_id', fixed: true },
  payerId: FIXED,
  credentialId: null,
  reference: FIXED,
  type: FIXED,
  status: null,
  suspendedBecause: null,
  currency: FIXED,
  amountVariability: null,
  startDate: DATE,
  expiryDate: DATE,
  minimum: { column: 'minimum_minor' },
  maximum: { column: 'maximum_minor' },
  minimumDays: null,
  numberOfPayments: null,
  frequency: null,
  retailer: null,
  metadata: null,
  chargeMode: null,
  chargeAmounts: { as: 'text[]' },
  period: null,
  intervalCount: null,
  scheduleStart: DATE,
  finishDate: DATE,
  timeZone: null,
  localTime: null,
  baseNumber: null,
  baseIndex: null,
  nextNumber: null,
  nextChargeAt: null,
  topUpThreshold: { column: 'top_up_threshold_minor' },
  topUpAmount: { column: 'top_up_minor' },
  isBelow: null,
  paymentsMade: null,
  lastPaymentOn: DATE,
  firstCitAt: null,
  firstCitReference: null,
  pendingUntil: null,
  noticedNumber: null,
  expiryNoticedNumber: null,
  dueAt: null,
  createdAt: FIXED,
  updatedAt: null,
});
export const AGREEMENT_COLUMNS = AGREEMENTS.columns;

export const CHARGES = new Table<ChargeRow>('agreement_charges', {
  id: null,
  agreementId: FIXED,
  number: FIXED,
  kind: FIXED,
  amount: { column: 'amount_minor', fixed: true },
  plannedAt: FIXED,
  status: null,
  attempts: null,
  declines: null,
  technicalFailures: null,
  firstFailedAt: null,
  lastAttemptAt: null,
  retryAt: null,
  liveOrderId: null,
  lastOrderId: null,
  declineCode: null,
  gaveUpBecause: null,
  giveUpAs: null,
  createdAt: FIXED,
  finishedAt: null,
});
export const CHARGE_COLUMNS = CHARGES.columns;

export const CHANGES = new Table<ChangeRow>('agreement_changes', {
  id: null,
  agreementId: null,
  kind: null,
  apiKeyId: null,
  note: null,
  before: null,
  after: null,
  createdAt: null,
});
export const CHANGE_COLUMNS = CHANGES.columns;

export const LOCK_AGREEMENT = statement(
  'agreements_lock',
  `select ${AGREEMENT_COLUMNS} from agreements where operator_id = $1 and id = $2 for no key update`,
);

/**
 * Sent with the lock and answered after it: what is open, what is asked for, the
 * last one with what failed since it was made, by which the agreement ends or
 * does not, and of an instalment plan all, because each part counts until it is paid.
 */
export const CHARGES_OF_FILE = statement(
  'agreement_charges_of_file',
  `select ${CHARGE_COLUMNS} from agreement_charges
   where operator_id = $1 and agreement_id = $2
     and (status = 'OPEN' or id = $3 or number = $4
       or id = (select l.id from agreement_charges l where l.operator_id = $1 and l.agreement_id = $2
         order by l.id desc limit 1)
       or status = 'FAILED' and finished_at >= (select l.created_at from agreement_charges l
         where l.operator_id = $1 and l.agreement_id = $2 order by l.id desc limit 1)
       or exists (select from agreements a
         where a.operator_id = $1 and a.id = $2 and a.type = 'INSTALLMENT'))
   order by number nulls last, id`,
);

/** What a payment of an agreement came to, as the agreement needs to know it. */
export const OUTCOME_OF_ORDER = statement(
  'agreements_outcome_of_order',
  `select o.id, o.status, o.agreement_id as "agreementId", o.charge_id as "chargeId", o.source,
     o.credential_id as "credentialId", o.bill_number as "billNumber", o.amount_minor as amount,
     o.created_at as "createdAt", o.invoice_id is not null as "isOfInvoice",
     o.by_debit or coalesce(c.type = 'BANK_ACCOUNT', false) as "isDebit", p.status as "paymentStatus", p.decline_code as "declineCode",
     p.retry_advice as "retryAdvice", p.finished_at as "paidAt"
   from orders o
     left join stored_credentials c on c.operator_id = $1 and c.id = o.credential_id
     left join lateral (select status, decline_code, retry_advice, finished_at from operations p
       where p.operator_id = $1 and p.order_id = o.id and p.type in ('PAYMENT', 'VERIFICATION')
       order by p.id desc limit 1) p on true
   where o.operator_id = $1 and o.id = $2`,
);

/**
 * The schemes count the tries of a card that its bank declined, whatever they
 * were for: not what is paid, which is as often as agreed, nor what the payment
 * system did not carry out, of which no bank has heard.
 */
const declinedTries = (credentialId: string) => `select count(*)::int as tries from orders o
   where o.operator_id = $1 and o.credential_id = ${credentialId} and o.charge_id is not null
     and o.status in ('DECLINED', 'EXPIRED') and o.created_at > $3
     and not exists (select from operations p
       where p.operator_id = $1 and p.order_id = o.id and p.type = 'PAYMENT' and p.status = 'FAILED')`;

export const TRIES_OF_CREDENTIAL = statement('agreements_tries_of_credential', declinedTries('$2'));

/** Which of the numbers belong to orders that are live or paid. */
export const HELD_NUMBERS = statement(
  'agreements_held_numbers',
  `select o.merchant_id as "merchantId", o.mode, o.order_number as "orderNumber"
   from unnest($2::uuid[], $3::text[], $4::text[]) as w (merchant_id, mode, order_number)
     join orders o on o.operator_id = $1 and o.merchant_id = w.merchant_id and o.mode = w.mode
       and o.order_number = w.order_number and o.status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
);

export const MERCHANT_FOR_AGREEMENT = statement(
  'agreements_merchant',
  `select time_zone as "timeZone", allowed_sources as "allowedSources", retry_policy_days as "retryDays",
     default_payment_system_account_id as "defaultAccountId"
   from merchants where operator_id = $1 and id = $2`,
);

export const CREDENTIAL_FOR_AGREEMENT = statement(
  'agreements_credential',
  `select c.id, c.payer_id as "payerId", c.account_id as "accountId", c.external_id as "externalId",
     c.external_customer_id as "externalCustomerId", c.status, c.type, c.expiry_month as "expiryMonth",
     c.expiry_year as "expiryYear", p.email
   from stored_credentials c join payers p on p.operator_id = c.operator_id and p.id = c.payer_id
   where c.operator_id = $1 and c.id = $2`,
);

export const AGREEMENTS_OF_CREDENTIAL = statement(
  'agreements_of_credential',
  `select id from agreements
   where operator_id = $1 and credential_id = $2 and status in ('ACTIVE', 'PAST_DUE') order by id`,
);

/** How the attempts stand that open charges wait for. */
export const LIVE_ATTEMPTS = statement(
  'agreements_live_attempts',
  `select o.id, o.status, (select status from operations p where p.operator_id = $1 and p.order_id = o.id
       and p.type = 'PAYMENT' order by p.id desc limit 1) as "paymentStatus"
   from orders o where o.operator_id = $1 and o.id = any ($2::uuid[])`,
);

/** Whether the payer may still make the first transaction of an agreement. */
export const HAS_OPEN_ORDER = statement(
  'agreements_has_open_order',
  `select exists (select from orders where operator_id = $1 and agreement_id = $2
     and status in ('CREATED', 'PROCESSING', 'REQUIRES_ACTION')) as open`,
);

export const OPERATOR_IS_SUSPENDED = statement(
  'agreements_operator_suspended',
  `select status <> 'ACTIVE' as suspended from operators where id = $1`,
);

/**
 * One operator's due agreements with all that their charges are made with. They
 * are claimed before anything is joined, or a generic plan reads all of a large
 * merchant's agreements for each hundred. The limit is a literal, so that no generic plan forgets how few rows are wanted;
 * what another worker holds is passed over, and no account is disconnected
 * before what is charged through it is committed.
 */
export const CLAIM_DUE_AGREEMENTS = statement(
  'agreements_claim_due',
  `with a as materialized (select * from agreements
     where operator_id = $1 and due_at <= $2 order by due_at limit 100 for no key update skip locked)
   select ${AGREEMENTS.columnsOf('a')}, m.allowed_sources as "allowedSources", m.retry_policy_days as "retryDays",
     c.external_id as "externalId", c.external_customer_id as "externalCustomerId", c.status as "credentialStatus",
     c.type as "credentialType", c.expiry_month as "expiryMonth", c.expiry_year as "expiryYear", p.email,
     (select status <> 'ACTIVE' from operators where id = $1) as "isSuspended",
     s.kind as "accountKind", s.status as "accountStatus", (${declinedTries('a.credential_id')}) as "failedTries"
   from a
     join merchants m on m.operator_id = $1 and m.id = a.merchant_id
     join payment_system_accounts s on s.operator_id = $1 and s.id = a.payment_system_account_id
     join payers p on p.operator_id = $1 and p.id = a.payer_id
     left join stored_credentials c on c.operator_id = $1 and c.id = a.credential_id
   order by a.due_at for key share of s skip locked`,
);

/** Asked once they are locked: what was claimed while somebody else held the lock is seen. */
export const AGREEMENTS_WITH_OPEN_CHARGES = statement(
  'agreements_with_open_charges',
  `select distinct agreement_id as "agreementId" from agreement_charges
   where operator_id = $1 and agreement_id = any ($2::uuid[]) and status = 'OPEN'`,
);

/** What the billing run changes of many agreements at once. */
export const ADVANCE_AGREEMENTS = statement(
  'agreements_advance_many',
  `update agreements a set next_number = r.next_number, next_charge_at = r.next_charge_at, due_at = r.due_at,
     noticed_number = r.noticed_number, expiry_noticed_number = r.expiry_noticed_number, updated_at = $2
   from unnest($3::uuid[], $4::integer[], $5::timestamptz[], $6::timestamptz[], $7::integer[], $8::integer[])
     as r (id, next_number, next_charge_at, due_at, noticed_number, expiry_noticed_number)
   where a.operator_id = $1 and a.id = r.id`,
);

export const INSERT_CHARGES = statement(
  'agreement_charges_insert_many',
  `insert into agreement_charges (operator_id, id, agreement_id, number, kind, amount_minor, planned_at, status,
     attempts, declines, last_attempt_at, live_order_id, last_order_id, created_at)
   select $1, id, agreement_id, number, 'SCHEDULED', amount_minor, planned_at, 'OPEN', 1, 0, $2, order_id, order_id, $2
   from unnest($3::uuid[], $4::uuid[], $5::integer[], $6::bigint[], $7::timestamptz[], $8::uuid[])
     as r (id, agreement_id, number, amount_minor, planned_at, order_id)`,
);

/** Across operators, hence by the system role: only who has anything due, and for how long by the operator's own time. */
export const OPERATORS_WITH_DUE = statement(
  'agreements_operators_with_due',
  `select o.id as "operatorId", extract(epoch from t.now - d.due_at)::float8 as "lagSeconds"
   from operators o left join test_clocks c on c.operator_id = o.id
     cross join lateral
       (select $1::timestamptz + coalesce(c.ahead_ms, 0) * interval '1 millisecond' as now) t
     cross join lateral (select a.due_at from agreements a where a.operator_id = o.id and a.due_at <= t.now
       order by a.due_at limit 1) d`,
);

export const AGREEMENT_BY_ID = statement(
  'agreements_one',
  `select ${AGREEMENT_COLUMNS} from agreements where operator_id = $1 and id = $2`,
);

/** When the last period that was claimed was planned. */
export const LAST_PLANNED = statement(
  'agreement_charges_last_planned',
  `select planned_at as "plannedAt" from agreement_charges
   where operator_id = $1 and agreement_id = $2 and number is not null order by number desc limit 1`,
);

/** Orders that wait for the payer, in the order in which everybody locks several. */
export const OPEN_ORDERS = statement(
  'agreements_open_orders',
  `select id, charge_id as "chargeId" from orders
   where operator_id = $1 and agreement_id = $2 and status in ('CREATED', 'REQUIRES_ACTION') order by id`,
);

/** An order of the agreement whose payer has a page open: they are reading its terms. */
export const OPEN_PAGE = statement(
  'agreements_open_page',
  `select o.id from orders o join operations p on p.operator_id = o.operator_id and p.order_id = o.id
   where o.operator_id = $1 and o.agreement_id = $2 and o.status in ('PROCESSING', 'REQUIRES_ACTION')
     and p.type in ('PAYMENT', 'VERIFICATION') and p.finished_at is null and p.request ? 'page'
     and o.charge_id is null
   limit 1`,
);
