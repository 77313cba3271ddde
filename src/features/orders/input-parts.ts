import { z } from 'zod';
import { withoutSecrets } from '../../platform/graphql/validation.js';

/** Where URLs may point, and whether cards may be named by their numbers. */
export interface InputRules {
  /** Plain http is for development and tests. */
  readonly httpUrlsAllowed: boolean;
  /** Whether this deployment may be sent card data at all. */
  readonly cardDataAccepted: boolean;
  /** The real time: for what the payment system judges as well. */
  readonly now: () => Date;
  /** An operator's own time: for what is agreed with it. */
  readonly nowOf: (operatorId: string) => Date;
}

/** A default of the schema stands for absent and for null alike. */
export const or = <Schema extends z.ZodType, Value extends z.output<Schema>>(schema: Schema, value: Value) =>
  schema.nullish().transform((given) => given ?? value);

export const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? null);

/** The payment system's ids: its own alphabet, so that nothing else travels into a URL of it. */
export const externalId = withoutSecrets(
  z.string().regex(/^[A-Za-z0-9_]{1,255}$/, 'must be 1 to 255 letters, digits and underscores'),
);

const UNSIGNED = /^\d{1,30}(?:\.\d{1,30})?$/;
const SIGNED = /^-?\d{1,30}(?:\.\d{1,30})?$/;

/** An amount whose currency is known elsewhere: written as one, and no more is known of it yet. */
export function decimalText({ signed = false }: { readonly signed?: boolean } = {}) {
  const like = signed ? '"-10.50"' : '"10.50", without a sign';
  return withoutSecrets(z.string().regex(signed ? SIGNED : UNSIGNED, `must be a decimal number such as ${like}`));
}

/** One schema for the rules of a process: zod compiles it when it is first used, which took 0.9 ms of every order. */
export function madeOnce<Schema>(make: (rules: InputRules) => Schema): (rules: InputRules) => Schema {
  const schemas = new WeakMap<InputRules, Schema>();
  return (rules) => {
    const schema = schemas.get(rules) ?? make(rules);
    schemas.set(rules, schema);
    return schema;
  };
}
