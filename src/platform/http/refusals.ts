import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';

/** What a request that never reaches a route is told. The framework's own words repeat what was sent. */
const WORDS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL:
    'The address cannot be read: it has a % that is not followed by two hexadecimal digits of a character.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is too long.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty: send JSON, or no content-type.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as content-length says.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The content-type is not one that is read here: send application/json.',
};

/** A refusal of the framework's in words of ours, without anything of what was sent. */
export function wordsFor(error: Partial<FastifyError>): string {
  if (error instanceof ForbiddenKey) return error.message;
  return WORDS[error.code ?? ''] ?? 'The request cannot be read.';
}

class ForbiddenKey extends Error {
  readonly statusCode = 400;
}

/**
 * The framework's parser of JSON, which refuses the two keys that reach an
 * object's prototype when somebody assigns them; here the refusal says so.
 */
export function parseJsonOf(app: FastifyInstance): void {
  const parse = jsonParserOf(app);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    parse(request, String(body), done),
  );
}

export type ParseJson = (
  request: FastifyRequest,
  text: string,
  done: (error: Error | null, value?: unknown) => void,
) => void;

export function jsonParserOf(app: FastifyInstance): ParseJson {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, text, done) =>
    void parse(request, text, (error, value) => done(error && (forbiddenKey(text) ?? error), value));
}

function forbiddenKey(text: string): ForbiddenKey | null {
  const found = new Set<string>();
  try {
    JSON.parse(text, (key, value: unknown) => {
      const isOverPrototype = typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
      if (key === '__proto__') found.add('"__proto__"');
      if (key === 'constructor' && isOverPrototype) found.add('"constructor" with "prototype" in it');
      return value;
    });
  } catch {
    return null;
  }
  const [key] = found;
  return key ? new ForbiddenKey(`The body has an object with the key ${key}, which is not accepted: rename it.`) : null;
}
