import type { BodyFormat } from './words.js';

/** What a merchant is told: an event as of the moment at which it happened. */
export interface Message {
  /** `ntf_…`, the same at every try: what a receiver remembers in order to do nothing twice. */
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly mode: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  JSON: 'application/json',
  FORM: 'application/x-www-form-urlencoded',
};

/** The bytes that are signed and sent, at every try the same. */
export function bodyOf({ id, type, occurredAt, mode, data }: Message, format: BodyFormat): string {
  const message = { id, type, occurredAt: occurredAt.toISOString(), mode, data };
  if (format === 'JSON') return JSON.stringify(message);
  return new URLSearchParams(flattened(message)).toString();
}

/** `data[before][lastFour]`: names as forms of PHP, Rails and Express are read into objects again. Null is an empty text. */
function flattened(value: unknown, name = ''): [name: string, value: string][] {
  if (value === null || value === undefined) return [[name, '']];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, each]) => flattened(each, name === '' ? key : `${name}[${key}]`));
}
