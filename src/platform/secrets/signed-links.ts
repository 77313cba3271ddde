import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived.js';
import type { MasterKey, MasterKeys } from './master-keys.js';

const KEY_BYTES = 32;
const FIELD = /^[A-Za-z0-9_-]*$/;
const TOKEN = /^((?:[A-Za-z0-9_-]*\.)+(\d{13}))\.([A-Za-z0-9_-]{43})$/;

/** Of a whole token. Proxies and servers take addresses of 8,000 characters and more; what is longer was not made here. */
export const TOKEN_CHARS_MAX = 6_000;

/**
 * Links that say themselves what they are for and until when, and prove that
 * they were made here: nothing is kept of them, and none can be guessed. Each
 * purpose has a key of its own, so that a link for one is worth nothing for
 * another. A new master key signs from now on; the others still prove what they
 * have signed.
 */
export class SignedLinks {
  /** A purpose's text is never changed. */
  constructor(
    private readonly keys: MasterKeys,
    private readonly purpose: string,
  ) {}

  /** `<fields>.<until>.<proof>`. Fields have letters, digits, `_` and `-` only, so that none can reach into the next. */
  sign(fields: readonly string[], until: Date): string {
    if (!fields.every((field) => FIELD.test(field)))
      throw new Error(`a field of "${this.purpose}" has other characters`);
    const names = [...fields, until.getTime()].join('.');
    return `${names}.${this.#proofOf(this.keys.current, names).toString('base64url')}`;
  }

  /** The fields of a token; null for one that was not made here, or for something else, or whose time is over. */
  read(token: string, now: Date): readonly string[] | null {
    if (token.length > TOKEN_CHARS_MAX) return null;
    const [, names = '', until = '', text = ''] = TOKEN.exec(token) ?? [];
    const proof = Buffer.from(text, 'base64url');
    const isOurs = text !== '' && this.keys.all.some((key) => timingSafeEqual(this.#proofOf(key, names), proof));
    return isOurs && now.getTime() < Number(until) ? names.split('.').slice(0, -1) : null;
  }

  #proofOf({ key }: MasterKey, names: string): Buffer {
    return createHmac('sha256', deriveKey(key, this.purpose, KEY_BYTES))
      .update(names)
      .digest();
  }
}
