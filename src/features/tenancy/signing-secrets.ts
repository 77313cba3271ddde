import { randomBytes } from 'node:crypto';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { decrypt, encrypt, unwrapDataKey } from '../../platform/secrets/envelope.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import {
  insertSecrets,
  lockMerchants,
  type NewSigningSecret,
  type SealedSecret,
  type SigningParty,
  sealedSecrets,
  wrappedDataKey,
} from './signing-secrets-sql.js';

/** Of the 24 to 64 that Standard Webhooks allows; a multiple of three, so that base64 needs no padding. */
const RANDOM_BYTES = 30;
const PREFIX = 'whsec_';
const HINT_CHARS = 4;
const COLUMN = { table: 'merchant_signing_secrets', column: 'secret_encrypted' } as const;

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
  const [secrets = []] = await signingSecretsOfMany(transaction, masterKeys, [party]);
  return secrets;
}

/** The same for several parties at once, and only what there is: for those who check a signature, and make nothing. */
export async function keptSigningSecretsOf(
  transaction: Transaction,
  masterKeys: MasterKeys,
  parties: readonly SigningParty[],
): Promise<readonly (readonly string[])[]> {
  return opened(transaction, masterKeys, parties, await sealedSecrets(transaction, parties));
}

/** For several parties at once, in the order asked. */
export async function signingSecretsOfMany(
  transaction: Transaction,
  masterKeys: MasterKeys,
  parties: readonly SigningParty[],
): Promise<readonly (readonly string[])[]> {
  let sealed = await sealedSecrets(transaction, parties);
  const missing = without(parties, sealed);
  if (missing.length > 0) {
    await makeFirst(transaction, masterKeys, missing);
    // Read again rather than remembered: somebody else may have made them while this waited.
    sealed = await sealedSecrets(transaction, parties);
  }
  return opened(transaction, masterKeys, parties, sealed);
}

/** A secret that is new, with its row. */
export function newSigningSecret(
  { operatorId, masterKeys, dataKey }: { operatorId: string; masterKeys: MasterKeys; dataKey: string },
  party: SigningParty,
): { readonly secret: string; readonly row: NewSigningSecret } {
  const id = newUuid();
  const secret = `${PREFIX}${randomBytes(RANDOM_BYTES).toString('base64')}`;
  const key = unwrapDataKey(masterKeys, operatorId, dataKey);
  const secretEncrypted = encrypt(key, secret, { operatorId, rowId: id, ...COLUMN });
  const { merchantId, mode } = party;
  return { secret, row: { id, merchantId, mode, secretEncrypted, hint: `${PREFIX}…${secret.slice(-HINT_CHARS)}` } };
}

async function makeFirst(
  transaction: Transaction,
  masterKeys: MasterKeys,
  parties: readonly SigningParty[],
): Promise<void> {
  // Rotating takes the same lock, so that neither makes a current one beside the other's.
  const merchants = await lockMerchants(transaction, [...new Set(parties.map(({ merchantId }) => merchantId))]);
  const { operatorId } = transaction;
  const dataKey = await wrappedDataKey(transaction);
  const own = parties.filter(({ merchantId }) => merchants.includes(merchantId));
  insertSecrets(
    transaction,
    own.map((party) => newSigningSecret({ operatorId, masterKeys, dataKey }, party).row),
  );
}

/** Opened with one unwrapping of the operator's data key, each party's by themselves. */
function opened(
  { operatorId }: Transaction,
  masterKeys: MasterKeys,
  parties: readonly SigningParty[],
  sealed: readonly SealedSecret[],
): readonly (readonly string[])[] {
  const [first] = sealed;
  const key = first && unwrapDataKey(masterKeys, operatorId, first.dataKey);
  const open = ({ id, secretEncrypted }: SealedSecret) =>
    key ? decrypt(key, secretEncrypted, { operatorId, rowId: id, ...COLUMN }) : '';
  return parties.map((party) => sealed.filter((each) => isOf(each, party)).map(open));
}

/** Each party once that has no secret among these. */
function without(parties: readonly SigningParty[], sealed: readonly SealedSecret[]): readonly SigningParty[] {
  return parties.filter(
    (party, index) =>
      !sealed.some((each) => isOf(each, party)) && parties.findIndex((each) => isOf(each, party)) === index,
  );
}

function isOf(one: SigningParty, other: SigningParty): boolean {
  return one.merchantId === other.merchantId && one.mode === other.mode;
}
