import { Entity, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { systemReads } from '../../platform/database/roles.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';

/** How far the log of an operator has been turned into notifications. No row: nothing of it yet. */
@Entity({
  tableName: 'notification_cursors',
  rowLevelSecurity: 'force',
  policies: [systemReads('notification_cursors')],
})
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
export class NotificationCursor {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @Property({ columnType: 'xid8' })
  transactionId!: string;

  @Property({ type: 'bigint' })
  sequence!: bigint;
}
