import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Log } from '../logging/log.js';
import type { Metrics } from '../metrics/metrics.js';
import type { CheckedDocument } from './document-check.js';
import { formattedError } from './errors.js';
import type { TrustedDocuments } from './trusted-documents.js';

/** The fields that may be asked for, by the name of their type. */
export type ReadableFields = ReadonlyMap<string, ReadonlySet<string>>;

/** What the edge itself needs to know of a request's context; the rest of it is the features' business. */
export interface EdgeContext {
  readonly requestId: string;
  /** Subscribers of one scope see the same answer to the same subscription; undefined when theirs may differ. */
  readonly groupScope?: string | undefined;
  /** Whether the key is still good; asked before every event. */
  readonly stillAllowed?: () => boolean;
}

export interface ContextRequest {
  readonly authorization: string | undefined;
  /** The other end of the connection: behind a proxy that is the proxy, whatever headers say. */
  readonly address: string;
  readonly requestId: string;
  readonly kind: 'http' | 'socket';
}

/** How contexts are made, limited and ended. Given by the composition root. */
export interface ContextHooks<Context extends EdgeContext> {
  /** Throws ApiError UNAUTHENTICATED. */
  contextFor(request: ContextRequest): Promise<Context>;
  /** A fresh context (loaders, transaction) for one event of a socket's subscription; the socket's own by default. */
  readonly contextForEvent?: ((context: Context) => Context) | undefined;
  /** Called once for each context, whatever came of it. */
  readonly onRequestEnd?: ((context: Context) => void | Promise<void>) | undefined;
  /** The only fields that this caller may ask for; null or absent: all that the schema has. */
  readonly readableBy?: ((context: Context) => ReadableFields | null) | undefined;
  /** Who shares a rate and a number of sockets: usually the key. */
  readonly rateKeyOf: (context: Context) => string;
  /** Whose share of what a process can have under way a request takes. */
  readonly tenantOf: (context: Context) => string;
  /** How many sockets may be open at once for what `rateKeyOf` names; as many as the server has when absent. */
  readonly socketsMaxOf?: ((context: Context) => number) | undefined;
  /** Throws ApiError RATE_LIMITED. */
  readonly limit: (context: Context) => void;
}

/** What all doors share. */
export interface Edge<Context extends EdgeContext> {
  readonly schema: GraphQLSchema;
  readonly check: (text: string) => CheckedDocument;
  readonly trusted: TrustedDocuments;
  readonly contexts: ContextHooks<Context>;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The error as the client sees it, logged where it is a bug, and counted. */
export function answeredError(
  error: unknown,
  requestId: string,
  { log, metrics }: Pick<Edge<EdgeContext>, 'log' | 'metrics'>,
): GraphQLFormattedError {
  const formatted = formattedError(error, requestId, log);
  metrics.graphqlErrors.inc({ code: String(formatted.extensions?.code) });
  return formatted;
}

/** Ends a context; a failure to end it is logged and never reaches the client. */
export async function ended<Context extends EdgeContext>(
  context: Context,
  { contexts, log }: Pick<Edge<Context>, 'contexts' | 'log'>,
): Promise<void> {
  try {
    await contexts.onRequestEnd?.(context);
  } catch (error) {
    log.error({ err: error, requestId: context.requestId }, 'a context could not be ended');
  }
}
