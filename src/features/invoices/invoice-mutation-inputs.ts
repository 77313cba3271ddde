import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { freeText, idempotencyKey, publicIdOf, validated } from '../../platform/graphql/validation.js';
import { date, decimalText, orNull } from '../orders/index.js';
import type { CreditNoteWanted } from './credit-note-wanted.js';
import { CREDIT_SETTLEMENTS } from './domain/words.js';
import type { InvoiceChanges } from './update-invoice.js';

const LINES_MAX = 200;

const OF_INVOICE = { invoiceId: publicIdOf('invoice'), idempotencyKey: idempotencyKey.nullish() } as const;

/** Once everything else is checked: a broken id is the id of no invoice. */
function withInvoice<Wanted extends { readonly invoiceId: string | null }>(wanted: Wanted) {
  const { invoiceId, ...rest } = wanted;
  if (invoiceId === null) throw notFound('invoice');
  return { ...rest, invoiceId };
}

const named = z.object(OF_INVOICE);

/** For inputs that only say which invoice. */
export function invoiceNamedBy(input: object): { readonly invoiceId: string } {
  return withInvoice(validated(named, input));
}

const update = z.object({
  ...OF_INVOICE,
  title: freeText({ max: 200 }).nullish(),
  dueOn: date.nullish(),
  agreementId: publicIdOf('agreement').nullish(),
});

export function invoiceChangesOf(input: { readonly agreementId?: string | null | undefined }) {
  const { invoiceId, title, dueOn, agreementId } = withInvoice(validated(update, input));
  if (agreementId === null && input.agreementId !== null) throw notFound('agreement');
  const changes: InvoiceChanges = { title: title ?? undefined, dueOn: dueOn ?? undefined, agreementId };
  return { invoiceId, changes };
}

const pay = z.object({
  ...OF_INVOICE,
  paidOutside: orNull(z.object({ reference: freeText({ max: 200 }) })),
});

export function paymentOfInvoice(input: object) {
  return withInvoice(validated(pay, input));
}

const creditNote = z.object({
  ...OF_INVOICE,
  reason: freeText({ max: 500 }),
  lines: orNull(
    z
      .array(z.object({ itemId: publicIdOf('invoiceItem'), amount: orNull(decimalText()) }))
      .min(1, 'must name at least one item; leave it out to credit all that is left')
      .max(LINES_MAX, `must have at most ${LINES_MAX} lines`),
  ),
  settlement: orNull(z.enum(CREDIT_SETTLEMENTS)),
});

export function creditNoteWantedOf(input: object): CreditNoteWanted {
  return withInvoice(validated(creditNote, input));
}
