import { Entity, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';

/** The payer as the payment system knows them: one customer per account, made when something is first saved. */
@Entity({ tableName: 'payer_customers', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
export class PayerCustomer {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  payerId!: string;

  @PrimaryKey({ type: 'uuid' })
  accountId!: string;

  /** `cus_…` at Stripe. */
  @Property({ type: 'text' })
  externalId!: string;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
