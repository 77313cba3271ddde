import { statement } from '../../platform/database/sql.js';

const PAYER_COLUMNS = `id, merchant_id as "merchantId", mode, reference, email, name, phone, created_at as "createdAt"`;

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

export const CUSTOMER_OF_PAYER = statement(
  'payer_customers_one',
  `select external_id as "externalId" from payer_customers where operator_id = $1 and payer_id = $2 and account_id = $3`,
);

export const REMEMBER_CUSTOMER = statement(
  'payer_customers_remember',
  `insert into payer_customers (operator_id, payer_id, account_id, external_id, created_at)
   values ($1, $2, $3, $4, $5) on conflict do nothing`,
);
