import { Entity, Property } from '@mikro-orm/decorators/legacy';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/** How far the movements of a payment system account have been read; its id is the account's. By the real clock. */
@Entity({ tableName: 'balance_sweeps', rowLevelSecurity: 'force', policies: [systemReads('balance_sweeps')] })
export class BalanceSweep extends TenantScopedEntity {
  /** The newest movement that was read; null before the first. */
  @Property({ type: 'text', nullable: true })
  place!: string | null;

  /** How far back the history was read that was there before; null when all of it was, or none yet. */
  @Property({ type: 'text', nullable: true })
  backPlace!: string | null;

  @Property({ type: 'timestamptz' })
  dueAt!: Date;

  @Property({ type: 'timestamptz' })
  sweptAt!: Date;

  /** Until when nobody else reads; null when nobody does. Of one that died it ends by itself. */
  @Property({ type: 'timestamptz', nullable: true })
  leasedUntil!: Date | null;
}
