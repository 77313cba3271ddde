import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { CurrencyCodeScalar, DateScalar, DecimalScalar, JsonObjectScalar } from '../../platform/graphql/scalars.js';
import { PayerInput } from '../payers/index.js';
import { InvoiceType } from './invoice.graphql.js';
import { InvoiceItemType } from './invoice-item.graphql.js';

@InputType({ description: 'What a payer owes, and for which month. Its mode is that of your key.' })
export class AddInvoiceItemInput {
  @Field(() => ID, {
    nullable: true,
    description: "Needed with an operator's key; a merchant's key is for its own merchant.",
  })
  readonly merchantId?: string | null;

  @Field(() => PayerInput, { description: 'Who owes it; made if new.' })
  readonly payer!: PayerInput;

  @Field(() => CurrencyCodeScalar, { description: 'Of `unitPrice`. A payer has one draft per month and currency.' })
  readonly currency!: string;

  @Field(() => String, { description: 'What the payer reads on the invoice; 1 to 500 characters.' })
  readonly description!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "When it was used or delivered: its month is the invoice's. At most 12 months ahead, and of a month that is not " +
      "closed yet: that is until the 2nd of the next, as it begins in the merchant's zone. Absent: today there, or in the zone of its draft, made before the merchant moved.",
  })
  readonly date?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    defaultValue: '1',
    description: 'How much of it: more than 0, at most 1000000000000, up to 6 fraction digits.',
  })
  readonly quantity?: string | null;

  @Field(() => DecimalScalar, {
    description:
      "What one costs before tax, in major units: 0 or more, up to 8 fraction digits, whatever the currency's. " +
      '`quantity` × `unitPrice` is rounded to the smallest unit, half a unit up; with its tax it is at most what the ' +
      'payment system takes at once.',
  })
  readonly unitPrice!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'Percent, 0 to 100, up to 4 fraction digits: "19" or "8.1". Your own to know: no tax is computed for you. Absent: ' +
      'no tax is said.',
  })
  readonly taxRate?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Your own id of it, 1 to 100 characters, unique per merchant and mode. The same again, with the same content, ' +
      'answers the item that is there; with another content it is DUPLICATE_REFERENCE.',
  })
  readonly reference?: string | null;

  @Field(() => JsonObjectScalar, {
    nullable: true,
    description: 'Up to 50 keys of up to 40 characters; values are strings of up to 500. Payers do not see them.',
  })
  readonly metadata?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description:
      '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now, or NOT_FOUND if the item was removed since.',
  })
  readonly idempotencyKey?: string | null;
}

@ObjectType({ description: 'The item that was added, or that was there already under its reference or key.' })
export class AddInvoiceItemPayload {
  @Field(() => InvoiceItemType, { description: 'With what it comes to.' })
  readonly item!: InvoiceItemType;

  @Field(() => InvoiceType, {
    description: 'What it is on: the draft of its month. Its totals are of `totalsAt`, so they may not know of it yet.',
  })
  readonly invoice!: InvoiceType;
}

export const AddInvoiceItemResult = resultOf('AddInvoiceItemResult', AddInvoiceItemPayload);
