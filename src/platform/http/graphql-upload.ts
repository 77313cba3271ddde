import multipart, { type Multipart, type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../graphql/errors.js';
import { arriving, cutOff, DEFAULT_PACE, discarded, type Pace, tooLarge, withinPatience } from './arriving.js';
import { fileInPlace } from './file-in-place.js';
import { jsonParserOf, type ParseJson, wordsFor } from './refusals.js';
import { ReceivedFile, UploadCut } from './upload.js';

export interface UploadLimits {
  /** Bytes of the file; 64 MiB when absent. */
  readonly bytesMax?: number;
  readonly pace?: Pace;
}

const FILE_MAX = 67_108_864;
/** Of `operations` and `map` together: what the body of a request without a file may have. */
const TEXTS_MAX = 100_000;
/** Of those two and all that stands around parts. */
const AROUND_MAX = 120_000;

const PARTS = 'A multipart request has the parts `operations`, `map` and one file, in this order';

/** A form on a foreign page can send a file, but none of these without the browser asking us first. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

/** What a multipart request has in place of a JSON body, with the file where `map` says; null for other requests. */
export type ReadUpload = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * The GraphQL multipart request specification for one file, which is handed on
 * as it arrives: what decides about a request comes before it, and is decided
 * by the same code as for a JSON body.
 */
export async function acceptUploads(app: FastifyInstance, limits: UploadLimits): Promise<ReadUpload> {
  await app.register(multipart, { throwFileSizeLimit: false });
  const form = { bytesMax: FILE_MAX, pace: DEFAULT_PACE, ...limits, parse: jsonParserOf(app) };
  app.addHook('onSend', (request, reply, _payload, done) => {
    // Also of those that are answered before their type is looked at: nothing else ends such a body.
    if (!request.routeOptions.config.hasOwnPace?.(request)) return done();
    void discarded(request.raw, form.pace).then((all) => {
      if (!all) reply.header('connection', 'close');
      done();
    });
  });
  return (request, reply) => {
    if (Number(request.headers['content-length']) > form.bytesMax + AROUND_MAX) {
      reply.code(413);
      throw tooLarge(form.bytesMax);
    }
    return new Form(request, form).demand();
  };
}

/** Before anything is read, and before anybody is looked up. */
export function assertPreflightedUpload({ headers }: FastifyRequest): void {
  if (PREFLIGHT_HEADERS.some((name) => headers[name])) return;
  const message =
    'Blocked as a possible cross-site request: send a file with the header `apollo-require-preflight: 1`.';
  throw new ApiError('BAD_REQUEST', message);
}

interface FormOptions {
  readonly bytesMax: number;
  readonly pace: Pace;
  readonly parse: ParseJson;
}

class Form {
  private readonly parts: AsyncIterator<Multipart>;
  private texts = 0;

  constructor(
    private readonly request: FastifyRequest,
    private readonly options: FormOptions,
  ) {
    this.parts = request.parts({
      limits: { fieldSize: TEXTS_MAX, fields: 2, files: 1, parts: 3, fileSize: options.bytesMax },
      // By name alone: a client may send JSON as a file, or a file without its name.
      isPartAFile: (name) => name !== 'operations' && name !== 'map',
    });
  }

  async demand(): Promise<unknown> {
    const operations = await this.json('operations');
    const map = await this.json('map');
    const part = await this.next();
    if (part?.type !== 'file') throw new ApiError('BAD_REQUEST', `${PARTS}: the file is missing.`);
    const { filename, mimetype, fieldname } = part;
    const file = new ReceivedFile(filename ?? '', mimetype, this.contentOf(part));
    return fileInPlace(operations, map, { name: fieldname, file });
  }

  private async json(name: string): Promise<unknown> {
    const part = await this.next();
    if (part?.type !== 'field' || part.fieldname !== name) {
      throw new ApiError('BAD_REQUEST', `${PARTS}: \`${name}\` is missing, or not in its place.`);
    }
    // The framework's plugin has parsed what says that it is JSON.
    const text = typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
    this.texts += Buffer.byteLength(text);
    if (part.valueTruncated || this.texts > TEXTS_MAX) {
      throw new ApiError('BAD_REQUEST', `\`operations\` and \`map\` have more than ${TEXTS_MAX} bytes.`);
    }
    return new Promise((resolve, reject) => {
      this.options.parse(this.request, text, (error, value) =>
        error ? reject(new ApiError('BAD_REQUEST', `\`${name}\`: ${wordsFor(error)}`)) : resolve(value),
      );
    });
  }

  private async *contentOf({ file }: MultipartFile): AsyncGenerator<Uint8Array> {
    const { bytesMax, pace } = this.options;
    yield* arriving(file, { bytesMax: Number.POSITIVE_INFINITY, pace });
    if (file.truncated) throw tooLarge(bytesMax);
    // The end of the file is not that of the body: cut off here, a sender would take it for not sent.
    if (await this.next()) throw new ApiError('BAD_REQUEST', `${PARTS}: another part follows.`);
  }

  private async next(): Promise<Multipart | null> {
    try {
      const { value, done } = await withinPatience(this.parts.next(), this.options.pace.idleMs);
      return done ? null : value;
    } catch (error) {
      throw error instanceof UploadCut ? error : refusalOf(error);
    }
  }
}

/** The plugin's errors; what is left of them means that the body ends early. */
const REFUSALS: Readonly<Record<string, string>> = {
  FST_PARTS_LIMIT: `${PARTS}: another part follows.`,
  FST_FILES_LIMIT: `${PARTS}: another part follows.`,
  FST_FIELDS_LIMIT: `${PARTS}: one of them is there twice.`,
  FST_PROTO_VIOLATION: `${PARTS}: a part has a name that is not accepted.`,
  FST_INVALID_JSON_FIELD_ERROR: '`operations` and `map` must be JSON.',
};

function refusalOf(error: unknown): Error {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  const words = REFUSALS[code] ?? (/boundary/i.test(message) ? 'The content-type has no boundary of parts.' : null);
  return words === null ? cutOff() : new ApiError('BAD_REQUEST', words);
}
