import { type Row, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { markKeysRejected } from './mark-keys-rejected.js';
import { retireEndpoints } from './webhook-endpoint-sql.js';

const IN_USE = statement(
  'accounts_with_keys',
  `select id, secret_key_encrypted as "secretKeyEncrypted" from payment_system_accounts
   where operator_id = $1 and status <> 'DISCONNECTED' for no key update`,
);

const SEALED = statement(
  'payment_systems_sealed',
  `select 'payment_system_accounts' as "table", id as "row", secret_key_encrypted as text
   from payment_system_accounts where operator_id = $1
   union all
   select 'webhook_endpoints', id, secret_encrypted from webhook_endpoints where operator_id = $1`,
);

/** What is sealed for an operator's accounts, as it is, with where it is from. */
export function sealedKeysOfAll(
  transaction: Transaction,
): Promise<readonly { readonly table: string; readonly row: string; readonly text: string }[]> {
  return transaction.query<{ table: string; row: string; text: string }>(SEALED, [transaction.operatorId]);
}

/**
 * For an operator whose keys cannot be read any more: nothing is begun on its
 * accounts until it gives them again, and what was signed for their endpoints
 * is believed no more.
 */
export async function forgetKeysOfAll(transaction: Transaction): Promise<number> {
  const { operatorId, realNow } = transaction;
  const accounts = await transaction.query<{ id: string; secretKeyEncrypted: string } & Row>(IN_USE, [operatorId]);
  for (const account of accounts) {
    await markKeysRejected(transaction, account);
    await retireEndpoints(transaction, account.id, realNow);
  }
  return accounts.length;
}
