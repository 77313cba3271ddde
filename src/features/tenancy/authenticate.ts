import { decodeJwt } from 'jose';
import { FailureLimit } from '../../platform/graphql/rate-limit.js';
import { equalDigests, parseApiKey } from '../../platform/secrets/api-key.js';
import { type ClientTokenClaims, type PageClaims, verifyClientToken } from '../../platform/secrets/client-token.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { AccessError } from './domain/access.js';
import type { Principal } from './domain/principal.js';
import type { KeyUses } from './key-uses.js';
import { isInForce, type KnownKey, type KnownKeys } from './known-keys.js';

export interface Authentication {
  readonly keys: KnownKeys;
  readonly uses: KeyUses;
  readonly masterKeys: MasterKeys;
  /** By address, of keys that nobody ever had: each costs a query. */
  readonly guesses: FailureLimit;
}

/** What is sent to say who asks, and from where. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly address: string;
}

const GUESS_RATE = { perSecond: 20, burst: 100 } as const;

export const guessLimit = (): FailureLimit => new FailureLimit('unknown keys from this address', GUESS_RATE);

/** One sentence for every cause: why a key is refused would help only somebody who guesses. */
const REFUSED = 'Send a valid key as "Authorization: Bearer <key>": this one is missing, unknown, expired or revoked.';

const SUSPENDED = 'This operator is suspended: its API is closed until the platform resumes it.';

const BEARER = /^Bearer +([\x21-\x7e]{1,2048})$/i;

/** Who is asking, by an `Authorization` header or the like of it on a socket. Throws AccessError, or RATE_LIMITED. */
export async function authenticate(
  authentication: Authentication,
  { authorization, address }: Credentials,
): Promise<Principal> {
  const text = BEARER.exec(authorization ?? '')?.[1] ?? '';
  const principal = text.startsWith('qtt_')
    ? await ofApiKey(authentication, text, address)
    : await ofClientToken(authentication, text);
  if (!principal) throw new AccessError('UNAUTHENTICATED', REFUSED);
  return principal;
}

/** Where too much was guessed only keys that were seen before are looked up: neighbours of whoever guesses go on working. */
async function ofApiKey(
  { keys, uses, guesses }: Authentication,
  text: string,
  address: string,
): Promise<Principal | null> {
  const parsed = parseApiKey(text);
  if (!parsed) return null;
  const refusal = guesses.refusal(address);
  if (refusal && !keys.hasSeen(parsed.hash)) throw refusal;
  const key = await keys.byHash(parsed.hash);
  if (!key) guesses.failed(address);
  if (!key || !equalDigests(key.hash, parsed.hash) || !isInForce(key, keys.clock.now())) return null;
  requireActiveOperator(key);
  uses.note(key);
  const { kind, operatorId, merchantId, mode, expiresAt } = key;
  return { kind, operatorId, merchantId, mode, scopes: new Set(key.scopes), keyId: key.id, orderId: null, expiresAt };
}

/** A token is worth no more than the key that asked for it: with the key it ends. */
async function ofClientToken({ keys, masterKeys }: Authentication, text: string): Promise<Principal | null> {
  const now = keys.clock.now();
  const claims = text === '' ? null : await verifyClientToken(masterKeys, text, now);
  if (claims?.page) return ofPage(keys, claims, claims.page, expiryOf(text));
  if (!claims?.keyId) return null;
  const key = await keys.byName({ operatorId: claims.operatorId, id: claims.keyId });
  if (!key || !isInForce(key, now)) return null;
  requireActiveOperator(key);
  return clientOf(claims, key, endOf(text, key));
}

/** A page of ours watches its order for some minutes, as long as its operator is served at all; there is no key behind it. */
async function ofPage(
  keys: KnownKeys,
  { operatorId, orderId }: ClientTokenClaims,
  { merchantId, mode }: PageClaims,
  expiresAt: Date,
): Promise<Principal | null> {
  const [operator] = await keys.readOperators([operatorId]);
  if (!operator) return null;
  requireActiveOperator(operator);
  const scopes = new Set(['orders:read'] as const);
  return { kind: 'CLIENT', operatorId, merchantId, mode, scopes, keyId: '', orderId, expiresAt };
}

function clientOf({ orderId }: ClientTokenClaims, key: KnownKey, expiresAt: Date): Principal {
  const { operatorId, merchantId, mode, id } = key;
  return {
    kind: 'CLIENT',
    operatorId,
    merchantId,
    mode,
    scopes: new Set(['orders:read']),
    keyId: id,
    orderId,
    expiresAt,
  };
}

/** The token has been verified, so what it says of its end is ours. */
function expiryOf(token: string): Date {
  return new Date((decodeJwt(token).exp ?? 0) * 1000);
}

function endOf(token: string, key: KnownKey): Date {
  const end = expiryOf(token);
  return key.expiresAt && key.expiresAt < end ? key.expiresAt : end;
}

function requireActiveOperator({ operatorStatus }: Pick<KnownKey, 'operatorStatus'>): void {
  if (operatorStatus === 'SUSPENDED') throw new AccessError('FORBIDDEN', SUSPENDED);
}
