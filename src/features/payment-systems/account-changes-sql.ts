import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PaymentSystemMode } from './payment-system-account.entity.js';

const LOCK_EXTERNAL = statement(
  'account_lock_external',
  `select pg_advisory_xact_lock(hashtextextended($1::text || ' ' || $2 || ' ' || $3, 0))`,
);

const CONNECTED = statement(
  'account_connected_as',
  `select id from payment_system_accounts
   where operator_id = $1 and mode = $2 and external_account_id = $3 and status <> 'DISCONNECTED'`,
);

/** Which account of ours this one of the payment system's is connected as, if it is. */
export async function connectedAs(
  transaction: Transaction,
  mode: PaymentSystemMode,
  externalAccountId: string,
): Promise<string | null> {
  const named = [transaction.operatorId, mode, externalAccountId];
  await transaction.query(LOCK_EXTERNAL, named);
  const [found] = await transaction.query<{ id: string } & Row>(CONNECTED, named);
  return found?.id ?? null;
}

export interface NewAccountRow {
  readonly id: string;
  readonly mode: PaymentSystemMode;
  readonly publishableKey: string;
  readonly secretKeyEncrypted: string;
  readonly secretKeyHint: string;
  readonly externalAccountId: string;
  readonly country: string | null;
  readonly polled: boolean;
}

const INSERT = statement(
  'account_insert',
  `insert into payment_system_accounts (operator_id, id, kind, mode, publishable_key, secret_key_encrypted,
     secret_key_hint, status, external_account_id, country, polled, verified_at, created_at)
   values ($1, $2, 'STRIPE', $3, $4, $5, $6, 'ACTIVE', $7, $8, $9, $10, $10)`,
);

export async function insertAccount(transaction: Transaction, row: NewAccountRow): Promise<void> {
  await transaction.query(INSERT, [
    transaction.operatorId,
    row.id,
    row.mode,
    row.publishableKey,
    row.secretKeyEncrypted,
    row.secretKeyHint,
    row.externalAccountId,
    row.country,
    row.polled,
    transaction.realNow,
  ]);
}

const REPLACE_KEYS = statement(
  'account_replace_keys',
  `update payment_system_accounts
   set publishable_key = $3, secret_key_encrypted = $4, secret_key_hint = $5, status = 'ACTIVE', verified_at = $6
   where operator_id = $1 and id = $2 and status <> 'DISCONNECTED' returning id`,
);

export type NewKeys = Pick<NewAccountRow, 'id' | 'publishableKey' | 'secretKeyEncrypted' | 'secretKeyHint'>;

/** False when the account was disconnected meanwhile. */
export async function replaceKeys(transaction: Transaction, keys: NewKeys): Promise<boolean> {
  const { id, publishableKey, secretKeyEncrypted, secretKeyHint } = keys;
  const { operatorId, realNow } = transaction;
  const changed = await transaction.query(REPLACE_KEYS, [
    operatorId,
    id,
    publishableKey,
    secretKeyEncrypted,
    secretKeyHint,
    realNow,
  ]);
  return changed.length > 0;
}

const LOCK = statement(
  'account_lock',
  'select id from payment_system_accounts where operator_id = $1 and id = $2 for update',
);

const DISCONNECT = statement(
  'account_disconnect',
  `update payment_system_accounts set status = 'DISCONNECTED'
   where operator_id = $1 and id = $2 and status <> 'DISCONNECTED' returning id`,
);

/** Waits for whoever is changing the account. */
export async function lockAccount(transaction: Transaction, accountId: string): Promise<void> {
  await transaction.query(LOCK, [transaction.operatorId, accountId]);
}

/**
 * From here on nothing new is begun on the account; false when it was so
 * already. Waits for orders that are being accepted on it, so that whoever
 * looks for them next sees them.
 */
export async function disconnect(transaction: Transaction, accountId: string): Promise<boolean> {
  await lockAccount(transaction, accountId);
  return (await transaction.query(DISCONNECT, [transaction.operatorId, accountId])).length > 0;
}

const ERASE = statement(
  'account_erase_secret',
  `update payment_system_accounts set secret_key_encrypted = ''
   where operator_id = $1 and id = $2 and status = 'DISCONNECTED'`,
);

export async function eraseSecret(transaction: Transaction, accountId: string): Promise<void> {
  await transaction.query(ERASE, [transaction.operatorId, accountId]);
}

const LEFT_OVER = statement(
  'accounts_with_a_left_over_secret',
  `select id from payment_system_accounts
   where operator_id = $1 and status = 'DISCONNECTED' and secret_key_encrypted <> ''`,
);

/** Accounts whose disconnection was begun and not finished. */
export async function halfDisconnected(transaction: Transaction): Promise<readonly string[]> {
  return (await transaction.query<{ id: string } & Row>(LEFT_OVER, [transaction.operatorId])).map(({ id }) => id);
}

const KNOWN = statement(
  'accounts_known',
  `select id from payment_system_accounts where id = any($1::uuid[]) and status <> 'DISCONNECTED'`,
);

/** Which of these accounts exist, whoever's they are. For the system role. */
export async function knownAccounts(system: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await system.query<{ id: string } & Row>(KNOWN, [ids])).map(({ id }) => id));
}

const OPERATORS = statement(
  'operators_with_accounts',
  'select distinct operator_id as id from payment_system_accounts',
);

/** For the system role. */
export async function operatorsWithAccounts(system: Sql): Promise<readonly string[]> {
  return (await system.query<{ id: string } & Row>(OPERATORS)).map(({ id }) => id);
}
