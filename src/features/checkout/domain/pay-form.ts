import { redactCardNumbers } from '../../../kernel/card-number.js';
import type { InputIssue } from '../../../kernel/errors.js';

/** Every field that a payment form may have, and whether it must. */
const FIELDS = {
  merchant: true,
  orderNumber: true,
  amount: true,
  currency: true,
  description: false,
  captureMode: false,
  returnUrl: false,
  callbackUrl: false,
  email: false,
  payerReference: false,
  language: false,
  expiresInMinutes: false,
  saveCredential: false,
  timestamp: true,
  signature: true,
} as const;

export type FormField = keyof typeof FIELDS;

/** What was sent, by the name of the field; absent ones are not in it, empty ones are. */
export type FormFields = Partial<Record<FormField, string>>;

const VERSION = 'quittance-pay-v1';
const CONTROL = /\p{Cc}/u;
const NAME_SHOWN_MAX = 40;
const SIGNATURE = /^[0-9a-f]{64}$/i;
const TIMESTAMP = /^\d{1,12}$/;

export type ReadForm = { readonly fields: FormFields } | { readonly issues: readonly InputIssue[] };

/**
 * The pairs of a form as its fields. Refused is whatever could be read in two
 * ways, for its signature would be over either: fields that nobody knows or
 * that come twice, and characters that end a line.
 */
export function readForm(pairs: Iterable<readonly [name: string, value: string]>): ReadForm {
  const fields: Record<string, string> = {};
  const issues: InputIssue[] = [];
  for (const [name, value] of pairs) {
    const fault = fieldFault(name, value, Object.hasOwn(fields, name));
    if (fault) issues.push({ path: [shownName(name)], message: fault });
    else fields[name] = value;
  }
  // A field that was refused above is not missing as well.
  const named = new Set(issues.map(({ path: [name] }) => name));
  for (const [name, isNeeded] of Object.entries(FIELDS)) {
    if (isNeeded && !fields[name] && !named.has(name)) issues.push({ path: [name], message: 'is missing' });
  }
  if (fields.signature && !SIGNATURE.test(fields.signature)) {
    issues.push({ path: ['signature'], message: 'must be 64 hexadecimal digits: HMAC-SHA256 of the other fields' });
  }
  if (fields.timestamp && !TIMESTAMP.test(fields.timestamp)) {
    issues.push({ path: ['timestamp'], message: 'must be the time in whole seconds since 1970' });
  }
  return issues.length > 0 ? { issues } : { fields };
}

/**
 * What a form's signature is made over: a first line that says what it is, then
 * a line `name=value` for each field that is sent but the signature, by name.
 * No name has an equals sign and no value ends a line, so that two forms never
 * have the same text.
 */
export function canonicalText(fields: FormFields): string {
  const lines = Object.entries(fields)
    .filter(([name]) => name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return [VERSION, ...lines].join('\n');
}

const BEHIND_MAX_SECONDS = 60 * 60;
const AHEAD_MAX_SECONDS = 5 * 60;

/** Whether a form that was signed then is still taken, or taken yet: clocks of shops are not all right. */
export function isTimely(timestamp: string, now: Date): boolean {
  const ageSeconds = Math.floor(now.getTime() / 1000) - Number(timestamp);
  return ageSeconds <= BEHIND_MAX_SECONDS && ageSeconds >= -AHEAD_MAX_SECONDS;
}

function fieldFault(name: string, value: string, isRepeated: boolean): string | null {
  if (!Object.hasOwn(FIELDS, name)) return 'is not a field of this form';
  if (isRepeated) return 'is there twice';
  if (CONTROL.test(value)) return 'must not have line ends or other control characters';
  // What a decoder puts where the bytes were none of UTF-8.
  if (value.includes('\uFFFD')) return 'must be UTF-8';
  return null;
}

/** A name that we did not give could be anything, a card number among it; ours are short words, which stay as they are. */
function shownName(name: string): string {
  const text = redactCardNumbers(name.replaceAll(/\p{Cc}/gu, ' ')).trim();
  return text.length > NAME_SHOWN_MAX ? `${text.slice(0, NAME_SHOWN_MAX)}…` : text || '(no name)';
}
