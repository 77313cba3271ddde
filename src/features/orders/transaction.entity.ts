import { Entity, Index, Property } from '@mikro-orm/decorators/legacy';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import type { OperationStatus, TransactionType } from './domain/operation-state.js';

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
@Index({ name: 'transactions_by_order', properties: ['operatorId', 'orderId', 'id'] })
export class PaymentTransaction extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  orderId!: string;

  @Property({ type: 'uuid' })
  operationId!: string;

  /** 1, 2, …: a cancellation over held and captured amounts has two. */
  @Property({ type: 'integer' })
  position!: number;

  @Property({ type: 'text' })
  type!: TransactionType;

  @Property({ type: 'text' })
  status!: OperationStatus;

  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  /** The payment system's id: of the payment (`pi_…`), or of the refund (`re_…`). */
  @Property({ type: 'text', nullable: true })
  externalId!: string | null;

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
