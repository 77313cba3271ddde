import type { Principal } from '../features/tenancy/index.js';
import {
  type ApiContext,
  type Authentication,
  authenticate,
  type ContextParts,
  newApiContext,
  readableFields,
} from '../features/tenancy/index.js';
import type { ContextHooks, EdgeContext } from '../platform/graphql/edge.js';

/** What resolvers are given, and what the edge itself needs to know of it. */
export type RequestContext = ApiContext & EdgeContext;

export type Contexts = Omit<ContextHooks<RequestContext>, 'limit'>;

/** A server of an integration may have many; a page of a payer has one, and some more while it reconnects. */
const SOCKETS_MAX = { key: 1_000, clientToken: 20 } as const;

/**
 * How each request gets its context. That of a socket lives as long as the
 * socket, so it is told when its key ends; `endSocket` then closes it.
 */
export function contexts(
  authentication: Authentication,
  parts: ContextParts,
  endSocket: (context: RequestContext) => void,
): Contexts {
  const leaving = new WeakMap<RequestContext, () => void>();
  const contextOf = (principal: Principal, requestId: string): RequestContext =>
    newApiContext(parts, principal, requestId);
  /** Only sockets have subscriptions; for a request the scope's spelling would be made for nothing. */
  const socketContextOf = (principal: Principal, requestId: string): RequestContext => ({
    ...contextOf(principal, requestId),
    groupScope: groupScopeOf(principal),
  });
  return {
    contextFor: async ({ authorization, address, requestId, kind }) => {
      const principal = await authenticate(authentication, { authorization, address });
      if (kind === 'http') return contextOf(principal, requestId);
      const context = socketContextOf(principal, requestId);
      leaving.set(
        context,
        parts.watch.attend(principal, () => endSocket(context)),
      );
      return context;
    },
    contextForEvent: ({ principal, requestId }) => socketContextOf(principal, requestId),
    onRequestEnd: (context) => leaving.get(context)?.(),
    readableBy: ({ principal }) => readableFields(principal),
    rateKeyOf: ({ principal }) => rateKeyOf(principal),
    tenantOf: ({ principal }) => principal.operatorId,
    socketsMaxOf: ({ principal }) => (principal.kind === 'CLIENT' ? SOCKETS_MAX.clientToken : SOCKETS_MAX.key),
  };
}

/** Payers, whom the shop does not know to be friendly, spend a rate of their own and never the shop's. */
function rateKeyOf({ kind, keyId, orderId }: Principal): string {
  return kind === 'CLIENT' ? `${keyId}/${orderId}` : keyId;
}

/** Keys that may see the same see the same events; a payer's token is for one order, and alone. */
function groupScopeOf({ kind, operatorId, merchantId, mode, scopes }: Principal): string | undefined {
  if (kind === 'CLIENT') return undefined;
  return JSON.stringify([operatorId, merchantId, mode, [...scopes].sort()]);
}
