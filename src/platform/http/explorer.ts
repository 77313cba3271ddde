import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type RuruClientConfig, ruruHTML } from 'ruru/server';
import { getStaticFile } from 'ruru/static';

/** A ready tab of the explorer. */
export interface ExplorerExample {
  readonly title: string;
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const STATIC_PATH = '/graphiql/static/';
const HEADERS = { authorization: 'Bearer <key>' };

const NOTE = `# Put your key in the Headers pane below: ${JSON.stringify(HEADERS)}
# Subscriptions use it too.`;

function tab({ title, document, variables }: ExplorerExample) {
  return {
    query: `# ${title}\n${NOTE}\n\n${document.trim()}\n`,
    variables: variables ? JSON.stringify(variables, null, 2) : null,
    headers: JSON.stringify(HEADERS, null, 2),
  };
}

/** Ruru hands what it does not know to GraphiQL, so `defaultTabs` arrives there although its type leaves it out. */
function clientConfig(examples: readonly ExplorerExample[]): RuruClientConfig {
  const config = {
    defaultHeaders: JSON.stringify(HEADERS, null, 2),
    isHeadersEditorEnabled: true,
    showPersistHeadersSettings: true,
  } as RuruClientConfig;
  return examples.length > 0 ? Object.assign(config, { defaultTabs: examples.map(tab) }) : config;
}

/** The page's own inline scripts are allowed by hash, all others are not; nothing is loaded from elsewhere. */
function contentSecurityPolicy(html: string): string {
  const inline = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self' ${inline.join(' ')}`,
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** `/graphiql`: Ruru, a prebuilt GraphiQL, served from its npm package so that it works offline. */
export function explorerRoutes(app: FastifyInstance, examples: readonly ExplorerExample[]): void {
  const html = ruruHTML({
    staticPath: STATIC_PATH,
    endpoint: '/graphql',
    subscriptionEndpoint: '/graphql',
    clientConfig: clientConfig(examples),
  });
  const policy = contentSecurityPolicy(html);

  app.get('/graphiql', (_request, reply) =>
    reply
      .headers({ 'content-security-policy': policy, 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' })
      .type('text/html; charset=utf-8')
      .send(html),
  );

  app.get(`${STATIC_PATH}*`, async (request, reply) => {
    const acceptEncoding = request.headers['accept-encoding'];
    const file = await getStaticFile({ staticPath: STATIC_PATH, urlPath: request.url, acceptEncoding });
    if (!file) return reply.callNotFound();
    return reply.headers({ ...file.headers, 'cache-control': 'public, max-age=3600' }).send(file.content);
  });
}
