import { z } from 'zod';
import { type IdKind, uuidOf } from '../../kernel/ids.js';
import { freeText, idempotencyKey } from '../../platform/graphql/validation.js';

export const name = freeText({ max: 200 });

/** Null and absent are the same here: no key. */
export const optionalIdempotencyKey = idempotencyKey.nullish();

/** Undefined when no id was given, null when what was given is an id of nothing. */
export function optionalId(kind: IdKind) {
  return z
    .string()
    .nullish()
    .transform((id) => (id == null ? undefined : uuidOf(kind, id)));
}

/** A check of the domain's as a check of the schema: the fault, or null. */
export function refusing<Value>(faultOf: (value: Value) => string | null) {
  return (value: Value, context: z.core.$RefinementCtx) => {
    const message = faultOf(value);
    if (message) context.addIssue({ code: 'custom', message });
  };
}
