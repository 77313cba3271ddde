import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { scrubbed } from './scrub.js';

export type Log = Logger;

/** Names whose values are never written, at the top and up to three levels down. */
const SECRET_NAMES = [
  'authorization',
  'Authorization',
  'cookie',
  'password',
  'secret',
  'secretKey',
  'clientSecret',
  'signingSecret',
  'webhookSecret',
  'key',
  'apiKey',
  'token',
  'number',
  'cardNumber',
  'card',
  'cvc',
];

const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

function scrubbedError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? scrubbed(error) : error;
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: scrubbed(error.message),
    stack: scrubbed(error.stack ?? ''),
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined ? {} : { cause: scrubbedError(error.cause) }),
  };
}

export interface LogOptions {
  readonly level: string;
  /** Where lines go; standard output when left out. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines without secrets. Names are redacted by pino; what hides inside a
 * text (a key in an error's message) is scrubbed from the finished line, which
 * catches every way in.
 */
export function createLog({ level, destination }: LogOptions): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: scrubbedError, error: scrubbedError },
    hooks: { streamWrite: scrubbed },
  };
  return destination ? pino(options, destination) : pino(options);
}
