import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { answeredError, type Edge, type EdgeContext } from './edge.js';

/**
 * Errors are formatted where Apollo no longer knows the request, so the
 * request's id is remembered for each error when it occurs.
 */
function errorsWithRequestId<Context extends EdgeContext>(
  requestIds: WeakMap<object, string>,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue }) => {
        for (const error of errors) requestIds.set(error, contextValue.requestId);
      },
    }),
  };
}

/**
 * Headers that a foreign page cannot send without being asked first: the key
 * itself is one, so a GET with a key needs nothing more.
 */
export const PREFLIGHTED: readonly string[] = ['authorization', 'x-apollo-operation-name', 'apollo-require-preflight'];

/**
 * The door for query texts. They have passed `edge.check` before Apollo sees
 * them, which is why its own limits are off here; what is left to it is HTTP
 * as the specification wants it, CSRF prevention and execution.
 */
export async function startApollo<Context extends EdgeContext>(edge: Edge<Context>): Promise<ApolloServer<Context>> {
  const requestIds = new WeakMap<object, string>();
  const apollo = new ApolloServer<Context>({
    schema: edge.schema,
    plugins: [ApolloServerPluginCacheControlDisabled(), errorsWithRequestId(requestIds)],
    csrfPrevention: { requestHeaders: [...PREFLIGHTED] },
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    cache: 'bounded',
    introspection: true,
    stopOnTerminationSignals: false,
    formatError: (_formatted, error) => {
      const requestId = (typeof error === 'object' && error !== null && requestIds.get(error)) || 'unknown';
      return answeredError(error, requestId, edge);
    },
    logger: silent,
  });
  await apollo.start();
  return apollo;
}

const nothing = (): void => {};

/** What Apollo would log is either a client's mistake or logged by `answeredError`. */
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
