import { Check, Entity, Enum, Index, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import {
  OPERATION_STATUSES,
  type OperationStatus,
  TRANSACTION_TYPES,
  type TransactionType,
} from './domain/operation-state.js';

/** One message to the payment system. The schema; read and written by `orders-sql.ts`. */
@Entity({ tableName: 'transactions', rowLevelSecurity: 'force', policies: [systemReads('transactions')] })
@Index({
  name: 'transactions_external',
  expression:
    `create unique index "transactions_external" on "transactions" ("operator_id", "external_id") ` +
    `where type = 'REFUND' and external_id is not null`,
})
@Index({
  name: 'transactions_due',
  expression: `create index "transactions_due" on "transactions" ("due_at") where due_at is not null`,
})
@Index({
  name: 'transactions_page',
  expression:
    `create unique index "transactions_page" on "transactions" ("operator_id", "page_external_id") ` +
    `where page_external_id is not null`,
})
@Index({ name: 'transactions_by_order', properties: ['operatorId', 'orderId', 'id'] })
@Check({
  name: 'transactions_amount_check',
  expression: "amount_minor > 0 or amount_minor = 0 and type in ('VERIFICATION', 'VOID')",
})
@Check({ name: 'transactions_position_check', expression: 'position >= 1' })
// Whatever has no known outcome is looked at by the reconciler one day: a crash loses nothing.
@Check({
  name: 'transactions_in_flight_are_due',
  expression: "status <> 'PENDING' and status <> 'UNKNOWN' or due_at is not null",
})
export class PaymentTransaction extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  orderId!: string;

  @Property({ type: 'uuid' })
  operationId!: string;

  /** 1, 2, …: a cancellation over held and captured amounts has two. */
  @Property({ type: 'integer' })
  position!: number;

  @Enum(oneOf(TRANSACTION_TYPES))
  type!: TransactionType;

  @Enum(oneOf(OPERATION_STATUSES))
  status!: OperationStatus;

  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  /** The payment system's id: of the payment (`pi_…`), or of the refund (`re_…`). */
  @Property({ type: 'text', nullable: true })
  externalId!: string | null;

  /** The page at the payment system on which the payer carries it out: `cs_…`. */
  @Property({ type: 'text', nullable: true })
  pageExternalId!: string | null;

  /** How often its outcome was asked for. */
  @Property({ type: 'integer', default: 0 })
  checks!: number;

  /** When the reconciler looks at it; set before the call, so that a crash cannot lose it. Null: settled. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
