import { type Row, type Sql, statement } from '../../platform/database/sql.js';

/** A webhook endpoint of an account, with its encrypted secrets. */
export interface EndpointRow {
  readonly id: string;
  readonly externalId: string;
  readonly secretEncrypted: string;
  /** The secret key that made it, when the account has a newer one. */
  readonly retiredSecretKeyEncrypted: string | null;
  readonly retireAt: Date | null;
}

const COLUMNS = `id, external_id as "externalId", secret_encrypted as "secretEncrypted",
  retired_secret_key_encrypted as "retiredSecretKeyEncrypted", retire_at as "retireAt"`;

const OF_ACCOUNT = statement(
  'webhook_endpoints_of_account',
  `select ${COLUMNS} from webhook_endpoints where operator_id = $1 and account_id = $2 order by id`,
);

export function endpointsOf(sql: Sql, operatorId: string, accountId: string): Promise<readonly EndpointRow[]> {
  return sql.query<EndpointRow & Row>(OF_ACCOUNT, [operatorId, accountId]);
}
