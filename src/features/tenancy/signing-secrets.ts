import type { Transaction } from '../../platform/database/transaction.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import type { Mode } from './domain/scopes.js';

/** Whose secrets: a merchant has its own in each mode. */
export interface SigningParty {
  readonly merchantId: string;
  readonly mode: Mode;
}

/**
 * The secrets with which a merchant's messages are signed, `whsec_…`: newest
 * first, only those that are valid now. There is always one: the first is made
 * here when there is none.
 */
export async function signingSecretsOf(
  transaction: Transaction,
  masterKeys: MasterKeys,
  party: SigningParty,
): Promise<readonly string[]> {
  return (await signingSecretsOfMany(transaction, masterKeys, [party]))[0] ?? [];
}

/** The same for several at once, in the order asked. */
export async function signingSecretsOfMany(
  transaction: Transaction,
  masterKeys: MasterKeys,
  parties: readonly SigningParty[],
): Promise<readonly (readonly string[])[]> {
  throw new Error(`not yet: ${transaction.operatorId} ${masterKeys.current.id} ${parties.length}`);
}
