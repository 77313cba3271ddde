import { Field, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { OrderType } from '../orders/index.js';
import { InvoiceType } from './invoice.graphql.js';
import { CreditNoteType } from './invoice-credit-note.graphql.js';

@ObjectType({ description: 'What came of the change.' })
export class UpdateInvoicePayload {
  @Field(() => InvoiceType, { description: 'As it is after the change.' })
  readonly invoice!: InvoiceType;
}

@ObjectType({ description: 'The invoice that was closed.' })
export class FinalizeInvoicePayload {
  @Field(() => InvoiceType, {
    description: 'OPEN, with its number: it is charged in a moment. PAID where the payer’s credit was enough.',
  })
  readonly invoice!: InvoiceType;
}

@ObjectType({ description: 'The invoice that nobody owes any more.' })
export class VoidInvoicePayload {
  @Field(() => InvoiceType, { description: 'VOID, for good. One that was closed keeps its number.' })
  readonly invoice!: InvoiceType;
}

@ObjectType({ description: 'The invoice that was written off.' })
export class MarkInvoiceUncollectiblePayload {
  @Field(() => InvoiceType, { description: 'UNCOLLECTIBLE: it is not charged by itself any more.' })
  readonly invoice!: InvoiceType;
}

@ObjectType({ description: 'The invoice that is owed again.' })
export class ReopenInvoicePayload {
  @Field(() => InvoiceType, { description: 'OPEN, or PAST_DUE where its `dueOn` has passed.' })
  readonly invoice!: InvoiceType;
}

@ObjectType({ description: 'What came of the payment. One that was declined is here too, not a Problem.' })
export class PayInvoicePayload {
  @Field(() => InvoiceType, { description: 'PAID when the money came, else as before.' })
  readonly invoice!: InvoiceType;

  @Field(() => OrderType, {
    nullable: true,
    description:
      'The charge, or what its payer may pay by where it could not be charged; null for what was paid past us.',
  })
  readonly order!: OrderType | null;
}

@ObjectType({ description: 'The credit note that was made, or that the same `idempotencyKey` made before.' })
export class CreateCreditNotePayload {
  @Field(() => CreditNoteType, {
    description:
      'With its number. A refund that is under way is PENDING; one that was refused is FAILED, not a Problem.',
  })
  readonly creditNote!: CreditNoteType;

  @Field(() => InvoiceType, { description: 'As it is after the note.' })
  readonly invoice!: InvoiceType;
}

export const UpdateInvoiceResult = resultOf('UpdateInvoiceResult', UpdateInvoicePayload);
export const FinalizeInvoiceResult = resultOf('FinalizeInvoiceResult', FinalizeInvoicePayload);
export const VoidInvoiceResult = resultOf('VoidInvoiceResult', VoidInvoicePayload);
export const MarkInvoiceUncollectibleResult = resultOf(
  'MarkInvoiceUncollectibleResult',
  MarkInvoiceUncollectiblePayload,
);
export const ReopenInvoiceResult = resultOf('ReopenInvoiceResult', ReopenInvoicePayload);
export const PayInvoiceResult = resultOf('PayInvoiceResult', PayInvoicePayload);
export const CreateCreditNoteResult = resultOf('CreateCreditNoteResult', CreateCreditNotePayload);
