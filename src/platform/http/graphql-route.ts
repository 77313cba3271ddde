import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DocumentNode, getOperationAST } from 'graphql';
import { answeredError, type Edge, type EdgeContext, ended } from '../graphql/edge.js';
import { ApiError, statusOf } from '../graphql/errors.js';
import { PREFLIGHTED } from '../graphql/graphql-server.js';
import { checkedFor } from '../graphql/readable-fields.js';
import { trustedHashOf } from '../graphql/trusted-documents.js';
import type { Door } from '../metrics/metrics.js';
import { assertPreflightedUpload, type ReadUpload } from './graphql-upload.js';
import { openIntrospection } from './open-introspection.js';
import type { Overload } from './overload.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's context, made before the door is chosen; Apollo fetches it from here. */
    edgeContext: unknown;
  }
}

const BODY_MAX = 100_000;
const JSON_TYPE = 'application/json; charset=utf-8';
const RESPONSE_TYPE = 'application/graphql-response+json';

type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NEEDS_SOCKET =
  'Subscriptions need a WebSocket: connect to this same path with the protocol graphql-transport-ws.';

function isSubscription(document: DocumentNode, demand: unknown): boolean {
  const name = isRecord(demand) && typeof demand.operationName === 'string' ? demand.operationName : undefined;
  return getOperationAST(document, name)?.operation === 'subscription';
}

/** The parameters of a GET, where objects travel as JSON. */
function searchParameters(query: unknown): JsonRecord {
  if (!isRecord(query)) return {};
  const objects = ['variables', 'extensions'].filter((name) => typeof query[name] === 'string');
  return { ...query, ...Object.fromEntries(objects.map((name) => [name, jsonParameter(name, String(query[name]))])) };
}

function jsonParameter(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('BAD_REQUEST', `The parameter "${name}" is not JSON.`);
  }
}

interface RouteParts<Context extends EdgeContext> {
  readonly apollo: ApolloServer<Context>;
  readonly readUpload: ReadUpload;
  readonly overload: Overload;
}

/** POST /graphql and, for queries, GET /graphql. */
export function graphqlRoute<Context extends EdgeContext>(
  app: FastifyInstance,
  edge: Edge<Context>,
  { apollo, readUpload, overload }: RouteParts<Context>,
): void {
  overload.guard(app);
  const byApollo = fastifyApolloHandler(apollo, { context: async (request) => request.edgeContext as Context });

  const introspected = openIntrospection(edge);

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const startedAt = performance.now();
    const { authorization } = request.headers;
    if (request.isMultipart()) assertPreflightedUpload(request);
    const opened = authorization === undefined && request.method === 'POST' ? await introspected(request.body) : null;
    if (opened) return reply.type(contentType(request)).send(JSON.stringify(opened));
    const context = await edge.contexts.contextFor({
      authorization,
      address: request.ip,
      requestId: request.id,
      kind: 'http',
    });
    let door: Door = 'query-text';
    let leave = () => {};
    try {
      edge.contexts.limit(context);
      leave = overload.enter(edge.contexts.tenantOf(context));
      if (request.isMultipart()) request.body = await readUpload(request, reply);
      const demand = request.method === 'GET' ? searchParameters(request.query) : request.body;
      const hash = isRecord(demand) && !demand.query ? trustedHashOf(demand) : null;
      if (hash !== null && isRecord(demand)) {
        door = 'trusted-document';
        return await byTrustedDocument(edge, context, { request, reply, hash, variables: demand.variables });
      }
      const checked =
        isRecord(demand) && typeof demand.query === 'string' ? checkedFor(edge, demand.query, context) : null;
      if (checked && 'errors' in checked) return refuse(reply, checked.errors, edge);
      if (checked && isSubscription(checked.document, demand)) throw new ApiError('BAD_REQUEST', NEEDS_SOCKET);
      request.edgeContext = context;
      return await byApollo.call(app, request, reply);
    } finally {
      edge.metrics.graphqlSeconds.observe({ door }, (performance.now() - startedAt) / 1000);
      await ended(context, edge);
      leave();
    }
  };
  app.decorateRequest('edgeContext', null);
  const config = {
    hasOwnPace: ({ headers }: FastifyRequest) => /^\s*multipart\//i.test(headers['content-type'] ?? ''),
  };
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    bodyLimit: BODY_MAX,
    config,
    handler: (request, reply) => overload.during(() => handler(request, reply)),
  });
}

interface TrustedCall {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly hash: string;
  readonly variables: unknown;
}

async function byTrustedDocument<Context extends EdgeContext>(
  edge: Edge<Context>,
  context: Context,
  { request, reply, hash, variables }: TrustedCall,
): Promise<FastifyReply> {
  assertPreflighted(request);
  if (variables != null && !isRecord(variables)) throw new ApiError('BAD_REQUEST', '`variables` must be an object.');
  const document = edge.trusted.get(hash);
  const confined = edge.contexts.readableBy?.(context) != null;
  const checked = confined ? checkedFor(edge, edge.trusted.textOf(hash), context) : null;
  if (checked && 'errors' in checked) return refuse(reply, checked.errors, edge);
  if (document.operation === 'subscription') throw new ApiError('BAD_REQUEST', NEEDS_SOCKET);
  if (request.method === 'GET' && document.operation !== 'query') {
    reply.header('allow', 'POST').code(405);
    throw new ApiError('BAD_REQUEST', 'GET is for queries; send a mutation by POST.');
  }
  const { data, errors } = await document.execute(context, variables ?? null);
  if (!errors) return reply.type(contentType(request)).send(JSON.stringify({ data }));
  const answered = errors.map((error) => answeredError(error, request.id, edge));
  if (data === undefined) reply.code(statusOf(answered[0]));
  return reply.type(contentType(request)).send(JSON.stringify({ errors: answered, data }));
}

/** Answers a text that failed the check; the specification's newer content type where it is asked for. */
function refuse(
  reply: FastifyReply,
  errors: readonly unknown[],
  edge: Pick<Edge<EdgeContext>, 'log' | 'metrics'>,
): FastifyReply {
  const answered = errors.map((error) => answeredError(error, reply.request.id, edge));
  return reply
    .code(statusOf(answered[0]))
    .type(contentType(reply.request))
    .send(JSON.stringify({ errors: answered }));
}

function contentType({ headers }: FastifyRequest): string {
  return headers.accept?.includes(RESPONSE_TYPE) && !headers.accept.startsWith('application/json')
    ? `${RESPONSE_TYPE}; charset=utf-8`
    : JSON_TYPE;
}

const SIMPLE_TYPES = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i;

/** What Apollo's CSRF prevention demands: something that a foreign page cannot send without being asked first. */
function assertPreflighted({ headers }: FastifyRequest): void {
  const type = headers['content-type'];
  if (type !== undefined && !SIMPLE_TYPES.test(type)) return;
  if (PREFLIGHTED.some((name) => headers[name])) return;
  throw new ApiError(
    'BAD_REQUEST',
    'Blocked as a possible cross-site request: send `content-type: application/json` or `apollo-require-preflight: 1`.',
  );
}
