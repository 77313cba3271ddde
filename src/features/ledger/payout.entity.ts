import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { PAYOUT_STATUSES, type PayoutStatus } from './domain/payout-status.js';

/** Money on its way from the payment system to the operator's bank. It is the operator's: no merchant's balance changes. */
@Entity({ tableName: 'payouts', rowLevelSecurity: 'force' })
@Unique({ name: 'payouts_external_unique', properties: ['operatorId', 'paymentSystemAccountId', 'externalId'] })
@Index({ name: 'payouts_by_mode', properties: ['operatorId', 'mode', 'id'] })
@Check({ name: 'payouts_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
export class Payout extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  paymentSystemAccountId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  /** `po_…` at Stripe. */
  @Property({ type: 'text' })
  externalId!: string;

  @Enum(oneOf(PAYOUT_STATUSES))
  status!: PayoutStatus;

  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  @Property({ type: 'text' })
  currency!: string;

  /** Made by the payment system's schedule: then it tells which movements the payout consists of. */
  @Property({ type: 'boolean' })
  automatic!: boolean;

  @Property({ type: 'timestamptz' })
  arrivesAt!: Date;

  @Property({ type: 'text', nullable: true })
  failureReason!: string | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz' })
  updatedAt!: Date;
}
