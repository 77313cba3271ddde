import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { deriveKey } from './derived.js';
import type { MasterKey, MasterKeys } from './master-keys.js';

/** What a payer's browser may see: one order. The key that asked for the token is named, so that revoking it ends the token, too. */
export interface ClientTokenClaims {
  readonly operatorId: string;
  readonly orderId: string;
  readonly keyId?: string;
  /** Of a token that no key asked for, but a page of our own: whose the order is. */
  readonly page?: PageClaims;
}

export interface PageClaims {
  readonly merchantId: string;
  readonly mode: 'TEST' | 'LIVE';
}

export interface ClientTokenLife {
  readonly expiresInSeconds: number;
  readonly now: Date;
}

const ALGORITHM = 'HS256';
const ISSUER = 'quittance';
const AUDIENCE = 'quittance/payer';
const KEY_BYTES = 32;

const payload = z.object({
  op: z.string(),
  sub: z.string(),
  key: z.string().optional(),
  page: z.object({ merchantId: z.string(), mode: z.enum(['TEST', 'LIVE']) }).optional(),
});

export async function issueClientToken(
  keys: MasterKeys,
  { operatorId, orderId, keyId, page }: ClientTokenClaims,
  { expiresInSeconds, now }: ClientTokenLife,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ op: operatorId, ...(keyId !== undefined && { key: keyId }), ...(page && { page }) })
    .setProtectedHeader({ alg: ALGORITHM, kid: keys.current.id })
    .setSubject(orderId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresInSeconds)
    .sign(signingKey(keys.current));
}

/** Null for every token that is not valid now; why not would only help somebody who makes one up. */
export async function verifyClientToken(keys: MasterKeys, token: string, now: Date): Promise<ClientTokenClaims | null> {
  const masterKey = keys.find(keyIdOf(token));
  if (!masterKey) return null;
  const verified = await jwtVerify(token, signingKey(masterKey), {
    algorithms: [ALGORITHM],
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ['exp', 'iat'],
    currentDate: now,
  }).catch(() => null);
  const claims = payload.safeParse(verified?.payload);
  if (!claims.success) return null;
  const { op, sub, key, page } = claims.data;
  return { operatorId: op, orderId: sub, ...(key !== undefined && { keyId: key }), ...(page && { page }) };
}

/** The header is not to be trusted, but it may say which of our own keys to try. */
function keyIdOf(token: string): string {
  try {
    return decodeProtectedHeader(token).kid ?? '';
  } catch {
    return '';
  }
}

function signingKey(masterKey: MasterKey): Uint8Array {
  return deriveKey(masterKey.key, 'sign client tokens', KEY_BYTES);
}
