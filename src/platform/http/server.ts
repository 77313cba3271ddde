import { setTimeout as pause } from 'node:timers/promises';
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { containsCardNumber } from '../../kernel/card-number.js';
import { newUuid } from '../../kernel/ids.js';
import { documentCheck } from '../graphql/document-check.js';
import { DEFAULT_LIMITS, type DocumentLimits } from '../graphql/document-limits.js';
import { answeredError, type ContextHooks, type Edge, type EdgeContext } from '../graphql/edge.js';
import { ApiError, statusOf } from '../graphql/errors.js';
import { startApollo } from '../graphql/graphql-server.js';
import { resolveResultsAtOnce } from '../graphql/problem.graphql.js';
import { DEFAULT_RATE, type Rate, rateLimit } from '../graphql/rate-limit.js';
import { TrustedDocuments } from '../graphql/trusted-documents.js';
import { type LiveOptions, LiveSockets } from '../live/socket-server.js';
import type { Log } from '../logging/log.js';
import { createMetrics, type Metrics } from '../metrics/metrics.js';
import { BODY_MAX_MS, limitBodyTime } from './body-deadline.js';
import { type ExplorerExample, explorerRoutes } from './explorer.js';
import { graphqlRoute } from './graphql-route.js';
import { acceptUploads, type UploadLimits } from './graphql-upload.js';
import { healthRoutes, type ReadinessChecks } from './health.js';
import { Overload, type OverloadOptions } from './overload.js';
import { rawRoutes } from './raw-routes.js';
import { parseJsonOf, wordsFor } from './refusals.js';

export interface HttpServerOptions<Context extends EdgeContext> extends Omit<ContextHooks<Context>, 'limit'> {
  readonly schema: GraphQLSchema;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly limits?: Partial<DocumentLimits>;
  readonly introspection: boolean;
  /** Answers `/healthz`, `/readyz` and `/metrics` alone: for a process that only works in the background. */
  readonly healthOnly?: boolean;
  /** Mutations that may stand beside others in one request; none by default. */
  readonly combinableMutations?: readonly string[];
  readonly trustedDocuments?: readonly string[];
  readonly rate?: Rate;
  /** When requests of GraphQL are turned away because there is too much to do. */
  readonly overload?: OverloadOptions;
  /** Of files that are sent with a mutation: their size and pace. */
  readonly uploads?: UploadLimits;
  /** Milliseconds in which any other body has to arrive; a minute when absent. */
  readonly bodyMaxMs?: number;
  /** Proxies that are believed whom they speak for, by address or network; else whoever connects is who asks. */
  readonly trustedProxies?: readonly string[];
  /** The explorer's ready tabs; without them `/graphiql` is not served. */
  readonly explorerExamples?: readonly ExplorerExample[] | undefined;
  readonly readiness?: ReadinessChecks;
  readonly live?: Partial<Omit<LiveOptions, 'path'>>;
  /** A page for addresses that cannot be read, where people come and no client; null: they are refused as all others. */
  readonly pageForBadAddress?: (path: string, reply: FastifyReply) => FastifyReply | null;
  /** Routes of features: webhooks, pages. Bodies arrive as a Buffer, up to 1 MB. */
  readonly routes?: (app: FastifyInstance) => void | Promise<void>;
}

export interface HttpServer<Context extends EdgeContext> {
  readonly app: FastifyInstance;
  readonly sockets: LiveSockets<Context>;
  readonly metrics: Metrics;
  /** Returns the hash by which the document is called from now on. */
  registerTrustedDocument(text: string): string;
  listen(address: { readonly port: number; readonly host: string }): Promise<{ readonly port: number }>;
  /**
   * Not ready, no new connections, requests in flight answered, sockets told, all within the time. For the notice
   * connections are still taken, so that whoever spreads requests sees that this process is not ready before it is gone.
   */
  drain(withinMs?: number, noticeMs?: number): Promise<void>;
}

const DRAIN_MAX_MS = 10_000;
/** How often connections that have become idle are closed while draining. */
const IDLE_EVERY_MS = 50;

