import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { Temporal } from 'temporal-polyfill';
import { redactCardNumbers } from '../../kernel/card-number.js';
import { ReceivedFile, type UploadedFile } from '../http/upload.js';

/** A fault in a scalar: graphql adds the path to it and answers BAD_REQUEST. */
function refuse(message: string): never {
  throw new GraphQLError(message);
}

/** A value from the client, cut short so that an error never echoes a body back; starred first, for half a card number is none to the eye of who looks for one. */
function shown(value: unknown): string {
  const text = redactCardNumbers(JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

interface StringScalar<Internal> {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL?: string;
  readonly parse: (text: string) => Internal;
  readonly serialize: (value: unknown) => string;
  /** Said when something other than a string arrives; `parse` says the rest. */
  readonly expected: string;
}

/** A scalar that is a JSON string on the wire in both directions. */
function stringScalar<Internal>(scalar: StringScalar<Internal>): GraphQLScalarType<Internal, string> {
  const { name, description, specifiedByURL, parse, serialize, expected } = scalar;
  const parseValue = (value: unknown): Internal =>
    typeof value === 'string' ? parse(value) : refuse(`${name} must be ${expected}, not ${shown(value)}`);
  return new GraphQLScalarType<Internal, string>({
    name,
    description,
    specifiedByURL,
    serialize,
    parseValue,
    parseLiteral: (node) =>
      node.kind === Kind.STRING ? parse(node.value) : refuse(`${name} must be ${expected}, not ${literal(node)}`),
  });
}

function literal(node: ValueNode): string {
  return 'value' in node ? redactCardNumbers(String(node.value)).slice(0, 60) : node.kind;
}

/** For scalars whose faults are reported with all others of the input: only the length is bounded here. */
function upTo(name: string, charactersMax: number): (text: string) => string {
  return (text) =>
    text.length <= charactersMax ? text : refuse(`${name} must have at most ${charactersMax} characters`);
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** What PostgreSQL and `toISOString` write with four digits of a year in every zone. */
const EARLIEST = '1970-01-01T00:00:00Z';
const LATEST = '9999-12-30T23:59:59Z';
const EARLIEST_MS = Date.parse(EARLIEST);
const LATEST_MS = Date.parse(LATEST) + 999;

function instant(text: string): Date {
  const date = new Date(text);
  const match = RFC_3339.exec(text);
  if (!match || !isDay(match[1] ?? '') || Number.isNaN(date.getTime())) {
    refuse(`DateTime must be an RFC 3339 time such as "2026-11-21T09:30:00Z", not ${shown(text)}`);
  }
  if (date.getTime() < EARLIEST_MS || date.getTime() > LATEST_MS) {
    refuse(`DateTime must lie from ${EARLIEST} to ${LATEST}, not ${shown(text)}`);
  }
  return date;
}

function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

export const DateTimeScalar = stringScalar<Date>({
  name: 'DateTime',
  description:
    'A moment as RFC 3339, answered in UTC with milliseconds: "2026-11-21T09:30:00.000Z". ' +
    `One that is given lies from ${EARLIEST} to ${LATEST}.`,
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  expected: 'a string such as "2026-11-21T09:30:00Z"',
  parse: instant,
  serialize: (value) => (value instanceof Date ? value : new Date(String(value))).toISOString(),
});

export const DateScalar = stringScalar<string>({
  name: 'Date',
  description: 'A calendar day without a time zone: "2026-11-21".',
  expected: 'a string such as "2026-11-21"',
  parse: (text) => (isDay(text) ? text : refuse(`Date must be a day such as "2026-11-21", not ${shown(text)}`)),
  serialize: (value) => {
    const text = String(value);
    if (!isDay(text)) throw new TypeError(`not a day: ${shown(text)}`);
    return text;
  },
});

/** Node also takes offsets ("+01:00") for zones; those know no daylight saving and are refused. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

export const TimeZoneScalar = stringScalar<string>({
  name: 'TimeZone',
  description: 'A time zone by its IANA name: "Europe/Berlin".',
  specifiedByURL: 'https://www.iana.org/time-zones',
  expected: 'a string such as "Europe/Berlin"',
  parse: (text) =>
    isTimeZone(text) ? text : refuse(`TimeZone must be an IANA name such as "Europe/Berlin", not ${shown(text)}`),
  serialize: String,
});

export const DecimalScalar = stringScalar<string>({
  name: 'Decimal',
  description:
    'An exact amount in major units as a string: "10.50" in USD, "1050" in JPY. ' +
    'No more fraction digits than the currency has. A number without quotes is refused, because floats are not exact.',
  expected: 'a string in quotes, such as "10.50" (numbers without quotes are floats, which are not exact)',
  parse: upTo('Decimal', 64),
  serialize: String,
});

export const MinorUnitsScalar = stringScalar<bigint>({
  name: 'MinorUnits',
  description:
    'An amount in the smallest unit of its currency, as a string of digits: "1050" is 10.50 USD or 1050 JPY.',
  expected: 'a string of digits, such as "1050"',
  parse: (text) =>
    /^-?\d{1,18}$/.test(text) ? BigInt(text) : refuse(`MinorUnits must be a string of digits, not ${shown(text)}`),
  serialize: (value) => {
    if (typeof value !== 'bigint') throw new TypeError('MinorUnits are a bigint');
    return value.toString();
  },
});

export const CurrencyCodeScalar = stringScalar<string>({
  name: 'CurrencyCode',
  description: 'An ISO 4217 currency code, upper case: "EUR".',
  expected: 'a string such as "EUR"',
  parse: upTo('CurrencyCode', 16),
  serialize: String,
});

export const UrlScalar = stringScalar<string>({
  name: 'URL',
  description: 'An absolute URL.',
  specifiedByURL: 'https://url.spec.whatwg.org/',
  expected: 'a string such as "https://shop.example/callback"',
  parse: upTo('URL', 2048),
  serialize: String,
});

export const EventCursorScalar = stringScalar<string>({
  name: 'EventCursor',
  description:
    'A place in the event log, opaque. Give the last one you saw to `after` and nothing is missed or repeated.',
  expected: 'a string that an event carried',
  parse: upTo('EventCursor', 128),
  serialize: String,
});

type JsonObject = Readonly<Record<string, unknown>>;

function jsonObject(value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  return refuse(`JSONObject must be an object, not ${shown(value)}`);
}

/** Entries are defined, never assigned, so that a key `__proto__` is only a key. */
function jsonLiteral(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  switch (node.kind) {
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, jsonLiteral(field.value, variables)]));
    case Kind.LIST:
      return node.values.map((value) => jsonLiteral(value, variables));
    case Kind.VARIABLE:
      return variables[node.name.value];
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    default:
      return node.value;
  }
}

export const JsonObjectScalar = new GraphQLScalarType<JsonObject, JsonObject>({
  name: 'JSONObject',
  description: 'A JSON object of any keys and values; where it is used says what it may hold.',
  serialize: jsonObject,
  parseValue: jsonObject,
  parseLiteral: (node, variables) => jsonObject(jsonLiteral(node, variables ?? {})),
});

const AS_MULTIPART =
  'Upload must be a variable, and its file a part of a multipart request: ' +
  'https://github.com/jaydenseric/graphql-multipart-request-spec';

export const UploadScalar = new GraphQLScalarType<UploadedFile, never>({
  name: 'Upload',
  description:
    'A file, sent as a part of a GraphQL multipart request (`operations`, `map`, then exactly one file, at most 64 MiB) ' +
    'with the header `apollo-require-preflight: 1`. In `variables` its place is null. It cannot be written in a document, nor be read.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  serialize: () => refuse('Upload is for input alone'),
  parseValue: (value) => (value instanceof ReceivedFile ? value : refuse(AS_MULTIPART)),
  parseLiteral: () => refuse(AS_MULTIPART),
});
