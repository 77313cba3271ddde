import type { FastifyInstance } from 'fastify';

const RAW_BODY_MAX = 1_000_000;

/**
 * Routes whose bodies arrive as the bytes that were sent: a webhook's
 * signature is over those, and no parser may touch them first. Being a plugin
 * of its own, it leaves the parsers of `/graphql` alone.
 */
export function rawRoutes(routes: (app: FastifyInstance) => void | Promise<void>) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: RAW_BODY_MAX }, (_request, body, done) =>
      done(null, body),
    );
    await routes(app);
  };
}
