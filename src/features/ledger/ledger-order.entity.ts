import { Check, Entity, Enum, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';

/**
 * How far the ledger is with an order: made by its first capture, changed under
 * the order's lock. Triggers hold it to the order on one side and to its
 * entries on the other.
 */
@Entity({ tableName: 'ledger_orders', rowLevelSecurity: 'force', policies: [systemReads('ledger_orders')] })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Index({
  name: 'ledger_orders_awaited',
  expression:
    `create index "ledger_orders_awaited" on "ledger_orders" ("operator_id", "payment_system_account_id", "awaited_since") ` +
    `where awaited_since is not null`,
})
@Check({
  name: 'ledger_orders_amounts_check',
  expression: 'captured_minor >= 0 and refunded_minor >= 0 and refunded_minor <= captured_minor and pending_minor >= 0',
})
@Check({
  name: 'ledger_orders_awaited_check',
  expression:
    '(awaited_since is null) = (captured_minor = captured_moved_minor and refunded_minor = refunded_moved_minor)',
})
@Check({ name: 'ledger_orders_postings_check', expression: 'postings >= 1' })
export class LedgerOrder {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  orderId!: string;

  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'uuid' })
  paymentSystemAccountId!: string;

  @Property({ type: 'text' })
  currency!: string;

  @Property({ type: 'bigint' })
  capturedMinor!: bigint;

  @Property({ type: 'bigint' })
  refundedMinor!: bigint;

  /** Withdrawn for disputes, as movements of the payment system tell it. */
  @Property({ type: 'bigint' })
  disputedMinor!: bigint;

  /** Captured, and not to be paid out yet. */
  @Property({ type: 'bigint' })
  unavailableMinor!: bigint;

  /** What of the net is in PENDING; the rest is in AVAILABLE. */
  @Property({ type: 'bigint' })
  pendingMinor!: bigint;

  /** What of the captures and refunds the payment system's movements have told of. */
  @Property({ type: 'bigint' })
  capturedMovedMinor!: bigint;

  @Property({ type: 'bigint' })
  refundedMovedMinor!: bigint;

  /** How many postings it has; the next one's number is one more. */
  @Property({ type: 'integer' })
  postings!: number;

  /** Since when a movement is to come; null when all has been told. By the real clock. */
  @Property({ type: 'timestamptz', nullable: true })
  awaitedSince!: Date | null;
}
