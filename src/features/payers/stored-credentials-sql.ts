import { statement } from '../../platform/database/sql.js';

const COLUMNS = `
  c.id, c.payer_id as "payerId", c.account_id as "accountId", c.type, c.external_id as "externalId",
  c.external_customer_id as "externalCustomerId", c.brand, c.last_four as "lastFour",
  c.expiry_month as "expiryMonth", c.expiry_year as "expiryYear", c.status, c.removed_because as "removedBecause",
  c.mandate_external_id as "mandateExternalId", c.mandate_status as "mandateStatus",
  c.mandate_reference as "mandateReference", c.mandate_url as "mandateUrl", c.due_at as "dueAt", c.tries,
  c.created_at as "createdAt"`;

const WITH_PAYER = `
  select ${COLUMNS}, p.merchant_id as "merchantId", p.mode
  from stored_credentials c join payers p on p.operator_id = c.operator_id and p.id = c.payer_id`;

export const CREDENTIAL_WITH_PAYER = statement(
  'stored_credentials_with_payer',
  `${WITH_PAYER} where c.operator_id = $1 and c.id = $2`,
);

export const CREDENTIALS_WITH_PAYERS = statement(
  'stored_credentials_with_payers',
  `${WITH_PAYER} where c.operator_id = $1 and c.id = any ($2::uuid[])`,
);

export const LOCK_CREDENTIAL = statement(
  'stored_credentials_lock',
  `${WITH_PAYER} where c.operator_id = $1 and c.id = $2 for no key update of c`,
);

export const CREDENTIAL_BY_TOKEN = statement(
  'stored_credentials_by_token',
  `${WITH_PAYER} where c.operator_id = $1 and c.account_id = $2 and c.external_id = $3`,
);

export const CREDENTIAL_BY_MANDATE = statement(
  'stored_credentials_by_mandate',
  `${WITH_PAYER} where c.operator_id = $1 and c.account_id = $2 and c.mandate_external_id = $3`,
);

export const CREDENTIALS_OF_PAYERS = statement(
  'stored_credentials_of_payers',
  `select ${COLUMNS} from stored_credentials c
   where c.operator_id = $1 and c.payer_id = any ($2::uuid[]) and c.status = 'ACTIVE' order by c.id desc`,
);

/**
 * The same token kept twice is one credential; a removed one that the payer
 * uses again is there again, and is detached no more. Of a mandate the payment
 * system has told no more than its id, so it is due to be seen.
 */
export const KEEP_CREDENTIAL = statement(
  'stored_credentials_keep',
  `insert into stored_credentials as c (operator_id, id, payer_id, account_id, type, external_id, external_customer_id,
     brand, last_four, expiry_month, expiry_year, status, created_at, mandate_external_id, due_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'ACTIVE', $12, $13,
     case when $13::text is not null then $14::timestamptz end)
   on conflict (operator_id, account_id, external_id) do update
     set status = 'ACTIVE', removed_because = null, removed_at = null, brand = excluded.brand,
       last_four = excluded.last_four, expiry_month = excluded.expiry_month, expiry_year = excluded.expiry_year,
       mandate_external_id = coalesce(excluded.mandate_external_id, c.mandate_external_id),
       mandate_status = case when excluded.mandate_external_id <> c.mandate_external_id or c.status = 'REMOVED' then null
         else c.mandate_status end,
       due_at = case when excluded.due_at is not null or c.status = 'REMOVED' then excluded.due_at else c.due_at end,
       tries = 0
   returning id`,
);

/** Only what was there: of two removals at once the second finds nothing to do. */
export const REMOVE_CREDENTIAL = statement(
  'stored_credentials_remove',
  `update stored_credentials set status = 'REMOVED', removed_because = $3, removed_at = $4, due_at = $5, tries = 0
   where operator_id = $1 and id = $2 and status = 'ACTIVE'`,
);

export const UPDATE_CREDENTIAL = statement(
  'stored_credentials_update',
  `update stored_credentials set brand = $3, last_four = $4, expiry_month = $5, expiry_year = $6
   where operator_id = $1 and id = $2`,
);

/** Seen, it is not due to be seen; what is removed may still have to be detached, and that is not put off. */
export const UPDATE_MANDATE = statement(
  'stored_credentials_update_mandate',
  `update stored_credentials set mandate_status = $3, mandate_reference = $4, mandate_url = $5,
     due_at = case when status = 'REMOVED' then due_at end
   where operator_id = $1 and id = $2`,
);

/** At the real time, for nobody moves that of payment systems. Asked for across operators, by the system role. */
export const DUE_CREDENTIALS = statement(
  'stored_credentials_due',
  `select "operatorId", id from (
     select operator_id as "operatorId", id, due_at,
       row_number() over (partition by operator_id order by due_at) as place
     from stored_credentials where due_at <= $1) as due
   where place <= 20 order by place, due_at limit 200`,
);

/** Takes what is due until its lease ends; the lease is also the token of the claim. */
export const CLAIM_DUE_CREDENTIAL = statement(
  'stored_credentials_claim_due',
  `update stored_credentials set due_at = $4, tries = tries + 1
   where operator_id = $1 and id = $2 and due_at <= $3 returning id`,
);

/** Says when it is due again, unless the claim was lost or something else has become due since. */
export const SETTLE_DUE_CREDENTIAL = statement(
  'stored_credentials_settle_due',
  `update stored_credentials set due_at = $5 where operator_id = $1 and id = $2 and due_at = $3 and tries = $4`,
);

/** A means of payment that is gone at the payment system is owed nothing there. */
export const NOTHING_DUE = statement(
  'stored_credentials_nothing_due',
  'update stored_credentials set due_at = null where operator_id = $1 and id = $2',
);
