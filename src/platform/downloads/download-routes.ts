import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../kernel/clock.js';
import type { Download } from './download.js';
import type { Claims, DownloadLinks } from './download-links.js';
import { paced } from './paced.js';
import { FilesBusy } from './slots.js';

export interface DownloadParts {
  readonly clock: Clock;
  /** Whether an operator is served at all: links of one that is suspended lead nowhere. */
  readonly isServed: (operatorId: string) => Promise<boolean>;
}

export interface DownloadSource<Claimed extends Claims> {
  readonly links: DownloadLinks<Claimed>;
  /** Null where there is no such thing, or not any more. What can fail fails here, before the first byte is sent. */
  readonly open: (claims: Claimed) => Promise<Download | null>;
}

/** Whoever has the link may load it, so nobody else is to learn it from us. */
const HEADERS = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };
const RETRY_AFTER_SECONDS = 10;

/** Where the links of one kind lead. Without HEAD, for which all of a file would be written and thrown away. */
export function downloadRoute<Claimed extends Claims>(
  app: FastifyInstance,
  { clock, isServed }: DownloadParts,
  { links, open }: DownloadSource<Claimed>,
): void {
  app.get<{ Params: { '*': string } }>(`/${links.kind.path}/*`, { exposeHeadRoute: false }, async (request, reply) => {
    reply.headers(HEADERS);
    const claims = links.read(request.params['*'], clock.now());
    if (!claims || !(await isServed(claims.operatorId))) return refuse(reply);
    try {
      const download = await open(claims);
      return download ? send(reply, download) : refuse(reply);
    } catch (error) {
      if (!(error instanceof FilesBusy)) throw error;
      reply.header('retry-after', RETRY_AFTER_SECONDS);
      return inWords(reply.code(503), 'Too many files are being loaded at this moment. Try again in a few seconds.');
    }
  });
}

function send(reply: FastifyReply, { content, contentType, fileName, disposition }: Download): FastifyReply {
  reply.type(contentType).header('content-disposition', `${disposition}; filename="${fileName}"`);
  return reply.send(content instanceof Readable ? paced(content) : content);
}

function refuse(reply: FastifyReply): FastifyReply {
  return inWords(reply.code(404), 'This link is not valid any more.');
}

function inWords(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(`${text}\n`);
}
