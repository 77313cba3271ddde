import { DomainError, type InputIssue, invalidInput, notFound } from '../../../kernel/errors.js';
import { PLATFORM } from './platform.js';
import type { Principal } from './principal.js';
import { type KeyKind, type Mode, SCOPES_BY_KIND, type Scope } from './scopes.js';

/** A key to be made: whose it is and what it may do. */
export interface KeyGrant {
  readonly operatorId: string;
  readonly kind: KeyKind;
  readonly mode: Mode;
  readonly merchantId: string | null;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

/** What was asked for. An id that is null was given and is broken; one that is undefined was not given. */
export interface KeyRequest {
  readonly kind?: KeyKind | null | undefined;
  readonly operatorId?: string | null | undefined;
  readonly merchantId?: string | null | undefined;
  readonly mode?: Mode | null | undefined;
  readonly name: string;
  readonly scopes?: readonly Scope[] | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** Pure: the key that the principal may hand out for the request, or a refusal. Nobody gives what they do not have. */
export function keyGrant(principal: Principal, request: KeyRequest, now: Date): KeyGrant {
  const issues: InputIssue[] = [];
  const kind = request.kind ?? kindGiven(principal, request);
  const operatorId = operatorOf(principal, kind, request, issues);
  const merchantId = merchantIdOf(kind, request, issues);
  const scopes = scopesOf(principal, kind, request, issues);
  if (request.expiresAt && request.expiresAt <= now) issues.push({ path: ['expiresAt'], message: 'must lie ahead' });
  if (issues.length > 0) throw invalidInput(issues);
  const mode = modeOf(principal, request);
  return { operatorId, kind, mode, merchantId, name: request.name, scopes, expiresAt: request.expiresAt ?? null };
}

function kindGiven(principal: Principal, { operatorId, merchantId }: KeyRequest): KeyKind {
  if (merchantId !== undefined) return 'MERCHANT';
  return principal.kind === 'PLATFORM' && operatorId === undefined ? 'PLATFORM' : 'OPERATOR';
}

function operatorOf(principal: Principal, kind: KeyKind, { operatorId }: KeyRequest, issues: InputIssue[]): string {
  const refuse = (field: string, message: string) => issues.push({ path: [field], message });
  if (principal.kind !== 'PLATFORM') {
    if (kind === 'PLATFORM') refuse('kind', 'only a platform key makes platform keys');
    if (operatorId !== undefined && operatorId !== principal.operatorId) throw notFound('operator');
    return principal.operatorId;
  }
  if (kind === 'MERCHANT') refuse('kind', "an operator makes its merchants' keys itself");
  if (kind === 'PLATFORM') {
    if (operatorId !== undefined) refuse('operatorId', 'a platform key belongs to no operator');
    return PLATFORM;
  }
  if (operatorId === undefined) refuse('operatorId', 'a platform key must say for which operator the key is');
  if (operatorId === null) throw notFound('operator');
  return operatorId ?? PLATFORM;
}

function merchantIdOf(kind: KeyKind, { merchantId }: KeyRequest, issues: InputIssue[]): string | null {
  if (kind !== 'MERCHANT') {
    if (merchantId !== undefined) issues.push({ path: ['merchantId'], message: `is not for keys of kind ${kind}` });
    return null;
  }
  if (merchantId === undefined)
    issues.push({ path: ['merchantId'], message: "a merchant's key must name the merchant" });
  if (merchantId === null) throw notFound('merchant');
  return merchantId ?? null;
}

/** A platform key has no operator scopes itself: giving an operator its first key is what it is for. */
function scopesOf(principal: Principal, kind: KeyKind, { scopes }: KeyRequest, issues: InputIssue[]): readonly Scope[] {
  const own = (scope: Scope) => principal.scopes.has(scope) || (principal.kind === 'PLATFORM' && kind === 'OPERATOR');
  const grantable = SCOPES_BY_KIND[kind].filter(own);
  if (scopes == null) return grantable;
  if (scopes.length === 0) issues.push({ path: ['scopes'], message: 'must name at least one scope' });
  for (const scope of scopes.filter((wanted) => !grantable.includes(wanted))) {
    const reason = SCOPES_BY_KIND[kind].includes(scope)
      ? 'this key lacks it itself'
      : `a key of kind ${kind} cannot have it`;
    issues.push({ path: ['scopes'], message: `"${scope}" cannot be given: ${reason}` });
  }
  return grantable.filter((scope) => scopes.includes(scope));
}

/** Test and live never mix: an operator's test key cannot make a live one. */
function modeOf(principal: Principal, { mode }: KeyRequest): Mode {
  if (principal.kind === 'PLATFORM') return mode ?? 'TEST';
  if (mode == null || mode === principal.mode) return principal.mode;
  throw new DomainError('KEY_MODE_MISMATCH', `a ${principal.mode} key cannot make a ${mode} key`);
}
