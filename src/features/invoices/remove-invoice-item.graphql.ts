import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { idempotencyKey, publicIdOf, validated } from '../../platform/graphql/validation.js';
import { InvoiceType } from './invoice.graphql.js';

@InputType({ description: 'Which item is taken off its draft.' })
export class RemoveInvoiceItemInput {
  @Field(() => ID, { description: 'The item, `ini_…`, of an invoice that is a DRAFT.' })
  readonly itemId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now.',
  })
  readonly idempotencyKey?: string | null;
}

const input = z.object({ itemId: publicIdOf('invoiceItem'), idempotencyKey: idempotencyKey.nullish() });

/** The UUID of the item that is to go. */
export function itemToRemove(given: RemoveInvoiceItemInput): string {
  const { itemId } = validated(input, given);
  if (!itemId) throw notFound('invoice item');
  return itemId;
}

@ObjectType({ description: 'The draft without the item. Its reference is free again.' })
export class RemoveInvoiceItemPayload {
  @Field(() => InvoiceType, {
    description:
      'The draft, whose totals are of `totalsAt`. Left without items, it is VOID at its `closesAt`, unnumbered.',
  })
  readonly invoice!: InvoiceType;
}

export const RemoveInvoiceItemResult = resultOf('RemoveInvoiceItemResult', RemoveInvoiceItemPayload);
