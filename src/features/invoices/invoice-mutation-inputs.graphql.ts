import { Field, ID, InputType } from 'type-graphql';
import { DateScalar, DecimalScalar } from '../../platform/graphql/scalars.js';
import { CreditSettlementEnum } from './invoice-enums.graphql.js';

const IDEMPOTENCY_KEY =
  '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now.';

@InputType({ description: 'What is changed of an invoice: what is left out stays as it is.' })
export class UpdateInvoiceInput {
  @Field(() => ID, { description: 'Which invoice, `inv_…`: one that is neither PAID nor VOID.' })
  readonly invoiceId!: string;

  @Field(() => String, { nullable: true, description: 'What its payer reads at its head, 1 to 200 characters.' })
  readonly title?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      'Its new last day to be paid on, for a closed invoice: not before its `issuedOn`. From today on, and a PAST_DUE ' +
      'invoice is OPEN again; in the past, and an OPEN one is PAST_DUE.',
  })
  readonly dueOn?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Which agreement of its payer, in its currency, it is charged under from now on, `agr_…`. Null: the payer’s own is ' +
      'looked for. Nothing is charged by this.',
  })
  readonly agreementId?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A draft that is to be closed before its time.' })
export class FinalizeInvoiceInput {
  @Field(() => ID, { description: 'Which draft, `inv_…`: one with an item at least.' })
  readonly invoiceId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An invoice that is not owed after all.' })
export class VoidInvoiceInput {
  @Field(() => ID, { description: 'Which invoice, `inv_…`: DRAFT, OPEN, PAST_DUE or UNCOLLECTIBLE.' })
  readonly invoiceId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An invoice that is not expected to be paid any more.' })
export class MarkInvoiceUncollectibleInput {
  @Field(() => ID, { description: 'Which invoice, `inv_…`: OPEN or PAST_DUE.' })
  readonly invoiceId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An invoice that was written off and is owed again.' })
export class ReopenInvoiceInput {
  @Field(() => ID, { description: 'Which invoice, `inv_…`: UNCOLLECTIBLE.' })
  readonly invoiceId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A payment that was made past us: in cash, by a transfer, or through another system.' })
export class PaidOutsideInput {
  @Field(() => String, {
    description:
      'What you find it by again, such as the number of the transfer; 1 to 200 characters. Payers may read it.',
  })
  readonly reference!: string;
}

@InputType({ description: 'An invoice that is to be paid now, or was paid past us.' })
export class PayInvoiceInput {
  @Field(() => ID, { description: 'Which invoice, `inv_…`: OPEN, PAST_DUE or UNCOLLECTIBLE.' })
  readonly invoiceId!: string;

  @Field(() => PaidOutsideInput, {
    nullable: true,
    description:
      'That all that is owed was paid past us. Absent: it is charged now, under the agreement that it names or the payer’s ' +
      'own.',
  })
  readonly paidOutside?: PaidOutsideInput | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'What of one item is taken back.' })
export class CreditNoteLineInput {
  @Field(() => ID, { description: 'Which item of the invoice, `ini_…`; each once.' })
  readonly itemId!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'How much of its net, in major units of the invoice’s currency; its tax goes back in proportion. Absent: all that ' +
      'is left of it.',
  })
  readonly amount?: string | null;
}

@InputType({ description: 'What of a closed invoice is taken back, why, and what becomes of its money.' })
export class CreateCreditNoteInput {
  @Field(() => ID, { description: 'Which invoice, `inv_…`: OPEN, PAST_DUE, UNCOLLECTIBLE or PAID.' })
  readonly invoiceId!: string;

  @Field(() => String, { description: 'Why, 1 to 500 characters. Payers may read it.' })
  readonly reason!: string;

  @Field(() => [CreditNoteLineInput], {
    nullable: true,
    description: 'What of which items, 1 to 200. Absent: all that is left of the invoice.',
  })
  readonly lines?: CreditNoteLineInput[] | null;

  @Field(() => CreditSettlementEnum, {
    nullable: true,
    description: 'What becomes of its money. Absent: AMOUNT_DUE for an invoice that is owed, REFUND for a PAID one.',
  })
  readonly settlement?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}
