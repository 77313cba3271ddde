import { malformed, parameterMissing } from '../core/failure.js';
import type { FormHash, FormValue } from './form.js';

/** What a parameter may be. A list of words is an enumeration, a hash is a nested specification. */
type Rule =
  | 'text'
  | 'integer'
  | 'flag'
  | 'metadata'
  | 'texts'
  | 'range'
  | 'open'
  | readonly string[]
  | { readonly [name: string]: Rule };
export type Spec = { readonly [name: string]: Rule };

export interface Range {
  gt?: number;
  gte?: number;
  lt?: number;
  lte?: number;
}

type Value<R> = R extends 'text'
  ? string
  : R extends 'integer'
    ? number
    : R extends 'flag'
      ? boolean
      : R extends 'metadata'
        ? Record<string, string> | ''
        : R extends 'texts'
          ? string[]
          : R extends 'range'
            ? Range
            : R extends 'open'
              ? FormValue
              : R extends readonly (infer Word)[]
                ? Word | ''
                : R extends Spec
                  ? Parsed<R>
                  : never;
export type Parsed<S extends Spec> = { [K in keyof S]?: Value<S[K]> };

const METADATA_KEYS_MAX = 50;
const METADATA_KEY_LENGTH_MAX = 40;
const METADATA_VALUE_LENGTH_MAX = 500;

function integer(text: FormValue, param: string): number {
  if (text === '') {
    throw malformed(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a field; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
      { code: 'parameter_invalid_empty', param },
    );
  }
  const value = typeof text === 'string' && /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    const shown = typeof text === 'string' ? text : JSON.stringify(text);
    throw malformed(`Invalid integer: ${shown}`, { code: 'parameter_invalid_integer', param });
  }
  return value;
}

function flag(value: FormValue, param: string): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw malformed(`Invalid boolean: ${String(value)}`, { param });
}

function text(value: FormValue, param: string): string {
  if (typeof value === 'string') return value;
  throw malformed('Invalid string: must be a string', { param });
}

function hash(value: FormValue, param: string): FormHash {
  if (typeof value === 'object') return value;
  throw malformed('Invalid object', { param });
}

function word(value: FormValue, words: readonly string[], param: string): string {
  const given = text(value, param);
  if (given === '' || words.includes(given)) return given;
  const listed = words.length > 1 ? `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}` : words[0];
  throw malformed(`Invalid ${param}: must be one of ${listed}`, { param });
}

function metadata(value: FormValue, param: string): Record<string, string> | '' {
  if (value === '') return '';
  const entries = Object.entries(hash(value, param)).map(
    ([key, each]) => [key, text(each, `${param}[${key}]`)] as const,
  );
  if (entries.length > METADATA_KEYS_MAX) {
    throw malformed(`You can only have up to ${METADATA_KEYS_MAX} metadata keys.`, { param });
  }
  for (const [key, each] of entries) {
    if (key.length > METADATA_KEY_LENGTH_MAX) {
      throw malformed(
        `Metadata keys can have up to ${METADATA_KEY_LENGTH_MAX} characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
        { param },
      );
    }
    if (each.length > METADATA_VALUE_LENGTH_MAX) {
      throw malformed(
        `Metadata values can have up to ${METADATA_VALUE_LENGTH_MAX} characters, but you passed in a value that is ${each.length} characters. Invalid value: ${each}`,
        { param },
      );
    }
  }
  return Object.fromEntries(entries);
}

function range(value: FormValue, param: string): Range {
  if (typeof value === 'string') {
    const exact = integer(value, param);
    return { gte: exact, lte: exact };
  }
  return read({ gt: 'integer', gte: 'integer', lt: 'integer', lte: 'integer' }, value, [], param);
}

function readOne(rule: Rule, value: FormValue, param: string): unknown {
  if (typeof rule !== 'string') {
    if (isWords(rule)) return word(value, rule, param);
    return value === '' ? {} : read(rule, hash(value, param), [], param);
  }
  switch (rule) {
    case 'text':
      return text(value, param);
    case 'integer':
      return integer(value, param);
    case 'flag':
      return flag(value, param);
    case 'metadata':
      return metadata(value, param);
    case 'texts':
      if (value === '') return [];
      if (typeof value === 'string') throw malformed('Invalid array', { param });
      return Object.entries(value).map(([key, each]) => text(each, `${param}[${key}]`));
    case 'range':
      return range(value, param);
    case 'open':
      return value;
  }
}

function isWords(rule: Rule): rule is readonly string[] {
  return Array.isArray(rule);
}

function refuseUnknown(unknown: string[]): void {
  const [first] = unknown;
  if (first === undefined) return;
  const plural = unknown.length > 1 ? 's' : '';
  throw malformed(`Received unknown parameter${plural}: ${unknown.join(', ')}`, {
    code: 'parameter_unknown',
    param: first,
  });
}

/** Checks a form against a specification and gives its values their types; refuses as Stripe does. */
export function read<S extends Spec>(
  spec: S,
  form: FormHash,
  required: readonly string[] = [],
  within = '',
): Parsed<S> {
  const named = (name: string) => (within === '' ? name : `${within}[${name}]`);
  refuseUnknown(
    Object.keys(form)
      .filter((name) => !Object.hasOwn(spec, name))
      .map(named),
  );
  const values: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(form)) {
    const rule = spec[name];
    if (rule !== undefined) values[name] = readOne(rule, value, named(name));
  }
  for (const name of required) {
    if (values[name] === undefined || values[name] === '') throw parameterMissing(named(name));
  }
  // Every value was checked against the rule of its name just above.
  return values as Parsed<S>;
}
