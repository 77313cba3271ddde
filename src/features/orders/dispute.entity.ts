import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/** The payer's bank is asking for the money, or has taken it back. */
@Entity({ tableName: 'disputes', rowLevelSecurity: 'force' })
@Unique({ name: 'disputes_external_unique', properties: ['operatorId', 'externalId'] })
@Index({ name: 'disputes_by_order', properties: ['operatorId', 'orderId'] })
@Check({ name: 'disputes_amount_check', expression: 'amount_minor >= 0' })
export class Dispute extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  orderId!: string;

  /** `dp_…` at Stripe. */
  @Property({ type: 'text' })
  externalId!: string;

  @Enum(oneOf(['OPEN', 'WON', 'LOST']))
  status!: 'OPEN' | 'WON' | 'LOST';

  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  @Property({ type: 'text', nullable: true })
  reason!: string | null;

  @Property({ type: 'timestamptz', nullable: true })
  evidenceDueAt!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz' })
  updatedAt!: Date;
}
