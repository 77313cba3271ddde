import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const TYPES = {
  'page.css': 'text/css; charset=utf-8',
  'status.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** Kept by browsers for a while: a new version of us is seen by payers who come within this time a little later. */
const CACHE = 'public, max-age=600';

/** The few files that pages load, read once; they lie beside this one, in the sources as in what is compiled. */
export function assetRoutes(app: FastifyInstance): void {
  for (const [name, type] of Object.entries(TYPES)) {
    const content = readFileSync(new URL(`./assets/${name}`, import.meta.url));
    app.get(`/pay/assets/${name}`, (_request, reply) =>
      reply
        .headers({ 'content-type': type, 'cache-control': CACHE, 'x-content-type-options': 'nosniff' })
        .send(content),
    );
  }
}
