import { Field, ID, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar, EventCursorScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { TransactionSourceEnum } from '../tenancy/index.js';
import type { CancellationStep } from './domain/cancellation-plan.js';
import {
  CancellationEffectEnum,
  CaptureModeEnum,
  OrderStatusEnum,
  StoredOnFileEnum,
  TransactionTypeEnum,
} from './enums.graphql.js';
import { amountOf } from './operation.graphql.js';
import { capturable, type OrderRow, refundable } from './order-rows.js';

@ObjectType({ description: 'What the payer must do. Only on an order that is REQUIRES_ACTION.' })
export class NextAction {
  @Field(() => UrlScalar, {
    nullable: true,
    description: "Send the payer's browser here; it comes back to `returnUrl`. Null when the order has no `returnUrl`.",
  })
  readonly redirectUrl!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "For the payment system's own browser library. It lets its holder finish this one payment, nothing else.",
  })
  readonly clientSecret!: string | null;
}

@ObjectType('CancellationStep', { description: 'One transaction that a cancellation would make.' })
export class CancellationStepType {
  @Field(() => TransactionTypeEnum, { description: 'VOID or REFUND.' })
  readonly type!: string;

  @Field(() => MoneyType, { description: "How much this step would release or give back, in the order's currency." })
  readonly amount!: MoneyType;

  @Field(() => CancellationEffectEnum, {
    description: 'Whether it would be sent at once, or happen with the final capture.',
  })
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

  @Field(() => String, {
    nullable: true,
    description: 'What is paid for, as given to `createOrder`; up to 500 characters.',
  })
  get description(): string | null {
    return this.row.description;
  }

  @Field(() => OrderStatusEnum, {
    description: 'How the order stands now: whether it is being paid, held, taken or given back.',
  })
  get status(): string {
    return this.row.status;
  }

  @Field(() => CaptureModeEnum, {
    description: 'Whether the money is taken at once or held first; as given to `createOrder`.',
  })
  get captureMode(): string {
    return this.row.captureMode;
  }

  @Field(() => MoneyType, { description: 'What was asked for. All other amounts of the order are in its currency.' })
  get amount(): MoneyType {
    return amountOf(this.row, this.row.amount);
  }

  @Field(() => MoneyType, { description: "What the payer's bank granted, whatever became of it since." })
  get authorizedAmount(): MoneyType {
    return amountOf(this.row, this.row.authorized);
  }

  @Field(() => MoneyType, {
    description: 'What was taken of the payer, in all captures together; refunds do not lessen it.',
  })
  get capturedAmount(): MoneyType {
    return amountOf(this.row, this.row.captured);
  }

  @Field(() => MoneyType, {
    description: 'What was given back of `capturedAmount`. Refunds on their way count as made.',
  })
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

  @Field(() => MoneyType, { description: 'What was captured and may still be refunded: nothing while it is disputed.' })
  get refundableAmount(): MoneyType {
    // Beside a dispute a refund could pay the payer twice.
    return this.row.disputed > 0n ? amountOf(this.row, 0n) : new MoneyType(refundable(this.row));
  }

  @Field(() => TransactionSourceEnum, { nullable: true, description: 'Set by the first payment and never changed.' })
  get source(): string | null {
    return this.row.source;
  }

  @Field(() => StoredOnFileEnum, {
    nullable: true,
    description:
      "Whether the payer's details were new, are to be kept, or were kept before. Null before the first payment.",
  })
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

  @Field(() => DateTimeScalar, {
    description: 'When `createOrder` accepted it. Lists are in the order of this, newest first.',
  })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { description: 'When its status, its amounts or anything else of it last changed.' })
  get updatedAt(): Date {
    return this.row.updatedAt;
  }
}

export const OrderConnection = connectionOf('Order', OrderType);

@ObjectType({ description: 'An order came to another status.' })
export class OrderStatusChanged {
  @Field(() => EventCursorScalar, { description: 'Give the last one you saw to `after` when you reconnect.' })
  readonly cursor!: string;

  @Field(() => DateTimeScalar, { description: 'When the order came to `status`; not when you were told.' })
  readonly occurredAt!: Date;

  @Field(() => OrderStatusEnum, { nullable: true, description: 'Null for an order that has just been made.' })
  readonly previousStatus!: string | null;

  @Field(() => OrderStatusEnum, { description: 'The status it came to then; `order.status` is the one it has now.' })
  readonly status!: string;

  @Field(() => ID, { description: 'The order, where only its id is needed.' })
  readonly orderId!: string;

  readonly orderUuid!: string;
}
