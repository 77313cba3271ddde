import { Filter, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { newUuid } from '../../kernel/ids.js';

/** The session variable that every row policy compares with the row's operator. */
export const TENANT_SETTING = 'quittance.operator_id';

/**
 * A row that belongs to one operator. The filter scopes what the ORM reads and,
 * as a row-level policy, everything else that reaches the table. The operator
 * comes first in the key so that a foreign key, which ignores row policies,
 * can never point at another operator's row, and so that the table can be
 * sharded by operator later.
 */
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
export abstract class TenantScopedEntity {
  @PrimaryKey({ type: 'uuid' })
  operatorId: string;

  @PrimaryKey({ type: 'uuid' })
  id: string = newUuid();

  constructor(operatorId: string) {
    this.operatorId = operatorId;
  }
}
