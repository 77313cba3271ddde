import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Api } from './api.js';

const BODY_BYTES_MAX = 1_000_000;

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function handle(api: Api, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const mark = request.url.indexOf('?');
  const answer = await api.answer({
    method: request.method,
    path: mark < 0 ? request.url : request.url.slice(0, mark),
    query: mark < 0 ? '' : request.url.slice(mark + 1),
    body: typeof request.body === 'string' ? request.body : '',
    authorization: header(request, 'authorization'),
    version: header(request, 'stripe-version'),
    idempotencyKey: header(request, 'idempotency-key') ?? null,
  });
  if (answer.outcome !== 'answered') {
    // Hijacked, so that nothing is ever sent; a hung connection ends when the caller gives up.
    reply.hijack();
    if (answer.outcome === 'reset') request.raw.socket.resetAndDestroy();
    return reply;
  }
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .type('application/json')
    .send(JSON.stringify(answer.content));
}

/** The API's HTTP side: everything under /v1 goes to the API as raw text. */
export function apiServer(api: Api): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/v1/*',
    handler: (request, reply) => handle(api, request, reply),
  });
  return app;
}

/** Listens, or rejects with a plain sentence when the port is taken. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE') {
      const told = new Error(`The Stripe sandbox cannot listen on ${host}:${port}: the port is already in use.`);
      throw Object.assign(told, { code: 'EADDRINUSE', cause: error });
    }
    throw error;
  }
  const address = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
