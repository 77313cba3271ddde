import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { canUnwrap, newDataKey } from '../../platform/secrets/envelope.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';

const LOCK = statement(
  'operator_data_key_lost',
  'select data_key as "dataKey" from operators where id = $1 for update',
);

const REPLACE = statement('operator_data_key_replaced', 'update operators set data_key = $2 where id = $1');

const FORGET = statement('signing_secrets_forget', 'delete from merchant_signing_secrets where operator_id = $1');

/**
 * Gives an operator whose data key nobody can open any more a new one. What was
 * sealed under the old one is lost with it; its merchants' signing secrets are
 * deleted, so that new ones are made. False, and nothing done, where the data
 * key can be opened.
 */
export async function replaceLostDataKey(transaction: Transaction, masterKeys: MasterKeys): Promise<boolean> {
  const { operatorId } = transaction;
  const [operator] = await transaction.query<{ dataKey: string }>(LOCK, [operatorId]);
  if (!operator || canUnwrap(masterKeys, operatorId, operator.dataKey)) return false;
  await transaction.query(REPLACE, [operatorId, newDataKey(masterKeys, operatorId)]);
  await transaction.query(FORGET, [operatorId]);
  return true;
}
