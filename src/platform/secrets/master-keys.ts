import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { SecretError } from './secret-error.js';

export interface MasterKey {
  readonly id: string;
  /** Opaque, so that no log or error can print its bytes. */
  readonly key: KeyObject;
}

const KEY_BYTES = 32;
const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/;

/**
 * The keys that everything secret rests on. The first encrypts; the others
 * are still accepted for reading, so that a new one can be put in front, what
 * exists be re-wrapped, and the old one be taken away.
 */
export class MasterKeys {
  private constructor(
    readonly current: MasterKey,
    readonly all: readonly MasterKey[],
  ) {}

  /** Reads `kid:base64[,kid2:base64]`. A refusal names the entry by its place, never by its text. */
  static parse(text: string): MasterKeys {
    const keys = text.split(',').map((entry, index) => parseEntry(entry.trim(), index + 1));
    const [current] = keys;
    if (!current) throw new SecretError('there is no master key');
    if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new SecretError('two master keys have the same id');
    return new MasterKeys(current, keys);
  }

  /** The last of the list: a new key is put in front of it, and what must not change meanwhile follows from this one. */
  get oldest(): MasterKey {
    return this.all.at(-1) ?? this.current;
  }

  find(id: string): MasterKey | null {
    return this.all.find((key) => key.id === id) ?? null;
  }
}

/** A new entry for `MasterKeys.parse`; its random id keeps two keys apart that were made for the same place. */
export function generateMasterKey(): string {
  return `mk-${randomBytes(4).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}`;
}

function parseEntry(entry: string, place: number): MasterKey {
  const [, id, text] = ENTRY.exec(entry) ?? [];
  const bytes = Buffer.from(text ?? '', 'base64');
  if (!id || bytes.length !== KEY_BYTES) {
    throw new SecretError(`master key ${place} is not of the form id:base64 with ${KEY_BYTES} bytes`);
  }
  return { id, key: createSecretKey(bytes) };
}
