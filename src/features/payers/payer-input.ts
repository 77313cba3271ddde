import { z } from 'zod';
import { freeText, publicIdOf, withoutSecrets } from '../../platform/graphql/validation.js';
import type { PayerDetails } from './resolve-payer.js';

/** Whoever fills a form leaves fields null or out; both say nothing. */
const said = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? undefined);

/** `PayerInput`, checked. */
export const payerInput = z
  .object({
    id: said(publicIdOf('payer').transform((uuid) => ({ uuid }))),
    reference: said(freeText({ max: 100 })),
    email: said(withoutSecrets(z.email('is not an email address').max(254))),
    name: said(freeText({ max: 200 })),
    phone: said(freeText({ max: 40 })),
  })
  .refine(({ id, reference }) => id === undefined || reference === undefined, {
    message: 'give the id or the reference, not both',
    path: ['reference'],
  })
  .transform(({ id, ...rest }): PayerDetails => (id === undefined ? rest : { ...rest, id: id.uuid }));
