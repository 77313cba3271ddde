import { z } from 'zod';
import { containsCardNumber, redactCardNumbers } from '../../kernel/card-number.js';
import { isCurrency } from '../../kernel/currency.js';
import { DomainError, type InputIssue, invalidInput } from '../../kernel/errors.js';
import { type IdKind, uuidOf } from '../../kernel/ids.js';
import { containsKey, KEY_REFUSAL } from '../../kernel/key-texts.js';
import { type Money, parseDecimal } from '../../kernel/money.js';
import { placeFaults } from '../egress/address-fault.js';

/** Marks the issue of a text with a card number in it, so that the whole input is refused under its own code. */
const CARD_DATA = { cardData: true } as const;
const CARD_DATA_MESSAGE = 'looks like a card number; card data is not accepted here, use a token';

/** The input as the schema makes it, or a refusal that lists every fault at once. */
export function validated<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const issues = result.error.issues.map(inputIssue);
  const refusal = invalidInput(issues);
  const carriesCardData = result.error.issues.some((issue) => issue.code === 'custom' && issue.params?.cardData);
  throw carriesCardData ? new DomainError('CARD_DATA_NOT_ALLOWED', refusal.message, issues) : refusal;
}

function inputIssue(issue: z.core.$ZodIssue): InputIssue {
  const path = issue.path.map(String);
  const isWrongWord = issue.code === 'invalid_value' && typeof issue.input === 'string';
  return { path, message: isWrongWord ? wrongWord(String(issue.input), issue.values) : issue.message };
}

const WORD_CHARS_MAX = 60;

/** Of a request the schema sees to its words; of a file this is what somebody reads who has mistyped one. */
function wrongWord(given: string, values: readonly unknown[]): string {
  const shown = given.length > WORD_CHARS_MAX ? `${given.slice(0, WORD_CHARS_MAX)}…` : given;
  return `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}, not ${JSON.stringify(redactCardNumbers(shown))}`;
}

interface TextLimits {
  readonly min?: number;
  /** In characters as PostgreSQL counts them: an emoji is one. */
  readonly max: number;
  readonly multiline?: boolean;
}

const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_LINES = /[^\P{Cc}\t\r\n]/u;

function* textFaults(value: string, { min = 1, max, multiline = false }: TextLimits): Generator<string> {
  const length = value.length > 2 * max ? value.length : [...value].length;
  if (length < min) yield min === 1 ? 'must not be empty' : `must have at least ${min} characters, not ${length}`;
  if (length > max) yield `must have at most ${max} characters, not ${length}`;
  if (!value.isWellFormed()) yield 'must be valid Unicode: it has half of a surrogate pair';
  if ((multiline ? CONTROL_BUT_LINES : CONTROL).test(value)) yield 'must not have control characters';
}

/** Text that PostgreSQL, JSON and logs all carry unchanged. For what is never stored; all else is `freeText`. */
export function text(limits: TextLimits) {
  return z.string().superRefine((value, context) => {
    for (const message of textFaults(value, limits)) context.addIssue({ code: 'custom', message });
  });
}

/** Whether a text asked for can be stored anywhere: PostgreSQL would not even take the question. */
export function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

/** Whatever is stored, logged or shown may carry neither a card number nor a key. */
export function withoutSecrets<Schema extends z.ZodType<string>>(schema: Schema) {
  return schema
    .refine((value) => !containsCardNumber(value), { message: CARD_DATA_MESSAGE, params: CARD_DATA })
    .refine((value) => !containsKey(value), KEY_REFUSAL);
}

/** Overrides, embeddings and isolates: what comes after one, also beside this text, is shown in another order than it is in. */
const TURNS_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/;
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{DI}\u2800]/u;

function* shownFaults(value: string): Generator<string> {
  if (value !== '' && !VISIBLE.test(value)) yield 'must have a character that can be seen';
  const [turning] = TURNS_DIRECTION.exec(value) ?? [];
  if (turning) {
    const code = turning.charCodeAt(0).toString(16).toUpperCase();
    yield `must not have characters that turn the direction of what is around them: it has U+${code}`;
  }
}

/** The number that a merchant's own system has for something: whatever that is, it comes back as it was given. */
export function ownNumber(limits: TextLimits) {
  return withoutSecrets(text(limits));
}

/** What people write and others read, payers among them: it looks like something, and like what it is. */
export function freeText(limits: TextLimits) {
  return withoutSecrets(
    text(limits).superRefine((value, context) => {
      for (const message of shownFaults(value)) context.addIssue({ code: 'custom', message });
    }),
  );
}

/** The UUID behind a public id. A broken id is an id of nothing, hence null: it leads to NOT_FOUND. */
export function publicIdOf(kind: IdKind) {
  return z.string().transform((id) => uuidOf(kind, id));
}

