import { type Sql, statement } from '../../platform/database/sql.js';
import type { ApiKey } from './api-key.entity.js';
import type { Merchant } from './merchant.entity.js';
import type { Operator } from './operator.entity.js';

/** An operator as it is shown: without its data key. */
export type OperatorFacts = Pick<Operator, 'id' | 'name' | 'status' | 'timeZone' | 'createdAt'>;

export type MerchantFacts = Pick<
  Merchant,
  | 'operatorId'
  | 'id'
  | 'name'
  | 'allowedSources'
  | 'pciDssCertified'
  | 'callbackUrl'
  | 'callbackFormat'
  | 'retryPolicyDays'
  | 'timeZone'
  | 'invoiceDueDays'
  | 'defaultPaymentSystemAccountId'
  | 'createdAt'
  | 'updatedAt'
>;

/** A key as it is shown: by its hint, never by its hash. */
export type ApiKeyFacts = Pick<
  ApiKey,
  | 'operatorId'
  | 'id'
  | 'kind'
  | 'mode'
  | 'merchantId'
  | 'name'
  | 'scopes'
  | 'hint'
  | 'expiresAt'
  | 'lastUsedAt'
  | 'revokedAt'
  | 'createdAt'
>;

/** Above every id: a page without a cursor begins here, and the plan is the same with and without. */
export const BEYOND_ALL_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** A page shows at most 100 and reads one more. A literal, because a plan for any number would be a poor one for this. */
const PAGE = 'order by id desc limit 101';

const OPERATOR = 'id, name, status, time_zone as "timeZone", created_at as "createdAt"';

const MERCHANT = `operator_id as "operatorId", id, name, allowed_sources as "allowedSources",
  pci_dss_certified as "pciDssCertified", callback_url as "callbackUrl", callback_format as "callbackFormat",
  retry_policy_days as "retryPolicyDays", time_zone as "timeZone",
  invoice_due_days as "invoiceDueDays", default_payment_system_account_id as "defaultPaymentSystemAccountId", created_at as "createdAt", updated_at as "updatedAt"`;

const API_KEY = `operator_id as "operatorId", id, kind, mode, merchant_id as "merchantId", name, scopes, hint,
  expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt", created_at as "createdAt"`;

const OPERATORS_BY_ID = statement('operators_by_id', `select ${OPERATOR} from operators where id = any($1::uuid[])`);

const MERCHANTS_BY_ID = statement(
  'merchants_by_id',
  `select ${MERCHANT} from merchants where operator_id = $1 and id = any($2::uuid[])`,
);

const MERCHANTS_PAGE = statement(
  'merchants_page',
  `select ${MERCHANT} from merchants where operator_id = $1 and id < $2 ${PAGE}`,
);

const API_KEYS_BY_ID = statement(
  'api_keys_by_id',
  `select ${API_KEY} from api_keys where operator_id = $1 and id = any($2::uuid[])`,
);

const API_KEYS_PAGE = statement(
  'api_keys_page',
  `select ${API_KEY} from api_keys where operator_id = $1 and id < $2 ${PAGE}`,
);

/** Ids of operators may come from idempotency keys, so their order says nothing of their age. */
const OPERATORS_PAGE = statement(
  'operators_page',
  `select ${OPERATOR} from operators
   where (created_at, id) < (timestamptz 'epoch' + $1::text::bigint * interval '1 millisecond', $2)
   order by created_at desc, id desc limit 101`,
);

const OPERATOR_OF_KEY = statement('operator_of_key', 'select operator_id as "operatorId" from api_keys where id = $1');

export function readOperators(sql: Sql, ids: readonly string[]): Promise<OperatorFacts[]> {
  return sql.query<OperatorFacts>(OPERATORS_BY_ID, [ids]);
}

export function readMerchants(sql: Sql, operatorId: string, ids: readonly string[]): Promise<MerchantFacts[]> {
  return sql.query<MerchantFacts>(MERCHANTS_BY_ID, [operatorId, ids]);
}

export function readMerchantsBefore(sql: Sql, operatorId: string, id: string): Promise<MerchantFacts[]> {
  return sql.query<MerchantFacts>(MERCHANTS_PAGE, [operatorId, id]);
}

export function readApiKeys(sql: Sql, operatorId: string, ids: readonly string[]): Promise<ApiKeyFacts[]> {
  return sql.query<ApiKeyFacts>(API_KEYS_BY_ID, [operatorId, ids]);
}

export function readApiKeysBefore(sql: Sql, operatorId: string, id: string): Promise<ApiKeyFacts[]> {
  return sql.query<ApiKeyFacts>(API_KEYS_PAGE, [operatorId, id]);
}

/** Across operators, so through the system role. */
export function readOperatorsBefore(system: Sql, createdAtMs: string, id: string): Promise<OperatorFacts[]> {
  return system.query<OperatorFacts>(OPERATORS_PAGE, [createdAtMs, id]);
}

/** Across operators, so through the system role. */
export async function readOperatorOfKey(system: Sql, keyId: string): Promise<string | null> {
  const [row] = await system.query<{ operatorId: string }>(OPERATOR_OF_KEY, [keyId]);
  return row?.operatorId ?? null;
}
