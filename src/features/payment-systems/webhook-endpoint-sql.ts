import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';

/** A webhook endpoint of an account, with its encrypted secrets. */
export interface EndpointRow {
  readonly id: string;
  readonly externalId: string;
  readonly secretEncrypted: string;
  readonly retireAt: Date | null;
}

const COLUMNS = `id, external_id as "externalId", secret_encrypted as "secretEncrypted", retire_at as "retireAt"`;

const OF_ACCOUNT = statement(
  'webhook_endpoints_of_account',
  `select ${COLUMNS} from webhook_endpoints where operator_id = $1 and account_id = $2 order by id`,
);

export function endpointsOf(sql: Sql, operatorId: string, accountId: string): Promise<readonly EndpointRow[]> {
  return sql.query<EndpointRow & Row>(OF_ACCOUNT, [operatorId, accountId]);
}

const INSERT = statement(
  'webhook_endpoint_insert',
  `insert into webhook_endpoints (operator_id, id, account_id, external_id, secret_encrypted, created_at)
   values ($1, $2, $3, $4, $5, $6)`,
);

export interface NewEndpoint {
  readonly id: string;
  readonly accountId: string;
  readonly externalId: string;
  readonly secretEncrypted: string;
}

export async function insertEndpoint(transaction: Transaction, endpoint: NewEndpoint): Promise<void> {
  const { id, accountId, externalId, secretEncrypted } = endpoint;
  const { operatorId, realNow } = transaction;
  await transaction.query(INSERT, [operatorId, id, accountId, externalId, secretEncrypted, realNow]);
}

const RETIRE = statement(
  'webhook_endpoints_retire',
  `update webhook_endpoints set retire_at = $3 where operator_id = $1 and account_id = $2 and retire_at is null`,
);

/** Gives the account's endpoints an end; one that has its end already keeps it. */
export async function retireEndpoints(transaction: Transaction, accountId: string, at: Date): Promise<void> {
  await transaction.query(RETIRE, [transaction.operatorId, accountId, at]);
}

const RETIRED = statement(
  'webhook_endpoints_retired',
  `select w.account_id as "accountId", w.id, w.external_id as "externalId" from webhook_endpoints w
   join payment_system_accounts a on a.operator_id = w.operator_id and a.id = w.account_id
   where w.operator_id = $1 and w.retire_at <= $2 and a.status <> 'DISCONNECTED' order by w.id`,
);

export interface RetiredEndpoint {
  readonly accountId: string;
  readonly id: string;
  readonly externalId: string;
}

export function retiredEndpoints(transaction: Transaction): Promise<readonly RetiredEndpoint[]> {
  return transaction.query<RetiredEndpoint & Row>(RETIRED, [transaction.operatorId, transaction.realNow]);
}

const DELETE = statement('webhook_endpoint_delete', 'delete from webhook_endpoints where operator_id = $1 and id = $2');

export async function deleteEndpoint(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(DELETE, [transaction.operatorId, id]);
}