export const idempotencyKey = withoutSecrets(
  z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 printable ASCII characters'),
);

/** An absolute URL, for a browser to go to. Plain http is for development. */
export function url({ httpAllowed }: { readonly httpAllowed: boolean }) {
  const schemes = httpAllowed ? ['https:', 'http:'] : ['https:'];
  return text({ max: 2048 })
    .refine(
      (value) => {
        const parsed = URL.parse(value);
        return parsed !== null && schemes.includes(parsed.protocol) && parsed.username === '' && parsed.password === '';
      },
      `must be an absolute ${httpAllowed ? 'https or http' : 'https'} URL without a user name or password`,
    )
    .refine((value) => !containsCardNumber(unescaped(value)), { message: CARD_DATA_MESSAGE, params: CARD_DATA })
    .refine((value) => !containsKey(unescaped(value)), KEY_REFUSAL);
}

/**
 * An absolute URL that we are to call. Refused here is what can be known without asking name servers; what a name
 * leads to is the egress's to see, each time anew.
 */
export function callbackUrl({ httpAllowed }: { readonly httpAllowed: boolean }) {
  return url({ httpAllowed }).superRefine((value, context) => {
    const parsed = URL.parse(value);
    if (!parsed || !['https:', 'http:'].includes(parsed.protocol)) return;
    for (const message of placeFaults(parsed, { loopbackAllowed: httpAllowed })) {
      context.addIssue({ code: 'custom', message });
    }
  });
}

/**
 * As whoever reads the URL sees it: `4242+4242` and `%34242` are digits, however
 * they are escaped, also beside bytes that are no UTF-8, which become U+FFFD.
 */
function unescaped(value: string): string {
  return value
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** The payment system's own limits, because metadata is passed on to it. */
const METADATA_KEYS_MAX = 50;
const METADATA_KEY_MAX = 40;
const METADATA_VALUE_MAX = 500;

/** Own keys only; `z.record` would leave out `__proto__` without a word. */
const entriesOf = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

export const metadata = entriesOf.transform((entries, context) => {
  const refuse = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path });
  const count = Object.keys(entries).length;
  if (count > METADATA_KEYS_MAX) refuse(`must have at most ${METADATA_KEYS_MAX} keys, not ${count}`);
  for (const [key, value] of Object.entries(entries)) {
    // Starred before it is cut: what is left of a card number that was cut looks like none.
    const name = redactCardNumbers(key).slice(0, METADATA_KEY_MAX);
    if (key === '__proto__') refuse('the key cannot be kept: rename it', key);
    if (/[[\]]/.test(key)) refuse('the key must not have square brackets', name);
    for (const fault of textFaults(key, { max: METADATA_KEY_MAX })) refuse(`the key ${fault}`, name);
    if (typeof value !== 'string') refuse('must be a string', name);
    else
      for (const fault of textFaults(value, { min: 0, max: METADATA_VALUE_MAX, multiline: true })) refuse(fault, name);
    if (containsCardNumber(key) || (typeof value === 'string' && containsCardNumber(value))) {
      context.addIssue({ code: 'custom', message: CARD_DATA_MESSAGE, path: [], params: CARD_DATA });
    }
    if (containsKey(key) || (typeof value === 'string' && containsKey(value))) refuse(KEY_REFUSAL);
  }
  return entries as Readonly<Record<string, string>>;
});

/** An ISO 4217 code as `Currency`. */
export const currency = z.string().transform((code, context) => {
  if (isCurrency(code)) return code;
  if (containsCardNumber(code)) context.addIssue({ code: 'custom', message: CARD_DATA_MESSAGE, params: CARD_DATA });
  else context.addIssue({ code: 'custom', message: `"${code}" is not an ISO 4217 currency code in upper case` });
  return z.NEVER;
});

/** `MoneyInput` as `Money`: a whole number of minor units, more than nothing unless `zeroAllowed`. */
export function money({ zeroAllowed = false }: { readonly zeroAllowed?: boolean } = {}) {
  return z.object({ amount: z.string(), currency }).transform((input, context): Money => {
    const amount = parseDecimal(input.amount, input.currency);
    const refuse = (message: string) => context.addIssue({ code: 'custom', message, path: ['amount'] });
    if (typeof amount === 'string' && containsCardNumber(input.amount)) {
      context.addIssue({ code: 'custom', message: CARD_DATA_MESSAGE, path: ['amount'], params: CARD_DATA });
    } else if (typeof amount === 'string') refuse(amount);
    else if (amount.minor > 0n || (zeroAllowed && amount.isZero())) return amount;
    else refuse(`must be ${zeroAllowed ? 'zero or more' : 'more than zero'}, not "${input.amount}"`);
    return z.NEVER;
  });
}
