import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import { MoneyInput, MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { DateTimeScalar, DecimalScalar } from '../../platform/graphql/scalars.js';
import type { SettlementRow } from './settlements-sql.js';

@ObjectType('Settlement', {
  implements: Node,
  description: 'What the operator has passed on to a merchant. It cannot be changed or taken back.',
})
export class SettlementType implements Node {
  readonly id: string;

  @Field(() => MoneyType, { description: 'What the merchant was paid.' })
  get amount(): MoneyType {
    return new MoneyType(Money.of(this.row.amount, this.row.currency));
  }

  @Field(() => MoneyType, { description: 'What the operator kept of the merchant’s balance for fees.' })
  get fees(): MoneyType {
    return new MoneyType(Money.of(this.row.fees, this.row.currency));
  }

  @Field(() => String, { description: 'As given: the number of the bank transfer, say.' })
  get reference(): string {
    return this.row.reference;
  }

  @Field(() => Boolean, { description: 'Whether it was allowed to go beyond what was available.' })
  get inAdvance(): boolean {
    return this.row.inAdvance;
  }

  @Field(() => DateTimeScalar, { description: 'When the merchant was paid.' })
  get occurredAt(): Date {
    return this.row.occurredAt;
  }

  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  constructor(readonly row: SettlementRow) {
    this.id = publicId('settlement', row.id);
  }
}

@InputType({ description: 'A payment from the operator to a merchant, made at a bank.' })
export class RecordSettlementInput {
  @Field(() => ID, { description: '`mer_…`: who was paid.' })
  readonly merchantId!: string;

  @Field(() => MoneyInput, { description: 'How much, more than zero. It is taken off the balance in this currency.' })
  readonly amount!: MoneyInput;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'What the operator keeps for fees, in major units of the same currency: taken off what is available as well, and ' +
      'put on the merchant’s FEES. Absent: nothing.',
  })
  readonly fees?: string | null;

  @Field(() => String, { description: 'The operator’s own, such as the number of the transfer: 1 to 200 characters.' })
  readonly reference!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was paid; absent: now. Not in the future. Statements go by when it was recorded.',
  })
  readonly occurredAt?: Date | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether it may go beyond what is available, so that the balance is below zero.',
  })
  readonly inAdvance!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      '1 to 255 printable ASCII characters. The same again gets the first answer, and records nothing more; without one ' +
      'a repetition is a second settlement.',
  })
  readonly idempotencyKey?: string | null;
}

@ObjectType({ description: 'What was recorded, now or by the first request with the same `idempotencyKey`.' })
export class RecordSettlementPayload {
  @Field(() => SettlementType, { description: 'As it was recorded.' })
  readonly settlement!: SettlementType;
}

export const RecordSettlementResult = resultOf('RecordSettlementResult', RecordSettlementPayload);
