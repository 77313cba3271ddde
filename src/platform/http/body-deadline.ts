import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requests of this route whose bodies may take as long as their sender keeps its own pace. */
    readonly hasOwnPace?: (request: FastifyRequest) => boolean;
  }
}

/** How long a body may take that is read as a whole. */
export const BODY_MAX_MS = 60_000;

/**
 * Ends requests whose bodies take too long, as Node itself would: but for all
 * requests alike, where an upload may rightly take many minutes.
 */
export function limitBodyTime(app: FastifyInstance, maxMs: number): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, raw } = request;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
    if (hasBody && !request.routeOptions.config.hasOwnPace?.(request)) {
      const timer = setTimeout(() => {
        const late = Object.assign(new Error('The body took too long.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
        if (!raw.complete) app.server.emit('clientError', late, raw.socket);
      }, maxMs);
      timer.unref();
      raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
}
