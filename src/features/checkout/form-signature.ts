import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Secrets are `whsec_…`; one of nobody's stands where there is none, so that all forms cost the same. */
const NOBODYS = randomBytes(32).toString('hex');

/** Two valid secrets in each mode are usual while one is rotated. */
const COMPARED_MIN = 4;

/** HMAC-SHA256 of a form's text in hexadecimal. The key is the secret's text as it is shown, nothing decoded. */
export function formSignature(secret: string, canonical: string): string {
  return createHmac('sha256', secret).update(canonical, 'utf8').digest('hex');
}

/**
 * Which of these secrets has made the signature, by its place; -1 for none.
 * All are tried whichever fits, and never fewer than some, so that the time
 * tells nothing about secrets, nor whether there are any.
 */
export function signingSecretIndex(secrets: readonly string[], canonical: string, signature: string): number {
  const given = Buffer.from(signature.toLowerCase());
  let found = -1;
  for (let index = 0; index < Math.max(secrets.length, COMPARED_MIN); index += 1) {
    const expected = Buffer.from(formSignature(secrets[index] ?? NOBODYS, canonical));
    const isEqual = expected.length === given.length && timingSafeEqual(expected, given);
    if (isEqual && index < secrets.length) found = index;
  }
  return found;
}
