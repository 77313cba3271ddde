import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { deriveKey } from './derived.js';
import type { MasterKey, MasterKeys } from './master-keys.js';
import { seal, unseal } from './sealed.js';
import { SecretError } from './secret-error.js';

/**
 * Envelope encryption: an operator's secrets are encrypted with a data key of
 * that operator, and the data key is stored wrapped by a master key. A new
 * master key then re-wraps one short text per operator, and nothing else.
 */
export type DataKey = KeyObject;

/** Where a secret lives. It can be read only there: a copy of it in another row, or of another operator, is worth nothing. */
export interface SecretPlace {
  readonly operatorId: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

const KEY_BYTES = 32;
const SECRET_VERSION = 'v1';
const WRAPPED_VERSION = 'w1';

/** A fresh data key, wrapped by the current master key, to be stored with the operator. */
export function newDataKey(masterKeys: MasterKeys, operatorId: string): string {
  return wrap(masterKeys.current, operatorId, randomBytes(KEY_BYTES));
}

/** Opens a stored data key with whichever master key wrapped it. */
export function unwrapDataKey(masterKeys: MasterKeys, operatorId: string, wrapped: string): DataKey {
  return createSecretKey(unwrap(masterKeys, operatorId, wrapped));
}

/** Whether a master key that is configured has wrapped it, so that it can be opened. */
export function canUnwrap(masterKeys: MasterKeys, operatorId: string, wrapped: string): boolean {
  try {
    unwrap(masterKeys, operatorId, wrapped);
    return true;
  } catch (error) {
    if (error instanceof SecretError) return false;
    throw error;
  }
}

/** The same data key under the current master key; unchanged when it is there already. */
export function rewrapDataKey(masterKeys: MasterKeys, operatorId: string, wrapped: string): string {
  const bytes = unwrap(masterKeys, operatorId, wrapped);
  return masterKeyIdOf(wrapped) === masterKeys.current.id ? wrapped : wrap(masterKeys.current, operatorId, bytes);
}

/** `v1.<nonce>.<ciphertext and tag>`; twice the same secret gives two different texts. */
export function encrypt(dataKey: DataKey, plaintext: string, place: SecretPlace): string {
  return `${SECRET_VERSION}.${seal(dataKey, Buffer.from(plaintext, 'utf8'), partsOf(place))}`;
}

export function decrypt(dataKey: DataKey, text: string, place: SecretPlace): string {
  const [version, sealed] = splitOnce(text);
  const plaintext = version === SECRET_VERSION ? unseal(dataKey, sealed, partsOf(place)) : null;
  if (!plaintext) {
    throw new SecretError(
      `the secret in ${place.table}.${place.column} of ${place.rowId} cannot be read: it was changed, or belongs elsewhere`,
    );
  }
  return plaintext.toString('utf8');
}

function partsOf({ operatorId, table, column, rowId }: SecretPlace): readonly string[] {
  return [operatorId, table, column, rowId];
}

/** `w1.<master key's id>.<nonce>.<ciphertext and tag>` */
function wrap(masterKey: MasterKey, operatorId: string, bytes: Buffer): string {
  return `${WRAPPED_VERSION}.${masterKey.id}.${seal(wrappingKey(masterKey), bytes, ['data key', operatorId])}`;
}

function unwrap(masterKeys: MasterKeys, operatorId: string, wrapped: string): Buffer {
  const [version, rest] = splitOnce(wrapped);
  const [id, sealed] = splitOnce(rest);
  if (version !== WRAPPED_VERSION)
    throw new SecretError(`the data key of operator ${operatorId} is not in a form we know`);
  const masterKey = masterKeys.find(id);
  if (!masterKey)
    throw new SecretError(`the master key that wrapped the data key of operator ${operatorId} is not configured`);
  const bytes = unseal(wrappingKey(masterKey), sealed, ['data key', operatorId]);
  if (bytes?.length !== KEY_BYTES) {
    throw new SecretError(
      `the data key of operator ${operatorId} cannot be read: it was changed, or is another operator's`,
    );
  }
  return bytes;
}

/** Which master key has wrapped it. */
export function masterKeyIdOf(wrapped: string): string {
  return splitOnce(splitOnce(wrapped)[1])[0];
}

function wrappingKey(masterKey: MasterKey): KeyObject {
  return createSecretKey(deriveKey(masterKey.key, 'wrap data keys', KEY_BYTES));
}

function splitOnce(text: string): readonly [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}