/** The whole edge on one port: GraphQL over HTTP and sockets, the explorer, health, metrics, features' routes. */
export async function buildHttpServer<Context extends EdgeContext>(
  options: HttpServerOptions<Context>,
): Promise<HttpServer<Context>> {
  const edge = buildEdge(options);
  const { metrics, log } = edge;
  const app = buildApp(edge, options);
  const sockets = new LiveSockets(edge, { ...options.live, path: '/graphql' });
  const overload = new Overload(options.overload ?? {}, (code) => metrics.graphqlErrors.inc({ code }));
  let draining = false;
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) reply.header('connection', 'close');
    done();
  });

  healthRoutes(app, { checks: options.readiness ?? {}, draining: () => draining, log });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  if (!options.healthOnly) {
    const apollo = await startApollo(edge);
    await app.register(async (own) => {
      graphqlRoute(own, edge, { apollo, overload, readUpload: await acceptUploads(own, options.uploads ?? {}) });
    });
    if (options.explorerExamples) explorerRoutes(app, options.explorerExamples);
    if (options.routes) await app.register(rawRoutes(options.routes));
    sockets.attach(app.server);
  }

  return {
    app,
    sockets,
    metrics,
    registerTrustedDocument: (text) => edge.trusted.register(text),
    listen: (address) => listen(app, address),
    drain: async (withinMs = DRAIN_MAX_MS, noticeMs = 0) => {
      draining = true;
      const cutOff = setTimeout(() => app.server.closeAllConnections(), withinMs);
      const socketsGone = sockets.drain();
      if (noticeMs > 0) await pause(noticeMs);
      const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_EVERY_MS);
      await Promise.all([socketsGone, app.close()]);
      clearInterval(idle);
      clearTimeout(cutOff);
      overload.stop();
    },
  };
}

function buildEdge<Context extends EdgeContext>(options: HttpServerOptions<Context>): Edge<Context> {
  const { schema, introspection, log } = options;
  resolveResultsAtOnce(schema);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const combinableMutations = new Set(options.combinableMutations);
  const check = documentCheck({ schema, limits, introspection, combinableMutations });
  const trusted = new TrustedDocuments(schema, check);
  for (const text of options.trustedDocuments ?? []) trusted.register(text);

  const take = rateLimit(options.rate ?? DEFAULT_RATE);
  const { contextForEvent, onRequestEnd, readableBy, rateKeyOf, tenantOf, socketsMaxOf } = options;
  return {
    schema,
    check,
    trusted,
    log,
    metrics: options.metrics ?? createMetrics({ processMetrics: false }),
    contexts: {
      contextFor: (request) => options.contextFor(request),
      contextForEvent,
      onRequestEnd,
      readableBy,
      rateKeyOf,
      tenantOf,
      socketsMaxOf,
      limit: (context) => take(rateKeyOf(context)),
    },
  };
}

/** A client's own request id is kept when it is harmless, so that logs of both sides meet. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

const HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

function buildApp(
  edge: Pick<Edge<EdgeContext>, 'log' | 'metrics'>,
  {
    pageForBadAddress,
    trustedProxies = [],
    bodyMaxMs = BODY_MAX_MS,
  }: Pick<HttpServerOptions<EdgeContext>, 'pageForBadAddress' | 'trustedProxies' | 'bodyMaxMs'>,
): FastifyInstance {
  const app = fastify({
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) && !containsCardNumber(given) ? given : newUuid();
    },
    requestIdHeader: false,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: 100_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Of addresses that no route can be looked up for; no hook has run for them.
    frameworkErrors: (error, request, reply) => {
      const refused = (reply as FastifyReply).headers({ 'x-request-id': request.id, ...HEADERS });
      if (pageForBadAddress?.(request.url, refused)) return;
      const answered = answeredError(new ApiError('BAD_REQUEST', wordsFor(error)), request.id, edge);
      void refused.code(error.statusCode ?? 400).send({ errors: [answered] });
    },
  });
  limitBodyTime(app, bodyMaxMs);
  parseJsonOf(app);
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.headers(HEADERS);
    done();
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new ApiError('BAD_REQUEST', 'There is nothing at this address with this method.');
    return reply.code(404).send({ errors: [answeredError(error, request.id, edge)] });
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const clientsFault = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
    const answered = answeredError(
      clientsFault ? new ApiError('BAD_REQUEST', wordsFor(error)) : error,
      request.id,
      edge,
    );
    const retryAfter = answered.extensions?.retryAfterSeconds;
    if (typeof retryAfter === 'number') reply.header('retry-after', Math.ceil(retryAfter));
    const status = reply.statusCode >= 400 ? reply.statusCode : statusOf(answered);
    return reply.code(clientsFault ? (error.statusCode ?? 400) : status).send({ errors: [answered] });
  });
  return app;
}

async function listen(app: FastifyInstance, address: { readonly port: number; readonly host: string }) {
  try {
    await app.listen(address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${address.port} is already in use. Stop what runs there, or set PORT to a free port.`);
  }
  const bound = app.server.address();
  return { port: typeof bound === 'object' && bound ? bound.port : address.port };
}
