import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { POSTING_KINDS, type PostingKind } from './domain/accounts.js';

/**
 * A fact in double entry, with what caused it, which also says whose it is. Like
 * its entries it is only ever added, in the transaction that makes the fact true.
 */
@Entity({ tableName: 'ledger_postings', rowLevelSecurity: 'force' })
// Numbered by the order's own count, under its lock: nothing of an order is posted twice.
@Unique({ name: 'ledger_postings_number_unique', properties: ['operatorId', 'orderId', 'number'] })
@Index({
  name: 'ledger_postings_once_per_movement',
  expression:
    `create unique index "ledger_postings_once_per_movement" on "ledger_postings" ("operator_id", "movement_id", "kind") ` +
    `where movement_id is not null`,
})
@Index({
  name: 'ledger_postings_once_per_settlement',
  expression:
    `create unique index "ledger_postings_once_per_settlement" on "ledger_postings" ("operator_id", "settlement_id") ` +
    `where settlement_id is not null`,
})
// The order in which postings are kept up; and that their entries come with them and never later.
@Unique({ name: 'ledger_postings_log_unique', properties: ['operatorId', 'transactionId', 'id'] })
@Check({
  name: 'ledger_postings_reason_check',
  expression: 'num_nonnulls(order_id, movement_id, settlement_id) >= 1',
})
@Check({ name: 'ledger_postings_number_check', expression: '(order_id is null) = (number is null) and number >= 1' })
export class LedgerPosting extends TenantScopedEntity {
  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Enum(oneOf(POSTING_KINDS))
  kind!: PostingKind;

  /** The order that caused it, and which of that order's postings it is, from 1. */
  @Property({ type: 'uuid', nullable: true })
  orderId!: string | null;

  @Property({ type: 'integer', nullable: true })
  number!: number | null;

  /** The movement of the payment system's balance by which it became known. */
  @Property({ type: 'uuid', nullable: true })
  movementId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  payoutId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  settlementId!: string | null;

  /** When it happened, which may be before it was posted. */
  @Property({ type: 'timestamptz' })
  occurredAt!: Date;

  /** When it was posted: balances of a day consist of what was posted until then, and so never change afterwards. */
  @Property({ type: 'timestamptz' })
  postedAt!: Date;

  /**
   * As in the event log: what lies below the oldest transaction still running is
   * decided. As a number: under row policies no index is searched by an `xid8`,
   * whose comparison is not known to tell nothing of other rows.
   */
  @Property({ columnType: 'bigint', defaultRaw: '((pg_current_xact_id())::text)::bigint' })
  transactionId!: string;
}
