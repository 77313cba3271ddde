import { statement } from '../../platform/database/sql.js';

const PAYER_COLUMNS = `id, merchant_id as "merchantId", mode, reference, email, name, phone, created_at as "createdAt"`;

const CREDENTIAL_COLUMNS = `
  c.id, c.payer_id as "payerId", c.account_id as "accountId", c.type, c.external_id as "externalId",
  c.external_customer_id as "externalCustomerId", c.brand, c.last_four as "lastFour",
  c.expiry_month as "expiryMonth", c.expiry_year as "expiryYear", c.status,
  c.mandate_external_id as "mandateExternalId", c.created_at as "createdAt"`;

export const PAYERS_BY_ID = statement(
  'payers_by_id',
  `select ${PAYER_COLUMNS} from payers where operator_id = $1 and id = any ($2::uuid[])`,
);

export const PAYER_BY_REFERENCE = statement(
  'payers_by_reference',
  `select ${PAYER_COLUMNS} from payers where operator_id = $1 and merchant_id = $2 and mode = $3 and reference = $4`,
);

/** Made if new; if known, what is said of them now replaces what was known, and silence changes nothing. */
export const UPSERT_PAYER = statement(
  'payers_upsert',
  `insert into payers (operator_id, id, merchant_id, mode, reference, email, name, phone, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
   on conflict (operator_id, merchant_id, mode, reference) do update
     set email = coalesce(excluded.email, payers.email), name = coalesce(excluded.name, payers.name),
       phone = coalesce(excluded.phone, payers.phone), updated_at = excluded.updated_at
   returning ${PAYER_COLUMNS}`,
);

export const UPDATE_PAYER = statement(
  'payers_update',
  `update payers set email = coalesce($4, email), name = coalesce($5, name), phone = coalesce($6, phone), updated_at = $7
   where operator_id = $1 and id = $2 and merchant_id = $3 and mode = $8 returning ${PAYER_COLUMNS}`,
);

export const CREDENTIAL_WITH_PAYER = statement(
  'stored_credentials_with_payer',
  `select ${CREDENTIAL_COLUMNS}, p.merchant_id as "merchantId", p.mode
   from stored_credentials c join payers p on p.operator_id = c.operator_id and p.id = c.payer_id
   where c.operator_id = $1 and c.id = $2`,
);

export const OWNER_OF_TOKEN = statement(
  'stored_credentials_owner_of_token',
  `select p.merchant_id as "merchantId", p.mode, p.id as "payerId"
   from stored_credentials c join payers p on p.operator_id = c.operator_id and p.id = c.payer_id
   where c.operator_id = $1 and c.account_id = $2 and c.external_id = $3`,
);

export const CREDENTIALS_OF_PAYERS = statement(
  'stored_credentials_of_payers',
  `select ${CREDENTIAL_COLUMNS} from stored_credentials c
   where c.operator_id = $1 and c.payer_id = any ($2::uuid[]) and c.status = 'ACTIVE' order by c.id desc`,
);

/** The same token kept twice is one credential; a removed one that the payer uses again is there again. */
export const KEEP_CREDENTIAL = statement(
  'stored_credentials_keep',
  `insert into stored_credentials (operator_id, id, payer_id, account_id, type, external_id, external_customer_id,
     brand, last_four, expiry_month, expiry_year, status, created_at, mandate_external_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'ACTIVE', $12, $13)
   on conflict (operator_id, account_id, external_id) do update
     set status = 'ACTIVE', brand = excluded.brand, last_four = excluded.last_four,
       expiry_month = excluded.expiry_month, expiry_year = excluded.expiry_year,
       mandate_external_id = coalesce(excluded.mandate_external_id, stored_credentials.mandate_external_id)
   returning id`,
);

export const CUSTOMER_OF_PAYER = statement(
  'payer_customers_one',
  `select external_id as "externalId" from payer_customers where operator_id = $1 and payer_id = $2 and account_id = $3`,
);

export const REMEMBER_CUSTOMER = statement(
  'payer_customers_remember',
  `insert into payer_customers (operator_id, payer_id, account_id, external_id, created_at)
   values ($1, $2, $3, $4, $5) on conflict do nothing`,
);
