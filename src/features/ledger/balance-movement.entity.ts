import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import type { MovementKind } from '../payment-systems/index.js';

/** All that payment systems know, as the type sees to: an entity brings nothing of the API with it. */
const KINDS: Readonly<Record<MovementKind, true>> = {
  CAPTURE: true,
  CAPTURE_FAILURE: true,
  REFUND: true,
  REFUND_FAILURE: true,
  DISPUTE: true,
  DISPUTE_REVERSAL: true,
  PAYOUT: true,
  PAYOUT_FAILURE: true,
  OTHER: true,
};

/** A movement of the balance that an operator has at its payment system, as that told it. */
@Entity({ tableName: 'balance_movements', rowLevelSecurity: 'force', policies: [systemReads('balance_movements')] })
@Unique({
  name: 'balance_movements_external_unique',
  properties: ['operatorId', 'paymentSystemAccountId', 'externalId'],
})
@Index({
  name: 'balance_movements_due',
  expression: `create index "balance_movements_due" on "balance_movements" ("due_at") where due_at is not null`,
})
// For operators whose test clock is ahead.
@Index({
  name: 'balance_movements_due_of_operator',
  expression:
    `create index "balance_movements_due_of_operator" on "balance_movements" ("operator_id", "due_at") ` +
    `where due_at is not null`,
})
// What movements add up to is read in pages, of which nothing is missed and nothing counted twice.
@Index({
  name: 'balance_movements_log_order',
  expression:
    `create index "balance_movements_log_order" on "balance_movements" ` +
    `("operator_id", "payment_system_account_id", "transaction_id", "id")`,
})
@Index({
  name: 'balance_movements_waiting',
  expression:
    `create index "balance_movements_waiting" on "balance_movements" ("operator_id", "payment_system_account_id") ` +
    `where status = 'WAITING'`,
})
@Index({
  name: 'balance_movements_by_order',
  expression:
    `create index "balance_movements_by_order" on "balance_movements" ("operator_id", "order_id", "id") ` +
    `where order_id is not null`,
})
@Index({
  name: 'balance_movements_by_payout',
  expression:
    `create index "balance_movements_by_payout" on "balance_movements" ("operator_id", "payout_id", "id") ` +
    `where payout_id is not null`,
})
// For what follows a capture and names only the payment.
@Index({
  name: 'balance_movements_by_payment',
  expression:
    `create index "balance_movements_by_payment" on "balance_movements" ` +
    `("operator_id", "payment_system_account_id", "payment_external_id") where kind = 'CAPTURE'`,
})
@Index({
  name: 'balance_movements_of_payouts',
  expression:
    `create index "balance_movements_of_payouts" on "balance_movements" ` +
    `("operator_id", "payment_system_account_id", "created_at") where kind in ('PAYOUT', 'PAYOUT_FAILURE')`,
})
// For the comparison with the payment system's list, which is by time.
@Index({
  name: 'balance_movements_by_time',
  properties: ['operatorId', 'paymentSystemAccountId', 'occurredAt'],
})
@Check({ name: 'balance_movements_net_check', expression: 'net_minor = amount_minor - fee_minor' })
@Check({
  name: 'balance_movements_currency_check',
  expression: "currency ~ '^[A-Z]{3}$' and original_currency ~ '^[A-Z]{3}$'",
})
@Check({ name: 'balance_movements_waiting_check', expression: "status = 'POSTED' or due_at is not null" })
export class BalanceMovementRow extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  paymentSystemAccountId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  /** `txn_…` at Stripe. */
  @Property({ type: 'text' })
  externalId!: string;

  @Enum(oneOf(Object.keys(KINDS)))
  kind!: MovementKind;

  /** Signed: what comes in is positive. In the currency of settlement, as are fee and net. */
  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  @Property({ type: 'bigint' })
  feeMinor!: bigint;

  @Property({ type: 'bigint' })
  netMinor!: bigint;

  @Property({ type: 'text' })
  currency!: string;

  /** The same amount in the payment's own currency. */
  @Property({ type: 'bigint' })
  originalMinor!: bigint;

  @Property({ type: 'text' })
  originalCurrency!: string;

  @Property({ type: 'timestamptz' })
  availableAt!: Date;

  @Property({ type: 'timestamptz' })
  occurredAt!: Date;

  @Property({ type: 'text', nullable: true })
  description!: string | null;

  @Property({ type: 'text', nullable: true })
  sourceExternalId!: string | null;

  @Property({ type: 'text', nullable: true })
  paymentExternalId!: string | null;

  /** The order whose money moved; null for the operator's other traffic. */
  @Property({ type: 'uuid', nullable: true })
  orderId!: string | null;

  /** The payout that it was paid out with, where the payment system tells. */
  @Property({ type: 'uuid', nullable: true })
  payoutId!: string | null;

  /** WAITING: its order's capture is not recorded here yet. */
  @Enum(oneOf(['WAITING', 'POSTED']))
  status!: 'WAITING' | 'POSTED';

  /** When it is looked at again: to be posted, or because its money is available then. Null: all is done. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ columnType: 'bigint', defaultRaw: '((pg_current_xact_id())::text)::bigint' })
  transactionId!: string;
}
