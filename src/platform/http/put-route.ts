import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

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
}

/**
 * A route `PUT` for files of any size, handed on as they arrive. Content types
 * `text/csv`, `application/octet-stream` and none; others are refused with 415.
 * What the handler returns is sent; an `UploadCut` that it lets through is 413 or 400.
 */
export function putRoute(
  _app: FastifyInstance,
  _url: string,
  _handler: (body: PutBody) => Promise<unknown>,
  _limits: PutLimits = {},
): void {
  throw new Error('not yet');
}
