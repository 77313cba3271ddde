import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../graphql/errors.js';
import { arriving, DEFAULT_PACE, discarded, type Pace, tooLarge } from './arriving.js';
import { UploadCut } from './upload.js';

/** A body that is just arriving at a PUT route. */
export interface PutBody {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The body, read once; throws `UploadCut` where it is longer than it may be, or ends before its end. */
  readonly content: AsyncIterable<Uint8Array>;
}

export interface PutLimits {
  /** Bytes of the body; 1 GiB when absent. */
  readonly bytesMax?: number;
  readonly pace?: Pace;
}

const BODY_MAX = 1_073_741_824;

const TYPES: readonly (string | undefined)[] = ['text/csv', 'application/octet-stream', undefined];

/**
 * A route `PUT` for files of any size, handed on as they arrive. Content types
 * `text/csv`, `application/octet-stream` and none; others are refused with 415.
 * What the handler returns is sent; an `UploadCut` that it lets through is 413 or 400.
 */
export function putRoute(
  app: FastifyInstance,
  url: string,
  handler: (body: PutBody) => Promise<unknown>,
  { bytesMax = BODY_MAX, pace = DEFAULT_PACE }: PutLimits = {},
): void {
  // A plugin of its own: what reads other routes' bodies is left out of this one.
  void app.register(async (own) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser('*', (_request, _body, done) => done(null));
    own.addHook('onRequest', async (request, reply) => assertAccepted(request, reply, bytesMax));
    own.addHook('onSend', async (request, reply) => {
      if (!(await discarded(request.raw, pace))) reply.header('connection', 'close');
    });
    own.put(url, { config: { hasOwnPace: () => true } }, async (request, reply) => {
      try {
        return await handler({ request, reply, content: arriving(request.raw, { bytesMax, pace }) });
      } catch (error) {
        if (error instanceof UploadCut && error.reason === 'TOO_LARGE') reply.code(413);
        throw error;
      }
    });
  });
}

function assertAccepted({ headers }: FastifyRequest, reply: FastifyReply, bytesMax: number): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!TYPES.includes(type)) {
    reply.code(415);
    throw new ApiError(
      'BAD_REQUEST',
      'Send the file with the content-type text/csv or application/octet-stream, or none.',
    );
  }
  if (Number(headers['content-length']) <= bytesMax || headers['content-length'] === undefined) return;
  reply.code(413);
  throw tooLarge(bytesMax);
}
