import { DomainError, invalidInput, notFound } from '../../../kernel/errors.js';
import { uuidOf } from '../../../kernel/ids.js';
import { CLIENT_FIELDS } from './client-fields.js';
import type { Principal } from './principal.js';
import type { Scope } from './scopes.js';

/**
 * A request that whoever sent it may not make at all, unlike a DomainError,
 * which refuses one that it may. The API's edge knows it by name and code.
 */
export class AccessError extends Error {
  override readonly name = 'AccessError';

  constructor(
    readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN',
    message: string,
  ) {
    super(message);
  }
}

/** Refuses a principal that lacks the scope. */
export function requireScope(principal: Pick<Principal, 'scopes'>, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new AccessError('FORBIDDEN', `this key lacks the scope "${scope}"`);
}

/** Refuses all but platform keys, where a scope alone does not say it. */
export function requirePlatform({ kind }: Pick<Principal, 'kind'>): void {
  if (kind !== 'PLATFORM') throw new AccessError('FORBIDDEN', 'only a platform key may ask for this');
}

/** What a client token may ask for; each of these also checks the token's order. */
const CLIENT_ROOTS = ['Query', 'Mutation', 'Subscription'].flatMap((root) => [...(CLIENT_FIELDS.get(root) ?? [])]);

/** Refuses a client token every root field but its own, also where no edge has looked at the document before. */
export function requireClientField(principal: Pick<Principal, 'kind'>, field: string): void {
  if (principal.kind !== 'CLIENT' || CLIENT_ROOTS.includes(field)) return;
  throw new AccessError('FORBIDDEN', `a client token may ask for ${CLIENT_ROOTS.join(' and ')} only`);
}

/** Whether the order may be shown: a client token sees the one it was made for, keys see what their tenant has. */
export function maySeeOrder(principal: Pick<Principal, 'orderId' | 'kind'>, orderId: string): boolean {
  return principal.kind !== 'CLIENT' || principal.orderId === orderId;
}

/**
 * The merchant that an input is about, as a UUID. A merchant's key need not
 * name it, and another's is as unknown to it as one that never was. Whether
 * the merchant exists is for the use case to see.
 */
export function merchantOf(
  { merchantId: own }: Pick<Principal, 'merchantId'>,
  merchantId: string | null | undefined,
  path: readonly string[] = ['merchantId'],
): string {
  if (merchantId == null) {
    if (own) return own;
    throw invalidInput([{ path, message: 'an operator key must say which merchant it acts for' }]);
  }
  const uuid = uuidOf('merchant', merchantId);
  if (!uuid || (own && uuid !== own)) throw notFound('merchant');
  return uuid;
}

/**
 * The operator whose clock is to be moved, as a UUID: an operator key's own,
 * and any that a platform key names. Time is moved in tests only.
 */
export function operatorOfClock(
  { kind, operatorId: own, mode }: Pick<Principal, 'kind' | 'operatorId' | 'mode'>,
  operatorId: string | null | undefined,
): string {
  if (kind !== 'PLATFORM' && mode !== 'TEST') {
    throw new DomainError('KEY_MODE_MISMATCH', 'time is moved with a test key, never with a live one');
  }
  if (operatorId === undefined) {
    if (kind !== 'PLATFORM') return own;
    throw invalidInput([{ path: ['operatorId'], message: 'a platform key must say whose clock it moves' }]);
  }
  if (operatorId === null || (kind !== 'PLATFORM' && operatorId !== own)) throw notFound('operator');
  return operatorId;
}

/** Whose idempotency keys a principal's are: test and live, merchants and operators never meet. */
export function ownerOf({ kind, operatorId, merchantId, orderId, mode }: Principal): string {
  switch (kind) {
    case 'PLATFORM':
      return 'platform';
    case 'OPERATOR':
      return `op:${operatorId}:${mode}`;
    case 'MERCHANT':
      return `mer:${merchantId}:${mode}`;
    case 'CLIENT':
      return `ord:${orderId}:${mode}`;
  }
}
