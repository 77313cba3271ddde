import { Entity, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { TENANT_SETTING } from '../database/tenant-scoped-entity.js';

/**
 * A caller's key, claimed in the transaction of the effect it stands for: both
 * are there or neither. Keys of one API key's owner do not meet another's.
 */
@Entity({ tableName: 'idempotency_keys', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
export class IdempotencyKey {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  /** Whose key it is: the merchant's id and mode, or the operator's. */
  @PrimaryKey({ type: 'text' })
  owner!: string;

  @PrimaryKey({ type: 'text' })
  key!: string;

  /** SHA-256 over the mutation's name and its input. */
  @Property({ type: 'text' })
  requestHash!: string;

  /** The ids of what was made, from which the answer is built again. */
  @Property({ type: 'jsonb' })
  result!: Record<string, string>;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
