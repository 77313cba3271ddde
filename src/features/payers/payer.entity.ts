import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/** Who pays a merchant. Known by our id or by the merchant's own reference. */
@Entity({ tableName: 'payers', rowLevelSecurity: 'force' })
@Unique({ name: 'payers_reference_unique', properties: ['operatorId', 'merchantId', 'mode', 'reference'] })
export class Payer extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Property({ type: 'text' })
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
