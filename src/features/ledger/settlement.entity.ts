import { Check, Entity, Enum, Index, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/** What an operator has passed on to a merchant, by its own bank. Only ever added. */
@Entity({ tableName: 'settlements', rowLevelSecurity: 'force' })
@Index({ name: 'settlements_by_merchant', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
@Check({ name: 'settlements_amount_check', expression: 'amount_minor > 0 and fees_minor >= 0' })
@Check({ name: 'settlements_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
export class Settlement extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'text' })
  currency!: string;

  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  /** Kept by the operator for the payment system's fees. */
  @Property({ type: 'bigint' })
  feesMinor!: bigint;

  /** The operator's own, such as the transfer's number at its bank. */
  @Property({ type: 'text' })
  reference!: string;

  /** Whether it was allowed to go beyond what was available. */
  @Property({ type: 'boolean' })
  inAdvance!: boolean;

  @Property({ type: 'timestamptz' })
  occurredAt!: Date;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
