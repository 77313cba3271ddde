import { Field, ID, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar, EventCursorScalar, JsonObjectScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { TransactionSourceEnum } from '../tenancy/index.js';
import type { CancellationStep } from './domain/cancellation-plan.js';
import {
  CancellationEffectEnum,
  CancellationReasonEnum,
  CaptureModeEnum,
  DisputeStatusEnum,
  OperationStatusEnum,
  OperationTypeEnum,
  OrderStatusEnum,
  RetryAdviceEnum,
  StoredOnFileEnum,
  TransactionTypeEnum,
} from './enums.graphql.js';
import {
  capturable,
  type DisputeRow,
  type OperationRow,
  type OrderRow,
  refundable,
  type TransactionRow,
} from './order-rows.js';

@ObjectType({ description: 'What the payer must do. Only on an order that is REQUIRES_ACTION.' })
export class NextAction {
  @Field(() => UrlScalar, {
    nullable: true,
    description: "Send the payer's browser here; it comes back to `returnUrl`.",
  })
  readonly redirectUrl!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "For the payment system's own browser library. It lets its holder finish this one payment, nothing else.",
  })
  readonly clientSecret!: string | null;
}

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

  @Field(() => TransactionTypeEnum)
  get type(): string {
    return this.row.type;
  }

  @Field(() => OperationStatusEnum)
  get status(): string {
    return this.row.status;
  }

  @Field(() => MoneyType)
  get amount(): MoneyType {
    return amountOf(this.order, this.row.amount);
  }

  @Field(() => String, { nullable: true, description: "The payment system's own id of the payment or refund." })
  get externalId(): string | null {
    return this.row.externalId;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its outcome was known.' })
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

  @Field(() => OperationTypeEnum)
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

  @Field(() => RetryAdviceEnum, { nullable: true })
  get retryAdvice(): string | null {
    return this.row.retryAdvice;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its outcome was known.' })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }
}

@ObjectType('CancellationStep', { description: 'One transaction that a cancellation would make.' })
export class CancellationStepType {
  @Field(() => TransactionTypeEnum, { description: 'VOID or REFUND.' })
  readonly type!: string;

  @Field(() => MoneyType)
  readonly amount!: MoneyType;

  @Field(() => CancellationEffectEnum)
  readonly effect!: string;
}

@ObjectType({ description: 'The transactions that a cancellation would make now, in their order.' })
export class CancellationPlan {
  @Field(() => [CancellationStepType], {
    description: 'Empty when nothing would be sent or there is nothing to cancel.',
  })
  readonly steps: CancellationStepType[];

  constructor(steps: readonly CancellationStep[]) {
    this.steps = steps.map(({ type, amount, effect }) => ({ type, amount: new MoneyType(amount), effect }));
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

  @Field(() => DisputeStatusEnum)
  get status(): string {
    return this.row.status;
  }

  @Field(() => MoneyType)
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

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }
}

@ObjectType('Order', { implements: Node, description: 'What is paid.' })
export class OrderType implements Node {
  constructor(readonly row: OrderRow) {}

  get id(): string {
    return publicId('order', this.row.id);
  }

  @Field(() => String, {
    description: 'Ours: twelve digits, the last a check digit, unique per operator; to be read over the telephone.',
  })
  get billNumber(): string {
    return this.row.billNumber;
  }

  @Field(() => String, { description: "The merchant's own; at most one order per number is live or paid." })
  get orderNumber(): string {
    return this.row.orderNumber;
  }

  @Field(() => String, { nullable: true })
  get description(): string | null {
    return this.row.description;
  }

  @Field(() => OrderStatusEnum)
  get status(): string {
    return this.row.status;
  }

  @Field(() => CaptureModeEnum)
  get captureMode(): string {
    return this.row.captureMode;
  }

  @Field(() => MoneyType, { description: 'What was asked for.' })
  get amount(): MoneyType {
    return amountOf(this.row, this.row.amount);
  }

  @Field(() => MoneyType, { description: "What the payer's bank granted, whatever became of it since." })
  get authorizedAmount(): MoneyType {
    return amountOf(this.row, this.row.authorized);
  }

  @Field(() => MoneyType)
  get capturedAmount(): MoneyType {
    return amountOf(this.row, this.row.captured);
  }

  @Field(() => MoneyType, { description: 'Refunds on their way count as made.' })
  get refundedAmount(): MoneyType {
    return amountOf(this.row, this.row.refunded);
  }

  @Field(() => MoneyType, { description: 'What open and lost disputes are about.' })
  get disputedAmount(): MoneyType {
    return amountOf(this.row, this.row.disputed);
  }

  @Field(() => MoneyType, { description: 'What is held and may still be captured.' })
  get capturableAmount(): MoneyType {
    return new MoneyType(capturable(this.row));
  }

  @Field(() => MoneyType, { description: 'What was captured and may still be refunded.' })
  get refundableAmount(): MoneyType {
    return new MoneyType(refundable(this.row));
  }

  @Field(() => TransactionSourceEnum, { nullable: true, description: 'Set by the first payment and never changed.' })
  get source(): string | null {
    return this.row.source;
  }

  @Field(() => StoredOnFileEnum, { nullable: true })
  get storedOnFile(): string | null {
    return this.row.storedOnFile;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When the hold lapses, as the payment system says for this very payment. Null when nothing was ever held.',
  })
  get captureBefore(): Date | null {
    return this.row.captureBefore;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the order is closed if nobody has paid it.' })
  get expiresAt(): Date | null {
    return this.row.expiresAt;
  }

  @Field(() => JsonObjectScalar, { description: "The merchant's own notes." })
  get metadata(): Record<string, unknown> {
    return this.row.metadata;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar)
  get updatedAt(): Date {
    return this.row.updatedAt;
  }
}

export const OrderConnection = connectionOf('Order', OrderType);

@ObjectType({ description: 'An order came to another status.' })
export class OrderStatusChanged {
  @Field(() => EventCursorScalar, { description: 'Give the last one you saw to `after` when you reconnect.' })
  readonly cursor!: string;

  @Field(() => DateTimeScalar)
  readonly occurredAt!: Date;

  @Field(() => OrderStatusEnum, { nullable: true, description: 'Null for an order that has just been made.' })
  readonly previousStatus!: string | null;

  @Field(() => OrderStatusEnum, { description: 'The status it came to then; `order.status` is the one it has now.' })
  readonly status!: string;

  @Field(() => ID, { description: 'The order, where only its id is needed.' })
  readonly orderId!: string;

  readonly orderUuid!: string;
}

function amountOf(order: OrderRow, minor: bigint): MoneyType {
  return new MoneyType(Money.of(minor, order.currency));
}
