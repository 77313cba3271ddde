import { publicId } from '../../kernel/ids.js';
import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { AccountRow } from './account-sql.js';

const MARK = statement(
  'mark_keys_rejected',
  `update payment_system_accounts set status = 'KEYS_REJECTED'
   where operator_id = $1 and id = $2 and secret_key_encrypted = $3 and status = 'ACTIVE' returning id`,
);

/**
 * Notes that the payment system no longer accepts an account's keys, so that
 * no new order is begun on it. Whoever meets the refusal first says so, once;
 * a late refusal of keys that were replaced since says nothing.
 */
export async function markKeysRejected(
  transaction: Transaction,
  { id: accountId, secretKeyEncrypted }: Pick<AccountRow, 'id' | 'secretKeyEncrypted'>,
): Promise<void> {
  const marked = await transaction.query(MARK, [transaction.operatorId, accountId, secretKeyEncrypted]);
  if (marked.length === 0) return;
  transaction.publish({
    type: 'payment_system.keys_rejected',
    subjectId: accountId,
    merchantId: null,
    payload: { accountId: publicId('paymentSystemAccount', accountId) },
  });
}
