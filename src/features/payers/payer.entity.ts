import { Check, Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/** Who pays a merchant. Known by our id or by the merchant's own reference. */
@Entity({ tableName: 'payers', rowLevelSecurity: 'force' })
@Unique({ name: 'payers_reference_unique', properties: ['operatorId', 'merchantId', 'mode', 'reference'] })
// What orders refer to, so that a payer pays its own merchant only, and in its own mode.
@Unique({ name: 'payers_of_merchant_unique', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
@Check({ name: 'payers_reference_check', expression: 'char_length(reference) >= 1 and char_length(reference) <= 100' })
export class Payer extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  /** The merchant's id of the payer, 1–100 characters; null for a payer without one. */
  @Property({ type: 'text', nullable: true })
  reference: string | null = null;

  @Property({ type: 'text', nullable: true })
  email: string | null = null;

  @Property({ type: 'text', nullable: true })
  name: string | null = null;

  @Property({ type: 'text', nullable: true })
  phone: string | null = null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz' })
  updatedAt!: Date;
}
