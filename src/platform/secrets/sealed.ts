import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
/** 96 random bits: with one key per operator, far from the number of messages at which a repeat becomes likely. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `<nonce>.<ciphertext and tag>`, authenticated together with the place it belongs to. */
export function seal(key: KeyObject, plaintext: Buffer, place: readonly string[]): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(place));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return `${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
}

/** Null when anything is not as it was sealed: key, place, text. Why is nobody's business. */
export function unseal(key: KeyObject, text: string, place: readonly string[]): Buffer | null {
  const [nonce, sealed, ...rest] = text.split('.').map(exactBytes);
  if (!nonce || !sealed || rest.length > 0 || nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(boundTo(place))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return null;
  }
}

/** JSON, because plain joining would make `a` + `bc` and `ab` + `c` the same place. */
function boundTo(place: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(place));
}

/** Node's decoder skips what it does not know, so that many texts would stand for the same bytes. */
function exactBytes(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
