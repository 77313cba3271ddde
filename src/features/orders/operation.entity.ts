import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import {
  OPERATION_STATUSES,
  OPERATION_TYPES,
  type OperationStatus,
  type OperationType,
} from './domain/operation-state.js';

/** Something asked of an order. The schema; read and written by `orders-sql.ts`. */
@Entity({ tableName: 'operations', rowLevelSecurity: 'force' })
// Of all payment operations of an order at most one ever succeeds, and none is begun while one is alive.
@Index({
  name: 'operations_one_payment',
  expression:
    `create unique index "operations_one_payment" on "operations" ("operator_id", "order_id") ` +
    `where type in ('PAYMENT', 'VERIFICATION') and status not in ('DECLINED', 'FAILED', 'CANCELED')`,
})
// Nothing new is sent for an order while the outcome of something is not known.
@Index({
  name: 'operations_one_in_flight',
  expression:
    `create unique index "operations_one_in_flight" on "operations" ("operator_id", "order_id") ` +
    `where status in ('PENDING', 'UNKNOWN')`,
})
// What the transactions of an operation refer to, so that they are of the same order.
@Unique({ name: 'operations_of_order_unique', properties: ['operatorId', 'orderId', 'id'] })
@Check({
  name: 'operations_amount_check',
  expression: "amount_minor > 0 or amount_minor = 0 and type in ('VERIFICATION', 'CANCELLATION')",
})
export class Operation extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  orderId!: string;

  @Enum(oneOf(OPERATION_TYPES))
  type!: OperationType;

  @Enum(oneOf(OPERATION_STATUSES))
  status!: OperationStatus;

  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  /** Why, for cancellations. */
  @Property({ type: 'text', nullable: true })
  reason!: string | null;

  /** What was asked for, frozen when it was accepted: tokens and flags, never card data. */
  @Property({ type: 'jsonb' })
  request!: Record<string, unknown>;

  @Property({ type: 'jsonb', nullable: true })
  nextAction!: Record<string, unknown> | null;

  @Property({ type: 'text', nullable: true })
  declineCode!: string | null;

  @Property({ type: 'text', nullable: true })
  declineMessage!: string | null;

  @Property({ type: 'text', nullable: true })
  retryAdvice!: string | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
