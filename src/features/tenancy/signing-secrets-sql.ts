import { type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Mode } from './domain/scopes.js';

/** Whose secrets: a merchant has its own in each mode. */
export interface SigningParty {
  readonly merchantId: string;
  readonly mode: Mode;
}

/** A secret as it is shown: by its hint. */
export interface SigningSecretFacts {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly hint: string;
  readonly createdAt: Date;
  /** Null: the current one. */
  readonly expiresAt: Date | null;
}

export interface SealedSecret extends SigningParty {
  readonly id: string;
  readonly secretEncrypted: string;
  /** The operator's, wrapped by a master key. */
  readonly dataKey: string;
}

export interface NewSigningSecret extends SigningParty {
  readonly id: string;
  readonly secretEncrypted: string;
  readonly hint: string;
}

const FACTS =
  's.id, s.merchant_id as "merchantId", s.mode, s.hint, s.created_at as "createdAt", s.expires_at as "expiresAt"';

const NEWEST_FIRST = 'order by s.expires_at is not null, s.created_at desc, s.id desc';

const VALID = statement(
  'signing_secrets_valid',
  `select s.id, s.merchant_id as "merchantId", s.mode, s.secret_encrypted as "secretEncrypted", o.data_key as "dataKey"
   from (select distinct * from unnest($2::uuid[], $3::text[])) as wanted (merchant_id, mode)
   join merchant_signing_secrets s
     on s.operator_id = $1 and s.merchant_id = wanted.merchant_id and s.mode = wanted.mode
     and (s.expires_at is null or s.expires_at > $4)
   join operators o on o.id = $1
   ${NEWEST_FIRST}`,
);

const LISTED = statement(
  'signing_secrets_listed',
  `select ${FACTS} from merchant_signing_secrets s
   where s.operator_id = $1 and s.merchant_id = any($2::uuid[]) and s.mode = $3
     and (s.expires_at is null or s.expires_at > $4)
   ${NEWEST_FIRST}`,
);

/** In one order everywhere, so that two that lock several never wait for each other. */
const LOCK_MERCHANTS = statement(
  'merchants_locked_for_signing',
  'select id from merchants where operator_id = $1 and id = any($2::uuid[]) order by id for no key update',
);

const DATA_KEY = statement(
  'operator_data_key_for_signing',
  'select data_key as "dataKey" from operators where id = $1',
);

const INSERT = statement(
  'signing_secrets_insert',
  `insert into merchant_signing_secrets (operator_id, id, merchant_id, mode, secret_encrypted, hint, created_at)
   select $1, made.*, $7 from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[]) as made
   on conflict (operator_id, merchant_id, mode) where expires_at is null do nothing`,
);

const SET_ENDS = statement(
  'signing_secrets_ends',
  `update merchant_signing_secrets s set expires_at = ended.at
   from unnest($2::uuid[], $3::timestamptz[]) as ended (id, at)
   where s.operator_id = $1 and s.id = ended.id and s.expires_at is distinct from ended.at`,
);

const DELETE_OTHERS = statement(
  'signing_secrets_delete_others',
  `delete from merchant_signing_secrets
   where operator_id = $1 and merchant_id = $2 and mode = $3 and id <> all($4::uuid[])`,
);

/** Those that are valid now, newest first. */
export function sealedSecrets(transaction: Transaction, parties: readonly SigningParty[]): Promise<SealedSecret[]> {
  const merchants = parties.map(({ merchantId }) => merchantId);
  const modes = parties.map(({ mode }) => mode);
  return transaction.query<SealedSecret & Record<string, unknown>>(VALID, [
    transaction.operatorId,
    merchants,
    modes,
    transaction.realNow,
  ]);
}

/** The valid ones of several merchants in one mode, newest first. */
export function listedSecrets(
  sql: Sql,
  operatorId: string,
  { merchantIds, mode, now }: { readonly merchantIds: readonly string[]; readonly mode: Mode; readonly now: Date },
): Promise<SigningSecretFacts[]> {
  return sql.query<SigningSecretFacts & Record<string, unknown>>(LISTED, [operatorId, merchantIds, mode, now]);
}

/** Locks them against others who make or rotate secrets; resolves with those that there are. */
export async function lockMerchants(transaction: Transaction, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(LOCK_MERCHANTS, [transaction.operatorId, ids]);
  return rows.map(({ id }) => id);
}

export async function wrappedDataKey(transaction: Transaction): Promise<string> {
  const [row] = await transaction.query<{ dataKey: string }>(DATA_KEY, [transaction.operatorId]);
  return row?.dataKey ?? '';
}

/** Adds current secrets; where there is one already, it stays. */
export function insertSecrets(transaction: Transaction, secrets: readonly NewSigningSecret[]): void {
  const column = <Name extends keyof NewSigningSecret>(name: Name) => secrets.map((secret) => secret[name]);
  transaction.send(INSERT, [
    transaction.operatorId,
    ...[column('id'), column('merchantId'), column('mode'), column('secretEncrypted'), column('hint')],
    transaction.realNow,
  ]);
}

/** Leaves of a party's secrets those given, each with its end. */
export function keepSecrets(
  transaction: Transaction,
  { merchantId, mode }: SigningParty,
  kept: readonly { readonly id: string; readonly expiresAt: Date }[],
): void {
  const { operatorId } = transaction;
  const ids = kept.map(({ id }) => id);
  transaction.send(DELETE_OTHERS, [operatorId, merchantId, mode, ids]);
  transaction.send(SET_ENDS, [operatorId, ids, kept.map(({ expiresAt }) => expiresAt)]);
}
