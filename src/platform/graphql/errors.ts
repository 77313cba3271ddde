import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError } from '../../kernel/errors.js';
import { UploadCut } from '../http/upload.js';
import type { Log } from '../logging/log.js';
import { scrubbed } from '../logging/scrub.js';
import { masked } from './masked.js';

/** The codes of GraphQL errors, with the HTTP status where the whole request failed by one. */
export const STATUS = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  OVERLOADED: 503,
} as const;

export type ApiErrorCode = keyof typeof STATUS;

/** A failure of the request itself, unlike a Problem, which answers a request that was understood. */
export class ApiError extends GraphQLError {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ApiErrorCode,
    message: string,
    extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(message, { extensions: { ...extensions, code } });
  }
}

export function isApiErrorCode(code: unknown): code is ApiErrorCode {
  return typeof code === 'string' && Object.hasOwn(STATUS, code);
}

/** Codes of Apollo and type-graphql that mean one of ours. */
const FOREIGN_CODES: ReadonlyMap<unknown, ApiErrorCode> = new Map([
  ['GRAPHQL_PARSE_FAILED', 'BAD_REQUEST'],
  ['GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST'],
  ['BAD_USER_INPUT', 'BAD_REQUEST'],
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_REQUEST'],
  ['PERSISTED_QUERY_NOT_FOUND', 'BAD_REQUEST'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_REQUEST'],
  ['INTROSPECTION_DISABLED', 'BAD_REQUEST'],
  ['UNAUTHORIZED', 'FORBIDDEN'],
]);

interface Classified {
  readonly code: ApiErrorCode;
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What a resolver threw, beneath the wrappers that add a path to it. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Known by name: features refuse access in plain errors, and the platform knows no feature. */
function isAccessError(cause: unknown): cause is Error & { readonly code: ApiErrorCode } {
  return cause instanceof Error && cause.name === 'AccessError' && 'code' in cause && isApiErrorCode(cause.code);
}

/**
 * An error without a path and without a foreign cause was made by graphql
 * itself before anything ran: syntax, validation, variables. With a path it
 * came out of a resolver, and what a resolver did not mean to throw is a bug.
 */
function classified(error: unknown): Classified | null {
  const cause = causeOf(error);
  if (cause instanceof ApiError) return { code: cause.code, message: cause.message, extensions: cause.extensions };
  if (cause instanceof DomainError) {
    return {
      code: 'BAD_REQUEST',
      message: cause.message,
      extensions: { problem: cause.code, ...(cause.issues.length > 0 ? { issues: cause.issues } : {}) },
    };
  }
  if (cause instanceof UploadCut) return { code: 'BAD_REQUEST', message: cause.message };
  if (isAccessError(cause)) return { code: cause.code, message: cause.message };
  if (!(error instanceof GraphQLError && cause instanceof GraphQLError)) return null;
  const code = FOREIGN_CODES.get(error.extensions.code) ?? error.extensions.code;
  const message = withoutValues(error.message);
  if (isApiErrorCode(code)) return { code, message };
  return error.path === undefined && code === undefined ? { code: 'BAD_REQUEST', message } : null;
}

/**
 * graphql repeats the value that it cannot read, and the object around it. The
 * caller knows what it sent; who reads its log is not to find a card's security
 * code there, which nothing tells from any other three digits.
 */
function withoutValues(message: string): string {
  return message
    .replace(/ got invalid value .*( at "[A-Za-z_][\w.[\]]*")(?=; )/s, ' is invalid$1')
    .replace(/( cannot represent [^:;]*): .*$/s, '$1');
}

/** The error as clients see it: a code of ours, no stack trace, no secret; a bug only as its request id. */
export function formattedError(error: unknown, requestId: string, log: Log): GraphQLFormattedError {
  const { locations, path } = error instanceof GraphQLError ? error.toJSON() : {};
  const place = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) };
  const known = classified(error);
  if (known) {
    const extensions = masked({ ...known.extensions, code: known.code });
    return { message: masked(scrubbed(known.message)), ...place, extensions };
  }
  log.error({ err: causeOf(error), requestId, path: path?.join('.') }, 'request failed');
  const message =
    'Something failed on our side. Repeat the request with the same idempotencyKey; ' +
    `if it fails again, tell us the request id ${requestId}.`;
  return { message, ...place, extensions: { code: 'INTERNAL', requestId } };
}

/** The HTTP status of an answer that has no data at all. */
export function statusOf(error: GraphQLFormattedError | undefined): number {
  const code = error?.extensions?.code;
  return isApiErrorCode(code) ? STATUS[code] : 500;
}
