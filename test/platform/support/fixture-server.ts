import { Writable } from 'node:stream';
import { ApiError } from '../../../src/platform/graphql/errors.js';
import { buildHttpServer, type HttpServer, type HttpServerOptions } from '../../../src/platform/http/server.js';
import { createLog } from '../../../src/platform/logging/log.js';
import { type FixtureContext, fixtureSchema } from './fixture-schema.js';
import { MemoryEvents } from './memory-events.js';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { message: string; path?: unknown[]; extensions: Readonly<Record<string, unknown>> }[];
}

export interface Fixture {
  readonly server: HttpServer<FixtureContext>;
  readonly port: number;
  readonly url: string;
  readonly events: MemoryEvents;
  readonly revoked: Set<string>;
  readonly counts: { executions: number };
  readonly ended: string[];
  readonly logLines: string[];
  post(
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: Answer; text: string }>;
}

const schema = fixtureSchema();

/** A server on a free port whose keys are `Bearer <name>`; `Bearer bad` is no key. */
export async function startFixture(
  options: Partial<HttpServerOptions<FixtureContext>> = {},
  fixedPort = 0,
): Promise<Fixture> {
  const events = new MemoryEvents();
  const revoked = new Set<string>();
  const counts = { executions: 0 };
  const ended: string[] = [];
  const logLines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      logLines.push(String(chunk));
      done();
    },
  });
  const server = await buildHttpServer<FixtureContext>({
    schema: await schema,
    log: createLog({ level: 'warn', destination }),
    introspection: true,
    rateKeyOf: (context) => context.key,
    tenantOf: ({ operatorId }) => operatorId,
    onRequestEnd: (context) => void ended.push(context.requestId),
    contextFor: async ({ authorization, requestId }) => {
      const key = /^Bearer (\w[\w-]*)$/.exec(authorization ?? '')?.[1];
      if (key === 'broken') throw new Error('database down');
      if (!key || key === 'bad') throw new ApiError('UNAUTHENTICATED', 'Give a key: `Authorization: Bearer <key>`.');
      const [operatorId = 'op-1'] = /op-\d/.exec(key) ?? [];
      const groupScope = key.includes('personal') ? undefined : operatorId;
      return { requestId, key, operatorId, source: events, counts, groupScope, stillAllowed: () => !revoked.has(key) };
    },
    ...options,
  });
  const { port } = await server.listen({ port: fixedPort, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${port}`;
  const post: Fixture['post'] = async (body, headers = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key-1', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  };
  return { server, port, url, events, revoked, counts, ended, logLines, post };
}
