import { createHash } from 'node:crypto';

/** A request as its caller would repeat it. */
export interface IdempotentRequest {
  /** Whose keys these are: `mer:<uuid>:TEST`, `op:<uuid>:LIVE`, `platform`. Another owner's same key is another key. */
  readonly owner: string;
  /** Absent: the caller does not mean to repeat it. */
  readonly key: string | null | undefined;
  readonly mutation: string;
  readonly input: object;
  /** Paths into the input that are never hashed, such as `payment.credential.card`: a hash of a card number can be undone. */
  readonly redact?: readonly string[];
}

/**
 * SHA-256 over what makes two requests the same: the mutation and its input,
 * whatever the order of its fields. The idempotency key itself is left out.
 */
export function requestHash({ mutation, input, redact = [] }: IdempotentRequest): string {
  const hidden = new Set(['idempotencyKey', ...redact]);
  return createHash('sha256')
    .update(`${mutation}\n${canonical(input, '', hidden)}`)
    .digest('hex');
}

/** Absent and null stay apart, because an update clears what is null and leaves what is absent. */
function canonical(value: unknown, path: string, hidden: ReadonlySet<string>): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (typeof value === 'bigint') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, path, hidden)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .map(([name, field]) => ({ name, field, path: path === '' ? name : `${path}.${name}` }))
    .filter((entry) => entry.field !== undefined && !hidden.has(entry.path))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => `${JSON.stringify(entry.name)}:${canonical(entry.field, entry.path, hidden)}`);
  return `{${fields.join(',')}}`;
}
