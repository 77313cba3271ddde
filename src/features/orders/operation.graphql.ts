import { Field, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import {
  CancellationReasonEnum,
  DisputeStatusEnum,
  OperationStatusEnum,
  OperationTypeEnum,
  RetryAdviceEnum,
  TransactionTypeEnum,
} from './enums.graphql.js';
import { type DisputeRow, money, type OperationRow, type OrderRow, type TransactionRow } from './order-rows.js';

/** Getters wherever making a value costs something, so that a list pays only for what was asked. */
@ObjectType('Transaction', { implements: Node, description: 'One message to the payment system.' })
export class TransactionType implements Node {
  constructor(
    private readonly row: TransactionRow,
    private readonly order: OrderRow,
  ) {}

  get id(): string {
    return publicId('transaction', this.row.id);
  }

  @Field(() => TransactionTypeEnum, { description: 'What the payment system is asked to do.' })
  get type(): string {
    return this.row.type;
  }

  @Field(() => OperationStatusEnum, { description: 'What became of it at the payment system, as far as is known.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => MoneyType, { description: "How much it holds, takes, releases or gives back, in the order's currency." })
  get amount(): MoneyType {
    return amountOf(this.order, this.row.amount);
  }

  @Field(() => String, { nullable: true, description: "The payment system's own id of the payment or refund." })
  get externalId(): string | null {
    return this.row.externalId;
  }

  @Field(() => DateTimeScalar, { description: 'When it was written down, which is before it was sent.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its outcome was known; null until then.' })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }
}

@ObjectType('Operation', {
  implements: Node,
  description: 'Something asked of an order, carried out by one or more transactions.',
})
export class OperationObject implements Node {
  constructor(
    readonly row: OperationRow,
    readonly order: OrderRow,
  ) {}

  get id(): string {
    return publicId('operation', this.row.id);
  }

  @Field(() => OperationTypeEnum, {
    description: 'Which request it carries out: a payment, capture, cancellation, increase or check.',
  })
  get type(): string {
    return this.row.type;
  }

  @Field(() => OperationStatusEnum, { description: 'Follows from its transactions.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => MoneyType, { description: 'What was asked for; of an increase, by how much.' })
  get amount(): MoneyType {
    return amountOf(this.order, this.row.amount);
  }

  @Field(() => CancellationReasonEnum, { nullable: true, description: 'Cancellations: why.' })
  get reason(): string | null {
    return this.row.reason;
  }

  @Field(() => Boolean, {
    description:
      'Whether it is a merchant-initiated charge that is made again because the attempt before it was declined for ' +
      'want of funds: the card schemes want such payments to be marked.',
  })
  get resubmission(): boolean {
    return this.row.request.resubmission ?? false;
  }

  @Field(() => String, {
    nullable: true,
    description: "The payment system's most specific code: `insufficient_funds`.",
  })
  get declineCode(): string | null {
    return this.row.declineCode;
  }

  @Field(() => String, { nullable: true, description: 'The same in words, for staff rather than payers.' })
  get declineMessage(): string | null {
    return this.row.declineMessage;
  }

  @Field(() => RetryAdviceEnum, {
    nullable: true,
    description: 'Declined: what the payment system says of trying the same details again. Null when it says nothing.',
  })
  get retryAdvice(): string | null {
    return this.row.retryAdvice;
  }

  @Field(() => DateTimeScalar, { description: 'When the request was accepted, which is before anything was sent.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its outcome was known; null until then.' })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }
}

@ObjectType('Dispute', {
  implements: Node,
  description: "The payer's bank is asking for the money, or has taken it back.",
})
export class DisputeType implements Node {
  constructor(
    private readonly row: DisputeRow,
    private readonly order: OrderRow,
  ) {}

  get id(): string {
    return publicId('dispute', this.row.id);
  }

  @Field(() => DisputeStatusEnum, { description: 'Whether it is still open, and if not, for whom it was decided.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => MoneyType, { description: "What the payer's bank asks for or has taken, in the order's currency." })
  get amount(): MoneyType {
    return amountOf(this.order, this.row.amount);
  }

  @Field(() => String, { nullable: true, description: 'As the bank gives it: `fraudulent`, `product_not_received`.' })
  get reason(): string | null {
    return this.row.reason;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when an answer counts.' })
  get evidenceDueAt(): Date | null {
    return this.row.evidenceDueAt;
  }

  @Field(() => String, { description: "The payment system's own id." })
  get externalId(): string {
    return this.row.externalId;
  }

  @Field(() => DateTimeScalar, { description: 'When we first heard of it.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }
}

/** An amount of an order: they are all in its currency. */
export function amountOf(order: OrderRow, minor: bigint): MoneyType {
  return new MoneyType(money(order, minor));
}
