import { z } from 'zod';
import { later } from '../../kernel/clock.js';
import { DomainError, type InputIssue, invalidInput } from '../../kernel/errors.js';
import {
  callbackUrl,
  freeText,
  money,
  ownNumber,
  url,
  validated,
  withoutSecrets,
} from '../../platform/graphql/validation.js';
import { LANGUAGES, type NewOrder } from '../orders/index.js';
import type { FormFields } from './domain/pay-form.js';

const MINUTES_MAX = 30 * 24 * 60;
const MINUTE_MS = 60_000;

/** A field of a form that was left empty is there, and empty. */
const optional = <Schema extends z.ZodType<unknown, string>>(schema: Schema) =>
  z
    .string()
    .optional()
    .transform((value) => (value === '' ? undefined : value))
    .pipe(schema.optional());

const minutes = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a whole number of minutes')
  .transform(Number)
  .refine((value) => value >= 1 && value <= MINUTES_MAX, `must be from 1 to ${MINUTES_MAX} minutes, 30 days`);

const isYes = z.enum(['true', 'false']).transform((word) => word === 'true');

function schemaOf(httpAllowed: boolean) {
  const address = optional(url({ httpAllowed }));
  return z.object({
    orderNumber: ownNumber({ max: 128 }),
    // Faults of the two are told by their names in the form, not by that of the pair.
    money: money(),
    description: optional(freeText({ max: 500 })),
    captureMode: optional(z.enum(['AUTOMATIC', 'MANUAL'])),
    returnUrl: address,
    callbackUrl: optional(callbackUrl({ httpAllowed })),
    email: optional(withoutSecrets(z.email('is not an email address').max(254))),
    payerReference: optional(freeText({ max: 100 })),
    language: optional(z.enum(LANGUAGES, `must be one of ${LANGUAGES.join(', ')}`)),
    expiresInMinutes: optional(minutes),
    saveCredential: optional(isYes),
  });
}

const SCHEMAS = { https: schemaOf(false), http: schemaOf(true) } as const;

export interface FormRules {
  readonly httpUrlsAllowed: boolean;
  /** Of the form's operator. */
  readonly now: Date;
}

/** The order that a form asks for; a refusal names every fault at once. */
export function orderOf(
  fields: FormFields,
  owner: { readonly merchantId: string; readonly mode: 'TEST' | 'LIVE' },
  { httpUrlsAllowed, now }: FormRules,
): NewOrder {
  const { amount = '', currency = '' } = fields;
  const wanted = asForm(payerIssues(fields), () =>
    validated(SCHEMAS[httpUrlsAllowed ? 'http' : 'https'], { ...fields, money: { amount, currency } }),
  );
  const { email, payerReference: reference, expiresInMinutes, money: price } = wanted;
  const hasPayer = email !== undefined || reference !== undefined;
  return {
    ...owner,
    accountId: null,
    orderNumber: wanted.orderNumber,
    amount: price,
    captureMode: wanted.captureMode ?? 'AUTOMATIC',
    description: wanted.description ?? null,
    language: wanted.language ?? null,
    saveCredential: wanted.saveCredential ?? false,
    payer: hasPayer ? { email, reference } : null,
    payment: null,
    returnUrl: wanted.returnUrl ?? null,
    callbackUrl: wanted.callbackUrl ?? null,
    expiresAt: expiresInMinutes === undefined ? null : later(now, expiresInMinutes * MINUTE_MS),
    metadata: {},
    agreement: null,
  };
}

/** What no field tells alone. */
function payerIssues({ saveCredential, email, payerReference }: FormFields): readonly InputIssue[] {
  if (saveCredential !== 'true' || email || payerReference) return [];
  const message = 'needs a payer whose card is kept: give payerReference, email or both';
  return [{ path: ['saveCredential'], message }];
}

/** The same refusal with the paths that a form has, and with what else is wrong. */
function asForm<Result>(more: readonly InputIssue[], read: () => Result): Result {
  let issues: readonly InputIssue[] = [];
  try {
    const result = read();
    if (more.length === 0) return result;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    issues = error.issues.map(({ path, message }) => ({ path: path[0] === 'money' ? path.slice(1) : path, message }));
  }
  throw invalidInput([...issues, ...more]);
}
