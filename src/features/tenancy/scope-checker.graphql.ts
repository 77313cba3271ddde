import type { AuthCheckerFn } from 'type-graphql';
import type { ApiContext } from './api-context.js';
import { requireClientField, requireScope } from './domain/access.js';
import type { Scope } from './domain/scopes.js';

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * What `@Authorized('orders:read')` means: all scopes named, and for a client
 * token nothing but its two root fields. `@Authorized()` alone admits every key
 * and no client token. An arrow function, because type-graphql takes anything
 * with a prototype for a class.
 */
export const scopeChecker: AuthCheckerFn<ApiContext, Scope> = ({ context, info }, scopes) => {
  if (ROOTS.has(info.parentType.name)) requireClientField(context.principal, info.fieldName);
  for (const scope of scopes) requireScope(context.principal, scope);
  return true;
};
