import { type Row, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { canUnwrap, newDataKey } from '../../platform/secrets/envelope.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';

const LOCK = statement(
  'operator_data_key_lost',
  'select data_key as "dataKey" from operators where id = $1 for update',
);

const REPLACE = statement('operator_data_key_replaced', 'update operators set data_key = $2 where id = $1');

const SEALED = statement(
  'signing_secrets_sealed',
  `select id as "row", merchant_id as merchant, mode, secret_encrypted as text from merchant_signing_secrets
   where operator_id = $1 order by id`,
);

const FORGET = statement('signing_secrets_forget', 'delete from merchant_signing_secrets where operator_id = $1');

/** A sealed text and where it is from: all that is needed to read it, should the master key turn up after all. */
export interface SealedText {
  readonly table: string;
  readonly row: string;
  readonly text: string;
}

/** Whether the data key of the transaction's operator cannot be opened. */
export async function isDataKeyLost(transaction: Transaction, masterKeys: MasterKeys): Promise<boolean> {
  return (await lostDataKey(transaction, masterKeys)) !== null;
}

/**
 * Gives an operator whose data key nobody can open any more a new one. What was
 * sealed under the old one is lost with it; its merchants' signing secrets are
 * deleted, so that new ones are made. Resolves with what was there, sealed as
 * it is; null, and nothing done, where the data key can be opened.
 */
export async function replaceLostDataKey(
  transaction: Transaction,
  masterKeys: MasterKeys,
): Promise<readonly SealedText[] | null> {
  const { operatorId } = transaction;
  const lost = await lostDataKey(transaction, masterKeys);
  if (lost === null) return null;
  const secrets = await transaction.query<Omit<SealedText, 'table'> & Row>(SEALED, [operatorId]);
  await transaction.query(REPLACE, [operatorId, newDataKey(masterKeys, operatorId)]);
  await transaction.query(FORGET, [operatorId]);
  return [
    { table: 'operators', row: operatorId, text: lost },
    ...secrets.map((secret) => ({ table: 'merchant_signing_secrets', ...secret })),
  ];
}

async function lostDataKey(transaction: Transaction, masterKeys: MasterKeys): Promise<string | null> {
  const { operatorId } = transaction;
  const [operator] = await transaction.query<{ dataKey: string }>(LOCK, [operatorId]);
  return !operator || canUnwrap(masterKeys, operatorId, operator.dataKey) ? null : operator.dataKey;
}
