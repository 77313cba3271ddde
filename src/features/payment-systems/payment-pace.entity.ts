import { Entity, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';

/** Up to when an account's calls are given away: shared by all workers, or each would keep a pace of its own. */
@Entity({ tableName: 'payment_paces', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
export class PaymentPaceRow {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  accountId!: string;

  @Property({ type: 'timestamptz' })
  freeAt!: Date;
}
