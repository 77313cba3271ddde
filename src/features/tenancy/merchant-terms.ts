import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import { callbackUrl } from '../../platform/graphql/validation.js';
import { retryDaysFault } from './domain/retry-policy.js';
import { sourcesFault, TRANSACTION_SOURCES, type TransactionSource } from './domain/transaction-source.js';
import { name, optionalId, optionalIdempotencyKey, refusing } from './inputs.js';
import { CALLBACK_FORMATS, type MerchantChanges } from './merchant.entity.js';

export interface MerchantInputOptions {
  /** Callback URLs without TLS, for development. */
  readonly httpAllowed: boolean;
}

/** Each source once, in the order of the table, whatever the caller's. */
const sources = z
  .array(z.enum(TRANSACTION_SOURCES))
  .superRefine(refusing<TransactionSource[]>(sourcesFault))
  .transform((given) => TRANSACTION_SOURCES.filter((source) => given.includes(source)));

const retryPolicyDays = z.array(z.number()).superRefine(refusing<number[]>(retryDaysFault));

const DUE_DAYS_MAX = 365;

const invoiceDueDays = z.number().refine((days) => days >= 0 && days <= DUE_DAYS_MAX, {
  error: ({ input }) => `must be 0 to ${DUE_DAYS_MAX} days, not ${input}`,
});

/** Null where there is a default means the default. */
function orDefault<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

export function createMerchantInput({ httpAllowed }: MerchantInputOptions) {
  return z.object({
    name,
    allowedSources: orDefault(sources),
    pciDssCertified: orDefault(z.boolean()),
    callbackUrl: callbackUrl({ httpAllowed }).nullish(),
    callbackFormat: orDefault(z.enum(CALLBACK_FORMATS)),
    retryPolicyDays: orDefault(retryPolicyDays),
    timeZone: orDefault(z.string()),
    invoiceDueDays: orDefault(invoiceDueDays),
    idempotencyKey: optionalIdempotencyKey,
  });
}

/** Null clears what may be empty and is refused elsewhere; what is absent stays. */
export function updateMerchantInput({ httpAllowed }: MerchantInputOptions) {
  return z.object({
    merchantId: optionalId('merchant'),
    name: name.optional(),
    allowedSources: sources.optional(),
    pciDssCertified: z.boolean().optional(),
    callbackUrl: callbackUrl({ httpAllowed }).nullish(),
    callbackFormat: z.enum(CALLBACK_FORMATS).optional(),
    retryPolicyDays: retryPolicyDays.optional(),
    timeZone: z.string().optional(),
    invoiceDueDays: invoiceDueDays.optional(),
    defaultPaymentSystemAccountId: z.string().nullish(),
    idempotencyKey: optionalIdempotencyKey,
  });
}

/** Ids as the database knows them; a broken one is an id of nothing. */
export function merchantChanges({
  merchantId,
  defaultPaymentSystemAccountId: account,
  idempotencyKey: _,
  ...fields
}: z.output<ReturnType<typeof updateMerchantInput>>): MerchantChanges & { readonly merchantId: string } {
  if (!merchantId) throw notFound('merchant');
  const uuid = account == null ? account : uuidOf('paymentSystemAccount', account);
  if (account != null && !uuid) throw notFound('payment system account');
  return { ...fields, merchantId, defaultPaymentSystemAccountId: uuid };
}
