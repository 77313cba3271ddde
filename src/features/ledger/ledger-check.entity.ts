import { Entity, Enum, Index, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { DIFFERENCE_KINDS, type DifferenceKind } from './domain/differences.js';

/** One comparison of an account's ledger, orders and payment system with one another. Only ever added. */
@Entity({ tableName: 'ledger_checks', rowLevelSecurity: 'force' })
@Index({ name: 'ledger_checks_by_account', properties: ['operatorId', 'paymentSystemAccountId', 'id'] })
export class LedgerCheck extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  paymentSystemAccountId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'integer' })
  orders!: number;

  @Property({ type: 'integer' })
  movements!: number;

  @Property({ type: 'integer' })
  differences!: number;

  @Property({ type: 'timestamptz' })
  checkedAt!: Date;
}

/** Two that should say the same and do not. Only ever added: each check says anew what it finds. */
@Entity({ tableName: 'ledger_differences', rowLevelSecurity: 'force' })
@Index({ name: 'ledger_differences_by_check', properties: ['operatorId', 'checkId', 'id'] })
export class LedgerDifference extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  checkId!: string;

  @Enum(oneOf(DIFFERENCE_KINDS))
  kind!: DifferenceKind;

  @Property({ type: 'uuid', nullable: true })
  merchantId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  orderId!: string | null;

  /** `txn_…` at Stripe. */
  @Property({ type: 'text', nullable: true })
  movementExternalId!: string | null;

  /** For a person: what was compared, and both sides of it. */
  @Property({ type: 'text' })
  detail!: string;
}
